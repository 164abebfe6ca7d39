import type { Item } from '../connectors/contract.js';
import { asLockstepError, hasCode, LockstepError } from '../../preload/contract/errors.js';
import type { FieldValue, Side } from '../../preload/contract/values.js';
import { gateOf, presentItem, titleOf, type PlanContext } from './plan-context.js';
import type { RowLike } from './bookkeeping.js';
import { conflictField, logRow, serverNow, withStaged, type PairWork, type Session } from './session.js';
import type { Conflict, ConflictKind, Intent, PairState, StoreOp, Trouble } from './state.js';

/** What the writers of the apply phase share. */
export interface ApplyContext {
  readonly session: Session;
  readonly context: PlanContext;
  /** Writes of unknown outcome of this run; looked up before it ends. */
  readonly open: Map<string, Intent>;
  /** Creates without a marker go one by one, per side. */
  readonly createLocks: { left: Promise<void>; right: Promise<void> };
  /** The pairs at work, by id, so that an open intent finds its pair. */
  readonly works: Map<string, PairWork>;
  /** Pairs that are the parent of another pair in this plan. */
  readonly parents: ReadonlySet<string>;
  /** Closing of parents and children that waits for the others. */
  readonly later: { work: PairWork; rows: readonly RowLike[] }[];
}

/** A write is never cut off by a cancel: its outcome would be unknown. It has its own timeout. */
export const neverAborted: AbortSignal = new AbortController().signal;

/** The run cannot go on: the store is lost, the user cancelled, a side does not let us in, or the code is wrong. */
export function fatal(thrown: unknown): boolean {
  if (!(thrown instanceof LockstepError)) return true;
  return (
    thrown.kind === 'storage' ||
    thrown.kind === 'auth' ||
    thrown.kind === 'bug' ||
    hasCode(thrown, 'cancelled', 'host-unreachable')
  );
}

/** Nobody knows whether the tracker did it. */
export function outcomeUnknown(error: LockstepError): boolean {
  return error.context['outcome'] === 'unknown';
}

/** A write of this pair has an unknown outcome: nothing more is written to it before that is known. */
export function isOpen(apply: ApplyContext, work: PairWork): boolean {
  return [...apply.open.values()].some((intent) => intent.pairId === work.reading.pair.id);
}

export function failure(thrown: unknown): LockstepError {
  return asLockstepError(thrown);
}

const firstRetryMs = 60_000;
const longestRetryMs = 6 * 60 * 60 * 1000;

/** Remembers a failed change; see `Trouble`. */
export function withTrouble(
  pair: PairState,
  trouble: Omit<Trouble, 'attempts' | 'notBeforeMs'>,
  nowMs: number,
): PairState {
  const known = pair.troubles.find(
    (candidate) => candidate.subject === trouble.subject && candidate.side === trouble.side,
  );
  const attempts = (known?.attempts ?? 0) + 1;
  const waitMs = trouble.retryable ? Math.min(firstRetryMs * 2 ** (attempts - 1), longestRetryMs) : 0;
  const others = pair.troubles.filter((candidate) => candidate !== known);
  return { ...pair, troubles: [...others, { ...trouble, attempts, notBeforeMs: nowMs + waitMs }] };
}

export function withoutTrouble(pair: PairState, subject: string): PairState {
  return { ...pair, troubles: pair.troubles.filter((candidate) => candidate.subject !== subject) };
}

/** Records failed rows: a trouble each, so that they are not tried on every run, and a line in the log. */
export function failRows(
  apply: ApplyContext,
  work: PairWork,
  rows: readonly RowLike[],
  error: { readonly code: string; readonly message: string; readonly retryable: boolean },
): readonly StoreOp[] {
  const { session, context } = apply;
  let pair = work.reading.pair;
  for (const row of rows) {
    const subject = row.kind === 'create' ? 'create' : (conflictField(row) ?? 'item');
    const trouble = {
      subject,
      side: row.side,
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      gate: gateFor(context, work, row),
    };
    pair = withTrouble(pair, trouble, session.deps.clock.now());
    session.counts.failed += 1;
  }
  work.reading = { ...work.reading, pair };
  return rows.map((row) => logRow(session, row, 'failed', { message: error.message, code: error.code }));
}

