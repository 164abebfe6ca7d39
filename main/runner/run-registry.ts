import { setMaxListeners } from 'node:events';
import type { ProgressView } from '../../preload/contract/progress.js';
import type { EventOf } from '../../preload/contract/events.js';
import type { RunningView } from '../../preload/contract/views.js';
import type { Clock } from '../host.js';
import { createThrottle } from '../throttle.js';

export type RunOutcome = EventOf<'run.ended'>['outcome'];

/** Ten a second. */
export const progressIntervalMs = 100;

/** What runs now, from the moment it was asked for: waiting for another run counts. */
export interface RunRegistry {
  /**
   * Keeps the run in the list as long as the work goes on.
   * @param signal aborts at `cancel` and where the caller's own does
   * @param endOf how the run ended, of what the work gave
   */
  track<T>(
    run: Pick<RunningView, 'runId' | 'integration' | 'mode'>,
    signal: AbortSignal,
    work: (signal: AbortSignal, onProgress: (progress: ProgressView) => void) => Promise<T>,
    endOf: (result: T) => RunEnd,
  ): Promise<T>;
  /** In the order in which they were asked for. */
  list(): readonly RunningView[];
  /** @returns whether there is such a run */
  cancel(runId: string): boolean;
}

export interface RunEnd {
  readonly outcome: RunOutcome;
  /** Changes made. */
  readonly changes: number;
}

export interface RunListener {
  started(run: RunningView): void;
  progressed(event: EventOf<'run.progress'>): void;
  ended(event: EventOf<'run.ended'>, changes: number): void;
}

interface Entry {
  view: RunningView;
  readonly cancel: AbortController;
}

export function createRunRegistry(clock: Clock, listener: RunListener): RunRegistry {
  const entries = new Map<string, Entry>();
  return {
    async track(run, signal, work, endOf) {
      const { runId, integration } = run;
      const cancel = new AbortController();
      const entry: Entry = {
        view: { ...run, startedAtMs: clock.now(), progress: null, cancelling: false },
        cancel,
      };
      entries.set(runId, entry);
      const throttle = createThrottle<ProgressView>(clock, progressIntervalMs, (progress) => {
        listener.progressed({ runId, integration, progress });
      });
      listener.started(entry.view);
      const both = AbortSignal.any([signal, cancel.signal]);
      // Every request of a run listens for its cancelling; many at once are no leak.
      setMaxListeners(0, both);
      let end: RunEnd = { outcome: 'failed', changes: 0 };
      try {
        const result = await work(both, (progress) => {
          entry.view = { ...entry.view, progress };
          throttle.push(progress);
        });
        end = endOf(result);
        return result;
      } catch (thrown) {
        if (both.aborted) end = { outcome: 'cancelled', changes: 0 };
        throw thrown;
      } finally {
        throttle.end();
        entries.delete(runId);
        listener.ended({ runId, integration, outcome: end.outcome }, end.changes);
      }
    },
    list: () => [...entries.values()].map(({ view }) => view),
    cancel(runId) {
      const entry = entries.get(runId);
      if (entry === undefined) return false;
      entry.view = { ...entry.view, cancelling: true };
      entry.cancel.abort();
      return true;
    },
  };
}
