import { LockstepError, type ErrorCode } from '../../../preload/contract/errors.js';

/** A request that ends before any call is reached. */
export class Refused extends Error {
  readonly error: LockstepError;

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 415 | 429 | 503,
    code: ErrorCode,
    message: string,
    detail: { readonly action?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.headers = detail.headers ?? {};
    this.error = new LockstepError(code, message, detail.action === undefined ? {} : { action: detail.action });
  }

  readonly headers: Readonly<Record<string, string>>;
}

export function sessionOver(): Refused {
  return new Refused(401, 'session-over', 'This page is not logged in, or its session is over.', {
    action: 'Press Enter where `lockstep serve` runs (or start it again), and open the address that it prints.',
  });
}
