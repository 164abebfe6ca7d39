import { describe, expect, it } from 'vitest';
import { HttpError } from '../../../../main/connectors/http/index.js';
import { defaultRetryPolicy, retryDelayMs } from '../../../../main/connectors/http/retry.js';
import { ManualClock, fixedRandom } from './manual-clock.js';
import { createRig, cut, errorOf, says, startServer, timeoutMs } from './servers.js';

describe('sending again', () => {
  it.each([
    ['500', says(500)],
    ['502', says(502)],
    ['503', says(503)],
    ['429 with nothing', says(429)],
    ['a cut connection', cut],
  ])('a read goes again after %s', async (_name, failing) => {
    const server = await startServer(failing, failing, says(200, { ok: true }));
    const rig = createRig(server.url);
    expect((await rig.client.request({ method: 'GET', path: '/' })).json).toEqual({ ok: true });
    expect(server.seen).toHaveLength(3);
    expect(rig.waits.map(({ why }) => why)).toEqual(['retry', 'retry']);
  });

  it.each([
    ['500', says(500)],
    ['502', says(502)],
    ['503 without Retry-After', says(503)],
    ['408', says(408)],
    ['a cut connection', cut],
  ])('a write does not go again after %s', async (_name, failing) => {
    const server = await startServer(failing, says(200));
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error.outcome).toBe('unknown');
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['429 with nothing', says(429)],
    ['429 with Retry-After', says(429, {}, { 'retry-after': '2' })],
    ['503 with Retry-After', says(503, {}, { 'retry-after': '2' })],
  ])('a write goes again after %s: nothing was done', async (_name, failing) => {
    const server = await startServer(failing, says(201, { id: 1 }));
    const got = await createRig(server.url).client.request({ method: 'POST', path: '/', json: {} });
    expect(got.status).toBe(201);
    expect(server.seen).toHaveLength(2);
  });

  it('a write that may be done twice goes again like a read', async () => {
    const server = await startServer(cut, says(500), says(200));
    const request = { method: 'PUT', path: '/', json: {}, idempotent: true } as const;
    expect((await createRig(server.url).client.request(request)).status).toBe(200);
    expect(server.seen).toHaveLength(3);
  });

  it('ends after five sendings, with growing waits drawn from zero to their cap', async () => {
    const server = await startServer(says(500));
    const rig = createRig(server.url, { random: fixedRandom(0.5) });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error.context).toMatchObject({ attempts: 5, status: 500 });
    expect(rig.clock.slept.filter((ms) => ms !== timeoutMs)).toEqual([250, 500, 1000, 2000]);
    expect(server.seen).toHaveLength(5);
    // All sendings of a request carry one id.
    expect(new Set(server.seen.map((seen) => seen.headers['x-request-id'])).size).toBe(1);
    expect(rig.exchanges.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  });

  it('caps every wait', () => {
    const error = new HttpError('server-error', 'x', 'unknown', { context: { status: 500 } });
    const policy = { ...defaultRetryPolicy, maxAttempts: 50 };
    expect(retryDelayMs({ error, idempotent: true, attempt: 30 }, policy, () => 0.999)).toBeCloseTo(29_970);
    expect(retryDelayMs({ error, idempotent: true, attempt: 30 }, policy, () => 0)).toBe(0);
  });

  it.each([[501], [505], [400], [401], [403], [404], [409], [422]])('never goes again after %i', async (status) => {
    const server = await startServer(says(status));
    await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/' }));
    expect(server.seen).toHaveLength(1);
  });

  it('tries a timed-out read once more', async () => {
    const server = await startServer(() => undefined);
    const rig = createRig(server.url);
    const request = errorOf(rig.client.request({ method: 'GET', path: '/' }));
    for (const count of [1, 2]) {
      await expect.poll(() => server.seen.length).toBe(count);
      rig.clock.advance(timeoutMs);
    }
    expect((await request).context).toMatchObject({ attempts: 2 });
  });
});

