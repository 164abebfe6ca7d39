import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startFixture } from './client.js';

interface Page {
  readonly issues: readonly { readonly id: number; readonly subject: string }[];
  readonly total_count: number;
}

const step = fc.oneof(
  fc.record({ page: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ ids: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }) }),
  fc.record({ add: fc.constantFrom(1, 2) }),
  fc.record({ rename: fc.integer({ min: 1, max: 25 }) }),
  fc.record({ remove: fc.integer({ min: 1, max: 25 }) }),
);

test('pages by id and lists of ids tell what a look at every issue tells, whatever changes between them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, reuseIds) => {
      const fixture = await startFixture({ settings: { reuseIds } });
      const { state } = fixture.server;
      for (let count = 0; count < 8; count += 1) state.addIssue({ subject: 'Old', trackerId: 1 + (count % 2) });
      const ask = async (query: string): Promise<Page> => {
        const path = `/issues.json?project_id=1&status_id=*&tracker_id=1&limit=100&sort=id${query}`;
        return (await fixture.send('GET', path)).json as unknown as Page;
      };
      const held = (): readonly { readonly id: number; readonly subject: string }[] =>
        [...state.store.issues.values()]
          .filter((issue) => issue.trackerId === 1)
          .map(({ id, subject }) => ({ id, subject }))
          .sort((a, b) => a.id - b.id);
      try {
        for (const each of steps) {
          if ('add' in each) state.addIssue({ subject: 'New', trackerId: each.add });
          else if ('rename' in each) {
            if (state.store.issues.has(each.rename)) state.as('admin').update(each.rename, { subject: 'Renamed' });
          } else if ('remove' in each) {
            if (state.store.issues.has(each.remove)) state.as('admin').remove(each.remove);
          } else {
            const wanted =
              'page' in each
                ? held().filter((issue) => issue.id >= each.page)
                : held().filter((issue) => each.ids.includes(issue.id));
            const query = 'page' in each ? `&issue_id=%3E%3D${String(each.page)}` : `&issue_id=${each.ids.join(',')}`;
            if ('page' in each && each.page % 2 === 0) await ask('');
            const page = await ask(query);
            expect(page.issues.map(({ id, subject }) => ({ id, subject }))).toEqual(wanted);
            expect(page.total_count).toBe(wanted.length);
          }
        }
      } finally {
        await fixture.server.stop();
      }
    }),
    { numRuns: 40 },
  );
});
