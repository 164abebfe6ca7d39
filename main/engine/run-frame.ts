import type { Brake, Plan } from '../../preload/contract/plan.js';
import { asLockstepError, hasCode, LockstepError } from '../../preload/contract/errors.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import type { Phase } from './plan-phase.js';
import type { EngineDeps } from './ports.js';
import { preflight, type Preflight } from './preflight.js';
import type { RunReport, RunRequest } from './run-types.js';
import { freshCounts, logEvent, report, type Session } from './session.js';
import type { IntegrationState, RunOutcome, RunState } from './state.js';

/** What the body of a run comes to. */
export interface Done {
  /** Null where the run was stopped before anything was read. */
  readonly phase: Phase | null;
  /** What was carried out, or would have been. */
  readonly plan: Plan | null;
  /** Brakes that stopped it; empty where it went through. */
  readonly brakes: readonly Brake[];
  /** Why the store is older than its trackers, from now on. */
  readonly recovered: string | null;
}

export function openSession(deps: EngineDeps, request: RunRequest, signal: AbortSignal, checked: Preflight): Session {
  return {
    deps,
    request,
    signal,
    mapping: checked.mapping,
    info: checked.info,
    configFingerprint: checked.configFingerprint,
    counts: freshCounts(),
  };
}

/** The frame of every run that may write: its record, its end, and what it says whatever happens. */
export async function execute(
  deps: EngineDeps,
  request: RunRequest,
  signal: AbortSignal,
  mode: RunState['mode'],
  body: (session: Session, checked: Preflight) => Promise<Done>,
): Promise<RunReport> {
  const started: RunState = {
    id: request.runId,
    integration: request.config.name,
    startedAtMs: deps.clock.now(),
    endedAtMs: null,
    mode,
    outcome: 'running',
    counts: {},
    brakes: [],
    message: null,
    checkedUpTo: { left: null, right: null },
  };
  await deps.store.commit([{ op: 'put-run', run: started }], 'durable');
  let session: Session | null = null;
  try {
    deps.onProgress({ phase: 'preflight', side: null, done: 0, total: null, item: null, waiting: null });
    const checked = await preflight(deps, request.config, signal);
    session = openSession(deps, request, signal, checked);
    const done = await body(session, checked);
    return await finish(session, checked, started, done);
  } catch (thrown) {
    const error = endingError(thrown, signal);
    const outcome: RunOutcome = hasCode(error, 'cancelled') ? 'cancelled' : 'failed';
    const run: RunState = {
      ...started,
      endedAtMs: deps.clock.now(),
      outcome,
      counts: { ...(session?.counts ?? {}) },
      message: error.message,
    };
    // A store that is lost cannot take the record; the first error is the one to tell.
    if (error.kind !== 'storage') await deps.store.commit([{ op: 'put-run', run }], 'durable').catch(() => undefined);
    throw error;
  }
}

/** Whatever a cancel breaks off, a sleep or a request, ends as a cancelled run. A lost store is told all the same. */
function endingError(thrown: unknown, signal: AbortSignal): LockstepError {
  const error = asLockstepError(thrown);
  if (!signal.aborted || error.kind === 'storage' || hasCode(error, 'cancelled')) return error;
  return new LockstepError('cancelled', 'The run was cancelled.', { cause: thrown });
}

/**
 * Before anything moves: the state counts one up, so that a preview made before is not executed after a run that was
 * cut off half-way.
 */
export async function beginChanges(session: Session): Promise<IntegrationState> {
  const { store } = session.deps;
  const before = await store.state();
  const state = { ...before, generation: before.generation + 1 };
  await store.commit([{ op: 'put-state', state }], 'durable');
  return state;
}

/**
 * The brakes let the run through, of themselves or because the user released them: both are on record before the first
 * write. What the user agreed to (first run, mapping, site) counts from now on: a run that is cut off asks no more.
 */
export async function passBrakes(
  session: Session,
  checked: Preflight,
  phase: Phase,
  agreed: readonly Brake[],
  how: string,
): Promise<void> {
  const { store } = session.deps;
  const before = await store.state();
  const state: IntegrationState = {
    ...before,
    configFingerprint: checked.configFingerprint,
    siteIds: siteIdsOf(checked),
    listed: listedNow(before, phase),
  };
  const log = agreed.map((brake) => logEvent(session, `brake ${brake.name} ${how}: ${brake.saw}`, brake.name));
  if (log.length === 0 && JSON.stringify(state) === JSON.stringify(before)) return;
  await store.commit([{ op: 'put-state', state }, ...log], 'durable');
}

function siteIdsOf(checked: Preflight): Sided<string> {
  return { left: checked.info.left.siteId, right: checked.info.right.siteId };
}

function listedNow(before: IntegrationState, phase: Phase): Sided<number | null> {
  const { listed } = phase.reading;
  return { left: listed.left ?? before.listed.left, right: listed.right ?? before.listed.right };
}

async function finish(session: Session, checked: Preflight, started: RunState, done: Done): Promise<RunReport> {
  const { deps, counts } = session;
  const { phase, brakes } = done;
  report(session, 'commit');
  const before = await deps.store.state();
  const open = await deps.store.openConflicts();
  const waiting = open.filter((conflict) => conflict.kind !== 'loser').length;
  const braked = brakes.length > 0;
  const outcome: RunOutcome = braked ? 'braked' : counts.failed > 0 ? 'failures' : waiting > 0 ? 'conflicts' : 'done';
  const run: RunState = {
    ...started,
    endedAtMs: deps.clock.now(),
    outcome,
    counts: { ...counts },
    brakes: brakes.map((brake) => brake.name),
    message: braked ? brakes.map((brake) => brake.saw).join('; ') : null,
    checkedUpTo: { left: ceilingOf(before, 'left'), right: ceilingOf(before, 'right') },
  };
  const brakeLog = brakes.map((brake) => logEvent(session, `brake ${brake.name}: ${brake.saw}`, brake.name));
  const notices = phase === null ? [] : phase.reading.notices;
  await deps.store.commit(
    [
      ...brakeLog,
      ...notices.map((notice) => logEvent(session, notice)),
      { op: 'put-state', state: stateAfter(checked, before, done) },
      { op: 'put-run', run },
    ],
    'durable',
  );
  return { run, plan: done.plan, brakes, notices: [...checked.notices, ...notices], openConflicts: waiting };
}

function stateAfter(checked: Preflight, before: IntegrationState, done: Done): IntegrationState {
  const { phase, brakes } = done;
  const next = { ...before, generation: before.generation + 1 };
  if (phase === null) return next;
  if (brakes.length > 0) {
    // An empty listing is compared with the last one that was not, until the user releases it.
    const doubted = brakes.some((brake) => brake.name === 'empty-listing');
    return doubted ? next : { ...next, listed: listedNow(before, phase) };
  }
  return {
    ...next,
    listed: listedNow(before, phase),
    configFingerprint: checked.configFingerprint,
    siteIds: siteIdsOf(checked),
    recovered: done.recovered,
  };
}

function ceilingOf(state: IntegrationState, side: Side): string | null {
  const since = state.cursors[side]?.['since'];
  return typeof since === 'string' ? since : null;
}
