import type { Plan, PlanRow } from '../../preload/contract/plan.js';
import { LockstepError } from '../../preload/contract/errors.js';
import { sides } from '../../preload/contract/values.js';
import { applyPhase } from './apply-phase.js';
import { forecastOf } from './forecast.js';
import { stagedBySide } from './gather.js';
import { brakesOf, planPhase, readAndPlan } from './plan-phase.js';
import { countRows } from './plan-rows.js';
import type { EngineDeps } from './ports.js';
import { preflight, type Preflight } from './preflight.js';
import type { Reading } from './read.js';
import { recheckSources } from './recheck-sources.js';
import { execute, openSession, passBrakes } from './run-frame.js';
import type { Preview, RunReport, RunRequest } from './run-types.js';
import { logRow } from './session.js';
import type { IntegrationState, StagedItem, StoreOp } from './state.js';

/** Phases one to six in memory: nothing is written, neither to a tracker nor to the store. */
export async function makePreview(deps: EngineDeps, request: RunRequest, signal: AbortSignal): Promise<Preview> {
  const checked = await preflight(deps, request.config, signal);
  const session = openSession(deps, request, signal, checked);
  const before = await deps.store.state();
  const madeAtMs = deps.clock.now();
  const options = { full: request.full, keep: false, nowMs: madeAtMs };
  let phase = await readAndPlan(session, checked, before, options);
  if (phase.recovered !== null && before.recovered === null) {
    const state = { ...before, recovered: phase.recovered };
    phase = await readAndPlan(session, checked, state, { ...options, full: true });
  }
  const { reading, result } = phase;
  const listed = {
    left: reading.listed.left ?? before.listed.left,
    right: reading.listed.right ?? before.listed.right,
  };
  return {
    id: deps.ids.fresh(),
    integration: request.config.name,
    madeAtMs,
    plan: result.plan,
    brakes: brakesOf(session, phase),
    notices: [...checked.notices, ...reading.notices],
    forecast: forecastOf(session, result.plan, phase.readings),
    hash: previewHash(deps, checked, before, result.plan.rows),
    configFingerprint: checked.configFingerprint,
    generation: before.generation,
    staged: sides.flatMap((side) => [...reading.staged[side].values()]),
    fresh: [...reading.fresh],
    state: { ...reading.state, listed, recovered: phase.recovered },
  };
}

/** Over configuration, schemas and sites, the state's count and whether it was restored since, and the rows. */
function previewHash(deps: EngineDeps, checked: Preflight, state: IntegrationState, rows: readonly PlanRow[]): string {
  const { configFingerprint, info } = checked;
  const where = [info.left.siteId, info.right.siteId, state.recovered];
  return deps.ids.hash(JSON.stringify([configFingerprint, where, state.generation, rows]));
}

function outdated(): LockstepError {
  return new LockstepError(
    'preview-outdated',
    "Since this preview was made, the mapping, the trackers' fields or the state of the integration changed.",
    { action: 'Make a new preview.' },
  );
}

/**
 * Carries out exactly the rows of a stored preview, less those left out. The brakes that it showed count as released;
 * one that it did not show stops it, unless the request releases it.
 * @throws LockstepError `preview-outdated` when the configuration, the trackers' schemas, a base, a decision or the
 * state moved on.
 */
export async function runPreview(
  deps: EngineDeps,
  preview: Preview,
  leftOut: readonly number[],
  request: RunRequest,
  signal: AbortSignal,
): Promise<RunReport> {
  return execute(deps, request, signal, 'plan', async (session, checked) => {
    const before = await deps.store.state();
    if (previewHash(deps, checked, before, preview.plan.rows) !== preview.hash) throw outdated();
    const reading: Reading = {
      staged: stagedBySide(preview.staged),
      state: preview.state,
      verified: { left: new Set(), right: new Set() },
      notices: [],
      fresh: new Set(preview.fresh),
      listed: { left: null, right: null },
    };
    // Planned once more from the same readings and for the same moment: any other base or decision gives other rows.
    const phase = await planPhase(session, reading, preview.state.recovered, preview.madeAtMs);
    if (JSON.stringify(phase.result.plan.rows) !== JSON.stringify(preview.plan.rows)) throw outdated();
    const shown = new Set(preview.brakes.map((brake) => brake.name));
    const { recovered } = phase;
    const brakes = brakesOf(session, phase).filter(({ name }) => !shown.has(name));
    const held = brakes.filter((brake) => !brake.releasable || !request.released.includes(brake.name));
    if (held.length > 0) return { phase, plan: preview.plan, brakes: held, recovered };
    const kept = withoutRows(preview.plan.rows, new Set(leftOut));
    const sources = await recheckSources(session, kept, phase.readings);
    const rows = kept.filter((row) => !sources.dropped.has(row.seq));
    const plan: Plan = { rows, counts: countRows(rows) };
    await stagePreview(deps, preview, before, sources.staged);
    await passBrakes(session, checked, phase, [...preview.brakes, ...brakes], 'was part of the approved plan');
    const lost = kept.filter((row) => sources.dropped.has(row.seq));
    session.counts.dropped += lost.length;
    const drops = lost.map((row) => logRow(session, row, 'dropped', { message: sources.dropped.get(row.seq) ?? null }));
    if (drops.length > 0) await deps.store.commit(drops, 'relaxed');
    await applyPhase(session, phase, plan);
    return { phase, plan, brakes: [], recovered: null };
  });
}

/**
 * The rows less those left out and what cannot be without them: nothing is written to a twin that is not created or
 * matched, and a value that both sides were to get is written to both or to neither.
 */
export function withoutRows(rows: readonly PlanRow[], leftOut: ReadonlySet<number>): readonly PlanRow[] {
  const pairs = new Set<string>();
  const fields = new Set<string>();
  const fieldKey = (row: PlanRow): string => JSON.stringify([row.pairId, row.field, row.commentId]);
  const halves = new Set(rows.filter((row) => row.half).map(fieldKey));
  for (const row of rows) {
    if (!leftOut.has(row.seq)) continue;
    if (row.field === null && (row.kind === 'create' || row.kind === 'match' || row.kind === 'wake'))
      pairs.add(row.pairId);
    if (halves.has(fieldKey(row))) fields.add(fieldKey(row));
  }
  return rows.filter((row) => !leftOut.has(row.seq) && !pairs.has(row.pairId) && !fields.has(fieldKey(row)));
}

async function stagePreview(
  deps: EngineDeps,
  preview: Preview,
  before: IntegrationState,
  newer: readonly StagedItem[],
): Promise<void> {
  const batch = 200;
  const all = [...preview.staged, ...newer];
  for (let start = 0; start < all.length; start += batch) {
    const part = all.slice(start, start + batch);
    const ops: StoreOp[] = part.map((staged) => ({ op: 'stage', staged }));
    for (const side of sides) {
      const refs = part.filter((staged) => staged.side === side).map((staged) => staged.ref);
      const pairs = await deps.store.pairsByRef(side, refs);
      for (const pair of pairs.values())
        if (!pair.dirty && pair.status !== 'ended') ops.push({ op: 'set-dirty', pairId: pair.id });
    }
    await deps.store.commit(ops, 'durable');
  }
  const state = { ...preview.state, generation: before.generation + 1 };
  await deps.store.commit([{ op: 'put-state', state }], 'durable');
}
