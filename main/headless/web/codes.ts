import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebRole } from '../../../preload/contract/web.js';
import type { Random } from '../../host.js';

/** One-time codes for logging in, one for each role. */
export interface Codes {
  /** New ones; those before are void, used or not. */
  issue(): Readonly<Record<WebRole, string>>;
  /** The role of the code, which is used up by this; null where it is wrong, used or too old. */
  take(code: string): WebRole | null;
}

export interface CodesOptions {
  readonly random: Random;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly lifetimeMs: number;
}

interface Issued {
  readonly role: WebRole;
  readonly hash: Buffer;
  readonly untilMs: number;
}

export function createCodes({ random, now, lifetimeMs }: CodesOptions): Codes {
  let open: readonly Issued[] = [];
  return {
    issue() {
      // 128 bits: nobody guesses one, however many tries.
      const fresh = (): string => Buffer.from(random.bytes(16)).toString('base64url');
      const codes = { admin: fresh(), viewer: fresh() };
      const untilMs = now() + lifetimeMs;
      open = (['admin', 'viewer'] as const).map((role) => ({ role, hash: hashOf(codes[role]), untilMs }));
      return codes;
    },
    take(code) {
      const hash = hashOf(code);
      // All of them are compared, each in constant time (hashes have one length): the time tells nothing of any.
      const matching = open.filter((issued) => timingSafeEqual(issued.hash, hash));
      const [found] = matching.filter(({ untilMs }) => now() < untilMs);
      open = open.filter((issued) => !matching.includes(issued));
      return found?.role ?? null;
    },
  };
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}

/** At most `most` failures within `windowMs`; after that, nobody is heard until the first of them is that old. */
export interface FailureLimit {
  /** How long to wait; 0 where one may try. */
  waitMs(): number;
  failed(): void;
}

export function createFailureLimit(now: () => number, most: number, windowMs: number): FailureLimit {
  let failures: readonly number[] = [];
  return {
    waitMs() {
      failures = failures.filter((atMs) => atMs + windowMs > now());
      const first = failures[0];
      return failures.length < most || first === undefined ? 0 : first + windowMs - now();
    },
    failed() {
      failures = [...failures, now()].slice(-most);
    },
  };
}
