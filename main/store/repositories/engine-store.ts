import type { EngineStore } from '../../engine/ports.js';
import {
  type Conflict,
  freshIntegrationState,
  type IntegrationState,
  type Intent,
  type LogEntry,
  type PairState,
  type StagedItem,
  type StoreOp,
} from '../../engine/state.js';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { Side } from '../../../preload/contract/values.js';
import type { BatchEntry, Database, Row } from '../database.js';
import { decodeJson, encodeJson } from './codec.js';
import { putConflictRow } from './conflict-rows.js';
import { putLog } from './log-writer.js';
import { chunksOf, type PairRow, readPairs, readPairsByUid } from './pair-rows.js';
import { createPairWriter, type PairBatch } from './pair-writer.js';

const stagedPage = 200;

interface BodyRow extends Row {
  readonly body: Uint8Array;
}

/**
 * The engine's store over the database, bound to one integration. One `commit` is one batch of the database. While it
 * is in use nothing else may write pairs of the integration, but for what `conflicts` does between two runs.
 *
 * @param integrationId the unchanging id, see `integrations`; where it is unknown every call fails as `internal`
 */
export function createEngineStore(database: Database, integrationId: string): EngineStore {
  let rowId: number | null = null;
  let finding: Promise<number> | null = null;
  const integrationRow = (): Promise<number> => {
    finding ??= findIntegrationRow(database, integrationId).then((found) => (rowId = found));
    return finding;
  };
  const writer = createPairWriter(() => rowId ?? 0);

  const stateOf = async (): Promise<IntegrationState> => {
    const [row] = await database.read<{ readonly body: string }>('state.get', [await integrationRow()]);
    return row === undefined ? freshIntegrationState : (JSON.parse(row.body) as IntegrationState);
  };

  const bodiesOf = async (statementId: string): Promise<readonly unknown[]> => {
    const rows = await database.read<BodyRow>(statementId, [await integrationRow()]);
    return rows.map(({ body }) => decodeJson(body));
  };

  return {
    state: stateOf,

    async pairsByRef(side, refs) {
      const found = new Map<string, PairState>();
      const row = await integrationRow();
      for (const chunk of chunksOf(refs)) {
        const rows = await database.read<PairRow & { readonly ref: string }>(
          side === 'left' ? 'pair.by-left' : 'pair.by-right',
          [row, JSON.stringify(chunk)],
        );
        const pairs = await readPairs(database, rows);
        rows.forEach(({ ref }, index) => {
          const pair = pairs[index];
          if (pair !== undefined) found.set(ref, pair);
        });
      }
      return found;
    },

    async pairs(ids) {
      const pairs = await readPairsByUid(database, await integrationRow(), ids);
      return new Map(pairs.map((pair) => [pair.id, pair]));
    },

    async pairKnown(id) {
      const [row] = await database.read<{ readonly paired: number }>('subject.paired', [id]);
      return row?.paired === 1;
    },

    async dirtyPairs() {
      const row = await integrationRow();
      const dirty = await database.read<{ readonly uid: string }>('pair.dirty-uids', [row]);
      return readPairsByUid(
        database,
        row,
        dirty.map(({ uid }) => uid),
      );
    },

    async activeRefs() {
      const rows = await database.read<Pick<PairRow, 'uid' | 'left_ref' | 'right_ref'>>('pair.active', [
        await integrationRow(),
      ]);
      return rows.map(({ uid, left_ref: left, right_ref: right }) => ({ id: uid, refs: { left, right } }));
    },

    async staged() {
      const row = await integrationRow();
      const staged: StagedItem[] = [];
      let [side, ref] = [0, ''];
      for (;;) {
        const page = await database.read<BodyRow & { readonly side: number; readonly ref: string }>('staged.page', [
          row,
          side,
          ref,
          stagedPage,
        ]);
        for (const { body } of page) staged.push(decodeJson(body) as StagedItem);
        const last = page.at(-1);
        if (last === undefined || page.length < stagedPage) return staged;
        ({ side, ref } = last);
      }
    },

    async stamps(side, refs) {
      const row = await integrationRow();
      const found = new Map<string, string | null>();
      for (const chunk of chunksOf(refs)) {
        const wanted = JSON.stringify(chunk);
        type StampRow = { readonly ref: string; readonly stamp: string | null };
        const ofBases = await database.read<StampRow>(side === 'left' ? 'base.stamps-left' : 'base.stamps-right', [
          row,
          wanted,
        ]);
        const ofStaged = await database.read<StampRow>('staged.stamps', [row, wanted, sideToNumber(side)]);
        for (const { ref, stamp } of [...ofBases, ...ofStaged]) found.set(ref, stamp);
      }
      return found;
    },

    openIntents: async () => (await bodiesOf('intent.all')) as readonly Intent[],
    openConflicts: async () => (await bodiesOf('conflict.open')) as readonly Conflict[],

    async commit(ops, durability) {
      if (ops.length === 0) return;
      const row = await integrationRow();
      const pairs = writer.begin();
      try {
        await database.write(batchOf(ops, row, pairs), durability);
        pairs.acknowledge();
      } catch (thrown) {
        pairs.forget();
        throw thrown;
      }
    },
  };
}

/** @throws LockstepError `internal` where no integration has this id */
export async function findIntegrationRow(database: Database, integrationId: string): Promise<number> {
  const [row] = await database.read<{ readonly id: number }>('integration.row', [integrationId]);
  if (row !== undefined) return row.id;
  throw new LockstepError('internal', 'The integration is not stored.', { context: { integration: integrationId } });
}

export function sideToNumber(side: Side): 0 | 1 {
  return side === 'left' ? 0 : 1;
}

function batchOf(ops: readonly StoreOp[], integrationRow: number, pairs: PairBatch): readonly BatchEntry[] {
  const batch: BatchEntry[] = [];
  const entries: LogEntry[] = [];
  const stored = new Set<string>();
  for (const op of ops) {
    if (op.op === 'log') {
      entries.push(op.entry);
      continue;
    }
    if (op.op === 'put-pair') stored.add(op.pair.id);
    batch.push(...entriesOf(op, integrationRow, pairs));
  }
  // Last, and together: an entry's run may be put by the same batch, and entries compress better side by side.
  batch.push(...putLog(entries, (pairId) => stored.has(pairId)));
  return batch;
}

function entriesOf(
  op: Exclude<StoreOp, { readonly op: 'log' }>,
  integrationRow: number,
  pairs: PairBatch,
): readonly BatchEntry[] {
  switch (op.op) {
    case 'put-pair':
      return pairs.put(op.pair);
    case 'stage': {
      const { side, ref, item } = op.staged;
      const body = encodeJson(op.staged);
      return [['staged.put', [integrationRow, sideToNumber(side), ref, item?.stamp ?? null, body]]];
    }
    case 'unstage':
      return [['staged.drop', [integrationRow, sideToNumber(op.side), op.ref]]];
    case 'set-dirty':
      return [['pair.set-dirty', [op.pairId]]];
    case 'put-state':
      return [['state.put', [integrationRow, JSON.stringify(op.state)]]];
    case 'open-intent':
      return [['intent.open', [op.intent.id, integrationRow, encodeJson(op.intent)]]];
    case 'end-intent':
      return [['intent.end', [op.id, integrationRow]]];
    case 'put-conflict':
      return [putConflictRow(op.conflict, integrationRow)];
    case 'put-run': {
      const { run } = op;
      return [['run.put', [run.id, integrationRow, run.startedAtMs, run.endedAtMs, run.outcome, encodeJson(run)]]];
    }
  }
}
