import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PracticeState, seedPractice } from '../../../../main/practice/redmine/index.js';
import { noonMs, startFixture, type Fixture } from './client.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await fixture.server.stop();
});

const edit = (subject: string): { readonly body: unknown } => ({ body: { issue: { subject } } });

describe('counting', () => {
  test('requests are counted by route, writes apart, whether they succeed or not', async () => {
    fixture.server.state.addIssue({ subject: 'one' });
    await fixture.send('GET', '/issues/1.json');
    await fixture.send('GET', '/issues/2.json');
    await fixture.send('GET', '/issues.json?limit=1');
    await fixture.send('PUT', '/issues/1.json', edit('two'));
    await fixture.send('PUT', '/issues/9.json', edit('two'));
    await fixture.send('PATCH', '/issues/1.json', edit('three'));
    await fixture.send('GET', '/nowhere.json');
    const { requests } = fixture.server;
    expect(requests.total).toBe(7);
    expect(requests.writes).toBe(3);
    expect(Object.fromEntries(requests.byRoute)).toEqual({
      'GET /issues/:id': 2,
      'GET /issues': 1,
      'PUT /issues/:id': 3,
      'GET other': 1,
    });
    expect(requests.log.map((entry) => entry.status)).toEqual([200, 404, 200, 204, 404, 204, 404]);
    requests.reset();
    expect(requests.total).toBe(0);
  });

  test('a person at work on the site is not counted', () => {
    fixture.server.state.as('bob').create({ project_id: 1, subject: 'by hand' });
    expect(fixture.server.requests.total).toBe(0);
  });
});

describe('time', () => {
  test('the Date header and all stored times follow the injected clock and its offset', async () => {
    fixture.server.state.setClockOffset(-90_000);
    fixture.advance(500);
    const reply = await fixture.send('POST', '/issues.json', { body: { issue: { project_id: 1, subject: 'x' } } });
    expect(reply.headers.date).toBe('Tue, 24 Nov 2026 11:58:30 GMT');
    expect(reply.json['issue']).toMatchObject({ created_on: '2026-11-24T11:58:30Z', start_date: '2026-11-24' });
  });

  test('no Date header where none is wanted', async () => {
    const bare = await startFixture({ dateHeader: false });
    expect((await bare.send('GET', '/roles.json')).headers.date).toBeUndefined();
    await bare.server.stop();
  });

  test('two edits in one second look the same in the answer, but sort apart', async () => {
    const { state } = fixture.server;
    for (const subject of ['one', 'two', 'three']) state.as('alice').create({ project_id: 1, subject });
    state.as('alice').update(1, { subject: 'edited' });
    const { json } = await fixture.send('GET', '/issues.json?sort=updated_on:desc');
    const issues = json['issues'] as readonly { readonly id: number; readonly updated_on: string }[];
    expect(issues.map((issue) => issue.id)).toEqual([1, 3, 2]);
    expect(new Set(issues.map((issue) => issue.updated_on)).size).toBe(1);
  });

  test('with whole seconds, as on MySQL, the order within a second is that of the ids', async () => {
    const coarse = await startFixture({ settings: { wholeSeconds: true } });
    for (const subject of ['one', 'two', 'three']) coarse.server.state.as('alice').create({ project_id: 1, subject });
    coarse.server.state.as('alice').update(1, { subject: 'edited' });
    const { json } = await coarse.send('GET', '/issues.json?sort=updated_on:desc');
    expect((json['issues'] as readonly { readonly id: number }[]).map((issue) => issue.id)).toEqual([3, 2, 1]);
    await coarse.server.stop();
  });

  test('"changed since" lets in what is less than a second older, and nothing older', async () => {
    const { state } = fixture.server;
    for (const beforeMs of [1_000, 999, 1, 0]) {
      state.addIssue({ subject: String(beforeMs), createdOnMs: noonMs - beforeMs });
    }
    const { json } = await fixture.send('GET', '/issues.json?sort=id&updated_on=%3E%3D2026-11-24T12:00:00Z');
    const subjects = (json['issues'] as readonly { readonly subject: string }[]).map((issue) => issue.subject);
    expect(subjects).toEqual(['999', '1', '0']);
  });

  test('the edit of a note moves no time of its issue', async () => {
    const { state } = fixture.server;
    const id = state.as('alice').create({ project_id: 1, subject: 'x' }).id;
    const noteId = state.as('alice').comment(id, 'first');
    const before = state.issue(id).updatedOnMs;
    fixture.advance(60_000);
    const reply = await fixture.send('PUT', `/journals/${String(noteId)}.json`, {
      body: { journal: { notes: 'second' } },
    });
    expect(reply.status).toBe(204);
    expect(state.issue(id).journals.map((entry) => entry.notes)).toEqual(['second']);
    expect(state.issue(id).updatedOnMs).toBe(before);
  });
});

