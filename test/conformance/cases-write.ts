import { expect } from 'vitest';
import type { FieldValues } from '../../main/connectors/contract.js';
import { failure, itemOf, lasting, readAll } from './case.js';
import type { ConformanceCase } from './case.js';
import type { ConformanceSite } from './site.js';

function everything(site: ConformanceSite): FieldValues {
  const { names } = site;
  return {
    [names.title]: 'Everything at once',
    [names.body]: 'First line\n\n* point\n* point\n\nLast line',
    [names.person]: names.people[0],
    [names.number]: 40,
    [names.date]: '2031-03-30',
  };
}

export const writeCases: readonly ConformanceCase[] = [
  {
    name: 'what create answers is what a reading gives',
    async run({ site, account, signal, draft }) {
      const fields = everything(site);
      const { item, changes } = await account.create(draft(fields), signal);
      expect(item.fields).toMatchObject(fields);
      expect(item.createdBy).toBe(site.accountId('account'));
      expect(changes).toEqual([]);
      expect(item.stamp).toBeNull();
      expect(lasting(await itemOf(site.open(), item.ref))).toEqual(lasting(item));
    },
  },
  {
    name: 'fields that the draft leaves empty are empty',
    async run({ site, account, signal, draft }) {
      const { person, date, body, parent } = site.names;
      const empty = { [person]: null, [date]: null, [body]: null, [parent]: null };
      const { item } = await account.create(draft(empty), signal);
      expect(item.fields).toMatchObject(empty);
    },
  },
  {
    name: 'an item tells where it is, and times as the tracker sees them',
    async run({ site, account, scope, signal, draft }) {
      const { item } = await account.create(draft(), signal);
      expect(item.scope).toBe(scope.scope);
      expect(item.fields['type']).toBe(scope.types[0]);
      expect(item.url.startsWith(site.url)).toBe(true);
      expect(item.key).not.toBe('');
      expect(item.private).toBe(false);
      expect(new Set(Object.values(item.fieldTimes))).toEqual(new Set([item.createdAt]));
    },
  },
  {
    name: 'one field updated leaves the others alone',
    async run({ site, account, signal, draft }) {
      const { names } = site;
      const values: FieldValues = {
        [names.title]: 'Another title',
        [names.body]: 'Another body',
        [names.state]: names.states[1],
        [names.person]: names.people[1],
        [names.number]: 70,
        [names.date]: '2032-02-29',
      };
      let { item } = await account.create(draft(everything(site)), signal);
      for (const [field, value] of Object.entries(values)) {
        const result = await account.update(item.ref, { [field]: value }, item.revision, signal);
        expect(result.item.fields).toEqual({ ...item.fields, [field]: value });
        expect(lasting(await itemOf(account, item.ref))).toEqual(lasting(result.item));
        item = result.item;
      }
    },
  },
  {
    name: 'every field that can be empty can be emptied',
    async run({ site, account, signal, draft }) {
      const { body, person, date } = site.names;
      const { item } = await account.create(draft(everything(site)), signal);
      for (const field of [body, person, date]) {
        expect((await account.update(item.ref, { [field]: null }, '0', signal)).item.fields[field]).toBeNull();
      }
    },
  },
  {
    name: 'an update that changes nothing sends nothing',
    async run({ site, account, signal, given }) {
      const ref = await given();
      const before = site.writes();
      const item = await itemOf(account, ref);
      const result = await account.update(ref, {}, item.revision, signal);
      expect(site.writes()).toBe(before);
      expect(lasting(result.item)).toEqual(lasting(item));
      expect(result.changes).toEqual([]);
    },
  },
  {
    name: 'one update is one writing request',
    async run({ site, account, signal, given }) {
      const ref = await given();
      const item = await itemOf(account, ref);
      const before = site.writes();
      const { title, body, number } = site.names;
      await account.update(ref, { [title]: 'One', [body]: 'two', [number]: 10 }, item.revision, signal);
      expect(site.writes()).toBe(before + 1);
    },
  },
  {
    name: "an update tells a stranger's change that came before it, with the value that was overwritten",
    needs: ['fieldHistory'],
    async run({ site, account, stranger, signal, given }) {
      const { title, number } = site.names;
      const ref = await given({ [title]: 'Base' });
      const seen = await itemOf(account, ref);
      await stranger.update(ref, { [title]: 'Theirs', [number]: 20 }, seen.revision, signal);
      const { item, changes } = await account.update(ref, { [title]: 'Ours' }, seen.revision, signal);
      const [they, we] = [site.accountId('stranger'), site.accountId('account')];
      expect(changes.filter((change) => change.field === title)).toMatchObject([
        { from: 'Base', to: 'Theirs', by: they },
        { from: 'Theirs', to: 'Ours', by: we },
      ]);
      expect(changes.filter((change) => change.field === number)).toMatchObject([{ to: 20, by: they }]);
      expect(changes.at(-1)?.revision).toBe(item.revision);
      expect(item.revision).not.toBe(seen.revision);
    },
  },
  {
    name: 'a stale revision is a conflict',
    needs: ['conditionalWrite'],
    async run({ site, account, stranger, signal, given }) {
      const { title } = site.names;
      const ref = await given();
      const { revision } = await itemOf(account, ref);
      await stranger.update(ref, { [title]: 'Theirs' }, revision, signal);
      await failure(account.update(ref, { [title]: 'Ours' }, revision, signal), 'stale-revision');
    },
  },
  {
    name: 'history tells who changed which field when, and field times follow it',
    needs: ['fieldHistory'],
    async run({ site, account, stranger, signal, given }) {
      const { title, body, date, person } = site.names;
      const ref = await given({ [title]: 'One', [body]: 'a\nb' });
      await site.tick();
      await stranger.update(ref, { [title]: 'Two', [body]: 'a\nc', [person]: site.names.people[0] }, '0', signal);
      const middle = await itemOf(account, ref);
      await site.tick();
      await stranger.update(ref, { [title]: 'Three', [date]: '2030-05-06', [person]: null }, '0', signal);
      const all = await account.history(ref, null, signal);
      expect(all.filter((change) => change.field === title).map(({ from, to }) => [from, to])).toEqual([
        ['One', 'Two'],
        ['Two', 'Three'],
      ]);
      expect(all.find((change) => change.field === body)).toMatchObject({
        from: 'a\nb',
        to: 'a\nc',
        by: site.accountId('stranger'),
      });
      const since = await account.history(ref, middle.revision, signal);
      expect(since.map((change) => change.field).sort()).toEqual([title, date, person].sort());
      expect(since.find((change) => change.field === date)).toMatchObject({ to: '2030-05-06' });
      expect(since.find((change) => change.field === person)).toMatchObject({ from: site.names.people[0], to: null });
      const { fieldTimes, createdAt, revision } = await itemOf(account, ref);
      expect(since.every((change) => change.revision === revision)).toBe(true);
      expect(fieldTimes['type']).toBe(createdAt);
      expect(fieldTimes[title]).toBe(since[0]?.at);
      expect(fieldTimes[body]).toBe(all[0]?.at);
      expect(Date.parse(fieldTimes[title] ?? '')).toBeGreaterThan(Date.parse(fieldTimes[body] ?? ''));
    },
  },
  {
    name: 'texts of every kind come back as normalise says, from create and from update',
    async run({ site, account, signal, draft, given }) {
      for (const [field, texts] of Object.entries(site.texts)) {
        const ref = await given();
        for (const text of texts) {
          const expected = account.normalise(field, text);
          const created = await account.create(draft({ [field]: text }), signal);
          expect(created.item.fields[field], `create ${field} ${JSON.stringify(text.slice(0, 40))}`).toBe(expected);
          const updated = await account.update(ref, { [field]: text }, '0', signal);
          expect(updated.item.fields[field], `update ${field} ${JSON.stringify(text.slice(0, 40))}`).toBe(expected);
          expect(account.normalise(field, expected)).toBe(expected);
        }
      }
    },
  },
  {
    name: 'a day stays the day that it is, where clocks are changed too',
    async run({ site, account, signal, draft }) {
      const { date } = site.names;
      for (const day of ['2030-03-31', '2030-10-27', '2031-01-01', '2032-02-29', '2999-12-31']) {
        const { item } = await account.create(draft({ [date]: day }), signal);
        expect(item.fields[date]).toBe(day);
      }
    },
  },
  {
    name: 'what the tracker refuses comes with its words, and nothing was written',
    async run({ site, account, scope, signal, draft, given }) {
      const ref = await given();
      const before = await itemOf(account, ref);
      const error = await failure(account.update(ref, site.refused, before.revision, signal), 'rejected-by-tracker');
      expect(error.context['outcome']).toBe('answered');
      expect(lasting(await itemOf(account, ref))).toEqual(lasting(before));
      await failure(account.create(draft(site.refused), signal), 'rejected-by-tracker');
      await failure(account.create(draft({ [site.names.title]: null }), signal), 'rejected-by-tracker');
      expect((await readAll(account, scope, null)).refs).toEqual([ref]);
    },
  },
  {
    name: 'an unknown user is refused',
    async run({ site, account, signal, draft, given }) {
      const stranger = { [site.names.person]: '987654' };
      await failure(account.create(draft(stranger), signal), 'rejected-by-tracker');
      await failure(account.update(await given(), stranger, '0', signal), 'rejected-by-tracker');
    },
  },
  {
    name: 'a type that the scope does not have is refused before anything is sent',
    async run({ site, account, signal, draft }) {
      const before = site.writes();
      const error = await failure(account.create(draft({ type: '987654' }), signal), 'rejected-by-tracker');
      expect(error.context['outcome']).toBe('not-sent');
      expect(site.writes()).toBe(before);
    },
  },
  {
    name: 'a parent is set, told and taken away',
    async run({ site, account, signal, draft }) {
      const { parent } = site.names;
      const top = (await account.create(draft(), signal)).item.ref;
      const { item } = await account.create(draft({ [parent]: top }), signal);
      expect(item.fields[parent]).toBe(top);
      const free = await account.update(item.ref, { [parent]: null }, item.revision, signal);
      expect(free.item.fields[parent]).toBeNull();
      const back = await account.update(item.ref, { [parent]: top }, free.item.revision, signal);
      expect(back.item.fields[parent]).toBe(top);
      await failure(account.update(item.ref, { [parent]: '987654' }, '0', signal), 'rejected-by-tracker');
    },
  },
  {
    name: 'a write to what is gone says so',
    async run({ site, account, signal, given }) {
      const ref = await given();
      await site.remove(ref);
      const error = await failure(account.update(ref, { [site.names.title]: 'x' }, '0', signal), 'gone');
      expect(error.context['outcome']).toBe('answered');
      await failure(account.addComment(ref, { body: 'x', visibility: 'public' }, '0', signal), 'gone');
      await failure(account.history(ref, null, signal), 'gone');
    },
  },
];
