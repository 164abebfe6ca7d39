import { expect } from 'vitest';
import { z } from 'zod';
import { fieldTypes } from '../../preload/contract/values.js';
import { failure, readAll } from './case.js';
import type { ConformanceCase } from './case.js';

const count = z.number().int().nonnegative();
const word = z.string().min(1);

const manifestSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: word,
  documentation: z.url(),
  secretLabel: word,
  settings: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
      label: word,
      help: word,
      kind: z.enum(['text', 'number', 'choice']),
      choices: z.array(word).min(2).optional(),
      required: z.boolean(),
    }),
  ),
  capabilities: z.strictObject({
    conditionalWrite: z.boolean(),
    deltas: z.boolean(),
    listingIsComplete: z.boolean(),
    batchRead: count.min(1),
    commentEdit: z.boolean(),
    commentDelete: z.boolean(),
    commentVisibility: z.boolean(),
    fieldHistory: z.boolean(),
    cursorBlindTo: z.array(word),
    settleMs: count,
    maxPageSize: count.min(1),
    concurrency: count.min(1),
    writeConcurrency: count.min(1),
  }),
  callBound: z.strictObject({
    fixed: count,
    pageSize: count.min(1),
    detailPerItem: count,
    create: count.min(1),
    update: count.min(1),
    comment: count.min(1),
    reread: count,
    inScopePage: count.min(1),
  }),
});

export const describeCases: readonly ConformanceCase[] = [
  {
    name: 'its manifest is pure data of the right shape',
    async run({ site }) {
      const { manifest } = site;
      expect(manifestSchema.parse(manifest)).toEqual(manifest);
      expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
      for (const setting of manifest.settings) expect(setting.kind === 'choice').toBe(setting.choices !== undefined);
      expect(manifest.callBound.pageSize).toBe(manifest.capabilities.maxPageSize);
    },
  },
  {
    name: 'check tells who we are and which site it is, the same each time',
    async run({ site, account, signal }) {
      const checked = await account.check(signal);
      expect(checked.account.id).toBe(site.accountId('account'));
      expect(checked.account.name).not.toBe('');
      expect(checked.skewMs).toBe(0);
      expect(await site.open().check(signal)).toEqual(checked);
      expect((await site.open({ who: 'stranger' }).check(signal)).siteId).toBe(checked.siteId);
    },
  },
  {
    name: 'check tells how far the clocks are apart',
    needs: ['time'],
    async run({ site, signal }) {
      for (const aheadMs of [3_600_000, -90_000]) {
        site.time?.setServerAheadMs(aheadMs);
        const { skewMs } = await site.open().check(signal);
        site.time?.setServerAheadMs(0);
        expect(Math.abs(skewMs - aheadMs)).toBeLessThanOrEqual(1_000);
      }
    },
  },
  {
    name: 'a wrong secret is an error of kind auth',
    async run({ site, scope, signal, given }) {
      const ref = await given();
      const nobody = site.open({ who: 'unknown' });
      const error = await failure(nobody.check(signal), 'secret-rejected');
      expect(error.kind).toBe('auth');
      expect(error.action).toBeTruthy();
      await failure(nobody.discover(scope.scope, signal), 'secret-rejected');
      await failure(nobody.getMany([ref], signal), 'secret-rejected');
    },
  },
  {
    name: 'an address where nobody answers is an error of kind config',
    async run({ site, signal }) {
      const error = await failure(
        site.open({ url: site.deadUrl }).check(signal),
        'host-unreachable',
        'connection-lost',
      );
      expect(error.code).toBe('host-unreachable');
      expect(error.kind).toBe('config');
    },
  },
  {
    name: 'an address that leads past the tracker is an error of kind config, and no item is gone there',
    async run({ site, signal, given }) {
      const astray = site.open({ url: `${site.url}${site.wrongPath}` });
      const ref = await given();
      expect((await failure(astray.check(signal), 'not-this-tracker')).kind).toBe('config');
      await failure(astray.getMany([ref], signal), 'not-this-tracker');
    },
  },
  {
    name: 'a scope that is not there, or not ours to see, is unknown',
    async run({ site, scope, account, signal }) {
      const nowhere = { scope: site.unknownScope, types: scope.types };
      const outsider = site.open({ who: 'outsider' });
      for (const work of [
        () => account.discover(nowhere.scope, signal),
        () => readAll(account, nowhere, null),
        () => account.findCreated({ ...nowhere, marker: null, sinceMs: 0, signal }),
        () => account.inScope(nowhere, ['1'], signal),
        () => account.count(nowhere, signal),
        () => outsider.discover(scope.scope, signal),
        () => readAll(outsider, scope, null),
        () => outsider.count(scope, signal),
      ]) {
        expect((await failure(work(), 'scope-unknown')).action).toBeTruthy();
      }
      const draft = { scope: nowhere.scope, fields: { type: scope.types[0] ?? null, [site.names.title]: 'x' } };
      const error = await failure(account.create({ ...draft, marker: null }, signal), 'scope-unknown');
      expect(error.context['outcome']).toBe('not-sent');
      expect((await outsider.listScopes(signal)).map((each) => each.id)).not.toContain(scope.scope);
    },
  },
  {
    name: 'scopes and schema come in the same order each time',
    async run({ site, scope, account, signal }) {
      await site.newScope();
      const scopes = await account.listScopes(signal);
      expect(scopes.map((each) => each.id)).toContain(scope.scope);
      expect(await site.open().listScopes(signal)).toEqual(scopes);
      const schema = await account.discover(scope.scope, signal);
      expect(await account.discover(scope.scope, signal)).toEqual(schema);
      expect(schema).toEqual(await site.open().discover(schema.scope.key, signal));
    },
  },
  {
    name: 'the schema is complete: types, fields with options, people, rights',
    async run({ site, scope, account, signal }) {
      const schema = await account.discover(scope.scope, signal);
      expect(schema.scope.id).toBe(scope.scope);
      expect(schema.types.map((type) => type.id)).toEqual(expect.arrayContaining([...scope.types]));
      const ids = schema.fields.map((field) => field.id);
      expect(new Set(ids).size).toBe(ids.length);
      const { title, body, state, person, number, date, parent } = site.names;
      expect(ids).toEqual(expect.arrayContaining(['type', title, body, state, person, number, date, parent]));
      for (const field of schema.fields) {
        expect(fieldTypes).toContain(field.type);
        expect(field.options !== undefined).toBe(field.type === 'option' || field.type === 'option-set');
      }
      const states = schema.fields.find((field) => field.id === state)?.options ?? [];
      expect(states.find((option) => option.id === site.names.closedState)?.closed).toBe(true);
      expect(states.find((option) => option.id === site.names.states[0])?.closed).toBe(false);
      expect(schema.users.map((user) => user.id)).toEqual(expect.arrayContaining([...site.names.people]));
      expect(Object.values(schema.rights).every(Boolean)).toBe(true);
      expect(schema.markup).not.toBe('');
    },
  },
  {
    name: 'the schema tells what the account may not do',
    async run({ site, scope, signal }) {
      const { rights } = await site.open({ who: 'limited' }).discover(scope.scope, signal);
      expect(rights).toMatchObject({ edit: false, editComments: false, seePrivateComments: false, comment: true });
    },
  },
];
