import type { PairState } from '../../engine/state.js';
import type { Side } from '../../../preload/contract/values.js';
import type { BatchEntry } from '../database.js';
import { digestOf, nameOfText, pack } from './codec.js';
import { originToNumber, type Packed, packBase, packComments, packRest, statusToNumber } from './pair-codec.js';

/** Pairs of which it is remembered what was written last. */
const rememberedPairs = 10_000;

/** Digests of the three long parts of a pair, as they are in the database; empty where there is nothing. */
interface Remembered {
  readonly left: string;
  readonly right: string;
  readonly comments: string;
  /** False until the batch was acknowledged: before that nobody knows whether the database holds it. */
  acknowledged: boolean;
}

/** One batch's pairs. Exactly one of the two is called once the batch's fate is known. */
export interface PairBatch {
  put(pair: PairState): readonly BatchEntry[];
  acknowledge(): void;
  forget(): void;
}

/**
 * Statements that store pairs. Of a pair that was written before, only the parts that differ are written again: most
 * puts change one base, or none. That holds as long as nobody else writes bases and comments of this integration.
 */
export function createPairWriter(integrationRow: () => number): { begin(): PairBatch } {
  const remembered = new Map<string, Remembered>();

  return {
    begin() {
      const own = new Map<string, Remembered>();
      return {
        put(pair) {
          const known = remembered.get(pair.id);
          const before = known?.acknowledged === true || own.get(pair.id) === known ? known : undefined;
          const parts = [
            pair.bases.left === null ? null : packBase(pair.bases.left),
            pair.bases.right === null ? null : packBase(pair.bases.right),
            pair.comments.length === 0 ? null : packComments(pair.comments),
          ] as const;
          const [left, right, comments] = parts;
          const now: Remembered = {
            left: digestOfPart(left, pair.bases.left?.stamp),
            right: digestOfPart(right, pair.bases.right?.stamp),
            comments: digestOfPart(comments, null),
            acknowledged: false,
          };
          // Latest last: the first of the map is the one that was not written for the longest time.
          remembered.delete(pair.id);
          remembered.set(pair.id, now);
          own.set(pair.id, now);
          const [oldest] = remembered.keys();
          if (remembered.size > rememberedPairs && oldest !== undefined) remembered.delete(oldest);
          return [
            ...(before === undefined ? [['subject.pair', [pair.id]] as const] : []),
            putRow(pair, integrationRow()),
            ...(before?.left === now.left ? [] : putBase(pair, 'left', left)),
            ...(before?.right === now.right ? [] : putBase(pair, 'right', right)),
            ...(before?.comments === now.comments ? [] : putComments(pair.id, comments)),
          ];
        },
        acknowledge() {
          for (const one of own.values()) one.acknowledged = true;
        },
        forget() {
          for (const [id, one] of own) if (remembered.get(id) === one) remembered.delete(id);
        },
      };
    },
  };
}

/** Row alone: what neither bases nor comments hold. */
export function putRow(pair: PairState, integrationRow: number): BatchEntry {
  const rest = packRest(pair);
  return [
    'pair.put',
    [
      pair.id,
      integrationRow,
      pair.refs.left,
      pair.refs.right,
      pair.keys.left,
      pair.keys.right,
      statusToNumber(pair.status),
      originToNumber(pair.origin),
      pair.dirty ? 1 : 0,
      rest === null ? null : pack(rest),
    ],
  ];
}

function putBase(pair: PairState, side: Side, packed: Packed | null): readonly BatchEntry[] {
  const number = side === 'left' ? 0 : 1;
  if (packed === null) {
    return [
      ['base.drop', [pair.id, number]],
      ['text.unuse', [pair.id, number]],
    ];
  }
  const stamp = pair.bases[side]?.stamp ?? null;
  return [['base.put', [pair.id, number, stamp, pack(packed.json)]], ...putTexts(pair.id, number, packed.texts)];
}

function putComments(pairId: string, packed: Packed | null): readonly BatchEntry[] {
  if (packed === null) {
    return [
      ['comments.drop', [pairId]],
      ['text.unuse', [pairId, 2]],
    ];
  }
  return [['comments.put', [pairId, pack(packed.json)]], ...putTexts(pairId, 2, packed.texts)];
}

function putTexts(pairId: string, part: 0 | 1 | 2, texts: readonly string[]): readonly BatchEntry[] {
  const entries: BatchEntry[] = [['text.unuse', [pairId, part]]];
  texts.forEach((text, number) => {
    const name = nameOfText(text);
    // As JSON: UTF-8 alone has no room for half a surrogate pair, and trackers do send such text.
    entries.push(['text.put', [name, pack(JSON.stringify(text))]], ['text.use', [pairId, part, number, name]]);
  });
  return entries;
}

function digestOfPart(packed: Packed | null, stamp: string | null | undefined): string {
  return packed === null ? '' : digestOf(JSON.stringify(stamp ?? null), packed.json, ...packed.texts);
}
