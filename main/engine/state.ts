import type { Cursor, Item, NotEditable } from '../connectors/contract.js';
import type { BrakeName, PlanRow, Reason, RowKind } from '../../preload/contract/plan.js';
import type { FieldValue, Side, Sided } from '../../preload/contract/values.js';

/** What the engine remembers between runs, as plain data. The store keeps it; only the engine gives it meaning. */

/** A value last seen or written on one side, and how it was read. */
export interface BaseField {
  readonly value: FieldValue;
  /** Hash of the raw text and the version of the code that read it; only for fields whose reading involves a parser. */
  readonly raw?: { readonly hash: string; readonly reader: number };
}

/** The ancestor of the three-way merge for one side of a pair, by the side's own field ids. */
export interface Base {
  readonly fields: Readonly<Record<string, BaseField>>;
  /** Fields that the tracker computes or refuses on this item, as last read. */
  readonly notEditable: Readonly<Record<string, NotEditable>>;
  readonly revision: string;
  /** The listing's stamp when the item was last read in full; null where it must be read again. */
  readonly stamp: string | null;
}

export interface CommentBase {
  /** Without the header line. */
  readonly body: string;
  readonly visibility: 'public' | 'private';
}

export interface CommentPair {
  /** Also the code in the mirrored comment's header line. */
  readonly id: string;
  readonly refs: Sided<string | null>;
  readonly origin: Side;
  /** The first line of the mirrored comment; null where both comments were written by people. */
  readonly header: string | null;
  readonly bases: Sided<CommentBase | null>;
  /** An ended pair is kept, so that its members are never mirrored again. */
  readonly ended: boolean;
}

/** A change that did not succeed; tried again only when its gate opens. */
export interface Trouble {
  /** Mapping id, `comment:<id>` or `create`. */
  readonly subject: string;
  readonly side: Side;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly attempts: number;
  /** For retryable troubles: not before this time, in ms since 1970. */
  readonly notBeforeMs: number;
  /** For final troubles: what has to change first. */
  readonly gate: string;
}

/** A user's answer to a conflict; it counts only while both values are the ones that were decided on. */
export interface Decision {
  /** A value is one of the left side's; a side: what it holds, or what it shall hold. */
  readonly take: FieldValue | { readonly side: Side; readonly value?: FieldValue };
  readonly seen: Sided<FieldValue>;
}

/** The last writes to one field, oldest first, for the flip detector. */
export interface FlipMark {
  readonly field: string;
  readonly writes: readonly { readonly side: Side; readonly value: string; readonly atMs: number }[];
}

export type PairStatus = 'active' | 'resting' | 'frozen' | 'ended';

export interface PairState {
  readonly id: string;
  /** One is null while the twin is yet to be created. */
  readonly refs: Sided<string | null>;
  readonly keys: Sided<string | null>;
  readonly status: PairStatus;
  readonly ended: { readonly why: Reason; readonly atMs: number } | null;
  /** The side whose item was there first; `match` where both were. */
  readonly origin: Side | 'match';
  readonly dirty: boolean;
  readonly bases: Sided<Base | null>;
  readonly comments: readonly CommentPair[];
  readonly troubles: readonly Trouble[];
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly flips: readonly FlipMark[];
}

/** What was last read of an item that is not yet dealt with. `unread`: known to have changed, not read yet. */
export type Seen = 'present' | 'gone' | 'not-visible' | 'out-of-scope' | 'unread';

export interface StagedItem {
  readonly side: Side;
  readonly ref: string;
  readonly seen: Seen;
  readonly item: Item | null;
}

export type IntentKind = 'create' | 'update' | 'add-comment' | 'edit-comment' | 'hide-comment' | 'delete-comment';

