import type { Item } from '../connectors/contract.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import { sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import type { Mapping } from './mapping.js';
import { draftRow, presentItem, type PairReading, type PlanContext } from './plan-context.js';
import { planPair } from './plan-pair.js';
import { keepBook, type RowLike } from './bookkeeping.js';
import type { EngineDeps, Phase, SideInfo } from './ports.js';
import type { RunRequest } from './run-types.js';
import type { Base, Conflict, LogEntry, LogOutcome, PairState, StagedItem, StoreOp } from './state.js';

/** What the phases of one run share. The only mutable things are the counters and what is known of open conflicts. */
export interface Session {
  readonly deps: EngineDeps;
  readonly request: RunRequest;
  readonly signal: AbortSignal;
  readonly mapping: Mapping;
  readonly info: Sided<SideInfo>;
  readonly configFingerprint: string;
  readonly counts: RunCounts;
}

export interface RunCounts {
  created: number;
  updated: number;
  comments: number;
  adopted: number;
  failed: number;
  dropped: number;
  parked: number;
  skipped: number;
  review: number;
}

export const freshCounts = (): RunCounts => ({
  created: 0,
  updated: 0,
  comments: 0,
  adopted: 0,
  failed: 0,
  dropped: 0,
  parked: 0,
  skipped: 0,
  review: 0,
});

/** The server's time on this side, by our clock and the skew seen at preflight. */
export function serverNow(session: Session, side: Side): number {
  return session.deps.clock.now() + session.info[side].skewMs;
}

export function report(
  session: Session,
  phase: Phase,
  more: {
    side?: Side;
    done?: number;
    total?: number | null;
    item?: string;
    waiting?: { why: string; untilMs: number };
  } = {},
): void {
  session.deps.onProgress({
    phase,
    side: more.side ?? null,
    done: more.done ?? 0,
    total: more.total ?? null,
    item: more.item ?? null,
    waiting: more.waiting ?? null,
  });
}

export interface LogMore {
  readonly message?: string | null;
  readonly code?: string | null;
  readonly after?: FieldValue;
  readonly durationMs?: number;
}

export function logRow(session: Session, row: RowLike, outcome: LogOutcome, more: LogMore = {}): StoreOp {
  const entry: LogEntry = {
    runId: session.request.runId,
    pairId: row.pairId,
    side: row.side,
    kind: row.kind,
    field: row.field,
    outcome,
    reason: row.reason,
    before: row.before,
    after: more.after === undefined ? row.after : more.after,
    sourceBefore: row.sourceBefore,
    source: row.source,
    refs: row.refs,
    title: row.title,
    message: more.message ?? row.note,
    code: more.code ?? null,
    atMs: session.deps.clock.now(),
    durationMs: more.durationMs ?? null,
  };
  return { op: 'log', entry };
}

export function logEvent(session: Session, message: string, code: string | null = null): StoreOp {
  const entry: LogEntry = {
    runId: session.request.runId,
    pairId: null,
    side: null,
    kind: 'event',
    field: null,
    outcome: 'note',
    reason: null,
    before: null,
    after: null,
    sourceBefore: null,
    source: null,
    refs: { left: null, right: null },
    title: '',
    message,
    code,
    atMs: session.deps.clock.now(),
    durationMs: null,
  };
  return { op: 'log', entry };
}

/** A pair at work: what is known of it right now. `current`: items read so recently that no re-read is due. */
export interface PairWork {
  reading: PairReading;
  current: { left: Item | null; right: Item | null };
  /** Open conflicts of the pair. */
  readonly conflicts: Map<string, Conflict>;
}

export function withPair(reading: PairReading, change: Partial<PairState>): PairReading {
  return { ...reading, pair: { ...reading.pair, ...change } };
}

export function withStaged(reading: PairReading, staged: StagedItem): PairReading {
  const both = staged.side === 'left' ? { ...reading.staged, left: staged } : { ...reading.staged, right: staged };
  return { ...reading, staged: both };
}

/** The base as a reading of the whole item leaves it: same values, newer revision, stamp and rights. */
export function refreshedBase(base: Base | null, item: Item): Base {
  return { fields: base?.fields ?? {}, notEditable: item.notEditable, revision: item.revision, stamp: item.stamp };
}

/**
 * What to store of a pair after one step: bases that only need refreshing are refreshed; a pair in step leaves the
 * dirty set and what was staged of it; any other stays, with what was read, for the next plan.
 */
export function conclude(context: PlanContext, work: PairWork, nowMs: number): readonly StoreOp[] {
  for (const row of planPair(context, work.reading)) {
    if (row.kind === 'refresh') work.reading = keepBook(context, work.reading, row, nowMs);
  }
  const rest = planPair(context, work.reading);
  const { pair, staged } = work.reading;
  const ended = pair.status === 'ended';
  const clean =
    ended ||
    (rest.length === 0 &&
      pair.status !== 'resting' &&
      sides.every((side) => staged[side] === null || presentItem(staged[side]) !== null));
  const ops: StoreOp[] = [];
  if (clean) {
    const base = (side: Side): Base | null => {
      const item = presentItem(staged[side]);
      return item === null ? pair.bases[side] : refreshedBase(pair.bases[side], item);
    };
    work.reading = {
      // An answer that nothing is left to apply to is used up, and with it what it was asked for.
      pair: {
        ...pair,
        status: pair.status === 'frozen' && Object.keys(pair.decisions).length > 0 ? 'active' : pair.status,
        dirty: false,
        bases: { left: base('left'), right: base('right') },
        troubles: [],
        decisions: {},
      },
      staged: { left: null, right: null },
    };
    for (const side of sides) {
      const ref = pair.refs[side];
      if (ref !== null) ops.push({ op: 'unstage', side, ref });
    }
  } else {
    work.reading = withPair(work.reading, { dirty: true });
    for (const side of sides) {
      const item = staged[side];
      if (item !== null) ops.push({ op: 'stage', staged: item });
    }
  }
  // Where the pair could not be looked at (frozen, out of sight, a lookup open), its questions stand.
  const frozen = pair.status === 'frozen' && Object.keys(pair.decisions).length === 0;
  const unseen = sides.some((side) => staged[side] !== null && !['present', 'gone'].includes(staged[side].seen));
  if (!clean && (frozen || unseen || context.waiting.has(pair.id)))
    return [{ op: 'put-pair', pair: work.reading.pair }, ...ops];
  const stillAsked = new Set(rest.filter((row) => row.kind === 'conflict').map((row) => conflictField(row)));
  for (const [id, conflict] of work.conflicts) {
    const over = (conflict.kind === 'ask' || conflict.kind === 'gone') && !stillAsked.has(conflict.field);
    if (!over) continue;
    ops.push({ op: 'put-conflict', conflict: { ...conflict, state: 'resolved' } });
    work.conflicts.delete(id);
  }
  return [{ op: 'put-pair', pair: work.reading.pair }, ...ops];
}

export function conflictField(row: Pick<PlanRow, 'field' | 'commentId'>): string | null {
  return row.commentId === null ? row.field : `comment:${row.commentId}`;
}

/** A row of this pair made during apply, for the log. */
export function rowNow(reading: PairReading, row: Parameters<typeof draftRow>[1]): RowLike {
  return draftRow(reading, row);
}