describe('Retry-After', () => {
  const date = 'Tue, 15 Jan 2030 12:00:00 GMT';

  it.each([
    ['seconds', { 'retry-after': '7' }],
    // The server's clock is three years behind ours; only the difference counts.
    ['a date', { 'retry-after': 'Thu, 14 Jan 2027 10:00:07 GMT', 'date': 'Thu, 14 Jan 2027 10:00:00 GMT' }],
  ])('as %s is waited for, told, and holds back every other request', async (_name, headers) => {
    const server = await startServer(says(429, {}, headers), says(200));
    const clock = new ManualClock();
    const rig = createRig(server.url, { clock });
    const first = rig.client.request({ method: 'GET', path: '/' });
    await clock.untilAsleep((ms) => ms === 7_000);
    const second = rig.client.request({ method: 'GET', path: '/' });
    clock.advance(6_999);
    expect(server.seen).toHaveLength(1);
    clock.advance(1);
    await Promise.all([first, second.then(() => undefined), pass(clock)]);
    expect(server.seen).toHaveLength(3);
    const untilMs = clock.startMs + 7_000;
    expect(rig.waits).toEqual([
      { untilMs, why: 'rate-limit', host: `127.0.0.1:${String(server.port)}` },
      { untilMs, why: 'rate-limit', host: `127.0.0.1:${String(server.port)}` },
    ]);
  });

  /** Lets the short waits for single tokens after a pause pass. */
  async function pass(clock: ManualClock): Promise<void> {
    clock.auto = (ms) => ms !== timeoutMs;
    await Promise.resolve();
  }

  it('is cancelled at once', async () => {
    const server = await startServer(says(429, {}, { 'retry-after': '300' }));
    const clock = new ManualClock();
    const rig = createRig(server.url, { clock });
    const stop = new AbortController();
    const request = errorOf(rig.client.request({ method: 'GET', path: '/', signal: stop.signal }));
    await clock.untilAsleep((ms) => ms === 300_000);
    stop.abort();
    expect(await request).toMatchObject({ code: 'cancelled' });
    expect(clock.sleeping).toBe(0);
  });

  it.each([['7200'], ['Sat, 01 Jan 2999 00:00:00 GMT']])('beyond all patience (%s) fails now', async (after) => {
    const server = await startServer(says(429, {}, { 'retry-after': after, date }));
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error).toMatchObject({ code: 'rate-limited', outcome: 'answered' });
    // And the next one does not even ask.
    const next = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} }));
    expect(next).toMatchObject({ code: 'rate-limited', outcome: 'not-sent' });
    expect(next.message).toMatch(/takes no more requests for \d+ minutes/);
    expect(server.seen).toHaveLength(1);
    expect(rig.waits).toEqual([]);
  });

  it.each([['soon'], ['-5'], ['']])('that makes no sense (%j) is as none', async (after) => {
    const server = await startServer(says(429, {}, { 'retry-after': after }), says(200));
    const rig = createRig(server.url);
    await rig.client.request({ method: 'GET', path: '/' });
    expect(rig.clock.slept.filter((ms) => ms !== timeoutMs)).toEqual([250]);
  });

  it('of zero does not make a storm', async () => {
    const server = await startServer(says(429, {}, { 'retry-after': '0' }));
    const rig = createRig(server.url);
    await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    const waited = rig.clock.slept.filter((ms) => ms !== timeoutMs);
    expect(waited).toHaveLength(7);
    expect(Math.min(...waited)).toBeGreaterThanOrEqual(250);
  });

  it('again and again ends when the patience of the request is used up', async () => {
    const server = await startServer(says(429, {}, { 'retry-after': '200' }));
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error.code).toBe('rate-limited');
    // 10 minutes: the third wait ends at 600 s, and a fourth would be beyond.
    expect(server.seen.length).toBeLessThanOrEqual(4);
  });
});
