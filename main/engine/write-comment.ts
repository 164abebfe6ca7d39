import type { Comment, Item, WriteResult } from '../connectors/contract.js';
import { otherSide, type Side } from '../../preload/contract/values.js';
import {
  dropRows,
  failRows,
  failure,
  leaveOpen,
  neverAborted,
  openIntent,
  outcomeUnknown,
  putConflict,
  targetNow,
  withoutTrouble,
  type ApplyContext,
} from './apply-context.js';
import { endedComment, putComment, sidedComment, withoutDecision, type RowLike } from './bookkeeping.js';
import { splitHeader, trimBody, valueOf, withHeader } from './comment-header.js';
import { commentSubject } from './plan-comments.js';
import { conclude, logRow, withPair, withStaged, type PairWork } from './session.js';
import type { CommentBase, CommentPair, Intent, IntentKind, StoreOp } from './state.js';

const kinds: Partial<Record<RowLike['kind'], IntentKind>> = {
  'add-comment': 'add-comment',
  'edit-comment': 'edit-comment',
  'hide-comment': 'hide-comment',
  'delete-comment': 'delete-comment',
};

/** Writes one comment row: checks the target just before, makes the intent durable, writes, and settles. */
export async function writeComment(apply: ApplyContext, work: PairWork, row: RowLike): Promise<void> {
  const { session } = apply;
  const { store, clock } = session.deps;
  const { side } = row;
  const kind = kinds[row.kind];
  const ref = work.reading.pair.refs[side];
  if (kind === undefined || row.commentId === null || ref === null) return;
  const item = await targetNow(apply, work, side, ref);
  if (item === null) {
    await store.commit(
      [
        ...conclude(apply.context, work, clock.now()),
        ...dropRows(apply, [row], 'the item is not there, not visible or left the scope'),
      ],
      'durable',
    );
    return;
  }
  const pair = pairFor(work, row, row.commentId);
  const target = item.comments.find((comment) => comment.ref === pair.refs[side]);
  const refusal = checkTarget(row, pair, item, target);
  if (refusal !== null) {
    work.reading = withStaged(work.reading, { side, ref, seen: 'present', item });
    await store.commit([...conclude(apply.context, work, clock.now()), ...dropRows(apply, [row], refusal)], 'durable');
    return;
  }
  work.reading = withPair(work.reading, putComment(work.reading.pair, pair));
  const body = bodyToSend(row, target);
  const intent = openIntent(apply, work, {
    side,
    kind,
    ref,
    rows: [{ seq: 0, ...row }],
    sent: { body },
    before: { body: row.before },
    sinceRevision: item.revision,
    marker: null,
    commentId: row.commentId,
  });
  const staged = work.reading.staged[otherSide(side)];
  await store.commit(
    [
      { op: 'put-pair', pair: work.reading.pair },
      ...(staged === null ? [] : [{ op: 'stage', staged } as const]),
      { op: 'open-intent', intent },
    ],
    'durable',
  );
  const startedMs = clock.monotonic();
  let result: WriteResult;
  try {
    result = await send(apply, kind, ref, target?.ref ?? '', body, item.revision, side);
  } catch (thrown) {
    work.current[side] = null;
    const error = failure(thrown);
    if (outcomeUnknown(error)) {
      await store.commit(leaveOpen(apply, intent, [row], error), 'durable');
      return;
    }
    const failed = failRows(apply, work, [row], error);
    await store.commit(
      [{ op: 'end-intent', id: intent.id }, ...conclude(apply.context, work, clock.now()), ...failed],
      'durable',
    );
    return;
  }
  await store.commit(
    settleComment(apply, work, row, intent, result.item, { durationMs: clock.monotonic() - startedMs }),
    'durable',
  );
}

/** The comment pair of a row; a new comment's is founded here, before its mirror is written. */
function pairFor(work: PairWork, row: RowLike, id: string): CommentPair {
  const known = work.reading.pair.comments.find((candidate) => candidate.id === id);
  if (known !== undefined) return known;
  const origin = otherSide(row.side);
  const header = splitHeader(String(row.after)).header?.line ?? null;
  return {
    id,
    refs: sidedComment(origin, row.sourceBefore === null ? null : String(row.sourceBefore), null),
    origin,
    header,
    bases: { left: null, right: null },
    ended: false,
  };
}

function checkTarget(row: RowLike, pair: CommentPair, item: Item, target: Comment | undefined): string | null {
  if (row.kind === 'add-comment') {
    const there = item.comments.some((comment) => splitHeader(comment.body).header?.code === pair.id);
    return there ? 'its mirror is there already' : null;
  }
  if (target === undefined) return 'the comment is gone';
  if (row.kind === 'hide-comment') return target.visibility === 'private' ? 'it is private already' : null;
  const value = valueOf(target.body, pair.header === null ? null : pair.id);
  if (target.visibility === 'private') return 'the comment became private';
  return value === row.before ? null : 'changed meanwhile';
}

