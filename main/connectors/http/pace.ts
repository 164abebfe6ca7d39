import type { RateHint } from './rate-headers.js';

export interface BudgetLimits {
  readonly requestsPerSecond: number;
  /** Requests that may go at once after a pause. */
  readonly burst: number;
  readonly maxConcurrency: number;
}

export interface PermitResult {
  /** `overloaded`: 429, 5xx, lost, timed out. `neutral`: says nothing of the load (cancelled, never sent). */
  readonly load: 'fine' | 'overloaded' | 'neutral';
  /** To the answer's headers. */
  readonly latencyMs: number;
  readonly hint: RateHint | null;
}

/**
 * How fast one (host, credential) may be asked: a token bucket, a pause, and a number of slots that adapts (additive
 * increase, multiplicative decrease). No timers and no clock of its own: every moment is handed in, monotonic ms.
 */
export interface Pace {
  /** Requests that may run side by side now; at least 1. */
  slots(): number;
  /** Until the next request may go; 0 = now. */
  delayMs(nowMs: number): number;
  pauseMs(nowMs: number): number;
  rate(nowMs: number): number;
  /** Uses up one token; the request's number. */
  take(): number;
  /** Adapts the slots to how the request with this number went. */
  learn(sequence: number, result: PermitResult): void;
  /** What the tracker's headers say. They only ever lower: whatever they promise, our own limits stay. */
  heed(hint: RateHint, overloaded: boolean, nowMs: number): void;
  restrict(lower: Partial<BudgetLimits>): void;
}

const startSlots = 4;
/** Below this share of its allowance, what remains is spread over the time until it is full again. */
const scarceShare = 0.1;
const scarceCount = 50;
/** A latency is congestion where the last ones are this many times the usual, and by this much. */
const congestedFactor = 2;
const congestedExtraMs = 100;
const usualFromSamples = 20;
/** A header that names the year 2999 must not close a tracker for good; a timer could not count that far either. */
const maxPauseMs = 24 * 60 * 60_000;

export function createPace(initial: BudgetLimits): Pace {
  let limits = initial;
  let slots = Math.min(startSlots, limits.maxConcurrency);
  let tokens = limits.burst;
  let tokensAtMs = Number.NEGATIVE_INFINITY;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let lowered: { readonly rate: number; readonly untilMs: number } | null = null;
  let sequence = 0;
  let loweredAt = 0;
  let samples = 0;
  let usualMs = 0;
  let recentMs = 0;

  function rate(nowMs: number): number {
    if (lowered !== null && nowMs >= lowered.untilMs) lowered = null;
    return Math.min(limits.requestsPerSecond, lowered?.rate ?? Number.POSITIVE_INFINITY);
  }

  function refill(nowMs: number): void {
    if (nowMs <= tokensAtMs) return;
    if (Number.isFinite(tokensAtMs)) {
      tokens = Math.min(limits.burst, tokens + ((nowMs - tokensAtMs) * rate(nowMs)) / 1_000);
    }
    tokensAtMs = nowMs;
  }

  function shrink(factor: number, by: number): void {
    // Requests that were already under way when it was lowered tell nothing about the lower number.
    if (by <= loweredAt) return;
    slots = Math.max(1, slots * factor);
    loweredAt = sequence;
  }

  function isCongested(latencyMs: number): boolean {
    samples += 1;
    usualMs += (latencyMs - usualMs) / Math.min(samples, 50);
    recentMs += (latencyMs - recentMs) / Math.min(samples, 4);
    return samples > usualFromSamples && recentMs > usualMs * congestedFactor + congestedExtraMs;
  }

  function pause(ms: number, nowMs: number): void {
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + Math.min(ms, maxPauseMs));
    // What waits does not rush in all at once when the pause ends.
    refill(nowMs);
    tokens = Math.min(tokens, 1);
    tokensAtMs = Math.max(tokensAtMs, pausedUntilMs);
  }

  return {
    slots: () => Math.max(1, Math.floor(slots)),
    pauseMs: (nowMs) => Math.max(0, pausedUntilMs - nowMs),
    rate,
    delayMs(nowMs) {
      const pauseMs = Math.max(0, pausedUntilMs - nowMs);
      if (pauseMs > 0) return pauseMs;
      refill(nowMs);
      // A hair below one is a rounding error of the clock, not a missing token.
      return tokens >= 1 - 1e-6 ? 0 : ((1 - tokens) * 1_000) / rate(nowMs);
    },
    take() {
      tokens -= 1;
      sequence += 1;
      return sequence;
    },
    learn(by, result) {
      if (result.load === 'neutral') return;
      if (result.load === 'overloaded') {
        shrink(0.5, by);
        return;
      }
      if (isCongested(result.latencyMs)) shrink(0.8, by);
      else slots = Math.min(limits.maxConcurrency, slots + 1 / slots);
    },
    heed(hint, overloaded, nowMs) {
      if (hint.retryAfterMs !== null && overloaded) pause(hint.retryAfterMs, nowMs);
      if (hint.remaining === null || hint.resetMs === null) return;
      if (hint.remaining === 0) {
        pause(hint.resetMs, nowMs);
      } else if (hint.remaining < (hint.limit === null ? scarceCount : hint.limit * scarceShare) && hint.resetMs > 0) {
        refill(nowMs);
        const untilMs = nowMs + Math.min(hint.resetMs, maxPauseMs);
        lowered = { rate: (hint.remaining * 1_000) / hint.resetMs, untilMs };
        tokens = Math.min(tokens, 1);
      }
    },
    restrict(lower) {
      limits = {
        requestsPerSecond: Math.min(limits.requestsPerSecond, lower.requestsPerSecond ?? Number.POSITIVE_INFINITY),
        burst: Math.min(limits.burst, lower.burst ?? Number.POSITIVE_INFINITY),
        maxConcurrency: Math.min(limits.maxConcurrency, lower.maxConcurrency ?? Number.POSITIVE_INFINITY),
      };
      slots = Math.min(slots, limits.maxConcurrency);
      tokens = Math.min(tokens, limits.burst);
    },
  };
}
