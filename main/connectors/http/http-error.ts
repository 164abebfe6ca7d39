import { LockstepError, asLockstepError } from '../../../preload/contract/errors.js';
import type { ErrorCode, ErrorDetail } from '../../../preload/contract/errors.js';
import { redact } from './redact.js';
import type { Outcome } from './types.js';

/** What the server said with its refusal; redacted, cut to a few kilobytes. For connectors that read details out of it. */
export interface RefusalBody {
  readonly status: number;
  /** As sent, in lower case; empty where it was not told. */
  readonly contentType: string;
  readonly text: string;
  /** Null where it is not JSON. */
  readonly json: unknown;
}

export interface HttpErrorDetail extends ErrorDetail {
  readonly answer?: RefusalBody | null;
}

/**
 * A request that did not end well. Has no `cause` on purpose: the errors of the network layer carry the whole request,
 * credentials included, and whoever logs an error logs its causes.
 */
export class HttpError extends LockstepError {
  readonly outcome: Outcome;
  readonly answer: RefusalBody | null;

  constructor(code: ErrorCode, message: string, outcome: Outcome, detail: HttpErrorDetail = {}) {
    super(code, message, {
      ...(detail.action === undefined ? {} : { action: detail.action }),
      context: { ...detail.context, outcome },
    });
    this.name = 'HttpError';
    this.outcome = outcome;
    this.answer = detail.answer ?? null;
  }
}

/** Errors of the budget and of `auth` come without an outcome; they precede the sending. */
export function asHttpError(thrown: unknown, outcome: Outcome): HttpError {
  return thrown instanceof HttpError ? thrown : rebuild(asLockstepError(thrown), outcome, {});
}

/** The same error with another outcome or further facts. */
export function rebuild(error: LockstepError, outcome: Outcome, facts: LockstepError['context']): HttpError {
  return new HttpError(error.code, error.message, outcome, {
    ...(error.action === undefined ? {} : { action: error.action }),
    answer: error instanceof HttpError ? error.answer : null,
    context: { ...error.context, ...facts },
  });
}

/** The same error without the secrets. Its `answer` was redacted where it was read. */
export function redactError(error: HttpError, secrets: readonly string[]): HttpError {
  const clean = (text: string): string => redact(text, secrets);
  const context: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(error.context)) {
    context[name] = typeof value === 'string' ? clean(value) : value;
  }
  return new HttpError(error.code, clean(error.message), error.outcome, {
    ...(error.action === undefined ? {} : { action: clean(error.action) }),
    answer: error.answer,
    context,
  });
}
