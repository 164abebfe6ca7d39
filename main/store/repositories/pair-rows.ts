import type { PairState } from '../../engine/state.js';
import type { Database, Row } from '../database.js';
import { unpack } from './codec.js';
import { originFromNumber, statusFromNumber, unpackBase, unpackComments, unpackRest } from './pair-codec.js';

/** Columns of the statements `pair.by-*`. */
export interface PairRow extends Row {
  readonly id: number;
  readonly uid: string;
  readonly left_ref: string | null;
  readonly right_ref: string | null;
  readonly left_key: string | null;
  readonly right_key: string | null;
  readonly status: number;
  readonly origin: number;
  readonly dirty: number;
  readonly rest: Uint8Array | null;
  readonly left_stamp: string | null;
  readonly left_base: Uint8Array | null;
  readonly right_stamp: string | null;
  readonly right_base: Uint8Array | null;
  readonly comments: Uint8Array | null;
}

interface TextRow extends Row {
  readonly pair: number;
  readonly part: number;
  readonly n: number;
  readonly body: Uint8Array;
}

/** Rows that are asked for at once: bounds what crosses to the worker and back in one piece. */
export const chunkSize = 500;

export function chunksOf<T>(all: readonly T[], size = chunkSize): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let from = 0; from < all.length; from += size) chunks.push(all.slice(from, from + size));
  return chunks;
}

/** The pairs of these rows, in their order, with their long texts. */
export async function readPairs(database: Database, rows: readonly PairRow[]): Promise<readonly PairState[]> {
  if (rows.length === 0) return [];
  const found = await database.read<TextRow>('text.of-pairs', [JSON.stringify(rows.map(({ id }) => id))]);
  const texts = new Map<string, string[]>();
  for (const { pair, part, n, body } of found) {
    const key = `${String(pair)}/${String(part)}`;
    const known = texts.get(key) ?? [];
    known[n] = JSON.parse(unpack(body)) as string;
    texts.set(key, known);
  }
  return rows.map((row) => pairOf(row, (part) => texts.get(`${String(row.id)}/${String(part)}`) ?? []));
}

function pairOf(row: PairRow, textsOf: (part: 0 | 1 | 2) => readonly string[]): PairState {
  const { left_base: left, right_base: right, comments, rest } = row;
  return {
    id: row.uid,
    refs: { left: row.left_ref, right: row.right_ref },
    keys: { left: row.left_key, right: row.right_key },
    status: statusFromNumber(row.status),
    origin: originFromNumber(row.origin),
    dirty: row.dirty === 1,
    bases: {
      left: left === null ? null : unpackBase(unpack(left), textsOf(0), row.left_stamp),
      right: right === null ? null : unpackBase(unpack(right), textsOf(1), row.right_stamp),
    },
    comments: comments === null ? [] : unpackComments(unpack(comments), textsOf(2)),
    ...unpackRest(rest === null ? null : unpack(rest)),
  };
}

export async function readPairsByUid(
  database: Database,
  integrationRow: number,
  uids: readonly string[],
): Promise<readonly PairState[]> {
  const pairs: PairState[] = [];
  for (const chunk of chunksOf([...new Set(uids)])) {
    const rows = await database.read<PairRow>('pair.by-uid', [integrationRow, JSON.stringify(chunk)]);
    pairs.push(...(await readPairs(database, rows)));
  }
  return pairs;
}
