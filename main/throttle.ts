import type { Clock } from './host.js';

export interface Throttle<T> {
  push(value: T): void;
  /** Tells at once what still waits; nothing is told after that. */
  end(): void;
}

/** Tells the newest value, at most once an interval; the last one always. */
export function createThrottle<T>(clock: Clock, intervalMs: number, tell: (value: T) => void): Throttle<T> {
  const ending = new AbortController();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let waiting: { readonly value: T } | null = null;
  let sleeping = false;

  function tellNow(value: T): void {
    waiting = null;
    toldAtMs = clock.monotonic();
    tell(value);
  }

  async function sleepThenTell(ms: number): Promise<void> {
    sleeping = true;
    try {
      await clock.sleep(ms, ending.signal);
    } catch {
      return;
    } finally {
      sleeping = false;
    }
    if (waiting !== null) tellNow(waiting.value);
  }

  return {
    push(value) {
      if (ending.signal.aborted) return;
      const restMs = toldAtMs + intervalMs - clock.monotonic();
      if (restMs <= 0) {
        tellNow(value);
        return;
      }
      waiting = { value };
      if (!sleeping) void sleepThenTell(restMs);
    },
    end() {
      if (ending.signal.aborted) return;
      ending.abort();
      if (waiting !== null) tellNow(waiting.value);
    },
  };
}
