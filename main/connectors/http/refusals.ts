import type { ErrorCode } from '../../../preload/contract/errors.js';
import { proxyRefusal } from './faults.js';
import { HttpError } from './http-error.js';
import type { RateHint } from './rate-headers.js';
import type { Outcome } from './types.js';

export interface Refusal {
  readonly status: number;
  /** Of the tracker, `name:port`. */
  readonly host: string;
  readonly proxyHost: string | null;
  /** Already redacted. */
  readonly text: string;
  readonly contentType: string | undefined;
  readonly hint: RateHint;
}

const maxMessageLength = 300;

/** What a status other than 2xx means for the user. Redirects are dealt with elsewhere. */
export function refusalOf(refusal: Refusal): HttpError {
  const { status, host, hint, text } = refusal;
  if (status === 407) return proxyRefusal(refusal.proxyHost ?? host, status);
  const json = parseJson(text);
  const said = messageOf(json, text, refusal.contentType);
  const quote = said === null ? '' : ` It says: ${said}`;
  const make = (code: ErrorCode, message: string, action: string, outcome: Outcome = 'answered'): HttpError =>
    new HttpError(code, message, outcome, {
      action,
      answer: { status, contentType: refusal.contentType?.toLowerCase() ?? '', text, json },
      context: {
        host,
        status,
        ...(hint.retryAfterMs === null ? {} : { retryAfterMs: hint.retryAfterMs }),
        ...(said === null ? {} : { said }),
      },
    });

  // GitHub answers 403 for its limits (docs.github.com, "Rate limits for the REST API").
  if (status === 429 || (status === 403 && (hint.retryAfterMs !== null || hint.remaining === 0))) {
    return make('rate-limited', `${host} is asked too often.`, 'Run it again later; what was done so far is kept.');
  }
  if (status === 401) {
    return make(
      'secret-rejected',
      `${host} does not accept the secret of this connection.`,
      'Enter the secret again; it may have expired.',
    );
  }
  if (status === 403) {
    return make(
      'forbidden',
      `The account may not do this on ${host}.${quote}`,
      'Give the account the right, or use another account.',
    );
  }
  if (status === 404 || status === 410) {
    return make(
      'gone',
      `${host} does not have this (status ${String(status)}).`,
      'It may be deleted, moved or hidden; or the address of the connection is not quite right.',
    );
  }
  if (status === 409 || status === 412) {
    return make(
      'stale-revision',
      `Somebody else changed this on ${host} meanwhile.${quote}`,
      'It is compared again in the next run.',
    );
  }
  if (status === 408 || status >= 500) {
    // A gateway says 502 or 504 for a request that the tracker behind it may well have done, and 500 may come after half
    // of it. Only 503 with Retry-After, 501 and 505 say that nothing was begun.
    const begun = !(status === 501 || status === 505 || (status === 503 && hint.retryAfterMs !== null));
    return make(
      'server-error',
      `${host} has a fault of its own (status ${String(status)}).`,
      "It is tried again by itself. If it stays, tell the tracker's administrator.",
      begun ? 'unknown' : 'answered',
    );
  }
  if (status >= 400) {
    const what = said === null ? ` (status ${String(status)}).` : `: ${said}`;
    return make(
      'rejected-by-tracker',
      `${host} refuses this${what}`,
      'Correct what it names, in the item or in the mapping.',
    );
  }
  return make(
    'answer-unexpected',
    `${host} answered with status ${String(status)}, which makes no sense here.`,
    'Is this the address of the tracker?',
    'unknown',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The tracker's own words, whatever shape they come in; null where there are none for people. */
function messageOf(json: unknown, text: string, contentType: string | undefined): string | null {
  const words = collectWords(json, 0).join('; ');
  // A page of HTML is no message, and plain text may be anything, but often is one.
  const plain = json === null && contentType?.startsWith('text/plain') === true ? text : '';
  // Control characters and those that turn the direction of text: a terminal would obey them.
  const message = (words === '' ? plain : words).replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  if (message === '') return null;
  return message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)} ...` : message;
}

/** `errors`, `errorMessages`, `message` and so on: Redmine, Jira, GitHub, GitLab, Azure DevOps, ServiceNow, Zendesk. */
const wordKeys = /^(?:errors?|errorMessages|messages?|error_description|detail|details|description|title|reason)$/;

function collectWords(value: unknown, depth: number): readonly string[] {
  if (depth > 4) return [];
  if (typeof value === 'string') return depth === 0 ? [] : [value];
  if (Array.isArray(value)) return value.slice(0, 10).flatMap((each: unknown) => collectWords(each, depth + 1));
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const telling = entries.filter(([key]) => wordKeys.test(key));
  // Below `errors`, keys are names of fields: {"errors": {"priority": "is required"}}.
  if (telling.length === 0 && depth > 0) {
    return entries.slice(0, 10).flatMap(([key, each]) => {
      const words = collectWords(each, depth + 1);
      return words.length === 0 ? [] : [`${key}: ${words.join(', ')}`];
    });
  }
  return [...new Set(telling.flatMap(([, each]) => collectWords(each, depth + 1)))];
}