/** A mirrored comment keeps the header line that it has now; what a person took away is not put back. */
function bodyToSend(row: RowLike, target: Comment | undefined): string {
  if (row.kind === 'add-comment') return String(row.after);
  if (row.kind !== 'edit-comment' || target === undefined) return '';
  const header = splitHeader(target.body).header;
  return withHeader(header !== null && header.code === row.commentId ? header.line : null, String(row.after));
}

async function send(
  apply: ApplyContext,
  kind: IntentKind,
  ref: string,
  commentRef: string,
  body: string,
  since: string,
  side: Side,
): Promise<WriteResult> {
  const { connector } = apply.session.deps.sides[side];
  if (kind === 'add-comment') return connector.addComment(ref, { body, visibility: 'public' }, since, neverAborted);
  if (kind === 'edit-comment') return connector.editComment(ref, commentRef, { body }, since, neverAborted);
  if (kind === 'hide-comment')
    return connector.editComment(ref, commentRef, { visibility: 'private' }, since, neverAborted);
  return connector.deleteComment(ref, commentRef, since, neverAborted);
}

/** What one comment write did, as one batch. `lookup`: its outcome was unknown, and what is there now decides. */
export function settleComment(
  apply: ApplyContext,
  work: PairWork,
  row: RowLike,
  intent: Intent,
  item: Item,
  how: { readonly durationMs?: number; readonly lookup?: boolean },
): readonly StoreOp[] {
  const { session } = apply;
  const { side } = row;
  const nowMs = session.deps.clock.now();
  work.reading = withStaged(work.reading, { side, ref: item.ref, seen: 'present', item });
  work.current[side] = item;
  const comment = work.reading.pair.comments.find((candidate) => candidate.id === row.commentId);
  const next = comment === undefined ? null : commentAfter(row, intent, comment, item, how.lookup === true);
  const ops: StoreOp[] = [{ op: 'end-intent', id: intent.id }];
  if (next !== null) {
    const subject = commentSubject(next.id);
    work.reading = withPair(
      work.reading,
      withoutDecision(withoutTrouble(putComment(work.reading.pair, next), subject), subject),
    );
    session.counts[how.lookup === true ? 'adopted' : 'comments'] += 1;
    ops.push(
      logRow(
        session,
        { ...row, refs: work.reading.pair.refs },
        how.lookup === true ? 'adopted' : 'done',
        how.durationMs === undefined ? {} : { durationMs: how.durationMs },
      ),
    );
    if (row.loser !== null) {
      const values = side === 'left' ? { left: row.loser, right: row.source } : { left: row.source, right: row.loser };
      ops.push(
        ...putConflict(session, work, {
          kind: 'loser',
          field: subject,
          ...values,
          base: row.sourceBefore,
          loserSide: side,
        }),
      );
    }
  } else if (how.lookup === true) {
    ops.push(...dropRows(apply, [row], 'the write did not arrive; it is planned again'));
  } else {
    ops.push(
      ...failRows(apply, work, [row], {
        code: 'remote-ignored',
        message: 'the tracker accepted the request and changed nothing; the account may lack the right',
        retryable: false,
      }),
    );
  }
  return [...ops, ...conclude(apply.context, work, nowMs)];
}

/**
 * The comment pair once the write has taken; null where it did not. No history tells who edited a comment last, so the
 * base is what was sent: where the tracker holds something else, that is the next run's change.
 */
function commentAfter(
  row: RowLike,
  intent: Intent,
  pair: CommentPair,
  item: Item,
  lookup: boolean,
): CommentPair | null {
  const { side } = row;
  const source = otherSide(side);
  const withBases = (target: CommentBase, other: CommentBase): CommentPair => ({
    ...pair,
    bases: sidedComment(side, target, other),
  });
  if (row.kind === 'add-comment') {
    const found = item.comments.find((comment) => splitHeader(comment.body).header?.code === pair.id);
    if (found === undefined) return null;
    const refs = sidedComment(side, found.ref, pair.refs[source]);
    const sent = valueOf(String(intent.sent['body']), pair.id);
    return {
      ...withBases(
        { body: sent, visibility: found.visibility },
        { body: trimBody(String(row.source)), visibility: 'public' },
      ),
      refs,
      header: pair.header ?? splitHeader(String(row.after)).header?.line ?? null,
    };
  }
  const found = item.comments.find((comment) => comment.ref === pair.refs[side]);
  if (row.kind === 'delete-comment') return found === undefined ? endedComment(pair, 'deleted-both') : null;
  if (found === undefined) return null;
  const code = pair.header === null ? null : pair.id;
  const value = valueOf(found.body, code);
  if (row.kind === 'hide-comment') {
    if (found.visibility !== 'private') return null;
    const hide = (base: CommentBase | null): CommentBase | null =>
      base === null ? null : { ...base, visibility: 'private' };
    return { ...pair, bases: { left: hide(pair.bases.left), right: hide(pair.bases.right) } };
  }
  if (value === row.before && value !== row.after) return null;
  // A third text after a lost answer: nobody knows whether ours was ever there, so both bases stay as they are.
  if (lookup && value !== trimBody(String(row.after))) return null;
  return withBases(
    { body: trimBody(String(row.after)), visibility: found.visibility },
    { body: trimBody(String(row.source)), visibility: 'public' },
  );
}
