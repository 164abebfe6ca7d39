import { presentMs } from '../clock.js';
import type { ReactNode } from 'react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { exactTime, relativeTime } from '../format/time.js';

// One timer for every relative time on the screen.
const tickMs = 15_000;
const listeners = new Set<() => void>();
let now = presentMs();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = presentMs();
    listeners.forEach((call) => {
      call();
    });
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

export function useNow(): number {
  const ticked = useSyncExternalStore(subscribe, () => now);
  // Something newer than the last tick must not lie in the future.
  return Math.max(ticked, presentMs() - tickMs);
}

/** The present second, for what counts down. */
export function useSeconds(): number {
  const [seconds, setSeconds] = useState(() => presentMs());
  useEffect(() => {
    const every = setInterval(() => {
      setSeconds(presentMs());
    }, 1_000);
    return () => {
      clearInterval(every);
    };
  }, []);
  return seconds;
}

/** A relative time; the exact one shows on hover. */
export function Time({ atMs }: { readonly atMs: number }): ReactNode {
  const present = useNow();
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
      {relativeTime(atMs, present)}
    </time>
  );
}
