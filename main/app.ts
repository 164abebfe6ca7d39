import { setMaxListeners } from 'node:events';
import { LockstepError } from '../preload/contract/errors.js';
import { createDispatcher, type Dispatch } from './api/dispatcher.js';
import { createHandlers } from './api/handlers.js';
import type { Host } from './app-host.js';
import { errorFacts } from './logging/app-log.js';
import { createProgram } from './runner/program.js';
import { tidyOnOpen } from './runner/upkeep.js';
import { migrations } from './store/migrations/index.js';
import { statements } from './store/statements/index.js';
import { openWorkspace } from './workspace.js';

/** The program over one open workspace. Every host has the same. */
export interface Application {
  readonly dispatch: Dispatch;
  /** Ends what is under way, keeps what is to be kept, frees the data folder. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the workspace of the host's data folder, asking the host for its passphrase.
 * @param create make a workspace where there is none
 * @throws LockstepError as `openWorkspace`
 */
export async function openApplication(host: Host, create: boolean): Promise<Application> {
  const workspace = await openWorkspace(host, { create, statements, migrations });
  const program = await createProgram(host, workspace);
  await tidyOnOpen(program);
  host.log.write('info', 'opened', { version: host.appVersion, workspace: workspace.id });
  const dispatch = createDispatcher(createHandlers(program), (name, error) => {
    host.log.write(error.kind === 'bug' ? 'error' : 'warning', 'call-failed', {
      call: name,
      ...errorFacts(error.toAppError()),
      ...(error.kind === 'bug' ? { stack: stackOf(error) } : {}),
    });
  });
  const underWay = new Set<Promise<unknown>>();
  const ending = new AbortController();
  let closing: Promise<void> | null = null;

  return {
    dispatch: async (name, input, context = {}) => {
      if (closing !== null) {
        const error = new LockstepError('store-stopped', 'The workspace is being closed.', {
          action: 'Open it again.',
        });
        return { ok: false, error: error.toAppError() };
      }
      const signal = AbortSignal.any([ending.signal, ...(context.signal === undefined ? [] : [context.signal])]);
      // Every request of a run listens for its cancelling; many at once are no leak.
      setMaxListeners(0, signal);
      const answer = dispatch(name, input, { ...context, signal });
      underWay.add(answer);
      try {
        return await answer;
      } finally {
        underWay.delete(answer);
      }
    },
    close() {
      closing ??= (async () => {
        ending.abort();
        await Promise.allSettled(underWay);
        try {
          await program.network.flush();
        } finally {
          await workspace.database.close();
          workspace.vault.lock();
          host.log.write('info', 'closed');
        }
      })();
      return closing;
    },
  };
}

function stackOf(error: Error): string {
  const { cause } = error;
  return (cause instanceof Error ? cause.stack : error.stack) ?? '';
}
