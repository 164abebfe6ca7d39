/** What a tracker's answer says about its limits. Unknown parts are null. */
export interface RateHint {
  /** How long nothing should be sent. */
  readonly retryAfterMs: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Until the allowance is full again. */
  readonly resetMs: number | null;
}

type Headers = Readonly<Record<string, string>>;

/** Beyond this a number cannot be seconds to wait and is a point in time. */
const epochSecondsFrom = 1_000_000_000;

/**
 * Reads `Retry-After` (RFC 9110 10.2.3: seconds or a date), `X-RateLimit-*` (GitHub: reset in epoch seconds; Jira: reset
 * as an ISO date) and `RateLimit-*` (GitLab; the IETF draft: seconds to wait). Points in time are taken against the
 * server's own `Date`, so that a wrong clock on either side does not matter. `nowMs` stands in where there is none.
 */
export function readRateHint(headers: Headers, nowMs: number): RateHint {
  const serverNowMs = readServerTime(headers) ?? nowMs;
  return {
    retryAfterMs: readMoment(headers['retry-after'], serverNowMs),
    limit: readCount(headers['x-ratelimit-limit'] ?? headers['ratelimit-limit']),
    remaining: readCount(headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']),
    resetMs: readMoment(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'], serverNowMs),
  };
}

/** Ms since 1970 of the `Date` header, null where it is missing or no date. */
export function readServerTime(headers: Headers): number | null {
  const text = headers.date;
  if (text === undefined) return null;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? null : parsed;
}

/** Ms from now, never negative. */
function readMoment(text: string | undefined, serverNowMs: number): number | null {
  const trimmed = text?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const seconds = Number(trimmed);
    return seconds >= epochSecondsFrom ? Math.max(0, seconds * 1_000 - serverNowMs) : seconds * 1_000;
  }
  // Date.parse takes almost anything for a date ("-5", "soon 1"), so only what looks like one is given to it.
  if (!/^[a-z]{3},? |^\d{4}-\d{2}-\d{2}/i.test(trimmed)) return null;
  const parsed = Date.parse(trimmed);
  return Number.isNaN(parsed) ? null : Math.max(0, parsed - serverNowMs);
}

function readCount(text: string | undefined): number | null {
  const [, digits] = /^\s*(\d+)/.exec(text ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}
