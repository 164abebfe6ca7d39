import { expect } from 'vitest';
import { failure, itemOf, lasting, readAll } from './case.js';
import type { ConformanceCase } from './case.js';
import type { RedmineConformanceSite } from './redmine-site.js';

/**
 * What Redmine does in silence. It answers 204 to all of these and does less than it was told, or nothing; the connector
 * tells what is there afterwards. Held to the practice server and to a real one.
 */
export function redmineCases(siteOf: () => Promise<RedmineConformanceSite>): readonly ConformanceCase[] {
  return [
    {
      name: "a parent's priority, dates and done ratio are derived: marked so, and a write to them changes nothing",
      async run({ account, signal, draft }) {
        const site = await siteOf();
        const { Low, High, Normal } = site.priorities;
        const parent = (await account.create(draft({ priority: String(Low) }), signal)).item;
        expect(parent.notEditable).toEqual({});
        const child = {
          parent: parent.ref,
          priority: String(High),
          doneRatio: 40,
          startDate: '2030-01-07',
          dueDate: '2030-01-09',
        };
        await account.create(draft(child), signal);
        const held = await itemOf(account, parent.ref);
        const derived = { priority: String(High), startDate: '2030-01-07', dueDate: '2030-01-09', doneRatio: 40 };
        expect(held.fields).toMatchObject(derived);
        const fields = Object.keys(derived);
        expect(held.notEditable).toEqual(Object.fromEntries(fields.map((field) => [field, 'derived'])));
        for (const field of fields) expect(held.fieldTimes[field]).toBeUndefined();
        const wanted = { priority: String(Normal), startDate: '2031-01-01', dueDate: '2031-01-02', doneRatio: 90 };
        const result = await account.update(held.ref, wanted, held.revision, signal);
        expect(result.item.fields).toEqual(held.fields);
        expect(result.changes).toEqual([]);
        expect(result.item.revision).toBe(held.revision);
      },
    },
    {
      name: "where the site does not derive them, a parent's fields are not marked",
      async run({ account, signal, draft }) {
        const site = await siteOf();
        const parent = (await account.create(draft(), signal)).item.ref;
        await account.create(draft({ parent }), signal);
        const independent = site.open({ settings: { parentFields: 'independent' } });
        expect((await itemOf(independent, parent)).notEditable).toEqual({});
      },
    },
    {
      name: 'a parent with an open child does not close, and a child of a closed parent does not open',
      async run({ account, signal, draft }) {
        const { closedState, states } = (await siteOf()).names;
        const parent = (await account.create(draft(), signal)).item;
        const child = (await account.create(draft({ parent: parent.ref }), signal)).item;
        const set = async (ref: string, status: string): Promise<unknown> =>
          (await account.update(ref, { status }, '0', signal)).item.fields['status'];
        expect(await set(parent.ref, closedState)).toBe(states[0]);
        expect(await set(child.ref, closedState)).toBe(closedState);
        expect(await set(parent.ref, closedState)).toBe(closedState);
        expect(await set(child.ref, states[1])).toBe(closedState);
        expect(await set(parent.ref, states[1])).toBe(states[1]);
        expect(await set(child.ref, states[1])).toBe(states[1]);
        await set(child.ref, closedState);
        await set(parent.ref, closedState);
        await failure(account.create(draft({ parent: parent.ref }), signal), 'rejected-by-tracker');
      },
    },
    {
      name: 'a status that the workflow forbids is ignored, on a new issue and on an old one',
      async run({ account, scope, signal, draft }) {
        const site = await siteOf();
        const { statuses, names } = site;
        const created = await account.create(draft({ status: names.closedState }), signal);
        expect(created.item.fields['status']).toBe(names.states[0]);
        await site.setRoles(scope, 'alice', ['Developer']);
        const developer = site.open();
        const before = await itemOf(developer, created.item.ref);
        const rejected = { status: String(statuses['Rejected']) };
        const result = await developer.update(before.ref, rejected, before.revision, signal);
        expect(result.item.fields).toEqual(before.fields);
        expect(result.changes).toEqual([]);
      },
    },
    {
      name: 'fields that the workflow makes read-only are ignored, the others in the same request are not',
      async run({ account, signal, draft }) {
        const site = await siteOf();
        const { item } = await account.create(draft({ dueDate: '2030-01-31', cf_9: 'first' }), signal);
        const fields = ['due_date', '9'] as const;
        for (const field of fields) await site.setReadOnly('Manager', field, true);
        try {
          const wanted = { dueDate: '2031-12-31', cf_9: 'second', subject: 'Changed' };
          const { item: after, changes } = await account.update(item.ref, wanted, item.revision, signal);
          expect(after.fields).toEqual({ ...item.fields, subject: 'Changed' });
          expect(changes.map((change) => change.field)).toEqual(['subject']);
          const made = (await account.create(draft({ dueDate: '2031-12-31', cf_9: 'new' }), signal)).item;
          expect(made.fields).toMatchObject({ dueDate: null, cf_9: null });
        } finally {
          for (const field of fields) await site.setReadOnly('Manager', field, false);
        }
      },
    },
    {
      name: 'a write that Redmine ignores as a whole still moves the time of change, and no revision',
      async run({ account, scope, signal, given }) {
        const site = await siteOf();
        const ref = await given();
        await site.tick();
        const before = await itemOf(account, ref);
        const listed = await readAll(account, scope, null);
        await account.update(ref, { status: '987654' }, before.revision, signal);
        await site.tick();
        const after = (await readAll(account, scope, null)).heads[0]?.stamp;
        expect(after).not.toBeNull();
        expect(after).not.toBe(listed.heads[0]?.stamp);
        expect((await itemOf(account, ref)).revision).toBe(before.revision);
      },
    },
    {
      name: 'an edited or deleted comment moves neither the time of change nor, if not the last, the revision',
      async run({ account, stranger, scope, signal, given }) {
        const site = await siteOf();
        const ref = await given();
        const [one, two] = [
          await stranger.addComment(ref, { body: 'One', visibility: 'public' }, '0', signal),
          await stranger.addComment(ref, { body: 'Two', visibility: 'public' }, '0', signal),
        ];
        await stranger.addComment(ref, { body: 'Three', visibility: 'public' }, '0', signal);
        const stamp = async (): Promise<string | null> => {
          await itemOf(account, ref);
          await site.tick();
          return (await readAll(account, scope, null)).heads[0]?.stamp ?? null;
        };
        const before = [await stamp(), (await itemOf(account, ref)).revision];
        expect(before[0]).not.toBeNull();
        await stranger.editComment(ref, one.commentRef ?? '', { body: 'One, edited' }, '0', signal);
        await stranger.deleteComment(ref, two.commentRef ?? '', '0', signal);
        expect([await stamp(), (await itemOf(account, ref)).revision]).toEqual(before);
        expect((await itemOf(account, ref)).comments.map((comment) => comment.body)).toEqual(['One, edited', 'Three']);
        expect(site.manifest.capabilities.cursorBlindTo).toEqual(
          expect.arrayContaining(['edited comments', 'deleted comments']),
        );
      },
    },
    {
      name: 'a status or tracker that does not exist is ignored',
      async run({ account, signal, given }) {
        const before = await itemOf(account, await given());
        for (const fields of [{ status: '987654' }, { type: '987654' }]) {
          const { item, changes } = await account.update(before.ref, fields, before.revision, signal);
          expect(lasting(item)).toEqual(lasting(before));
          expect(changes).toEqual([]);
        }
      },
    },
    {
      name: 'a role that may not edit: every field is marked, a write changes nothing, a comment goes through',
      async run({ signal, given }) {
        const site = await siteOf();
        const reporter = site.open({ who: 'limited' });
        const before = await itemOf(reporter, await given());
        expect(new Set(Object.values(before.notEditable))).toEqual(new Set(['forbidden']));
        expect(Object.keys(before.notEditable).sort()).toEqual(Object.keys(before.fields).sort());
        const wanted = { subject: 'Not mine', description: 'No', doneRatio: 50, dueDate: '2030-01-01', cf_9: 'x' };
        const { item, changes } = await reporter.update(before.ref, wanted, before.revision, signal);
        expect(lasting(item)).toEqual(lasting(before));
        expect(changes).toEqual([]);
        const comment = { body: 'But I may say so', visibility: 'public' } as const;
        expect((await reporter.addComment(before.ref, comment, before.revision, signal)).commentRef).toBeTruthy();
      },
    },
    {
      name: 'a role that may not manage subtasks: the parent is marked, and ignored on a new issue',
      async run({ signal, draft, given }) {
        const site = await siteOf();
        const reporter = site.open({ who: 'limited' });
        const parent = await given();
        const { item } = await reporter.create(draft({ parent }), signal);
        expect(item.fields['parent']).toBeNull();
        expect(item.notEditable['parent']).toBe('forbidden');
      },
    },
    {
      name: 'a start date that is not sent becomes today, one that is sent empty stays empty',
      async run({ account, signal, draft }) {
        const without = (await account.create(draft(), signal)).item;
        expect(without.fields['startDate']).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        const empty = (await account.create(draft({ startDate: null }), signal)).item;
        expect(empty.fields['startDate']).toBeNull();
      },
    },
    {
      name: 'done ratio: nothing is 0, fractions are cut, more than 100 is refused',
      async run({ account, signal, given }) {
        const ref = await given();
        for (const value of [37.5, 12, null, 100, 0.9]) {
          const { item } = await account.update(ref, { doneRatio: value }, '0', signal);
          expect(item.fields['doneRatio']).toBe(account.normalise('doneRatio', value));
        }
        await failure(account.update(ref, { doneRatio: 101 }, '0', signal), 'rejected-by-tracker');
      },
    },
    {
      name: 'the text "none" would erase what is there: refused in an update and as a comment, taken in a new issue',
      async run({ site, account, signal, draft, given }) {
        const ref = await given({ description: 'Precious' });
        const before = site.writes();
        for (const work of [
          account.update(ref, { description: 'none' }, '0', signal),
          account.update(ref, { subject: 'none' }, '0', signal),
          account.addComment(ref, { body: 'none', visibility: 'public' }, '0', signal),
        ]) {
          expect((await failure(work, 'rejected-by-tracker')).context['outcome']).toBe('not-sent');
        }
        expect(site.writes()).toBe(before);
        expect((await itemOf(account, ref)).fields['description']).toBe('Precious');
        const { item } = await account.create(draft({ subject: 'none', description: 'none' }), signal);
        expect(item.fields).toMatchObject({ subject: 'none', description: 'none' });
        // Redmine itself, past our refusal, does erase it; if it ever stops, so can we.
        const added = await account.addComment(ref, { body: 'Words', visibility: 'public' }, '0', signal);
        const edited = await account.editComment(ref, added.commentRef ?? '', { body: 'none' }, '0', signal);
        expect(edited.item.comments.map((comment) => comment.body)).toEqual(['none']);
      },
    },
    {
      name: 'line ends come back as CRLF and are told as LF, with the raw text beside it',
      async run({ account, signal, draft }) {
        const { item } = await account.create(draft({ description: 'a\nb\r\nc' }), signal);
        expect(item.fields['description']).toBe('a\nb\nc');
        expect(item.raws['description']).toBe('a\r\nb\r\nc');
      },
    },
    {
      name: 'a comment taken from a change of fields leaves the change in history',
      async run({ account, stranger, signal, given }) {
        const ref = await given();
        await stranger.update(ref, { subject: 'Changed' }, '0', signal);
        const { item, commentRef } = await account.addComment(ref, { body: 'x', visibility: 'public' }, '0', signal);
        await account.deleteComment(ref, commentRef ?? '', item.revision, signal);
        const changes = await account.history(ref, null, signal);
        expect(changes).toMatchObject([{ field: 'subject', to: 'Changed' }]);
        expect((await itemOf(account, ref)).comments).toEqual([]);
      },
    },
    {
      name: 'the marker field is found by name or number, is no field of the mapping, and a wrong one is said to be so',
      async run({ scope, signal }) {
        const site = await siteOf();
        for (const markerField of ['External ID', '1', 'cf_1', 1]) {
          const schema = await site.open({ settings: { markerField } }).discover(scope.scope, signal);
          expect(schema.markerField).toBe('cf_1');
          expect(schema.fields.map((field) => field.id)).not.toContain('cf_1');
        }
        const plain = await site.open({ settings: { markerField: '' } }).discover(scope.scope, signal);
        expect(plain.markerField).toBeNull();
        expect(plain.fields.map((field) => field.id)).toContain('cf_1');
        expect(plain.notices.join(' ')).toContain('marker field');
        const wrong = site.open({ settings: { markerField: 'No such field' } });
        await failure(wrong.discover(scope.scope, signal), 'mapping-invalid');
      },
    },
    {
      name: 'custom fields of one line are read and written as text, and their history told',
      async run({ account, signal, draft }) {
        const { item } = await account.create(draft({ cf_3: '7', cf_9: 'one' }), signal);
        expect(item.fields).toMatchObject({ cf_3: '7', cf_9: 'one' });
        const { item: after, changes } = await account.update(item.ref, { cf_3: '8', cf_9: null }, '0', signal);
        expect(after.fields).toMatchObject({ cf_3: '8', cf_9: null });
        expect(changes).toMatchObject([
          { field: 'cf_3', from: '7', to: '8' },
          { field: 'cf_9', from: 'one', to: null },
        ]);
      },
    },
  ];
}
