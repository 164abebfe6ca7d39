import type { Conflict, Decision, PairState } from '../engine/state.js';
import { createEngineStore } from '../store/repositories/engine-store.js';
import { readMappingFacts } from '../runner/mapping-facts.js';
import type { Program } from '../runner/program.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { ParsedInput } from '../../preload/contract/inputs.js';
import type { FieldValue, Side, Sided } from '../../preload/contract/values.js';
import type { ConflictView, Names } from '../../preload/contract/views.js';
import type { FeatureHandlers } from './dispatcher.js';
import { findIntegration } from './integrations.js';

type Calls = 'conflict.list' | 'conflict.resolve';

export function conflictHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, host } = program;
  return {
    async 'conflict.list'({ name }) {
      const wanted = name === undefined ? undefined : (await findIntegration(program, name)).id;
      const integrations = new Map((await stored.integrations.list()).map(({ id, name: own }) => [id, own]));
      const names: Record<string, Names> = {};
      const conflicts: ConflictView[] = [];
      for (const { conflict, integrationId } of await stored.conflicts.open(wanted)) {
        const own = integrations.get(integrationId) ?? integrationId;
        names[own] ??= (await readMappingFacts(stored.meta, integrationId))?.names ?? {};
        conflicts.push(conflictView(conflict, own));
      }
      return { conflicts, names };
    },

    async 'conflict.resolve'({ id, resolution }) {
      const found = await stored.conflicts.get(id);
      if (found === null) {
        throw new LockstepError('conflict-unknown', `There is no conflict "${id}".`, {
          action: 'See what is open with: lockstep conflicts',
        });
      }
      const { conflict, integrationId } = found;
      if (program.queue.running().includes(integrationId)) {
        throw new LockstepError('run-under-way', 'A run of this integration is under way.', {
          action: 'Wait for its end, then decide.',
        });
      }
      const note = async (how: string): Promise<void> => {
        const detail = { conflict: id, pair: conflict.pairId, field: conflict.field, how };
        await stored.acts.add({ atMs: host.clock.now(), kind: 'conflict-resolved', integrationId, detail });
      };
      if (resolution.take === 'discard') {
        await stored.conflicts.discard(id);
        await note('discarded');
        return { id, state: 'discarded' };
      }
      if (conflict.kind === 'loser') await bringBack(program, conflict, integrationId, resolution);
      else await stored.conflicts.resolve(id, takeOf(conflict, resolution));
      await note(resolution.take);
      return { id, state: 'resolved' };
    },
  };
}

type Resolution = Exclude<ParsedInput<'conflict.resolve'>['resolution'], { readonly take: 'discard' }>;

function takeOf(conflict: Conflict, resolution: Resolution): Decision['take'] {
  if (resolution.take === 'value') return resolution.value;
  if (conflict.kind === 'review') {
    throw new LockstepError('usage', 'This asks which item the interrupted create made.', {
      action: `Say --take new, or one of: ${conflict.candidates.join(', ')}.`,
    });
  }
  return { side: resolution.take };
}

/** The value that was overwritten goes back to its side, and from there to the other one. */
async function bringBack(
  { stored, workspace }: Program,
  conflict: Conflict,
  integrationId: string,
  resolution: Resolution,
): Promise<void> {
  const side = conflict.loserSide;
  const pair = (await createEngineStore(workspace.database, integrationId).pairs([conflict.pairId])).get(
    conflict.pairId,
  );
  if (side === null || pair === undefined || conflict.field === null) {
    throw new LockstepError('gone', 'The pair of this conflict is no more.', { action: 'Discard the conflict.' });
  }
  if (conflict.field.startsWith('comment:')) {
    throw new LockstepError('usage', 'The text of a comment that was overwritten cannot be put back by itself.', {
      action: 'Copy the text from here into a comment, then discard the conflict.',
    });
  }
  if (resolution.take !== side && resolution.take !== 'value') {
    throw new LockstepError('usage', `The ${resolution.take} value is the one that counts already.`, {
      action: `Bring the overwritten one back with --take ${side}, or discard it.`,
    });
  }
  const value = resolution.take === 'value' ? resolution.value : conflict[side];
  const facts = await readMappingFacts(stored.meta, integrationId);
  const fields = facts?.fields[conflict.field] ?? { left: conflict.field, right: conflict.field };
  await stored.conflicts.resolve(conflict.id, { side, value }, heldNow(pair, fields));
}

/** What both sides held when they were last read or written. */
function heldNow(pair: PairState, fields: Sided<string>): Sided<FieldValue> {
  const of = (side: Side): FieldValue => pair.bases[side]?.fields[fields[side]]?.value ?? null;
  return { left: of('left'), right: of('right') };
}

export function conflictView(conflict: Conflict, integration: string): ConflictView {
  const { id, pairId, kind, field, title, left, right, base, loserSide, candidates, atMs, runId } = conflict;
  return { id, integration, pairId, kind, field, title, left, right, base, loserSide, candidates, atMs, runId };
}