/** A write that is about to leave, or has left. Durable before it does. */
export interface Intent {
  readonly id: string;
  readonly runId: string;
  readonly pairId: string;
  readonly side: Side;
  readonly kind: IntentKind;
  /** The target; null for a create. */
  readonly ref: string | null;
  readonly rows: readonly PlanRow[];
  /** By the target's field ids: what is sent. For comments: `body`. */
  readonly sent: Readonly<Record<string, FieldValue>>;
  /** What the target held when it was read just before. */
  readonly before: Readonly<Record<string, FieldValue>>;
  readonly sinceRevision: string;
  readonly marker: string | null;
  readonly commentId: string | null;
  /** In the server's time. */
  readonly sentAtMs: number;
  /** When a lookup may decide, in the server's time. */
  readonly dueAtMs: number;
}

/**
 * ask: both values wait for the user · loser: a value that was overwritten, kept · gone: deleted on one side, edited on
 * the other · review: a create whose outcome only the user can tell.
 */
export type ConflictKind = 'ask' | 'loser' | 'gone' | 'review' | 'match';

export interface Conflict {
  readonly id: string;
  readonly pairId: string;
  readonly kind: ConflictKind;
  /** Mapping id, `comment:<id>`, or null for the whole item. */
  readonly field: string | null;
  readonly title: string;
  readonly left: FieldValue;
  readonly right: FieldValue;
  readonly base: FieldValue;
  /** For a loser: the side that held it. */
  readonly loserSide: Side | null;
  readonly candidates: readonly string[];
  readonly atMs: number;
  readonly runId: string;
  readonly state: 'open' | 'resolved' | 'discarded';
}

export type RunOutcome = 'done' | 'failures' | 'conflicts' | 'braked' | 'cancelled' | 'failed' | 'running';

export interface RunState {
  readonly id: string;
  readonly integration: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly mode: 'sync' | 'full' | 'plan';
  readonly outcome: RunOutcome;
  readonly counts: Readonly<Record<string, number>>;
  readonly brakes: readonly BrakeName[];
  readonly message: string | null;
  /** Up to when each side was read, in the server's time. */
  readonly checkedUpTo: Sided<string | null>;
}

export type LogOutcome = 'done' | 'adopted' | 'failed' | 'dropped' | 'parked' | 'skipped' | 'note';

/** One line of a run's log. */
export interface LogEntry {
  readonly runId: string;
  readonly pairId: string | null;
  readonly side: Side | null;
  readonly kind: RowKind | 'event';
  readonly field: string | null;
  readonly outcome: LogOutcome;
  readonly reason: Reason | null;
  readonly before: FieldValue;
  readonly after: FieldValue;
  readonly sourceBefore: FieldValue;
  readonly source: FieldValue;
  readonly refs: Sided<string | null>;
  readonly title: string;
  readonly message: string | null;
  readonly code: string | null;
  readonly atMs: number;
  readonly durationMs: number | null;
}

export interface IntegrationState {
  readonly cursors: Sided<Cursor | null>;
  /** Fingerprint of configuration and trackers' schemas at the last run that applied; null before the first. */
  readonly configFingerprint: string | null;
  readonly siteIds: Sided<string | null>;
  /** Items listed at the last full listing. */
  readonly listed: Sided<number | null>;
  /** Why the store is older than its trackers; null in the normal case. */
  readonly recovered: string | null;
  /** Counts every commit of a run; a stored preview is valid for one value only. */
  readonly generation: number;
}

export const freshIntegrationState: IntegrationState = {
  cursors: { left: null, right: null },
  configFingerprint: null,
  siteIds: { left: null, right: null },
  listed: { left: null, right: null },
  recovered: null,
  generation: 0,
};

/** One step of an atomic batch. */
export type StoreOp =
  | { readonly op: 'put-pair'; readonly pair: PairState }
  | { readonly op: 'stage'; readonly staged: StagedItem }
  | { readonly op: 'unstage'; readonly side: Side; readonly ref: string }
  | { readonly op: 'set-dirty'; readonly pairId: string }
  | { readonly op: 'put-state'; readonly state: IntegrationState }
  | { readonly op: 'open-intent'; readonly intent: Intent }
  | { readonly op: 'end-intent'; readonly id: string }
  | { readonly op: 'put-conflict'; readonly conflict: Conflict }
  | { readonly op: 'put-run'; readonly run: RunState }
  | { readonly op: 'log'; readonly entry: LogEntry };
