import type { Clock } from '../../../../../main/host.js';

/** Time goes on when the test says so. */
export interface ManualClock extends Clock {
  advance(ms: number): Promise<void>;
}

export function createManualClock(startMs: number): ManualClock {
  let passedMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  return {
    now: () => startMs + passedMs,
    monotonic: () => passedMs,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const sleeper = { untilMs: passedMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new Error('woken'));
        });
      });
    },
    async advance(ms) {
      passedMs += ms;
      for (const sleeper of [...sleepers].filter(({ untilMs }) => untilMs <= passedMs)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await Promise.resolve();
    },
  };
}
