import type { Item } from '../connectors/contract.js';
import { otherSide, sameValue, sides, type FieldValue, type Side } from '../../preload/contract/values.js';
import { splitHeader, valueOf } from './comment-header.js';
import { sightOf } from './merge.js';
import { sightOfComment } from './plan-comments.js';
import { presentItem, type PairReading, type PlanContext, type RowDraft } from './plan-context.js';
import type { Base, BaseField, CommentBase, CommentPair, PairState } from './state.js';

export type RowLike = RowDraft;

const emptyBase: Base = { fields: {}, notEditable: {}, revision: '', stamp: null };

/** The pair with this value as the base of this field. `item`: where it was read, for the raw text behind it. */
export function setBase(
  pair: PairState,
  context: PlanContext,
  side: Side,
  field: string,
  value: FieldValue,
  item: Item | null,
): PairState {
  const raw = item !== null && sameValue(item.fields[field] ?? null, value) ? item.raws[field] : undefined;
  const entry: BaseField =
    raw === undefined ? { value } : { value, raw: { hash: context.hash(raw), reader: context.readers[side] } };
  const base = pair.bases[side] ?? emptyBase;
  const next: Base = { ...base, fields: { ...base.fields, [field]: entry } };
  return { ...pair, bases: side === 'left' ? { ...pair.bases, left: next } : { ...pair.bases, right: next } };
}

export function putComment(pair: PairState, comment: CommentPair): PairState {
  const rest = pair.comments.filter((candidate) => candidate.id !== comment.id);
  return { ...pair, comments: [...rest, comment] };
}

export function sidedComment<T>(side: Side, here: T, there: T): { readonly left: T; readonly right: T } {
  return side === 'left' ? { left: here, right: there } : { left: there, right: here };
}

/** Rows that write nothing to a tracker: what they change of the pair. Pure. */
export function keepBook(context: PlanContext, reading: PairReading, row: RowLike, nowMs: number): PairReading {
  const { pair } = reading;
  switch (row.kind) {
    case 'refresh':
      return {
        ...reading,
        pair: row.commentId === null ? refreshField(context, reading, row) : refreshComment(reading, row.commentId),
      };
    case 'match':
      return {
        ...reading,
        pair: row.commentId === null ? matchItem(pair, row) : matchComment(reading, row, row.commentId),
        staged: row.commentId === null ? readTwin(reading, row) : reading.staged,
      };
    case 'drop-comment':
      return { ...reading, pair: dropComment(pair, row) };
    case 'unpair':
      return {
        ...reading,
        pair: {
          ...pair,
          status: 'ended',
          ended: { why: row.reason, atMs: nowMs },
          dirty: false,
          troubles: [],
          decisions: {},
        },
      };
    case 'rest':
      return { ...reading, pair: { ...pair, status: 'resting' } };
    case 'wake':
      return { ...reading, pair: { ...pair, status: 'active' } };
    default:
      return reading;
  }
}

function refreshField(context: PlanContext, reading: PairReading, row: RowLike): PairState {
  const field = context.mapping.fields.find((candidate) => candidate.id === row.field);
  if (field === undefined) return reading.pair;
  let pair = reading.pair;
  for (const side of sides) {
    const item = presentItem(reading.staged[side]);
    const sight = sightOf(item, reading.pair.bases[side], field.fields[side], 0, context.hash);
    if (sight !== null) pair = setBase(pair, context, side, field.fields[side], sight.value, item);
  }
  return withoutDecision(pair, field.id);
}

/** A decision is used up once both bases stand. */
export function withoutDecision(pair: PairState, subject: string): PairState {
  if (pair.decisions[subject] === undefined) return pair;
  const decisions = Object.fromEntries(Object.entries(pair.decisions).filter(([key]) => key !== subject));
  return { ...pair, decisions, status: pair.status === 'frozen' ? 'active' : pair.status };
}

function refreshComment(reading: PairReading, id: string): PairState {
  const comment = reading.pair.comments.find((candidate) => candidate.id === id);
  if (comment === undefined) return reading.pair;
  const base = (side: Side): CommentBase | null => {
    const sight = sightOfComment(reading, comment, side);
    return sight.seen === 'present' ? sight.value : comment.bases[side];
  };
  return withoutDecision(
    putComment(reading.pair, { ...comment, bases: { left: base('left'), right: base('right') } }),
    `comment:${id}`,
  );
}

/** A pair that the planner founded has both members already; one that a user completes gets its second here. */
function matchItem(pair: PairState, row: RowLike): PairState {
  if (typeof row.after !== 'string') return pair;
  const refs = row.side === 'left' ? { ...pair.refs, left: row.after } : { ...pair.refs, right: row.after };
  return withoutDecision({ ...pair, refs }, 'item');
}

/** A twin that the user named and nobody has read yet is read by the next run, before its fields are compared. */
function readTwin(reading: PairReading, row: RowLike): PairReading['staged'] {
  const { staged } = reading;
  if (typeof row.after !== 'string' || staged[row.side] !== null) return staged;
  return { ...staged, [row.side]: { side: row.side, ref: row.after, seen: 'unread', item: null } };
}

function matchComment(reading: PairReading, row: RowLike, id: string): PairState {
  const { side } = row;
  const body = (at: Side, ref: FieldValue): string | null =>
    presentItem(reading.staged[at])?.comments.find((comment) => comment.ref === ref)?.body ?? null;
  const mirrorBody = body(side, row.before);
  const header =
    row.reason === 'matched-by-marker' && mirrorBody !== null ? (splitHeader(mirrorBody).header?.line ?? null) : null;
  const there = body(otherSide(side), row.source);
  const values = {
    here: mirrorBody === null ? null : valueOf(mirrorBody, header === null ? null : id),
    there: there === null ? null : valueOf(there, null),
  };
  // Equal texts are the base; where they differ, the next plan decides between them.
  const base: CommentBase | null =
    values.here !== null && values.here === values.there ? { body: values.here, visibility: 'public' } : null;
  const known = reading.pair.comments.find((candidate) => candidate.id === id);
  return putComment(reading.pair, {
    id,
    refs: sidedComment(
      side,
      String(row.before),
      row.source === null ? (known?.refs[otherSide(side)] ?? null) : String(row.source),
    ),
    origin: header === null ? side : otherSide(side),
    header,
    bases: { left: base, right: base },
    ended: false,
  });
}

function dropComment(pair: PairState, row: RowLike): PairState {
  const id = row.commentId ?? '';
  const known = pair.comments.find((candidate) => candidate.id === id);
  const ended: CommentPair = known ?? {
    id,
    refs: sidedComment(row.side, row.before === null ? null : String(row.before), null),
    origin: otherSide(row.side),
    header: null,
    bases: { left: null, right: null },
    ended: true,
  };
  return withoutDecision(putComment(pair, endedComment(ended, row.reason)), `comment:${id}`);
}

/** A tombstone: no texts, and no ref of a comment that is gone, since a tracker may give its id to another one. */
export function endedComment(comment: CommentPair, why: RowLike['reason']): CommentPair {
  const gone = {
    left: why === 'deleted-left' || why === 'deleted-both',
    right: why === 'deleted-right' || why === 'deleted-both',
  };
  return {
    ...comment,
    refs: { left: gone.left ? null : comment.refs.left, right: gone.right ? null : comment.refs.right },
    bases: { left: null, right: null },
    ended: true,
  };
}
