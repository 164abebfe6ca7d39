import { get as httpGet } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFixture, type Fixture } from './client.js';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await fixture.server.stop();
});

const newIssue = { issue: { project_id: 1, subject: 'made' } };
const issueCount = (): number => fixture.server.state.store.issues.size;

describe('ordered answers', () => {
  test('429 with seconds, with a date by the server’s clock, with nothing, then all is well', async () => {
    const { faults } = fixture.server;
    faults.rateLimit(1, { kind: 'seconds', seconds: 30 });
    faults.rateLimit(1, { kind: 'date', seconds: 30 });
    faults.rateLimit(1);
    const replies = [];
    for (let i = 0; i < 4; i += 1) replies.push(await fixture.send('GET', '/issues.json'));
    expect(replies.map((reply) => reply.status)).toEqual([429, 429, 429, 200]);
    expect(replies.map((reply) => reply.headers['retry-after'])).toEqual([
      '30',
      'Tue, 24 Nov 2026 12:00:30 GMT',
      undefined,
      undefined,
    ]);
  });

  test('500 for the next two requests, and only for those that were meant', async () => {
    const handle = fixture.server.faults.order({
      fault: { kind: 'answer', status: 500 },
      method: 'POST',
      path: /^\/issues\.json/,
      times: 2,
    });
    expect((await fixture.send('GET', '/issues.json')).status).toBe(200);
    expect((await fixture.send('POST', '/issues.json', { body: newIssue })).status).toBe(500);
    expect((await fixture.send('POST', '/issues.json', { body: newIssue })).status).toBe(500);
    expect((await fixture.send('POST', '/issues.json', { body: newIssue })).status).toBe(201);
    expect(handle.fired).toBe(2);
    expect(issueCount()).toBe(1);
  });

  test('a page for people with status 200', async () => {
    fixture.server.faults.answerHtml();
    const reply = await fixture.send('GET', '/issues.json');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.text).toContain('Please sign in');
  });

  test('an order can let some requests pass first, and can be cancelled', async () => {
    const handle = fixture.server.faults.order({ fault: { kind: 'answer', status: 502 }, skip: 1, times: Infinity });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await fixture.send('GET', '/roles.json')).status);
    handle.cancel();
    statuses.push((await fixture.send('GET', '/roles.json')).status);
    expect(statuses).toEqual([200, 502, 502, 200]);
  });
});

describe('cut connections', () => {
  test('before the request: nothing happened', async () => {
    fixture.server.faults.cut('before');
    await expect(fixture.send('POST', '/issues.json', { body: newIssue })).rejects.toThrow();
    expect(issueCount()).toBe(0);
  });

  test('after it: the issue is there, and nobody was told', async () => {
    fixture.server.faults.cut('after');
    await expect(fixture.send('POST', '/issues.json', { body: newIssue })).rejects.toThrow();
    expect(issueCount()).toBe(1);
    expect(fixture.server.requests.log[0]?.status).toBeNull();
  });

  test('in the middle of the answer', async () => {
    fixture.server.faults.cut('mid-body');
    await expect(fixture.send('POST', '/issues.json', { body: newIssue })).rejects.toThrow('aborted');
    expect(issueCount()).toBe(1);
  });
});

describe('waiting', () => {
  test('a held request has no effect until it is released', async () => {
    const hold = fixture.server.faults.hold({ method: 'POST' });
    const reply = fixture.send('POST', '/issues.json', { body: newIssue });
    await hold.arrived;
    expect(issueCount()).toBe(0);
    hold.release();
    expect((await reply).status).toBe(201);
  });

  test('held after its effect, it leaves a client to wait for news', async () => {
    const hold = fixture.server.faults.hold({ method: 'POST' }, 'after');
    const reply = fixture.send('POST', '/issues.json', { body: newIssue });
    await hold.arrived;
    // Another request is answered meanwhile, and sees the effect.
    const { json } = await fixture.send('GET', '/issues.json');
    expect(json['total_count']).toBe(1);
    hold.release();
    expect((await reply).status).toBe(201);
  });

  test('a delay waits for the clock that the test owns', async () => {
    fixture.server.faults.order({ fault: { kind: 'delay', ms: 5_000 } });
    const reply = fixture.send('GET', '/issues.json');
    await fixture.asleep;
    fixture.advance(4_999);
    expect(fixture.sleepers()).toBe(1);
    fixture.advance(1);
    expect((await reply).status).toBe(200);
  });

  test('stopping lets go of what is held', async () => {
    const other = await startFixture();
    const hold = other.server.faults.hold();
    const reply = other.send('POST', '/issues.json', { body: newIssue });
    const ended = expect(reply).rejects.toThrow();
    await hold.arrived;
    await other.server.stop();
    await ended;
    expect(other.server.state.store.issues.size).toBe(0);
  });
});

describe('bad listings', () => {
  test('an endless one repeats its first page and promises more', async () => {
    for (let i = 1; i <= 5; i += 1) fixture.server.state.addIssue({ subject: `number ${String(i)}` });
    fixture.server.faults.order({ fault: { kind: 'endless' }, times: Infinity });
    const pages = [];
    for (const offset of [0, 2, 4, 100]) {
      pages.push((await fixture.send('GET', `/issues.json?sort=id&limit=2&offset=${String(offset)}`)).json);
    }
    const ids = pages.map((page) => (page['issues'] as readonly { readonly id: number }[]).map((issue) => issue.id));
    expect(ids).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(pages.map((page) => Number(page['total_count']) > Number(page['offset']) + 2)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test('a body of 2 GB is only made as far as it is read', async () => {
    fixture.server.faults.order({ fault: { kind: 'huge', bytes: 2 * 1024 ** 3 } });
    const read = await new Promise<number>((resolve, reject) => {
      httpGet(`${fixture.server.url}/issues.json`, { agent: false }, (reply) => {
        expect(reply.headers['content-length']).toBe(String(2 * 1024 ** 3));
        let bytes = 0;
        reply.on('error', () => undefined);
        reply.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > 1_000_000) reply.destroy();
        });
        reply.on('close', () => resolve(bytes));
      }).on('error', reject);
    });
    expect(read).toBeLessThan(10_000_000);
    // The server is well afterwards.
    expect((await fixture.send('GET', '/roles.json')).status).toBe(200);
  });
});
