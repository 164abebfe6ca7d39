import { expect } from 'vitest';
import { itemOf, readAll } from './case.js';
import type { ConformanceCase } from './case.js';

export const lookupCases: readonly ConformanceCase[] = [
  {
    name: 'present, gone and not visible are told apart, in the order asked',
    async run({ site, stranger, signal, given }) {
      const [here, gone, hidden] = [await given(), await given(), await given()];
      // Ids of the newest items may be given again; this one keeps them from it.
      await given();
      await site.remove(gone);
      await site.hide(hidden);
      const limited = site.open({ who: 'limited' });
      const states = async (connector: typeof stranger): Promise<readonly string[]> =>
        (await connector.getMany([gone, here, hidden, here], signal)).map((lookup) => `${lookup.ref} ${lookup.state}`);
      expect(await states(stranger)).toEqual([
        `${gone} gone`,
        `${here} present`,
        `${hidden} present`,
        `${here} present`,
      ]);
      expect(await states(limited)).toEqual([
        `${gone} gone`,
        `${here} present`,
        `${hidden} not-visible`,
        `${here} present`,
      ]);
      expect((await itemOf(stranger, hidden)).private).toBe(true);
    },
  },
  {
    name: 'an account that sees no scope sees nothing of it, and takes nothing for gone',
    async run({ site, signal, given }) {
      const outsider = site.open({ who: 'outsider' });
      expect((await outsider.getMany([await given()], signal)).map((lookup) => lookup.state)).toEqual(['not-visible']);
    },
  },
  {
    name: 'no refs, no answers',
    async run({ account, scope, signal }) {
      expect(await account.getMany([], signal)).toEqual([]);
      expect([...(await account.inScope(scope, [], signal))]).toEqual([]);
    },
  },
  {
    name: 'many refs at once are answered one by one',
    async run({ site, account, scope, signal }) {
      await site.fill(scope, 25);
      const { refs } = await readAll(account, scope, null);
      const found = await account.getMany(refs, signal);
      expect(found.map((lookup) => lookup.ref)).toEqual(refs);
      expect(found.every((lookup) => lookup.state === 'present')).toBe(true);
    },
  },
  {
    name: 'inScope knows closed items, and not what moved, is of another type, is gone or never was',
    async run({ site, account, scope, signal, given }) {
      const [here, closed, moved, gone] = [await given(), await given(), await given(), await given()];
      const other = await given({ type: scope.types[1] ?? null });
      await account.update(closed, { [site.names.state]: site.names.closedState }, '0', signal);
      await site.move(moved, (await site.newScope()).scope);
      await site.remove(gone);
      const narrow = { ...scope, types: scope.types.slice(0, 1) };
      const asked = [other, gone, moved, closed, here, '987654'];
      expect([...(await account.inScope(narrow, asked, signal))].sort()).toEqual([here, closed].sort());
      expect([...(await account.inScope(scope, asked, signal))].sort()).toEqual([here, closed, other].sort());
    },
  },
  {
    name: 'inScope asks in batches',
    async run({ site, account, scope, signal }) {
      const count = site.manifest.callBound.inScopePage + 20;
      await site.fill(scope, count);
      const { refs } = await readAll(account, scope, null);
      await account.inScope(scope, [], signal);
      const before = site.requests();
      expect((await account.inScope(scope, refs, signal)).size).toBe(count);
      expect(site.requests() - before).toBe(2);
    },
  },
  {
    name: 'count tells how many match now, of the types asked for, closed ones included, in one request',
    async run({ site, account, scope, signal, given }) {
      expect(await account.count(scope, signal)).toBe(0);
      const size = site.manifest.capabilities.maxPageSize + 3;
      await site.fill(scope, size);
      const [closed, moved, gone] = [await given(), await given(), await given()];
      await given({ type: scope.types[1] ?? null });
      await account.update(closed, { [site.names.state]: site.names.closedState }, '0', signal);
      expect(await account.count(scope, signal)).toBe(size + 4);
      await site.move(moved, (await site.newScope()).scope);
      await site.remove(gone);
      const before = site.requests();
      expect(await account.count(scope, signal)).toBe(size + 2);
      expect(site.requests() - before).toBe(1);
      expect(await account.count({ ...scope, types: scope.types.slice(0, 1) }, signal)).toBe(size + 1);
      expect(await account.count({ ...scope, types: scope.types.slice(1, 2) }, signal)).toBe(1);
      expect(await account.count({ ...scope, types: [] }, signal)).toBe(0);
      expect(await account.count(scope, signal)).toBe((await readAll(account, scope, null)).refs.length);
    },
  },
  {
    name: 'count counts what the account sees',
    async run({ site, account, scope, signal, given }) {
      await given();
      await site.hide(await given());
      expect(await account.count(scope, signal)).toBe(2);
      expect(await site.open({ who: 'limited' }).count(scope, signal)).toBe(1);
    },
  },
  {
    name: 'an item that moved to another scope is read there, with its ref',
    async run({ site, account, scope, given }) {
      const ref = await given();
      const other = await site.newScope();
      await site.move(ref, other.scope);
      const item = await itemOf(account, ref);
      expect(item.scope).toBe(other.scope);
      expect((await readAll(account, scope, null)).refs).toEqual([]);
      expect((await readAll(account, other, null)).refs).toEqual([ref]);
    },
  },
  {
    name: 'what our account created is found, with the time of the listing, and nothing of others',
    async run({ site, account, scope, signal, draft, given }) {
      await given();
      const sinceMs = Date.parse((await account.create(draft(), signal)).item.createdAt);
      const second = await account.create(draft({ [site.names.state]: site.names.closedState }), signal);
      await account.update(second.item.ref, { [site.names.state]: site.names.closedState }, '0', signal);
      await given();
      const found = await account.findCreated({ ...scope, marker: null, sinceMs, signal });
      expect(found.items.map((item) => item.createdBy)).toEqual([site.accountId('account'), site.accountId('account')]);
      expect(found.items.map((item) => item.ref)).toContain(second.item.ref);
      expect(found.items.find((item) => item.ref === second.item.ref)).toEqual(await itemOf(account, second.item.ref));
      expect(found.listedAtMs).toBeGreaterThanOrEqual(sinceMs);
      expect(Number.isInteger(found.listedAtMs)).toBe(true);
    },
  },
  {
    name: 'what was created long before is not found',
    needs: ['time'],
    async run({ site, account, scope, signal, draft }) {
      await account.create(draft(), signal);
      site.time?.advance(3_600_000);
      const late = await account.create(draft(), signal);
      const sinceMs = Date.parse(late.item.createdAt);
      const found = await account.findCreated({ ...scope, marker: null, sinceMs, signal });
      expect(found.items.map((item) => item.ref)).toEqual([late.item.ref]);
    },
  },
  {
    name: 'a create with a marker is found by it, and by no other',
    needs: ['marker'],
    async run({ account, stranger, scope, signal, draft }) {
      const one = await account.create(draft({}, 'w.one'), signal);
      await account.create(draft({}, 'w.two'), signal);
      await stranger.create(draft({}, 'w.three'), signal);
      const sinceMs = Date.parse(one.item.createdAt);
      const find = async (marker: string): Promise<readonly string[]> =>
        (await account.findCreated({ ...scope, marker, sinceMs, signal })).items.map((item) => item.ref);
      expect(one.item.marker).toBe('w.one');
      expect(await find('w.one')).toEqual([one.item.ref]);
      expect(await find('w.o')).toEqual([]);
      expect(await find('w.three')).toEqual([]);
    },
  },
  {
    name: 'an update leaves the marker where it is',
    needs: ['marker'],
    async run({ site, account, signal, draft }) {
      const { item } = await account.create(draft({}, 'w.kept'), signal);
      const fields = { [site.names.title]: 'Other', [site.names.body]: 'Other' };
      expect((await account.update(item.ref, fields, item.revision, signal)).item.marker).toBe('w.kept');
    },
  },
];
