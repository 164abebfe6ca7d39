import { app, dialog } from 'electron';
import type { AppLog } from '../logging/app-log.js';

export interface Quitting {
  /** Runs that are under way, by the names of their integrations. */
  readonly running: () => readonly string[];
  /** Ends what is under way and closes the workspace. */
  readonly close: () => Promise<void>;
  readonly log: AppLog;
  /** How long that may take before the program ends regardless. */
  readonly limitMs: number;
}

export interface QuitGuard {
  /** The program is on its way out: windows may close. */
  readonly quitting: () => boolean;
}

/**
 * Quitting waits for the workspace to be closed: a write that is under way is finished and noted. Where runs are under
 * way, their user is told and may stay. At the limit the program ends all the same; the journal makes that safe.
 */
export function guardQuit({ running, close, log, limitMs }: Quitting): QuitGuard {
  let state: 'no' | 'asking' | 'closing' | 'done' = 'no';
  app.on('before-quit', (event) => {
    if (state === 'done') return;
    event.preventDefault();
    if (state !== 'no') return;
    state = 'asking';
    void (async () => {
      if (!(await mayEnd(running()))) {
        state = 'no';
        return;
      }
      state = 'closing';
      await closeWithin(close, limitMs, log);
      state = 'done';
      app.quit();
    })();
  });
  return { quitting: () => state === 'closing' || state === 'done' };
}

async function mayEnd(names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return true;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: names.length === 1 ? `${names[0] ?? ''} is being synced.` : `${String(names.length)} syncs are under way.`,
    detail: 'Lockstep stops after the request that is under way. Nothing is lost: the next run goes on from there.',
    buttons: ['Stop and quit', 'Keep running'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}

async function closeWithin(close: () => Promise<void>, limitMs: number, log: AppLog): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'limit'>((resolve) => {
    timer = setTimeout(resolve, limitMs, 'limit');
  });
  try {
    const ended = await Promise.race([close(), limit]);
    if (ended === 'limit') log.write('warning', 'quit-limit', { limitMs });
  } catch (thrown) {
    log.write('error', 'quit-failed', { message: thrown instanceof Error ? thrown.message : String(thrown) });
  } finally {
    clearTimeout(timer);
  }
}
