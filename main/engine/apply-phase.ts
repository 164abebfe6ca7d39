import type { Plan } from '../../preload/contract/plan.js';
import { applyPlan } from './apply.js';
import { applyContext, bindWork, resolveRest } from './open-intents.js';
import type { PlanContext } from './plan-context.js';
import type { Phase } from './plan-phase.js';
import { conclude, type Session } from './session.js';
import type { Conflict, StoreOp } from './state.js';

/** Carries out `plan`, which holds rows of the phase's own plan, and decides what is left open before it ends. */
export async function applyPhase(session: Session, phase: Phase, plan: Plan): Promise<void> {
  const { context } = phase.result;
  const apply = applyContext(session, context, phase.readings);
  await settleIdle(session, phase, context, plan);
  // What an earlier run left open is decided before anything else is created in a scope without markers.
  const intents = await session.deps.store.openIntents();
  for (const intent of intents) apply.open.set(intent.id, intent);
  for (const intent of intents) bindWork(apply, phase, intent);
  await applyPlan(apply, plan, phase.readings, phase.conflicts, phase.reading.verified);
  await resolveRest(apply, phase);
}

/** Pairs that were read and are in step leave the dirty set; unpaired items that nothing is planned for are let go. */
async function settleIdle(session: Session, phase: Phase, context: PlanContext, plan: Plan): Promise<void> {
  const { store, clock } = session.deps;
  const planned = new Set(plan.rows.map((row) => row.pairId));
  const conflictsOf = new Map<string, [string, Conflict][]>();
  for (const conflict of phase.conflicts)
    conflictsOf.set(conflict.pairId, [...(conflictsOf.get(conflict.pairId) ?? []), [conflict.id, conflict]]);
  let ops: StoreOp[] = phase.idle.map(({ side, ref }) => ({ op: 'unstage', side, ref }));
  for (const reading of phase.readings.values()) {
    if (
      planned.has(reading.pair.id) ||
      phase.result.founded.has(reading.pair.id) ||
      context.waiting.has(reading.pair.id)
    )
      continue;
    const conflicts = new Map(conflictsOf.get(reading.pair.id));
    ops.push(...conclude(context, { reading, current: { left: null, right: null }, conflicts }, clock.now()));
    if (ops.length >= 500) {
      await store.commit(ops, 'relaxed');
      ops = [];
    }
  }
  if (ops.length > 0) await store.commit(ops, 'relaxed');
}
