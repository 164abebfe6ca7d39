import { applyPhase } from './apply-phase.js';
import { resolveDue } from './open-intents.js';
import { siteBrakes } from './brakes.js';
import { brakesOf, readAndPlan } from './plan-phase.js';
import type { EngineDeps } from './ports.js';
import { beginChanges, execute, passBrakes } from './run-frame.js';
import type { RunReport, RunRequest } from './run-types.js';

export { makePreview, runPreview } from './preview.js';

/** One execution of an integration (engine.md section 1): preflight, lookups, read, plan, brakes, apply, commit. */
export async function runSync(deps: EngineDeps, request: RunRequest, signal: AbortSignal): Promise<RunReport> {
  return execute(deps, request, signal, request.full ? 'full' : 'sync', async (session, checked) => {
    const released = (name: (typeof request.released)[number]): boolean => request.released.includes(name);
    const before = await beginChanges(session);
    // Nothing is read of another site: each of our items would be gone there.
    const elsewhere = siteBrakes(before, session.info).filter((brake) => !released(brake.name));
    if (elsewhere.length > 0) return { phase: null, plan: null, brakes: elsewhere, recovered: before.recovered };
    await resolveDue(session);
    let phase = await readAndPlan(session, checked, before, { full: request.full, keep: true });
    if (phase.recovered !== null && before.recovered === null) {
      // The store is older than its trackers: nothing counts but a full listing of both sides.
      const state = { ...phase.reading.state, recovered: phase.recovered };
      await deps.store.commit([{ op: 'put-state', state }], 'durable');
      phase = await readAndPlan(session, checked, state, { full: true, keep: true });
    }
    const brakes = brakesOf(session, phase);
    const { plan } = phase.result;
    const held = brakes.filter((brake) => !brake.releasable || !released(brake.name));
    if (held.length > 0) return { phase, plan, brakes: held, recovered: phase.recovered };
    await passBrakes(session, checked, phase, brakes, 'released by the user');
    await applyPhase(session, phase, plan);
    return { phase, plan, brakes: [], recovered: phase.recovered };
  });
}
