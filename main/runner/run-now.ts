import { runPreview, runSync } from '../engine/run.js';
import type { Preview, RunReport, RunRequest } from '../engine/run-types.js';
import type { Progress } from '../engine/ports.js';
import { freshId } from '../ids.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import { sides } from '../../preload/contract/values.js';
import { keepMappingFacts, mappingFacts } from './mapping-facts.js';
import { openIntegration, type OpenIntegration } from './open-integration.js';
import type { Program } from './program.js';
import type { RunEnd } from './run-registry.js';
import { clearRecovered, dropExpired } from './upkeep.js';

/** Who asked for a run: what ends it early, and who is told of its progress. */
export interface RunCaller {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** One run of an integration, in its turn. @throws LockstepError `run-under-way`, `cancelled`, and what stopped it */
export async function runNow(
  program: Program,
  integration: IntegrationRecord,
  { full, released }: Pick<RunRequest, 'full' | 'released'>,
  caller: RunCaller,
): Promise<RunReport> {
  const request = requestOf(program, integration, { full, released });
  return tracked(program, integration, request.runId, full ? 'full' : 'sync', caller, async (opened, signal) => {
    if (released.length > 0) await noteAct(program, integration, 'brake-released', released.join(', '));
    return runSync(opened.deps, request, signal);
  });
}

/**
 * Carries out what a preview shows, less the rows that are left out.
 * @param findPreview looks it up when the run's turn has come; an earlier one may have used it up
 * @throws LockstepError `preview-outdated`, and as `runNow`
 */
export async function carryOut(
  program: Program,
  integration: IntegrationRecord,
  findPreview: () => Promise<Preview>,
  leaveOut: readonly number[],
  caller: RunCaller,
): Promise<RunReport> {
  const request = requestOf(program, integration, {});
  return tracked(program, integration, request.runId, 'plan', caller, async (opened, signal) => {
    const preview = await findPreview();
    await noteAct(program, integration, 'plan-approved', preview.id);
    const left = withDependents(preview.plan.rows, leaveOut);
    const report = await runPreview(opened.deps, preview, left, request, signal);
    await program.stored.previews.remove(preview.id);
    await clearRecovered(program);
    return report;
  });
}

function tracked(
  program: Program,
  integration: IntegrationRecord,
  runId: string,
  mode: 'sync' | 'full' | 'plan',
  caller: RunCaller,
  work: (opened: OpenIntegration, signal: AbortSignal) => Promise<RunReport>,
): Promise<RunReport> {
  return program.runs.track(
    { runId, integration: integration.name, mode },
    caller.signal,
    (signal, onProgress) => {
      const both = (progress: Progress): void => {
        onProgress(progress);
        caller.onProgress(progress);
      };
      return inTurn(program, integration, { signal, onProgress: both }, (opened) => work(opened, signal));
    },
    endOf,
  );
}

function endOf({ run }: RunReport): RunEnd {
  const { outcome, counts } = run;
  return { outcome: outcome === 'running' ? 'failed' : outcome, changes: changesOf(counts) };
}

export function requestOf(
  { host }: Program,
  { config }: Pick<IntegrationRecord, 'config'>,
  more: Partial<Pick<RunRequest, 'full' | 'released'>>,
): RunRequest {
  return { runId: freshId(host.random), config, full: more.full ?? false, released: more.released ?? [] };
}

/** Waits for runs that share a scope, opens both sides, and keeps what was learnt whatever became of the run. */
export async function inTurn<T>(
  program: Program,
  integration: IntegrationRecord,
  { signal, onProgress }: RunCaller,
  work: (opened: OpenIntegration) => Promise<T>,
): Promise<T> {
  const scopes = sides.map((side) => `${integration.config[side].connection}/${integration.config[side].scope}`);
  const turn = await program.queue.enter(integration.id, scopes, signal, () => {
    const waiting = { why: 'another run of the same scope', untilMs: program.host.clock.now() };
    onProgress({ phase: 'preflight', side: null, done: 0, total: null, item: null, waiting });
  });
  try {
    const opened = await openIntegration(program, integration, onProgress);
    try {
      return await work(opened);
    } finally {
      opened.close();
      await keepLearnt(program, integration, opened);
    }
  } finally {
    turn.done();
  }
}

/** Never the reason why a run fails: what it did is told in any case. */
async function keepLearnt(program: Program, integration: IntegrationRecord, opened: OpenIntegration): Promise<void> {
  const schemas = opened.schemas();
  try {
    if (schemas !== null) {
      await keepMappingFacts(program.stored.meta, integration.id, mappingFacts(integration.config, schemas));
    }
    await program.network.flush();
    await dropExpired(program);
  } catch (thrown) {
    program.host.log.write('warning', 'upkeep-failed', {
      message: thrown instanceof Error ? thrown.message : String(thrown),
    });
  }
}

async function noteAct(
  { stored, host }: Program,
  integration: IntegrationRecord,
  kind: 'plan-approved' | 'brake-released',
  what: string,
): Promise<void> {
  await stored.acts.add({ atMs: host.clock.now(), kind, integrationId: integration.id, detail: { what } });
}

/** Without its create, a new item's fields and comments have nowhere to go. */
function withDependents(rows: readonly PlanRow[], leaveOut: readonly number[]): readonly number[] {
  const out = new Set(leaveOut);
  const without = new Set(rows.filter((row) => row.kind === 'create' && out.has(row.seq)).map((row) => row.pairId));
  return rows.filter((row) => out.has(row.seq) || without.has(row.pairId)).map((row) => row.seq);
}

/** What a run changed in trackers, of all that it counts. */
export function changesOf(counts: Readonly<Record<string, number>>): number {
  return ['created', 'updated', 'comments'].reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}
