import { createEngineStore } from '../store/repositories/engine-store.js';
import { retentionLimitMs } from '../store/repositories/retention.js';
import type { Program } from './program.js';

const recoveredMark = 'recovered-told';

/**
 * What is due when a workspace was opened: runs that a killed process left are closed, every integration of a store that
 * may be older than its trackers is told so, what is past its time goes.
 */
export async function tidyOnOpen(program: Program): Promise<void> {
  await closeLeftRuns(program);
  await tellRecovered(program);
  await dropExpired(program);
}

async function closeLeftRuns({ stored, workspace, host }: Program): Promise<void> {
  for (const { run, integrationId } of await stored.runs.unfinished()) {
    const ended = {
      ...run,
      endedAtMs: host.clock.now(),
      outcome: 'failed',
      message: 'The program ended during this run. The next run goes on where it stopped.',
    } as const;
    await createEngineStore(workspace.database, integrationId).commit([{ op: 'put-run', run: ended }], 'durable');
  }
}

/** Once for each time the store found itself to be old: an integration whose plan was approved since is not told again. */
async function tellRecovered({ stored, workspace }: Program): Promise<void> {
  const { recovered } = await workspace.database.status();
  if (recovered === null) return;
  const mark = String(recovered.sinceMs);
  if ((await stored.meta.get(recoveredMark)) === mark) return;
  for (const { id } of await stored.integrations.list()) {
    const store = createEngineStore(workspace.database, id);
    const state = await store.state();
    if (state.recovered !== null || state.configFingerprint === null) continue;
    const why = recovered.why.join('; ');
    await store.commit([{ op: 'put-state', state: { ...state, recovered: why } }], 'durable');
  }
  await stored.meta.put(recoveredMark, mark);
}

/** After a plan was approved: where no integration is in doubt any more, the store is not either. */
export async function clearRecovered({ stored, workspace }: Program): Promise<void> {
  const { recovered } = await workspace.database.status();
  if (recovered === null) return;
  for (const { id } of await stored.integrations.list()) {
    const state = await createEngineStore(workspace.database, id).state();
    if (state.recovered !== null) return;
  }
  await workspace.database.clearRecovered();
  await stored.meta.remove(recoveredMark);
}

export async function dropExpired(program: Program): Promise<void> {
  const { stored, host } = program;
  const now = host.clock.now();
  await stored.previews.expire(now);
  await stored.retention.dropRunsBefore(retentionLimitMs(now, program.settings().retentionDays));
}