function gateFor(context: PlanContext, work: PairWork, row: RowLike): string {
  if (row.kind === 'create') {
    const item = presentItem(work.reading.staged.left) ?? presentItem(work.reading.staged.right);
    return gateOf(context, item?.revision ?? null, null);
  }
  if (row.commentId !== null) return gateOf(context, row.source ?? row.after, null);
  const target = work.current[row.side] ?? presentItem(work.reading.staged[row.side]);
  return gateOf(context, row.source, target?.revision ?? work.reading.pair.bases[row.side]?.revision ?? null);
}

export function dropRows(apply: ApplyContext, rows: readonly RowLike[], message: string): readonly StoreOp[] {
  apply.session.counts.dropped += rows.length;
  return rows.map((row) => logRow(apply.session, row, 'dropped', { message }));
}

/** The item as the tracker holds it now, for the check just before a write. Null: not there, and remembered as such. */
export async function targetNow(apply: ApplyContext, work: PairWork, side: Side, ref: string): Promise<Item | null> {
  const known = work.current[side];
  if (known !== null) return known;
  const { session } = apply;
  const [lookup] = await session.deps.sides[side].connector.getMany([ref], session.signal);
  if (lookup === undefined) return null;
  if (lookup.state !== 'present') {
    work.reading = withStaged(work.reading, { side, ref, seen: lookup.state, item: null });
    return null;
  }
  const { scope, types } = session.mapping.scopes[side];
  const inside = lookup.item.scope === scope && types.includes(String(lookup.item.fields['type']));
  work.reading = withStaged(work.reading, { side, ref, seen: inside ? 'present' : 'out-of-scope', item: lookup.item });
  if (!inside || lookup.item.private) return null;
  work.current[side] = lookup.item;
  return lookup.item;
}

export function openIntent(
  apply: ApplyContext,
  work: PairWork,
  intent: Omit<Intent, 'id' | 'runId' | 'pairId' | 'sentAtMs' | 'dueAtMs'>,
): Intent {
  const { session } = apply;
  const side = session.deps.sides[intent.side];
  const sentAtMs = serverNow(session, intent.side);
  return {
    ...intent,
    id: session.deps.ids.fresh(),
    runId: session.request.runId,
    pairId: work.reading.pair.id,
    sentAtMs,
    dueAtMs: sentAtMs + side.timeoutMs + side.capabilities.settleMs + 1000,
  };
}

/** The write left and nobody knows whether it arrived: its intent stays open, its pair waits. */
export function leaveOpen(
  apply: ApplyContext,
  intent: Intent,
  rows: readonly RowLike[],
  error: LockstepError,
): readonly StoreOp[] {
  apply.open.set(intent.id, intent);
  return rows.map((row) =>
    logRow(apply.session, row, 'note', {
      message: `outcome unknown, will be looked up: ${error.message}`,
      code: error.code,
    }),
  );
}

export interface ConflictFacts {
  readonly kind: ConflictKind;
  readonly field: string | null;
  readonly left: FieldValue;
  readonly right: FieldValue;
  readonly base: FieldValue;
  readonly loserSide?: Side;
  readonly candidates?: readonly string[];
}

/** Puts a conflict into the inbox. The same question about the same values is asked once. */
export function putConflict(session: Session, work: PairWork, facts: ConflictFacts): readonly StoreOp[] {
  const { ids, clock } = session.deps;
  const pairId = work.reading.pair.id;
  const lasting = facts.kind === 'loser' ? [session.request.runId, facts.left, facts.right] : [];
  const id = ids.hash(JSON.stringify([pairId, facts.kind, facts.field, ...lasting])).slice(0, 12);
  const known = work.conflicts.get(id);
  const same =
    known !== undefined &&
    JSON.stringify([known.left, known.right, known.base]) === JSON.stringify([facts.left, facts.right, facts.base]);
  if (same) return [];
  const conflict: Conflict = {
    id,
    pairId,
    kind: facts.kind,
    field: facts.field,
    title: titleOf(work.reading),
    left: facts.left,
    right: facts.right,
    base: facts.base,
    loserSide: facts.loserSide ?? null,
    candidates: facts.candidates ?? [],
    atMs: clock.now(),
    runId: session.request.runId,
    state: 'open',
  };
  work.conflicts.set(id, conflict);
  return [{ op: 'put-conflict', conflict }];
}
