import type { Comment } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { otherSide, sides, type Side, type Sided } from '../../preload/contract/values.js';
import { splitHeader, valueOf, withHeader, writeHeader } from './comment-header.js';
import { draftRow, gateOf, presentItem, type PairReading, type PlanContext, type RowDraft } from './plan-context.js';
import type { CommentBase, CommentPair } from './state.js';

/**
 * What names a comment for its code. Its time is part of it: some databases give the id of a deleted newest comment to
 * the next one.
 */
export function commentKey(comment: Comment): string {
  return `${comment.ref}@${comment.createdAt}`;
}

/** A comment is an item in small: matched by id, its own pair and base per side (engine.md section 2). */

type CommentSight =
  { readonly seen: 'present'; readonly value: CommentBase } | { readonly seen: 'gone' | 'unknown' | 'none' };

export const commentSubject = (id: string): string => `comment:${id}`;

export function planComments(context: PlanContext, reading: PairReading): readonly RowDraft[] {
  if (context.mapping.config.comments.direction === 'none') return [];
  const none = sides.every((side) => (presentItem(reading.staged[side])?.comments.length ?? 0) === 0);
  if (none && reading.pair.comments.length === 0) return [];
  return [
    ...reading.pair.comments.filter((pair) => !pair.ended).flatMap((pair) => planKnown(context, reading, pair)),
    ...planNew(context, reading),
  ];
}

export function commentFlows(context: PlanContext, from: Side): boolean {
  const { direction } = context.mapping.config.comments;
  return direction === 'both' || direction === (from === 'left' ? 'left-to-right' : 'right-to-left');
}

export function sightOfComment(reading: PairReading, pair: CommentPair, side: Side): CommentSight {
  const ref = pair.refs[side];
  if (ref === null) return { seen: 'none' };
  const item = presentItem(reading.staged[side]);
  if (item === null) {
    const base = pair.bases[side];
    return base === null ? { seen: 'unknown' } : { seen: 'present', value: base };
  }
  const comment = item.comments.find((candidate) => candidate.ref === ref);
  if (comment === undefined) return { seen: item.commentsComplete ? 'gone' : 'unknown' };
  const code = pair.header === null ? null : pair.id;
  return { seen: 'present', value: { body: valueOf(comment.body, code), visibility: comment.visibility } };
}

function planKnown(context: PlanContext, reading: PairReading, pair: CommentPair): readonly RowDraft[] {
  const sight = { left: sightOfComment(reading, pair, 'left'), right: sightOfComment(reading, pair, 'right') };
  const row = (side: Side, kind: RowDraft['kind'], reason: Reason, more: Partial<RowDraft> = {}): RowDraft =>
    draftRow(reading, { kind, side, reason, field: 'comment', commentId: pair.id, ...more });
  if (sides.some((side) => sight[side].seen === 'unknown')) return [];
  const present = sides.filter((side) => sight[side].seen === 'present');
  const gone = sides.filter((side) => sight[side].seen === 'gone');
  const [here] = present;
  if (here === undefined)
    return [
      row(
        'left',
        'drop-comment',
        gone.length === 2 ? 'deleted-both' : gone[0] === 'right' ? 'deleted-right' : 'deleted-left',
      ),
    ];
  if (present.length === 2) return planBoth(context, reading, pair, sight, row);
  if (gone.length === 1) return planDeletion(context, reading, pair, here, sight, row);
  return planMirror(context, reading, pair, here, row);
}

type MakeRow = (side: Side, kind: RowDraft['kind'], reason: Reason, more?: Partial<RowDraft>) => RowDraft;

/** The twin is yet to be written (again): a failed or dropped mirror. */
function planMirror(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  from: Side,
  row: MakeRow,
): readonly RowDraft[] {
  const item = presentItem(reading.staged[from]);
  const comment = item?.comments.find((candidate) => candidate.ref === pair.refs[from]);
  if (comment === undefined || comment.visibility === 'private' || !commentFlows(context, from)) return [];
  return guarded(context, reading, pair.id, mirrorRow(context, reading, comment, from, pair.id, row));
}

