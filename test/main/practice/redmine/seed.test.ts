import { afterEach, expect, test } from 'vitest';
import { startFixture, type Fixture } from './client.js';

let fixture: Fixture | null = null;
afterEach(async () => {
  await fixture?.server.stop();
});

test('the seed tells all that a test or a newcomer needs', async () => {
  fixture = await startFixture({ firstUserId: 40, identifier: 'shop' });
  const { seed, url } = fixture.server;
  expect(seed.url).toBe(url);
  expect(seed.project).toEqual({ id: 1, identifier: 'shop', name: 'Sync shop' });
  expect(seed.users.map(({ id, login, name, role }) => [id, login, name, role])).toEqual([
    [40, 'alice', 'Alice Anders', 'Manager'],
    [41, 'bob', "Bob O'Brien", 'Developer'],
    [42, 'chloe', 'Chloé Çelik', 'Reporter'],
  ]);
  expect(seed.customFields['External ID']).toEqual({ id: 1, format: 'string', multiple: false, values: [] });
  expect(new Set([seed.apiKey, ...seed.users.map((user) => user.apiKey)]).size).toBe(4);
  expect(seed.roles).toEqual({ Manager: 3, Developer: 4, Reporter: 5 });
});

test('the demo is a lively tracker: issues of all kinds, comments, parents that follow their children', async () => {
  fixture = await startFixture({ seed: 'demo' });
  const { state } = fixture.server;
  const issues = [...state.store.issues.values()];
  expect(issues.length).toBe(25);
  expect(new Set(issues.map((issue) => issue.statusId)).size).toBe(6);
  expect(new Set(issues.map((issue) => issue.trackerId)).size).toBe(3);
  expect(new Set(issues.map((issue) => issue.priorityId)).size).toBe(5);
  expect(issues.filter((issue) => issue.childIds.length > 0).length).toBe(3);
  const comments = issues.flatMap((issue) => issue.journals).filter((entry) => (entry.notes ?? '') !== '');
  expect(comments.length).toBeGreaterThan(15);
  expect(new Set(comments.map((entry) => entry.userId)).size).toBe(3);
  // Made in the past, one after the other, and nothing in the future.
  const nowMs = state.store.nowMs();
  expect(issues.every((issue) => issue.createdOnMs <= issue.updatedOnMs && issue.updatedOnMs <= nowMs)).toBe(true);
  const checkout = issues.find((issue) => issue.subject.startsWith('Guest checkout'));
  expect(checkout).toMatchObject({ priorityId: state.priorityId('High'), statusId: state.statusId('New') });
  expect(checkout?.doneRatio).toBeGreaterThan(0);
  const { json } = await fixture.send('GET', '/issues.json?status_id=*&limit=100', { as: 'chloe' });
  expect(json['total_count']).toBe(25);
});

test('10,000 issues are put in and paged through in order', async () => {
  fixture = await startFixture();
  const { state } = fixture.server;
  for (let i = 1; i <= 10_000; i += 1) {
    state.addIssue({
      subject: `Issue ${String(i)}`,
      statusId: (i % 6) + 1,
      ...(i % 10 === 0 ? { parentId: i - 5 } : {}),
      ...(i % 4 === 0 ? { notes: [{ userId: 5, notes: 'a comment' }] } : {}),
    });
  }
  const seen: number[] = [];
  for (let offset = 0; offset < 10_000; offset += 100) {
    const { json } = await fixture.send('GET', `/issues.json?status_id=*&sort=id&limit=100&offset=${String(offset)}`);
    expect(json['total_count']).toBe(10_000);
    seen.push(...(json['issues'] as readonly { readonly id: number }[]).map((issue) => issue.id));
  }
  expect(seen).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
  expect(fixture.server.requests.of('GET /issues')).toBe(100);
});
