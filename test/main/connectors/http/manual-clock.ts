import { LockstepError } from '../../../../preload/contract/errors.js';
import type { Clock, Random } from '../../../../main/host.js';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time moves only by `advance`, or by itself through those sleeps that `auto` says yes to. */
export class ManualClock implements Clock {
  readonly startMs = Date.UTC(2030, 0, 15, 12);
  /** Every sleep that was asked for, in ms. */
  readonly slept: number[] = [];
  auto: (ms: number) => boolean = () => false;
  private elapsedMs = 0;
  private sleepers: Sleeper[] = [];
  private watchers: (() => void)[] = [];

  now(): number {
    return this.startMs + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        reject(new LockstepError('cancelled', 'Cancelled.'));
      };
      const sleeper: Sleeper = {
        dueMs: this.elapsedMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.slept.push(ms);
      this.sleepers.push(sleeper);
      for (const watch of this.watchers) watch();
      if (this.auto(ms)) {
        queueMicrotask(() => {
          if (this.sleepers.includes(sleeper)) this.advance(sleeper.dueMs - this.elapsedMs);
        });
      }
    });
  }

  advance(ms: number): void {
    this.elapsedMs += Math.max(0, ms);
    const due = this.sleepers.filter((each) => each.dueMs <= this.elapsedMs).sort((a, b) => a.dueMs - b.dueMs);
    this.sleepers = this.sleepers.filter((each) => each.dueMs > this.elapsedMs);
    for (const each of due) each.wake();
  }

  /** Resolves as soon as somebody sleeps for that long. */
  async untilAsleep(matches: (ms: number) => boolean): Promise<void> {
    const isAsleep = (): boolean => this.sleepers.some((each) => matches(each.dueMs - this.elapsedMs));
    if (isAsleep()) return;
    await new Promise<void>((resolve) => {
      this.watchers.push(() => {
        if (isAsleep()) resolve();
      });
    });
  }

  get sleeping(): number {
    return this.sleepers.length;
  }
}

/** Draws always the same; `bytes` counts up, so that ids differ. */
export function fixedRandom(unit = 0.5): Random {
  let count = 0;
  return {
    unit: () => unit,
    bytes: (length) => {
      count += 1;
      return Uint8Array.from({ length }, (_, index) => (index === length - 1 ? count % 256 : index));
    },
  };
}
