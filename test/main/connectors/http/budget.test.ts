import { describe, expect, it } from 'vitest';
import { createBudget, createBudgetPool } from '../../../../main/connectors/http/budget.js';
import type { Budget, Permit, PermitResult } from '../../../../main/connectors/http/budget.js';
import { readRateHint } from '../../../../main/connectors/http/rate-headers.js';
import type { RateHint } from '../../../../main/connectors/http/rate-headers.js';
import { ManualClock } from './manual-clock.js';

const none: RateHint = { retryAfterMs: null, limit: null, remaining: null, resetMs: null };
const fine: PermitResult = { load: 'fine', latencyMs: 10, hint: none };
const overloaded: PermitResult = { load: 'overloaded', latencyMs: 10, hint: none };
const maxWaitMs = 600_000;

function create(limits: { requestsPerSecond?: number; burst?: number; maxConcurrency?: number } = {}): {
  budget: Budget;
  clock: ManualClock;
} {
  const clock = new ManualClock();
  const all = { requestsPerSecond: 1_000_000, burst: 1_000_000, maxConcurrency: 8, ...limits };
  return { clock, budget: createBudget('t.example:443', all, clock) };
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await Promise.resolve();
}

async function runOne(budget: Budget, result: PermitResult): Promise<void> {
  (await budget.acquire({ maxWaitMs })).done(result);
}

describe('the token bucket', () => {
  it('lets a burst through, then keeps the rate', async () => {
    const { budget, clock } = create({ requestsPerSecond: 10, burst: 3 });
    const at: number[] = [];
    clock.auto = () => true;
    for (let count = 0; count < 8; count += 1) {
      await runOne(budget, fine);
      at.push(clock.monotonic());
    }
    expect(at).toEqual([0, 0, 0, 100, 200, 300, 400, 500]);
  });

  it('tells of waits worth telling, and is fair', async () => {
    const { budget, clock } = create({ requestsPerSecond: 0.5, burst: 1 });
    const order: string[] = [];
    const told: number[] = [];
    const ask = (name: string): Promise<number> =>
      budget.acquire({ maxWaitMs, onWait: (untilMs) => told.push(untilMs - clock.startMs) }).then((permit) => {
        permit.done(fine);
        return order.push(name);
      });
    const all = Promise.all([ask('a'), ask('b'), ask('c')]);
    clock.auto = () => true;
    await settle();
    clock.advance(2_000);
    await all;
    expect(order).toEqual(['a', 'b', 'c']);
    expect(told).toEqual([2_000, 4_000]);
  });
});

describe('concurrency', () => {
  it('has a limit; a freed slot goes to the next; a permit counts once', async () => {
    const { budget } = create();
    const permits: Permit[] = [];
    for (let count = 0; count < 6; count += 1)
      void budget.acquire({ maxWaitMs }).then((permit) => permits.push(permit));
    await settle();
    expect(budget.state()).toMatchObject({ concurrency: 4, inFlight: 4, waiting: 2 });
    permits[0]?.done({ ...fine, load: 'neutral' });
    permits[0]?.done({ ...fine, load: 'neutral' });
    await settle();
    expect(budget.state()).toMatchObject({ inFlight: 4, waiting: 1 });
  });

  it('grows slowly while all is fine, up to its limit', async () => {
    const { budget } = create({ maxConcurrency: 6 });
    for (let count = 0; count < 4; count += 1) await runOne(budget, fine);
    // One more for about as many answers as there are slots.
    expect(budget.state().concurrency).toBe(4);
    await runOne(budget, fine);
    expect(budget.state().concurrency).toBe(5);
    for (let count = 0; count < 100; count += 1) await runOne(budget, fine);
    expect(budget.state().concurrency).toBe(6);
  });

  it('halves at an overload, once for all that were under way, and never below one', async () => {
    const { budget } = create();
    const permits = await Promise.all([1, 2, 3, 4].map(() => budget.acquire({ maxWaitMs })));
    for (const permit of permits) permit.done(overloaded);
    expect(budget.state().concurrency).toBe(2);
    for (let count = 0; count < 10; count += 1) await runOne(budget, overloaded);
    expect(budget.state().concurrency).toBe(1);
  });

  it('shrinks when answers become slow', async () => {
    const { budget } = create();
    for (let count = 0; count < 60; count += 1) await runOne(budget, fine);
    expect(budget.state().concurrency).toBe(8);
    for (let count = 0; count < 5; count += 1) await runOne(budget, { ...fine, latencyMs: 2_000 });
    expect(budget.state().concurrency).toBeLessThan(5);
  });
});