function mirrorRow(
  context: PlanContext,
  reading: PairReading,
  comment: Comment,
  from: Side,
  code: string,
  row: MakeRow,
): RowDraft {
  const to = otherSide(from);
  if (!context.rights[to].comment) {
    return row(to, 'skip', 'not-editable', { source: comment.body, note: 'the account may not comment there' });
  }
  const header = writeHeader(comment.authorName, comment.createdAt, code);
  const value = valueOf(comment.body, null);
  return row(to, 'add-comment', 'new-comment', {
    after: withHeader(header, value),
    source: value,
    refs: reading.pair.refs,
  });
}

function planDeletion(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  here: Side,
  sight: Sided<CommentSight>,
  row: MakeRow,
): readonly RowDraft[] {
  const gone = otherSide(here);
  const reason: Reason = gone === 'left' ? 'deleted-left' : 'deleted-right';
  const { deletions } = context.mapping.config.comments;
  if (deletions === 'ignore' || !commentFlows(context, gone)) return [row(here, 'drop-comment', reason)];
  const present = sight[here];
  const base = pair.bases[here];
  if (present.seen !== 'present') return [];
  const body = present.value.body;
  const answer = reading.pair.decisions[commentSubject(pair.id)];
  const edited = base !== null && base.body !== body;
  const { policy } = context.mapping.config.comments;
  let loser: string | null = null;
  // A private text does not go over, so what is kept stays here alone.
  const keepHere = (): readonly RowDraft[] =>
    present.value.visibility === 'private'
      ? [row(here, 'drop-comment', reason)]
      : writeAgain(context, reading, pair, here, row);
  if (edited && policy === here) return keepHere();
  if (edited && policy === gone) loser = body;
  if (edited && policy === 'ask') {
    if (answer === undefined || answer.seen[here] !== body) {
      const values = here === 'left' ? { before: body, source: null } : { before: null, source: body };
      return [
        row('left', 'conflict', 'deleted-here-edited-there', {
          ...values,
          sourceBefore: base.body,
          note: `deleted on the ${gone}, edited on the ${here}`,
        }),
      ];
    }
    const keep =
      answer.take !== null && typeof answer.take === 'object' && 'side' in answer.take && answer.take.side === here;
    if (keep) return keepHere();
  }
  if (!context.capabilities[here].commentDelete || !context.rights[here].deleteComments) {
    return [
      row(here, 'skip', 'comment-not-editable', { before: body, note: 'the account may not delete comments there' }),
    ];
  }
  return guarded(
    context,
    reading,
    pair.id,
    row(here, 'delete-comment', reason, { before: body, sourceBefore: pair.bases[gone]?.body ?? null, loser }),
  );
}

/** The edited comment wins over the deletion of its twin: the twin is written once more, under the same header. */
function writeAgain(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  from: Side,
  row: MakeRow,
): readonly RowDraft[] {
  const comment = presentItem(reading.staged[from])?.comments.find((candidate) => candidate.ref === pair.refs[from]);
  if (comment === undefined) return [];
  const mirrored = mirrorRow(context, reading, comment, from, pair.id, row);
  const code = pair.header === null ? null : pair.id;
  const value = valueOf(comment.body, code);
  const header = splitHeader(comment.body).header;
  const line =
    header !== null && header.code === pair.id
      ? header.line
      : writeHeader(comment.authorName, comment.createdAt, pair.id);
  const reason: Reason = from === 'left' ? 'both-changed-policy-left' : 'both-changed-policy-right';
  return guarded(
    context,
    reading,
    pair.id,
    mirrored.kind === 'skip' ? mirrored : { ...mirrored, reason, after: withHeader(line, value), source: value },
  );
}