describe('HTTP', () => {
  test('an address with an unescaped > is refused, as Redmine’s server does', async () => {
    expect((await fixture.send('GET', '/issues.json?issue_id=>=3')).status).toBe(400);
  });

  test('an ETag spares the body until something changes', async () => {
    fixture.server.state.addIssue({ subject: 'one' });
    const first = await fixture.send('GET', '/issues/1.json');
    const headers = { 'If-None-Match': first.headers.etag ?? '' };
    const second = await fixture.send('GET', '/issues/1.json', { headers });
    expect([second.status, second.text, second.headers.etag]).toEqual([304, '', first.headers.etag]);
    fixture.server.state.as('alice').update(1, { subject: 'two' });
    expect((await fixture.send('GET', '/issues/1.json', { headers })).status).toBe(200);
  });

  test('credentials: key in a header or in the address, login and password, key as login', async () => {
    const { apiKey, password } = fixture.server.state.user('bob');
    const basic = (text: string): Record<string, string> => ({
      Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    const ways = [
      await fixture.send('GET', '/users/current.json', { as: 'bob' }),
      await fixture.send('GET', `/users/current.json?key=${apiKey}`, { as: null }),
      await fixture.send('GET', '/users/current.json', { as: null, headers: basic(`bob:${password}`) }),
      await fixture.send('GET', '/users/current.json', { as: null, headers: basic(`${apiKey}:x`) }),
    ];
    expect(ways.map((reply) => (reply.json['user'] as { login: string }).login)).toEqual(['bob', 'bob', 'bob', 'bob']);
    const wrong = await fixture.send('GET', '/users/current.json', { as: null, headers: basic('bob:wrong') });
    expect(wrong.status).toBe(401);
  });

  test('a renewed key ends the old one; with the API switched off there is only 403', async () => {
    const old = fixture.server.state.user('bob').apiKey;
    expect(fixture.server.state.renewKey('bob')).not.toBe(old);
    const headers = { 'X-Redmine-API-Key': old };
    expect((await fixture.send('GET', '/users/current.json', { as: null, headers })).status).toBe(401);
    fixture.server.state.store.settings.restApiEnabled = false;
    expect((await fixture.send('GET', '/users/current.json')).status).toBe(403);
  });

  test('a filter that this server does not practise is told, not passed over', async () => {
    const reply = await fixture.send('GET', '/issues.json?watcher_id=me');
    expect(reply.status).toBe(501);
    expect(reply.text).toContain('watcher_id');
  });
});

test('another site can come to stand behind the same address', async () => {
  const clock = { now: () => noonMs, monotonic: () => 0, sleep: () => Promise.resolve() };
  let drawn = 100;
  const random = { bytes: (length: number) => Uint8Array.from({ length }, () => drawn++ % 256), unit: () => 0 };
  const other = new PracticeState(clock, random, { firstIssueId: 500, firstUserId: 70 });
  seedPractice(other, 'empty', 'elsewhere');
  const before = fixture.server.state.user('alice').apiKey;
  fixture.server.replaceState(other);
  const headers = { 'X-Redmine-API-Key': before };
  expect((await fixture.send('GET', '/users/current.json', { as: null, headers })).status).toBe(401);
  const me = await fixture.send('GET', '/users/current.json');
  expect(me.json['user']).toMatchObject({ id: 70, login: 'alice' });
  expect(other.as('alice').create({ project_id: 1, subject: 'x' }).id).toBe(500);
});

test('ids of deleted issues come back only where the database is such', () => {
  const { state } = fixture.server;
  const alice = state.as('alice');
  alice.remove(alice.create({ project_id: 1, subject: 'one' }).id);
  expect(alice.create({ project_id: 1, subject: 'two' }).id).toBe(2);
  state.store.settings.reuseIds = true;
  alice.remove(2);
  expect(alice.create({ project_id: 1, subject: 'three' }).id).toBe(1);
});
