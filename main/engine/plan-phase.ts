import type { Brake } from '../../preload/contract/plan.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Sided } from '../../preload/contract/values.js';
import { findBrakes } from './brakes.js';
import { gather } from './gather.js';
import type { PairReading } from './plan-context.js';
import { planRun, type PlanResult } from './plan.js';
import type { Preflight } from './preflight.js';
import { readSides, type Reading } from './read.js';
import { report, type Session } from './session.js';
import type { Conflict, IntegrationState, StagedItem } from './state.js';

/** What the phases from reading to planning leave behind for brakes, apply and commit. */
export interface Phase {
  readonly reading: Reading;
  readonly result: PlanResult;
  readonly readings: ReadonlyMap<string, PairReading>;
  readonly activePairs: number;
  readonly conflicts: readonly Conflict[];
  readonly recovered: string | null;
  /** Unpaired items with another workspace's marker. */
  readonly foreignMarkers: Sided<number>;
  /** Unpaired items that nothing is planned for. */
  readonly idle: readonly StagedItem[];
}

export async function readAndPlan(
  session: Session,
  checked: Preflight,
  before: IntegrationState,
  options: { readonly full: boolean; readonly keep: boolean; readonly nowMs?: number },
): Promise<Phase> {
  const changedConfig = before.configFingerprint !== null && before.configFingerprint !== checked.configFingerprint;
  // A newly mapped field was never read: everything is read again.
  const full = options.full || changedConfig || before.recovered !== null;
  const reading = await readSides(session, before, { full, keep: options.keep });
  return planPhase(session, reading, before.recovered, options.nowMs);
}

export async function planPhase(
  session: Session,
  reading: Reading,
  recovered: string | null,
  /** What counts as now: a stored preview is planned once more for the moment at which it was made. */
  nowMs: number = session.deps.clock.now(),
): Promise<Phase> {
  const { deps } = session;
  report(session, 'plan');
  const gathered = await gather(session, reading, recovered, nowMs);
  const steps = planRun(gathered.input);
  let sliceMs = deps.clock.monotonic();
  let step = steps.next();
  while (step.done !== true) {
    if (deps.clock.monotonic() - sliceMs >= sliceLengthMs) {
      await deps.pause();
      if (session.signal.aborted) throw new LockstepError('cancelled', 'The run was cancelled.');
      sliceMs = deps.clock.monotonic();
    }
    step = steps.next();
  }
  const result = step.value;
  const readings = new Map<string, PairReading>([...gathered.readings, ...result.founded]);
  return {
    reading,
    result,
    readings,
    activePairs: gathered.activePairs,
    conflicts: gathered.conflicts,
    recovered: recovered ?? gathered.lostPair,
    foreignMarkers: gathered.foreignMarkers,
    idle: gathered.idle(result),
  };
}

const sliceLengthMs = 10;

/** Brakes of the plan; those that depend on the listings are left out where there were none. */
export function brakesOf(session: Session, phase: Phase): readonly Brake[] {
  const { reading } = phase;
  return findBrakes({
    mapping: session.mapping,
    plan: phase.result.plan,
    state: reading.state,
    configFingerprint: session.configFingerprint,
    info: session.info,
    activePairs: phase.activePairs,
    listed: reading.listed,
    foreignMarkers: phase.foreignMarkers,
    recovered: phase.recovered,
  });
}