describe('what the tracker says', () => {
  it('Retry-After after an overload pauses everybody, then starts softly', async () => {
    const { budget, clock } = create({ requestsPerSecond: 10, burst: 50 });
    await runOne(budget, { ...overloaded, hint: { ...none, retryAfterMs: 5_000 } });
    expect(budget.state().pausedUntilMs).toBe(clock.startMs + 5_000);
    clock.auto = () => true;
    const at: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      await runOne(budget, fine);
      at.push(clock.monotonic());
    }
    expect(at).toEqual([5_000, 5_100, 5_200]);
  });

  it('Retry-After on a good answer is no pause', async () => {
    const { budget } = create();
    await runOne(budget, { ...fine, hint: { ...none, retryAfterMs: 5_000 } });
    expect(budget.state().pausedUntilMs).toBeNull();
  });

  it('nothing left: nothing is sent until the allowance is full again', async () => {
    const { budget, clock } = create();
    await runOne(budget, { ...fine, hint: { ...none, limit: 100, remaining: 0, resetMs: 30_000 } });
    expect(budget.state().pausedUntilMs).toBe(clock.startMs + 30_000);
  });

  it('little left is spread; plenty left, or a generous promise, changes nothing', async () => {
    const { budget, clock } = create({ requestsPerSecond: 5, burst: 5 });
    await runOne(budget, { ...fine, hint: { ...none, limit: 5_000, remaining: 4_000, resetMs: 1_000_000 } });
    expect(budget.state().requestsPerSecond).toBe(5);
    await runOne(budget, { ...fine, hint: { ...none, limit: 1_000_000, remaining: 90_000, resetMs: 1 } });
    expect(budget.state().requestsPerSecond).toBe(5);
    await runOne(budget, { ...fine, hint: { ...none, limit: 5_000, remaining: 60, resetMs: 60_000 } });
    expect(budget.state().requestsPerSecond).toBe(1);
    clock.advance(60_000);
    expect(budget.state().requestsPerSecond).toBe(5);
  });

  it('more patience than there is: those who wait are refused now', async () => {
    const { budget } = create({ maxConcurrency: 1 });
    const first = await budget.acquire({ maxWaitMs });
    const second = budget.acquire({ maxWaitMs });
    const patient = budget.acquire({ maxWaitMs: 100 * maxWaitMs });
    first.done({ ...overloaded, hint: { ...none, retryAfterMs: maxWaitMs + 1 } });
    await expect(second).rejects.toMatchObject({ code: 'rate-limited', context: { retryAfterMs: maxWaitMs + 1 } });
    await expect(budget.acquire({ maxWaitMs })).rejects.toMatchObject({ code: 'rate-limited' });
    expect(budget.state().waiting).toBe(1);
    void patient;
  });

  it('the year 2999 closes no tracker for good', async () => {
    const { budget, clock } = create();
    await runOne(budget, { ...fine, hint: { ...none, remaining: 0, resetMs: 1e15 } });
    expect((budget.state().pausedUntilMs ?? 0) - clock.startMs).toBe(24 * 3_600_000);
  });
});

describe('cancelling', () => {
  it('leaves the queue at once, wherever one stands in it, and stops the timer', async () => {
    const { budget, clock } = create({ requestsPerSecond: 1, burst: 1 });
    await runOne(budget, fine);
    const stops = [new AbortController(), new AbortController()];
    const waiting = stops.map(({ signal }) => budget.acquire({ maxWaitMs, signal }));
    expect(clock.sleeping).toBe(1);
    stops[0]?.abort();
    await expect(waiting[0]).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.sleeping).toBe(1);
    stops[1]?.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.sleeping).toBe(0);
    await expect(budget.acquire({ maxWaitMs, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('the pool', () => {
  it('has one budget per host and credential, and keeps the lower limits', () => {
    const pool = createBudgetPool(new ManualClock());
    const one = pool.get('a:443', 'secret', { maxConcurrency: 4 });
    expect(pool.get('a:443', 'secret')).toBe(one);
    expect(pool.get('a:443', 'other')).not.toBe(one);
    expect(pool.get('b:443', 'secret')).not.toBe(one);
    pool.get('a:443', 'secret', { maxConcurrency: 2, requestsPerSecond: 1_000_000 });
    expect(one.state()).toMatchObject({ concurrency: 2, requestsPerSecond: 100 });
  });
});

describe('rate headers', () => {
  const nowMs = Date.UTC(2030, 0, 15, 12);
  const date = new Date(nowMs - 3_600_000).toUTCString();

  it.each<[string, Record<string, string>, Partial<RateHint>]>([
    ['nothing', {}, {}],
    ['seconds', { 'retry-after': ' 12 ' }, { retryAfterMs: 12_000 }],
    ['fractions', { 'retry-after': '0.5' }, { retryAfterMs: 500 }],
    [
      'a date by the server’s clock',
      { 'retry-after': new Date(nowMs - 3_590_000).toUTCString(), date },
      { retryAfterMs: 10_000 },
    ],
    ['a date by our clock', { 'retry-after': new Date(nowMs + 10_000).toUTCString() }, { retryAfterMs: 10_000 }],
    ['a date that is over', { 'retry-after': new Date(nowMs - 10_000).toUTCString() }, { retryAfterMs: 0 }],
    ['nonsense', { 'retry-after': '-1', 'x-ratelimit-remaining': 'many' }, {}],
    [
      'GitHub',
      {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '12',
        'x-ratelimit-reset': String((nowMs - 3_540_000) / 1_000),
        date,
      },
      { limit: 5_000, remaining: 12, resetMs: 60_000 },
    ],
    [
      'GitLab',
      { 'ratelimit-limit': '60', 'ratelimit-remaining': '0', 'ratelimit-reset': '30' },
      { limit: 60, remaining: 0, resetMs: 30_000 },
    ],
    ['Jira', { 'x-ratelimit-reset': '2030-01-15T12:00:30Z' }, { resetMs: 30_000 }],
    ['several windows', { 'x-ratelimit-limit': '100, 100;w=60' }, { limit: 100 }],
  ])('%s', (_name, headers, expected) => {
    expect(readRateHint(headers, nowMs)).toEqual({ ...none, ...expected });
  });
});
