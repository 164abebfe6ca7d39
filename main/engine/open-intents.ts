import { LockstepError } from '../../preload/contract/errors.js';
import type { Side } from '../../preload/contract/values.js';
import { fatal, type ApplyContext } from './apply-context.js';
import { membersOf, planFacts, stagedBySide } from './gather.js';
import type { Phase } from './plan-phase.js';
import { isDue, resolveIntent, waitUntilDue } from './lookup.js';
import { parentOf, type PairReading, type PlanContext } from './plan-context.js';
import { planContext } from './plan.js';
import { logEvent, report, type PairWork, type Session } from './session.js';
import type { Intent, StagedItem } from './state.js';

/** Writes of unknown outcome around a run: those of earlier runs before it reads, its own before it ends. */

export function applyContext(
  session: Session,
  context: PlanContext,
  readings: ReadonlyMap<string, PairReading>,
): ApplyContext {
  const parents = new Set([...readings.values()].flatMap((reading) => parentOf(context, reading) ?? []));
  return {
    session,
    context,
    open: new Map(),
    works: new Map(),
    parents,
    createLocks: { left: Promise.resolve(), right: Promise.resolve() },
    later: [],
  };
}

export function bindWork(apply: ApplyContext, phase: Phase, intent: Intent): PairWork | null {
  const known = apply.works.get(intent.pairId);
  if (known !== undefined) return known;
  const reading = phase.readings.get(intent.pairId);
  if (reading === undefined) return null;
  const work: PairWork = { reading, current: { left: null, right: null }, conflicts: new Map() };
  apply.works.set(intent.pairId, work);
  return work;
}

/** A run waits for its open lookups before it ends. */
export async function resolveRest(apply: ApplyContext, phase: Phase): Promise<void> {
  for (const intent of [...apply.open.values()]) {
    const work = bindWork(apply, phase, intent);
    if (work === null) continue;
    await waitUntilDue(apply, intent);
    await tryResolve(apply, work, intent);
  }
}

/** Before anything is read: what an earlier run left open and may be decided now. */
export async function resolveDue(session: Session): Promise<void> {
  const { store } = session.deps;
  const intents = await store.openIntents();
  if (intents.length === 0) return;
  report(session, 'lookups', { total: intents.length });
  const pairs = await store.pairs(intents.map((intent) => intent.pairId));
  const staged = stagedBySide(await store.staged());
  const readings = new Map<string, PairReading>();
  for (const pair of pairs.values()) {
    const of = (side: Side): StagedItem | null =>
      pair.refs[side] === null ? null : (staged[side].get(pair.refs[side]) ?? null);
    readings.set(pair.id, { pair, staged: { left: of('left'), right: of('right') } });
  }
  const context = await lookupContext(session, readings);
  const apply = applyContext(session, context, readings);
  for (const intent of intents) {
    const reading = readings.get(intent.pairId);
    if (reading === undefined) await store.commit([{ op: 'end-intent', id: intent.id }], 'durable');
    else if (isDue(apply, intent)) {
      const work = apply.works.get(intent.pairId) ?? {
        reading,
        current: { left: null, right: null },
        conflicts: new Map(),
      };
      apply.works.set(intent.pairId, work);
      await tryResolve(apply, work, intent);
    }
  }
}

/** A plan's context for settling alone: no plan is made with it. */
async function lookupContext(session: Session, readings: ReadonlyMap<string, PairReading>): Promise<PlanContext> {
  const { deps } = session;
  const members = await membersOf(session, readings, { left: [], right: [] });
  const facts = planFacts(session, deps.clock.now());
  return planContext({
    ...facts,
    readings: [],
    members,
    waiting: new Set(),
    twins: new Map(),
    unclearTwins: new Set(),
  });
}

/**
 * A lookup that fails leaves its intent open and its pair waiting: the others go on.
 * @throws what makes going on pointless
 */
async function tryResolve(apply: ApplyContext, work: PairWork, intent: Intent): Promise<void> {
  try {
    await resolveIntent(apply, work, intent);
  } catch (thrown) {
    if (!(thrown instanceof LockstepError) || fatal(thrown)) throw thrown;
    const { session } = apply;
    session.counts.failed += 1;
    const what = `what became of a write to the ${intent.side} could not be looked up; the next run tries again`;
    await session.deps.store.commit([logEvent(session, `${what}: ${thrown.message}`, thrown.code)], 'relaxed');
  }
}
