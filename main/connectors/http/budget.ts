import { createHash } from 'node:crypto';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { Clock } from '../../host.js';
import { createPace } from './pace.js';
import type { BudgetLimits, PermitResult } from './pace.js';

export type { BudgetLimits, PermitResult } from './pace.js';

export const defaultBudgetLimits: BudgetLimits = { requestsPerSecond: 100, burst: 50, maxConcurrency: 8 };

export interface Budget {
  /**
   * Waits for the leave to send one request; first come, first served. Errors: `cancelled`; `rate-limited` where the
   * tracker wants no request for longer than `maxWaitMs`.
   */
  acquire(request: AcquireRequest): Promise<Permit>;
  state(): BudgetState;
}

export interface AcquireRequest {
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
  /** Told when the wait is for the tracker's limits and worth telling. Ms since 1970. */
  readonly onWait?: (untilMs: number) => void;
}

export interface Permit {
  /** To be called exactly once, when the answer was read or the request failed. */
  done(result: PermitResult): void;
}

export interface BudgetState {
  readonly concurrency: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly requestsPerSecond: number;
  /** Ms since 1970; null where nothing is paused. */
  readonly pausedUntilMs: number | null;
}

/** One budget per (host, credential), whatever the number of connections and clients that use it. */
export interface BudgetPool {
  /** Limits of a later call can only lower those of the first. `credential` is not kept, only a hash of it. */
  get(host: string, credential: string, limits?: Partial<BudgetLimits>): Budget;
}

export function createBudgetPool(clock: Clock): BudgetPool {
  const budgets = new Map<string, Budget & { restrict(limits: Partial<BudgetLimits>): void }>();
  return {
    get(host, credential, limits = {}) {
      const key = createHash('sha256').update(`${host}\n${credential}`).digest('hex');
      const known = budgets.get(key);
      if (known !== undefined) {
        known.restrict(limits);
        return known;
      }
      const made = createBudget(host, { ...defaultBudgetLimits, ...limits }, clock);
      budgets.set(key, made);
      return made;
    },
  };
}

interface Waiter extends AcquireRequest {
  toldUntilMs: number;
  readonly resolve: (permit: Permit) => void;
  readonly reject: (error: LockstepError) => void;
}

/** Shorter waits for a token are not worth a line on the screen. */
const tellFromMs = 1_000;

export function createBudget(
  host: string,
  limits: BudgetLimits,
  clock: Clock,
): Budget & { restrict(limits: Partial<BudgetLimits>): void } {
  const pace = createPace(limits);
  const queue: Waiter[] = [];
  let inFlight = 0;
  let timer: { readonly dueMs: number; readonly stop: AbortController } | null = null;

  function pump(): void {
    for (let waiter = queue[0]; waiter !== undefined && inFlight < pace.slots(); waiter = queue[0]) {
      const delayMs = pace.delayMs(clock.monotonic());
      if (delayMs > waiter.maxWaitMs) {
        refuse(waiter, delayMs);
        continue;
      }
      if (delayMs > 0) {
        tell(waiter, delayMs);
        wakeIn(Math.ceil(delayMs));
        return;
      }
      queue.shift();
      inFlight += 1;
      waiter.resolve(createPermit(pace.take()));
    }
    stopTimer();
  }

  /** Once for each moment, however often the queue is looked at. */
  function tell(waiter: Waiter, delayMs: number): void {
    const untilMs = Math.ceil(clock.now() + delayMs);
    if (delayMs < tellFromMs || waiter.toldUntilMs >= untilMs) return;
    waiter.toldUntilMs = untilMs;
    waiter.onWait?.(untilMs);
  }

  function createPermit(sequence: number): Permit {
    let open = true;
    return {
      done(result) {
        if (!open) return;
        open = false;
        inFlight -= 1;
        const nowMs = clock.monotonic();
        pace.learn(sequence, result);
        if (result.hint !== null) {
          pace.heed(result.hint, result.load === 'overloaded', nowMs);
          // A pause that is longer than a request's patience fails it now, not in an hour.
          for (const waiter of [...queue]) refuseImpatient(waiter);
        }
        pump();
      },
    };
  }

  function refuseImpatient(waiter: Waiter): void {
    const pauseMs = pace.pauseMs(clock.monotonic());
    if (pauseMs > waiter.maxWaitMs) refuse(waiter, pauseMs);
  }

  function refuse(waiter: Waiter, delayMs: number): void {
    leave(waiter);
    waiter.reject(tooLong(host, delayMs));
  }

  function leave(waiter: Waiter): void {
    const index = queue.indexOf(waiter);
    if (index >= 0) queue.splice(index, 1);
    if (queue.length === 0) stopTimer();
  }

  function wakeIn(delayMs: number): void {
    const dueMs = clock.monotonic() + delayMs;
    if (timer !== null && timer.dueMs <= dueMs) return;
    stopTimer();
    const stop = new AbortController();
    timer = { dueMs, stop };
    clock.sleep(delayMs, stop.signal).then(
      () => {
        if (timer?.stop === stop) timer = null;
        pump();
      },
      () => undefined,
    );
  }

  function stopTimer(): void {
    const old = timer;
    timer = null;
    old?.stop.abort();
  }

  return {
    acquire(request) {
      return new Promise((resolve, reject) => {
        const { signal } = request;
        if (signal?.aborted === true) {
          reject(cancelled());
          return;
        }
        const onAbort = (): void => {
          leave(waiter);
          reject(cancelled());
        };
        const settle = (): void => {
          signal?.removeEventListener('abort', onAbort);
        };
        const waiter: Waiter = {
          ...request,
          toldUntilMs: Number.NEGATIVE_INFINITY,
          resolve: (permit) => {
            settle();
            resolve(permit);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        queue.push(waiter);
        refuseImpatient(waiter);
        if (queue.includes(waiter)) tell(waiter, pace.pauseMs(clock.monotonic()));
        pump();
      });
    },
    restrict(lower) {
      pace.restrict(lower);
    },
    state() {
      const nowMs = clock.monotonic();
      const pauseMs = pace.pauseMs(nowMs);
      return {
        concurrency: pace.slots(),
        inFlight,
        waiting: queue.length,
        requestsPerSecond: pace.rate(nowMs),
        pausedUntilMs: pauseMs > 0 ? clock.now() + pauseMs : null,
      };
    },
  };
}

function cancelled(): LockstepError {
  return new LockstepError('cancelled', 'Cancelled while waiting for a turn.');
}

function tooLong(host: string, delayMs: number): LockstepError {
  const minutes = Math.ceil(delayMs / 60_000);
  return new LockstepError('rate-limited', `${host} takes no more requests for ${String(minutes)} minutes.`, {
    action: 'Run it again later; what was done so far is kept.',
    context: { host, retryAfterMs: Math.ceil(delayMs) },
  });
}