function planBoth(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  sight: Sided<CommentSight>,
  row: MakeRow,
): readonly RowDraft[] {
  const { left, right } = sight;
  if (left.seen !== 'present' || right.seen !== 'present') return [];
  const now = { left: left.value, right: right.value };
  const hidden = sides.find((side) => now[side].visibility === 'private');
  if (hidden !== undefined) return planHiding(context, reading, pair, now, hidden, row);
  const changed = sides.filter((side) => pair.bases[side]?.body !== now[side].body);
  const [only] = changed;
  if (only === undefined) return [];
  if (now.left.body === now.right.body)
    return [
      row(
        'left',
        'refresh',
        changed.length === 2 ? 'both-changed-equal' : only === 'left' ? 'changed-left' : 'changed-right',
      ),
    ];
  const winner =
    changed.length === 1
      ? ({ from: only, reason: only === 'left' ? 'changed-left' : 'changed-right' } as const)
      : commentWinner(context, reading, pair, now);
  if (winner === null) {
    return [
      row('left', 'conflict', 'both-changed-ask', {
        before: now.left.body,
        source: now.right.body,
        sourceBefore: pair.bases.left?.body ?? null,
        note: 'the comment was edited on both sides',
      }),
    ];
  }
  const { from } = winner;
  const to = otherSide(from);
  // An edit on the target of a one-way comment stays where it is.
  if (!commentFlows(context, from)) return [];
  if (!context.capabilities[to].commentEdit || !context.rights[to].editComments) {
    return [
      row(to, 'skip', 'comment-not-editable', {
        before: now[to].body,
        source: now[from].body,
        note: 'the account may not edit comments there',
      }),
    ];
  }
  const edit = row(to, 'edit-comment', winner.reason, {
    before: now[to].body,
    after: now[from].body,
    sourceBefore: pair.bases[from]?.body ?? null,
    source: now[from].body,
    loser: changed.length === 2 && winner.reason !== 'resolved-by-user' ? now[to].body : null,
  });
  return guarded(context, reading, pair.id, edit);
}

function commentWinner(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  now: Sided<CommentBase>,
): { readonly from: Side; readonly reason: Reason } | null {
  const answer = reading.pair.decisions[commentSubject(pair.id)];
  if (answer !== undefined && answer.seen.left === now.left.body && answer.seen.right === now.right.body) {
    const { take } = answer;
    if (take !== null && typeof take === 'object' && 'side' in take)
      return { from: take.side, reason: 'resolved-by-user' };
  }
  const { policy, direction } = context.mapping.config.comments;
  if (direction === 'left-to-right') return { from: 'left', reason: 'both-changed-policy-left' };
  if (direction === 'right-to-left') return { from: 'right', reason: 'both-changed-policy-right' };
  if (policy === 'ask') return null;
  return { from: policy, reason: policy === 'left' ? 'both-changed-policy-left' : 'both-changed-policy-right' };
}

/** A comment that became private takes its twin along, and no text flows while either is private (invariant 10). */
function planHiding(
  context: PlanContext,
  reading: PairReading,
  pair: CommentPair,
  now: Sided<CommentBase>,
  hidden: Side,
  row: MakeRow,
): readonly RowDraft[] {
  const open = otherSide(hidden);
  if (now[open].visibility === 'private') return [];
  // What was hidden before was once made public again by somebody on the other side: that is their affair.
  if (pair.bases[hidden]?.visibility === 'private') return [];
  if (!commentFlows(context, hidden)) return [];
  const reason: Reason = hidden === 'left' ? 'hidden-left' : 'hidden-right';
  if (!context.capabilities[open].commentVisibility)
    return [row(open, 'skip', reason, { note: 'this tracker has no private comments' })];
  return guarded(context, reading, pair.id, row(open, 'hide-comment', reason, { before: 'public', after: 'private' }));
}

function planNew(context: PlanContext, reading: PairReading): readonly RowDraft[] {
  const known = { left: knownRefs(reading, 'left'), right: knownRefs(reading, 'right') };
  const taken = new Set<string>();
  return sides.flatMap((side) => {
    const item = presentItem(reading.staged[side]);
    const fresh = (item?.comments ?? []).filter(
      (comment) => !known[side].has(comment.ref) && comment.visibility === 'public',
    );
    return fresh.flatMap((comment) => planFresh(context, reading, side, comment, known, taken));
  });
}

