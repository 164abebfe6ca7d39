import type { Brake } from '../../preload/contract/plan.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Sided } from '../../preload/contract/values.js';
import { findBrakes } from './brakes.js';
import { gather } from './gather.js';
import type { PairReading } from './plan-context.js';
import { forEachInSteps } from './plan-steps.js';
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
  report(session, 'plan');
  const gathered = await gather(session, reading, recovered, nowMs);
  const result = await inSlices(session, planRun(gathered.input));
  const readings = await inSlices(session, joinReadings(gathered.readings, result));
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

/** Runs the steps, and gives the thread back after every slice of time. */
async function inSlices<T>(session: Session, steps: Generator<void, T>): Promise<T> {
  const { clock, pause } = session.deps;
  let sliceMs = clock.monotonic();
  let step = steps.next();
  while (step.done !== true) {
    if (clock.monotonic() - sliceMs >= sliceLengthMs) {
      await pause();
      if (session.signal.aborted) throw new LockstepError('cancelled', 'The run was cancelled.');
      sliceMs = clock.monotonic();
    }
    step = steps.next();
  }
  return step.value;
}

function* joinReadings(
  known: ReadonlyMap<string, PairReading>,
  { founded }: PlanResult,
): Generator<void, ReadonlyMap<string, PairReading>> {
  const readings = new Map<string, PairReading>();
  for (const some of [known, founded])
    yield* forEachInSteps(some, ([id, reading]) => {
      readings.set(id, reading);
    });
  return readings;
}

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
