import { LockstepError } from '../../preload/contract/errors.js';

export interface Turn {
  /** To be called once, when the run is over. */
  done(): void;
}

/**
 * One run at a time per integration; integrations that share a scope one after another, first come, first served
 * (`engine.md` section 1).
 */
export interface RunQueue {
  /**
   * @param scopes ids of the scopes that the run reads and writes
   * @param onWait told once where another run has to end first
   * @throws LockstepError `run-under-way` where this integration runs or waits already, `cancelled`
   */
  enter(
    integrationId: string,
    scopes: readonly string[],
    signal: AbortSignal,
    onWait: (forIntegration: string) => void,
  ): Promise<Turn>;
  running(): readonly string[];
}

interface Entry {
  readonly integrationId: string;
  readonly scopes: ReadonlySet<string>;
  readonly over: Promise<void>;
}

export function createRunQueue(): RunQueue {
  // In the order of arrival: an entry waits for every earlier one that shares a scope with it.
  const entries: Entry[] = [];

  return {
    async enter(integrationId, scopes, signal, onWait) {
      if (entries.some((entry) => entry.integrationId === integrationId)) {
        throw new LockstepError('run-under-way', 'A run of this integration is under way.', {
          action: 'Wait for its end, or cancel it.',
        });
      }
      const before = entries.filter((entry) => scopes.some((scope) => entry.scopes.has(scope)));
      let end: () => void = () => undefined;
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      const entry: Entry = { integrationId, scopes: new Set(scopes), over };
      entries.push(entry);
      const done = (): void => {
        const index = entries.indexOf(entry);
        if (index >= 0) entries.splice(index, 1);
        end();
      };
      try {
        const [first] = before;
        if (first !== undefined) onWait(first.integrationId);
        for (const earlier of before) await untilOver(earlier.over, signal);
        if (signal.aborted) throw cancelled();
      } catch (thrown) {
        done();
        throw thrown;
      }
      return { done };
    },
    running: () => entries.map(({ integrationId }) => integrationId),
  };
}

function untilOver(over: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      reject(cancelled());
    };
    signal.addEventListener('abort', cancel, { once: true });
    void over.then(() => {
      signal.removeEventListener('abort', cancel);
      resolve();
    });
    if (signal.aborted) cancel();
  });
}

function cancelled(): LockstepError {
  return new LockstepError('cancelled', 'Cancelled while waiting for another run.');
}
