import type { NotEditable } from '../../connectors/contract.js';
import type { Base, BaseField, CommentBase, CommentPair, PairState, PairStatus } from '../../engine/state.js';
import type { FieldValue } from '../../../preload/contract/values.js';

/** Pairs, bases and comments in the compact JSON in which they are stored. Text that is long is kept apart. */

/** In characters. Shorter ones stay where they are: a row of their own would cost more. */
export const longTextFrom = 256;

/** Begins a text that stands for another: `<mark>3` for the long text number 3, `<mark><mark>` for the mark itself. */
const mark = '\u0001';

export interface Packed {
  readonly json: string;
  /** By number; each once. */
  readonly texts: readonly string[];
}

interface TextKeeper {
  readonly texts: string[];
  keep(text: string): string;
}

function createTextKeeper(): TextKeeper {
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  return {
    texts,
    keep(text) {
      if (text.length < longTextFrom) return text.startsWith(mark) ? mark + text : text;
      const known = numbers.get(text);
      const number = known ?? texts.push(text) - 1;
      if (known === undefined) numbers.set(text, number);
      return `${mark}${String(number)}`;
    },
  };
}

type TakeText = (kept: string) => string;

/** @throws RangeError where a text is missing: the base is then never taken for another one */
function textTaker(texts: readonly string[]): TakeText {
  return (kept) => {
    if (!kept.startsWith(mark)) return kept;
    if (kept.startsWith(mark, 1)) return kept.slice(1);
    const text = texts[Number(kept.slice(1))];
    if (text === undefined) throw new RangeError('A long text of a pair is missing in the database.');
    return text;
  };
}

function keepValue(value: FieldValue, keeper: TextKeeper): FieldValue {
  if (typeof value === 'string') return keeper.keep(value);
  return Array.isArray(value) ? value.map((member: string) => keeper.keep(member)) : value;
}

function takeValue(value: FieldValue, take: TakeText): FieldValue {
  if (typeof value === 'string') return take(value);
  return Array.isArray(value) ? value.map((member: string) => take(member)) : value;
}

/** A plain value stands for itself; a list, or a value with what is known of its raw text, is wrapped. */
type StoredField =
  Exclude<FieldValue, readonly string[]> | readonly [FieldValue] | readonly [FieldValue, string, number];
type StoredBase = readonly [
  fields: Readonly<Record<string, StoredField>>,
  notEditable: Readonly<Record<string, NotEditable>>,
  revision: string,
];

/** The stamp is not in it: it has a column of its own. */
export function packBase(base: Base): Packed {
  const keeper = createTextKeeper();
  const fields = mapRecord(base.fields, ({ value, raw }): StoredField => {
    const kept = keepValue(value, keeper);
    if (raw !== undefined) return [kept, raw.hash, raw.reader];
    return typeof kept === 'object' && kept !== null ? [kept] : kept;
  });
  const stored: StoredBase = [fields, base.notEditable, base.revision];
  return { json: JSON.stringify(stored), texts: keeper.texts };
}

export function unpackBase(json: string, texts: readonly string[], stamp: string | null): Base {
  const [fields, notEditable, revision] = JSON.parse(json) as StoredBase;
  const take = textTaker(texts);
  return {
    fields: mapRecord(fields, (stored): BaseField => {
      if (typeof stored !== 'object' || stored === null) return { value: takeValue(stored, take) };
      const [value, hash, reader] = stored;
      const taken = takeValue(value, take);
      return hash === undefined || reader === undefined ? { value: taken } : { value: taken, raw: { hash, reader } };
    }),
    notEditable,
    revision,
    stamp,
  };
}

type StoredCommentBase = readonly [body: string, isPrivate: 0 | 1] | null;
type StoredComment = readonly [
  id: string,
  left: string | null,
  right: string | null,
  origin: 0 | 1,
  header: string | null,
  leftBase: StoredCommentBase,
  rightBase: StoredCommentBase,
  ended: 0 | 1,
];

export function packComments(comments: readonly CommentPair[]): Packed {
  const keeper = createTextKeeper();
  const packOne = (base: CommentBase | null): StoredCommentBase =>
    base === null ? null : [keeper.keep(base.body), base.visibility === 'private' ? 1 : 0];
  const stored = comments.map((comment): StoredComment => [
    comment.id,
    comment.refs.left,
    comment.refs.right,
    comment.origin === 'left' ? 0 : 1,
    comment.header,
    packOne(comment.bases.left),
    packOne(comment.bases.right),
    comment.ended ? 1 : 0,
  ]);
  return { json: JSON.stringify(stored), texts: keeper.texts };
}

export function unpackComments(json: string, texts: readonly string[]): readonly CommentPair[] {
  const take = textTaker(texts);
  const unpackOne = (stored: StoredCommentBase): CommentBase | null =>
    stored === null ? null : { body: take(stored[0]), visibility: stored[1] === 1 ? 'private' : 'public' };
  return (JSON.parse(json) as readonly StoredComment[]).map(
    ([id, left, right, origin, header, leftBase, rightBase, ended]) => ({
      id,
      refs: { left, right },
      origin: origin === 0 ? 'left' : 'right',
      header,
      bases: { left: unpackOne(leftBase), right: unpackOne(rightBase) },
      ended: ended === 1,
    }),
  );
}

/** What a pair holds beside its columns; null where there is nothing, as for most. */
export type PairRest = Pick<PairState, 'ended' | 'troubles' | 'decisions' | 'flips'>;

export function packRest({ ended, troubles, decisions, flips }: PairRest): string | null {
  const isPlain = ended === null && troubles.length === 0 && flips.length === 0 && Object.keys(decisions).length === 0;
  return isPlain ? null : JSON.stringify([ended, troubles, decisions, flips]);
}

export function unpackRest(json: string | null): PairRest {
  if (json === null) return { ended: null, troubles: [], decisions: {}, flips: [] };
  const [ended, troubles, decisions, flips] = JSON.parse(json) as readonly [
    PairRest['ended'],
    PairRest['troubles'],
    PairRest['decisions'],
    PairRest['flips'],
  ];
  return { ended, troubles, decisions, flips };
}

// Numbers are in the database, and one of them in SQL and in an index: only ever add to the end.
const statuses: readonly PairStatus[] = ['active', 'resting', 'frozen', 'ended'];
const origins: readonly PairState['origin'][] = ['left', 'right', 'match'];

export const statusToNumber = (status: PairStatus): number => statuses.indexOf(status);
export const originToNumber = (origin: PairState['origin']): number => origins.indexOf(origin);
export const statusFromNumber = (number: number): PairStatus => fromNumber(statuses, number);
export const originFromNumber = (number: number): PairState['origin'] => fromNumber(origins, number);

function fromNumber<T>(words: readonly T[], number: number): T {
  const word = words[number];
  if (word === undefined) throw new RangeError(`A stored pair has the unknown mark ${String(number)}.`);
  return word;
}

/** Keeps the order of keys, and `__proto__` as a key like any other. */
function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