function knownRefs(reading: PairReading, side: Side): ReadonlySet<string> {
  return new Set(reading.pair.comments.flatMap((pair) => pair.refs[side] ?? []));
}

function planFresh(
  context: PlanContext,
  reading: PairReading,
  side: Side,
  comment: Comment,
  known: Sided<ReadonlySet<string>>,
  taken: Set<string>,
): readonly RowDraft[] {
  const other = otherSide(side);
  const { header } = splitHeader(comment.body);
  const match = (id: string, twin: string | null, reason: Reason): readonly RowDraft[] => {
    taken.add(comment.ref + side);
    if (twin !== null) taken.add(twin + other);
    return [
      draftRow(reading, {
        kind: twin === null ? 'drop-comment' : 'match',
        side,
        reason,
        field: 'comment',
        commentId: id,
        before: comment.ref,
        source: twin,
      }),
    ];
  };
  if (taken.has(comment.ref + side)) return [];
  if (header !== null && context.ownsCode(header.code)) {
    const half = reading.pair.comments.find((pair) => pair.id === header.code);
    if (half !== undefined && half.refs[side] === null && !half.ended)
      return match(half.id, half.refs[other], 'matched-by-marker');
    if (half === undefined) {
      const otherItem = presentItem(reading.staged[other]);
      const otherRef = reading.pair.refs[other];
      const origin = otherItem?.comments.find(
        (candidate) => otherRef !== null && context.commentCode(other, otherRef, commentKey(candidate)) === header.code,
      );
      if (origin !== undefined) return match(header.code, origin.ref, 'matched-by-marker');
      // A mirror whose original is gone: never mirrored back.
      if (otherItem !== null) return match(header.code, null, other === 'left' ? 'deleted-left' : 'deleted-right');
      return [];
    }
  }
  const ref = reading.pair.refs[side];
  if (ref === null || comment.body.trim() === '') return [];
  const code = context.commentCode(side, ref, commentKey(comment));
  if (reading.pair.origin === 'match') {
    const twin = (presentItem(reading.staged[other])?.comments ?? []).find(
      (candidate) =>
        !known[other].has(candidate.ref) &&
        !taken.has(candidate.ref + other) &&
        candidate.visibility === 'public' &&
        valueOf(candidate.body, null) === valueOf(comment.body, null),
    );
    if (twin !== undefined) return match(code, twin.ref, 'matched-by-content');
  }
  // Its mirror is there already (a restored store): it is matched when the mirror's turn comes.
  const mirrored = (presentItem(reading.staged[other])?.comments ?? []).some(
    (candidate) => !known[other].has(candidate.ref) && splitHeader(candidate.body).header?.code === code,
  );
  if (mirrored || !commentFlows(context, side)) return [];
  const make: MakeRow = (target, kind, reason, more = {}) =>
    draftRow(reading, { kind, side: target, reason, field: 'comment', commentId: code, ...more });
  return guarded(context, reading, code, {
    ...mirrorRow(context, reading, comment, side, code, make),
    sourceBefore: comment.ref,
  });
}

/** A write that failed before stays out until its gate opens. */
function guarded(context: PlanContext, reading: PairReading, commentId: string, row: RowDraft): readonly RowDraft[] {
  const trouble = reading.pair.troubles.find(
    (candidate) => candidate.subject === commentSubject(commentId) && candidate.side === row.side,
  );
  if (trouble === undefined || row.kind === 'skip') return [row];
  const open = trouble.retryable
    ? context.nowMs >= trouble.notBeforeMs
    : context.rearmed.has(reading.pair.id) || trouble.gate !== gateOf(context, row.source ?? row.after, null);
  return open ? [row] : [{ ...row, kind: 'skip', reason: 'failed-before', note: trouble.message }];
}
