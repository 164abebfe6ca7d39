import type { LogEntry, LogOutcome } from '../../engine/state.js';
import type { Reason, RowKind } from '../../../preload/contract/plan.js';
import type { Side } from '../../../preload/contract/values.js';
import { hasCode } from '../../../preload/contract/errors.js';
import type { Database, Row } from '../database.js';
import { decodeJson } from './codec.js';
import type { StoredLogEntry } from './log-writer.js';

export interface LogRow {
  readonly runId: string;
  /** In its run, from 0. */
  readonly seq: number;
  readonly entry: LogEntry;
  /** The run's file is damaged there: values and title of the entry are empty. */
  readonly valuesLost: boolean;
}

export interface LogQuery {
  /** Only entries of these pairs. */
  readonly pairIds?: readonly string[];
  /** Mapping id or `comment`. */
  readonly field?: string;
  readonly outcome?: LogOutcome;
  readonly kind?: LogEntry['kind'];
  /** `seq` of the last row of the page before. Default -1: from the beginning. */
  readonly afterSeq?: number;
  /** Default 200. */
  readonly limit?: number;
}

export interface ExplainQuery {
  readonly field?: string;
  /** `place` of the last row of the page before. */
  readonly before?: LogPlace;
  /** Default 200. */
  readonly limit?: number;
}

/** Where a row stands among those of all runs. */
export interface LogPlace {
  readonly run: number;
  readonly seq: number;
}

export interface Log {
  /** A run's entries in their order. */
  page(runId: string, query?: LogQuery): Promise<readonly LogRow[]>;
  count(runId: string): Promise<number>;
  /** What all runs did to these pairs, newest first. */
  ofPairs(
    pairIds: readonly string[],
    query?: ExplainQuery,
  ): Promise<readonly (LogRow & { readonly place: LogPlace })[]>;
}

/** Columns of the statements that give rows of the log. */
export interface SlimRow extends Row {
  readonly run_row: number;
  readonly run: string;
  readonly seq: number;
  readonly pair: string | null;
  readonly side: string;
  readonly kind: string;
  readonly field: string;
  readonly outcome: string;
  readonly reason: string;
  readonly at: number;
  readonly frame: number;
  readonly slot: number;
}

export function createLog(database: Database): Log {
  const withValues = (rows: readonly SlimRow[]): Promise<readonly LogRow[]> => readValues(database, rows);

  return {
    async page(runId, { pairIds, field, outcome, kind, afterSeq = -1, limit = 200 } = {}) {
      const pairs = pairIds === undefined ? null : JSON.stringify(pairIds);
      const params = [runId, afterSeq, pairs, field ?? null, outcome ?? null, kind ?? null, limit];
      return withValues(await database.read<SlimRow>('log.page', params));
    },

    async count(runId) {
      const [row] = await database.read<{ readonly rows: number }>('log.count', [runId]);
      return row?.rows ?? 0;
    },

    async ofPairs(pairIds, { field, before, limit = 200 } = {}) {
      const { run = null, seq = null } = before ?? {};
      const wanted = JSON.stringify([...new Set(pairIds)]);
      const rows = await database.read<SlimRow>('log.of-pairs', [wanted, field ?? null, run, seq, limit]);
      const filled = await withValues(rows);
      return filled.map((row, index) => ({ ...row, place: { run: rows[index]?.run_row ?? 0, seq: row.seq } }));
    },
  };
}

/** The rows with what their runs' files hold of them; each frame is read once. */
export async function readValues(database: Database, rows: readonly SlimRow[]): Promise<readonly LogRow[]> {
  const frames = new Map<string, readonly StoredLogEntry[] | null>();
  const filled: LogRow[] = [];
  for (const row of rows) {
    const key = `${row.run}/${String(row.frame)}`;
    let frame = frames.get(key);
    if (frame === undefined) {
      frame = await readFrame(database, row.run, row.frame);
      frames.set(key, frame);
    }
    const stored = frame?.[row.slot];
    const entry = stored === undefined ? entryWithoutValues(row) : { runId: row.run, ...stored };
    filled.push({ runId: row.run, seq: row.seq, entry, valuesLost: stored === undefined });
  }
  return filled;
}

/** The entries of one frame, or null where it cannot be read: the rest of the log is shown all the same. */
async function readFrame(
  database: Database,
  runId: string,
  address: number,
): Promise<readonly StoredLogEntry[] | null> {
  try {
    return decodeJson(await database.readValue(runId, address)) as readonly StoredLogEntry[];
  } catch (thrown) {
    if (hasCode(thrown, 'store-damaged')) return null;
    throw thrown;
  }
}

function entryWithoutValues(row: SlimRow): LogEntry {
  return {
    runId: row.run,
    pairId: row.pair,
    side: row.side === '' ? null : (row.side as Side),
    kind: row.kind as RowKind | 'event',
    field: row.field === '' ? null : row.field,
    outcome: row.outcome as LogOutcome,
    reason: row.reason === '' ? null : (row.reason as Reason),
    before: null,
    after: null,
    sourceBefore: null,
    source: null,
    refs: { left: null, right: null },
    title: '',
    message: null,
    code: null,
    atMs: row.at,
    durationMs: null,
  };
}
