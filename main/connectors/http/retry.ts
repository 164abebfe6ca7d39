import type { HttpError } from './http-error.js';
import type { RetryPolicy } from './types.js';

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 5,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxWaitMs: 10 * 60_000,
};

/** A wrong address is told soon; a server that is just starting again gets its chance. */
const maxUnreachableAttempts = 3;
/** Each one takes the whole timeout. */
const maxTimeoutAttempts = 2;
/** Sleeps until the next one are the tracker's wish, so more of them do no harm. */
const extraLimitedAttempts = 3;

export interface FailedAttempt {
  readonly error: HttpError;
  /** Of this sending alone. */
  readonly idempotent: boolean;
  /** 1 for the first. */
  readonly attempt: number;
}

/**
 * Milliseconds to wait before sending again, or null for not again. Idempotent requests go again after 429, 5xx and lost
 * connections; others only where it is sure that nothing was done: never sent, 429, or 503 with Retry-After.
 * Where the tracker named a time the budget's pause makes everybody wait, so there is no delay here.
 */
export function retryDelayMs(failed: FailedAttempt, policy: RetryPolicy, drawUnit: () => number): number | null {
  const { error, attempt } = failed;
  const retryAfterMs = error.context.retryAfterMs;
  const named = typeof retryAfterMs === 'number';
  if (named && retryAfterMs > policy.maxWaitMs) return null;
  if (attempt >= attemptsFor(error, policy)) return null;
  if (!isWorthAnother(error)) return null;
  if (!failed.idempotent && error.outcome === 'unknown') return null;
  if (named && retryAfterMs > 0) return 0;
  // Full jitter: clients that failed together do not come back together.
  return drawUnit() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
}

function isWorthAnother(error: HttpError): boolean {
  switch (error.code) {
    case 'rate-limited':
    case 'connection-lost':
    case 'timeout':
    case 'host-unreachable':
      return true;
    case 'server-error':
      // 501 and 505 will not change their mind.
      return error.context.status !== 501 && error.context.status !== 505;
    default:
      return false;
  }
}

function attemptsFor(error: HttpError, policy: RetryPolicy): number {
  switch (error.code) {
    case 'host-unreachable':
      return Math.min(policy.maxAttempts, maxUnreachableAttempts);
    case 'timeout':
      return Math.min(policy.maxAttempts, maxTimeoutAttempts);
    case 'rate-limited':
      return policy.maxAttempts === 1 ? 1 : policy.maxAttempts + extraLimitedAttempts;
    default:
      return policy.maxAttempts;
  }
}
