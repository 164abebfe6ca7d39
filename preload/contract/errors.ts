import { z } from 'zod';

export const errorKinds = [
  'config',
  'auth',
  'permission',
  'rate-limited',
  'transient',
  'conflict',
  'not-found',
  'remote-invalid',
  'storage',
  'bug',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/**
 * Every code the program can report, with its kind. `docs/errors.md` explains each one in the user's words; a test
 * keeps the two lists equal. Keep it sorted by kind, then by name.
 */
export const errorCodes = {
  // config: the user must change a setting
  'address-invalid': 'config',
  'bundle-refused': 'config',
  'certificate-file-invalid': 'config',
  'connection-in-use': 'config',
  'export-too-large': 'config',
  'file-unreadable': 'config',
  'file-unwritable': 'config',
  'host-unreachable': 'config',
  'input-invalid': 'config',
  'insecure-http': 'config',
  'integration-file-invalid': 'config',
  'integrations-collide': 'config',
  'mapping-invalid': 'config',
  'name-taken': 'config',
  'not-this-tracker': 'config',
  'page-missing': 'config',
  'plan-file-invalid': 'config',
  'port-in-use': 'config',
  'secret-missing': 'config',
  'tls-untrusted': 'config',
  'egress-refused': 'config',
  'proxy-refused': 'config',
  'redirect-refused': 'config',
  'usage': 'config',
  'workspace-ambiguous': 'config',
  'passphrase-missing': 'config',
  'key-slot-last': 'config',
  'recovery-key-invalid': 'config',
  // auth
  'code-refused': 'auth',
  'key-store-refused': 'auth',
  'secret-rejected': 'auth',
  'passphrase-wrong': 'auth',
  'recovery-key-wrong': 'auth',
  'session-over': 'auth',
  'vault-locked': 'auth',
  // permission
  'forbidden': 'permission',
  // rate-limited
  'rate-limited': 'rate-limited',
  // transient: worth trying again without any change
  'cancelled': 'transient',
  'connection-lost': 'transient',
  'timeout': 'transient',
  'server-error': 'transient',
  // conflict: somebody else changed it first
  'preview-outdated': 'conflict',
  'run-under-way': 'conflict',
  'stale-revision': 'conflict',
  // not-found
  'conflict-unknown': 'not-found',
  'connection-unknown': 'not-found',
  'export-unknown': 'not-found',
  'gone': 'not-found',
  'integration-unknown': 'not-found',
  'item-unknown': 'not-found',
  'not-visible': 'not-found',
  'preview-unknown': 'not-found',
  'run-unknown': 'not-found',
  'workspace-missing': 'not-found',
  'scope-unknown': 'not-found',
  // remote-invalid: the tracker will never take this, or answered what it must not
  'answer-not-json': 'remote-invalid',
  'answer-too-large': 'remote-invalid',
  'answer-unexpected': 'remote-invalid',
  'endless-listing': 'remote-invalid',
  'rejected-by-tracker': 'remote-invalid',
  'remote-ignored': 'remote-invalid',
  // storage
  'disk-full': 'storage',
  'keys-damaged': 'storage',
  'secret-unreadable': 'storage',
  'store-busy': 'storage',
  'store-damaged': 'storage',
  'store-from-newer-version': 'storage',
  'store-lock-lost': 'storage',
  'store-locked': 'storage',
  'store-migration-failed': 'storage',
  'store-read-only': 'storage',
  'store-stopped': 'storage',
  'store-write-failed': 'storage',
  // bug: ours
  'internal': 'bug',
} as const satisfies Record<string, ErrorKind>;
export type ErrorCode = keyof typeof errorCodes;

export const appErrorSchema = z.object({
  kind: z.enum(errorKinds),
  code: z.string(),
  /** What happened, in the user's words. Never holds a secret. */
  message: z.string(),
  retryable: z.boolean(),
  /** What the user can do about it. */
  action: z.string().optional(),
  /** Facts for the log: status, host, item, field, request id. Never a secret. */
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AppError = z.infer<typeof appErrorSchema>;

export interface ErrorDetail {
  readonly action?: string;
  readonly context?: AppError['context'];
  readonly cause?: unknown;
}

/** The one exception the program throws on purpose. Anything else that is thrown is a bug. */
export class LockstepError extends Error {
  readonly code: ErrorCode;
  readonly action: string | undefined;
  readonly context: AppError['context'];

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'LockstepError';
    this.code = code;
    this.action = detail.action;
    this.context = detail.context ?? {};
  }

  get kind(): ErrorKind {
    return errorCodes[this.code];
  }

  get retryable(): boolean {
    return this.kind === 'transient' || this.kind === 'rate-limited';
  }

  toAppError(): AppError {
    return {
      kind: this.kind,
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.action === undefined ? {} : { action: this.action }),
      context: this.context,
    };
  }
}

/** Any thrown value as an error of ours. What we did not throw ourselves becomes `internal`. */
export function asLockstepError(thrown: unknown): LockstepError {
  if (thrown instanceof LockstepError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LockstepError('internal', message, { cause: thrown });
}

export function hasCode(thrown: unknown, ...codes: readonly ErrorCode[]): thrown is LockstepError {
  return thrown instanceof LockstepError && codes.includes(thrown.code);
}
