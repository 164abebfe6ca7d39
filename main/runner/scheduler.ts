import { asLockstepError, hasCode } from '../../preload/contract/errors.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import type { Program } from './program.js';
import { runNow } from './run-now.js';
import { dueTime, keepSchedule, readSchedule } from './schedules.js';

/** How often the clock is looked at: after a laptop slept, a missed run begins this late at most. */
const lookEveryMs = 30_000;

/**
 * Starts runs when they are due, until the signal aborts; then waits for those that it started. What was missed while
 * the machine slept or the program did not run is caught up with one run.
 */
export async function keepSchedules(program: Program, signal: AbortSignal): Promise<void> {
  const started = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      for (const integration of await dueIntegrations(program)) {
        const run = runScheduled(program, integration, signal).finally(() => started.delete(run));
        started.add(run);
      }
      await program.host.clock.sleep(lookEveryMs, signal);
    } catch (thrown) {
      if (hasCode(thrown, 'cancelled')) break;
      program.host.log.write('error', 'schedules-failed', { message: asLockstepError(thrown).message });
      await program.host.clock.sleep(lookEveryMs, signal).catch(() => undefined);
    }
  }
  await Promise.all(started);
}

async function dueIntegrations({ stored, queue, host }: Program): Promise<readonly IntegrationRecord[]> {
  const due: IntegrationRecord[] = [];
  for (const integration of await stored.integrations.list()) {
    if (queue.running().includes(integration.id)) continue;
    const schedule = await readSchedule(stored.meta, integration.id);
    const now = host.clock.now();
    const dueMs = dueTime(schedule);
    if (dueMs === null || dueMs > now) continue;
    await keepSchedule(stored.meta, integration.id, { ...schedule, countsFromMs: now });
    due.push(integration);
  }
  return due;
}

async function runScheduled(program: Program, integration: IntegrationRecord, signal: AbortSignal): Promise<void> {
  try {
    await runNow(program, integration, { full: false, released: [] }, { signal, onProgress: () => undefined });
  } catch (thrown) {
    const { code, message } = asLockstepError(thrown);
    program.host.log.write('warning', 'scheduled-run-failed', { integration: integration.name, code, message });
  }
}
