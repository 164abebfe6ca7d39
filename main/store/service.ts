import { LockstepError } from '../../preload/contract/errors.js';
import type { StoreCore } from './core.js';
import type { Batch, Durability, Scalar, StoreStatus } from './database.js';
import type { RawRows } from './sqlite-session.js';

/** How long a relaxed batch may wait for its fsync. */
export const relaxedDelayMs = 250;

export interface ServiceTimers {
  /** Runs after what is already waiting to run (setImmediate): batches that queue up share one fsync. */
  defer(run: () => void): void;
  /** Runs once after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** The core with promises and group commit. It runs in the worker, or in the caller's thread. */
export class StoreService {
  private readonly waiting: Waiting[] = [];
  private flushIsDue = false;
  private cancelRelaxed: (() => void) | null = null;
  private closing: Promise<void> | null = null;

  constructor(
    private readonly core: StoreCore,
    private readonly timers: ServiceTimers,
    /** After the core was closed: frees the lock. */
    private readonly onClosed: () => void,
  ) {}

  read(statementId: string, params: readonly Scalar[]): RawRows {
    return this.core.read(statementId, params);
  }

  /** Applied before it returns; the promise is the acknowledgement. */
  write(batch: Batch, durability: Durability): Promise<void> {
    try {
      this.core.apply(batch);
    } catch (thrown) {
      return Promise.reject(asError(thrown));
    }
    if (durability === 'relaxed') {
      this.cancelRelaxed ??= this.timers.after(relaxedDelayMs, () => {
        this.flush();
      });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      if (this.flushIsDue) return;
      this.flushIsDue = true;
      this.timers.defer(() => {
        this.flush();
      });
    });
  }

  readValue(runId: string, address: number): Uint8Array {
    return this.core.readValue(runId, address);
  }

  closeRun(runId: string): void {
    this.core.closeRun(runId);
  }

  removeRun(runId: string): void {
    this.core.removeRun(runId);
  }

  snapshot(): void {
    this.flush();
    this.core.snapshot();
  }

  status(): StoreStatus {
    return this.core.status();
  }

  markRecovered(why: string): void {
    this.core.markRecovered(why);
  }

  clearRecovered(): void {
    this.core.clearRecovered();
  }

  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must be a rejection
  private async closeOnce(): Promise<void> {
    try {
      this.flush();
      this.core.close();
    } finally {
      this.onClosed();
    }
  }

  /** One fsync for all that was applied; then the acknowledgements, in order. */
  private flush(): void {
    this.flushIsDue = false;
    this.cancelRelaxed?.();
    this.cancelRelaxed = null;
    const acknowledged = this.waiting.splice(0);
    try {
      this.core.sync();
    } catch (thrown) {
      for (const { reject } of acknowledged) reject(thrown);
      return;
    }
    for (const { resolve } of acknowledged) resolve();
    if (!this.core.snapshotIsDue()) return;
    // Not here: the acknowledgements must not wait for it.
    this.timers.defer(() => {
      if (this.core.snapshotIsDue()) this.core.trySnapshot();
    });
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new LockstepError('internal', String(thrown));
}
