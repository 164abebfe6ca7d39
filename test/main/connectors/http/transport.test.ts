import { Readable } from 'node:stream';
import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios';
import { describe, expect, it } from 'vitest';
import { createRig, errorOf, timeoutMs } from './servers.js';

type Answer = { readonly status: number; readonly data: unknown; readonly headers?: Record<string, string> };

/** A transport that is handed in: no socket is ever opened. */
function fake(answerTo: (config: InternalAxiosRequestConfig, count: number) => Answer | Promise<Answer>): AxiosAdapter {
  let count = 0;
  return async (config) => {
    count += 1;
    const answer = await answerTo(config, count);
    return { statusText: '', headers: {}, request: {}, config, ...answer };
  };
}

const base = 'https://tracker.example.com/sub';

describe('a transport that is handed in', () => {
  it.each([
    ['text', '{"a":1}'],
    ['bytes', Buffer.from('{"a":1}')],
    ['a typed array', new TextEncoder().encode('{"a":1}')],
    ['a stream', Readable.from([Buffer.from('{"a"'), Buffer.from(':1}')])],
  ])('may answer with %s, and sees the whole request', async (_kind, data) => {
    let seen: InternalAxiosRequestConfig | undefined;
    const transport = fake((config) => {
      seen = config;
      return {
        status: 200,
        data,
        headers: { 'Content-Type': 'application/json', 'Date': 'Tue, 15 Jan 2030 12:00:00 GMT' },
      };
    });
    const rig = createRig(base, { transport, auth: () => ({ 'X-Api-Key': 'k-123456' }) });
    const got = await rig.client.request({ method: 'POST', path: '/x', query: { q: 1 }, json: { b: 2 } });
    expect(got).toMatchObject({ status: 200, json: { a: 1 }, serverTimeMs: rig.clock.startMs });
    expect(seen?.url).toBe('https://tracker.example.com/sub/x?q=1');
    expect(seen?.method?.toUpperCase()).toBe('POST');
    expect(String(seen?.data)).toBe('{"b":2}');
    expect(seen?.headers.get('x-api-key')).toBe('k-123456');
    expect(rig.ledger()).toEqual([expect.objectContaining({ host: 'tracker.example.com:443', contacts: 1 })]);
  });

  it.each([
    ['ECONNREFUSED', 'not-sent', 3],
    ['ENOTFOUND', 'not-sent', 3],
    ['ECONNRESET', 'unknown', 1],
    ['ETIMEDOUT', 'unknown', 1],
  ])('says by %s that a write is %s', async (code, outcome, sendings) => {
    let count = 0;
    const transport = fake(() => {
      count += 1;
      throw Object.assign(new Error('simulated'), { code });
    });
    const error = await errorOf(createRig(base, { transport }).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error.outcome).toBe(outcome);
    expect(count).toBe(sendings);
  });

  it('that never answers and hears no signal holds nobody', async () => {
    const transport = fake(() => new Promise(() => undefined));
    const rig = createRig(base, { transport });
    const timedOut = errorOf(rig.client.request({ method: 'POST', path: '/' }));
    await rig.clock.untilAsleep((ms) => ms === timeoutMs);
    rig.clock.advance(timeoutMs);
    expect(await timedOut).toMatchObject({ code: 'timeout', outcome: 'unknown' });
    const stop = new AbortController();
    const cancelled = errorOf(rig.client.request({ method: 'POST', path: '/', signal: stop.signal }));
    await rig.clock.untilAsleep((ms) => ms === timeoutMs);
    stop.abort();
    expect(await cancelled).toMatchObject({ code: 'cancelled', outcome: 'unknown' });
    expect(rig.clock.sleeping).toBe(0);
  });
});
