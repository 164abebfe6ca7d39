import type { Conflict, Decision, PairState } from '../../engine/state.js';
import { LockstepError } from '../../../preload/contract/errors.js';
import { type FieldValue, type Sided, sides } from '../../../preload/contract/values.js';
import type { BatchEntry, Database, Row } from '../database.js';
import { decodeJson, encodeJson } from './codec.js';
import { putConflictRow } from './conflict-rows.js';
import { findIntegrationRow, sideToNumber } from './engine-store.js';
import { readPairsByUid } from './pair-rows.js';
import { putRow } from './pair-writer.js';

export interface ConflictRecord {
  readonly conflict: Conflict;
  readonly integrationId: string;
}

export interface Conflicts {
  /** What waits for the user, oldest first; without an integration, of all. */
  open(integrationId?: string): Promise<readonly ConflictRecord[]>;
  openCount(integrationId: string): Promise<number>;
  /** Open or not. */
  get(id: string): Promise<ConflictRecord | null>;
  /**
   * Keeps the user's answer in the pair, closes the conflict, and makes the pair dirty: the next run carries it out.
   * Not while a run of this integration is going on.
   *
   * @param take a value is one of the left side's (for `review`: the ref of the item, or `new`)
   * @param seen what both sides hold, where that is not what the conflict says: for a `loser`, after the overwriting
   * @throws LockstepError `usage` where the conflict is not open, `gone` where its pair is no more
   */
  resolve(id: string, take: Decision['take'], seen?: Sided<FieldValue>): Promise<Conflict>;
  /** The user needs it no longer; nothing else changes. @throws LockstepError `usage` where it is not open */
  discard(id: string): Promise<Conflict>;
}

/** The name under which a decision about a whole item stands in its pair. */
export const itemSubject = 'item';

interface ConflictRow extends Row {
  readonly body: Uint8Array;
  readonly integration: string;
}

export function createConflicts(database: Database): Conflicts {
  const recordOf = ({ body, integration }: ConflictRow): ConflictRecord => ({
    conflict: decodeJson(body) as Conflict,
    integrationId: integration,
  });

  const get = async (id: string): Promise<ConflictRecord | null> => {
    const [row] = await database.read<ConflictRow>('conflict.get', [id]);
    return row === undefined ? null : recordOf(row);
  };

  const getOpen = async (id: string): Promise<ConflictRecord> => {
    const found = await get(id);
    if (found?.conflict.state === 'open') return found;
    throw new LockstepError(
      'usage',
      found === null ? `There is no conflict "${id}".` : `Conflict "${id}" was dealt with already.`,
      { action: 'See what is open with: lockstep conflicts' },
    );
  };

  return {
    async open(integrationId) {
      return (await database.read<ConflictRow>('conflict.list', [integrationId ?? null])).map(recordOf);
    },

    async openCount(integrationId) {
      const [row] = await database.read<{ readonly open: number }>('conflict.open-count', [integrationId]);
      return row?.open ?? 0;
    },

    get,

    async resolve(id, take, seen) {
      const { conflict, integrationId } = await getOpen(id);
      const row = await findIntegrationRow(database, integrationId);
      const [pair] = await readPairsByUid(database, row, [conflict.pairId]);
      if (pair === undefined || pair.status === 'ended') {
        throw new LockstepError('gone', 'The pair of this conflict has ended.', { action: 'Discard the conflict.' });
      }
      const decision: Decision = { take, seen: seen ?? { left: conflict.left, right: conflict.right } };
      const resolved: Conflict = { ...conflict, state: 'resolved' };
      const decisions = { ...pair.decisions, [conflict.field ?? itemSubject]: decision };
      await database.write(
        [putRow({ ...pair, decisions, dirty: true }, row), ...stageUnread(pair, row), putConflictRow(resolved, row)],
        'durable',
      );
      return resolved;
    },

    async discard(id) {
      const { conflict, integrationId } = await getOpen(id);
      const discarded: Conflict = { ...conflict, state: 'discarded' };
      await database.write([putConflictRow(discarded, await findIntegrationRow(database, integrationId))], 'durable');
      return discarded;
    },
  };
}

/** A pair that was clean has nothing staged; without that the next run would have nothing to plan it from. */
function stageUnread(pair: PairState, integrationRow: number): readonly BatchEntry[] {
  return sides.flatMap((side): readonly BatchEntry[] => {
    const ref = pair.refs[side];
    if (ref === null) return [];
    const body = encodeJson({ side, ref, seen: 'unread', item: null });
    return [['staged.put-new', [integrationRow, sideToNumber(side), ref, null, body]]];
  });
}
