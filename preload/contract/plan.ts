import type { FieldValue, Side, Sided } from './values.js';

/**
 * What a row does.
 * create: a new item on `side` · set: one field of an item (of a new one where a `create` row of the pair and side is in
 * the plan) · match: two existing items become a pair · refresh: both sides agree, only bases move · unpair: the pair
 * ends · rest / wake: the pair leaves or re-enters the scope · conflict: parked for the user ·
 * add-comment, edit-comment, hide-comment, delete-comment, drop-comment (bases only) · skip: seen, not done, and why.
 */
export const rowKinds = [
  'create',
  'set',
  'match',
  'refresh',
  'unpair',
  'rest',
  'wake',
  'conflict',
  'add-comment',
  'edit-comment',
  'hide-comment',
  'delete-comment',
  'drop-comment',
  'skip',
] as const;
export type RowKind = (typeof rowKinds)[number];

/** Rows that make a request that writes. */
export const writingKinds: readonly RowKind[] = [
  'create',
  'set',
  'add-comment',
  'edit-comment',
  'hide-comment',
  'delete-comment',
];

/** Why a row is in the plan; `docs/log.md` explains each. */
export type Reason =
  | 'new-item'
  | 'new-comment'
  | 'changed-left'
  | 'changed-right'
  | 'both-changed-equal'
  | 'both-changed-policy-left'
  | 'both-changed-policy-right'
  | 'both-changed-newest-left'
  | 'both-changed-newest-right'
  | 'both-changed-ask'
  | 'resolved-by-user'
  | 'initial-equal'
  | 'initial-fill'
  | 'initial-left'
  | 'initial-right'
  | 'initial-ask'
  | 'matched-by-marker'
  | 'matched-by-field'
  | 'matched-by-content'
  | 'match-ambiguous'
  | 'deleted-left'
  | 'deleted-right'
  | 'deleted-both'
  | 'deleted-here-edited-there'
  | 'hidden-left'
  | 'hidden-right'
  | 'private-left'
  | 'private-right'
  | 'out-of-scope-left'
  | 'out-of-scope-right'
  | 'back-in-scope'
  | 'not-visible-left'
  | 'not-visible-right'
  | 'option-without-twin'
  | 'user-without-twin'
  | 'item-without-twin'
  | 'not-editable'
  | 'against-direction'
  | 'failed-before'
  | 'needs-review'
  | 'frozen-flip'
  | 'waits-for-lookup'
  | 'comment-not-editable';

export interface PlanRow {
  readonly seq: number;
  readonly pairId: string;
  /** The side that the row writes to or speaks of. */
  readonly side: Side;
  /** Both items as they are known now; null where the item is yet to be created. */
  readonly refs: Sided<string | null>;
  /** Shown to people: the source's key and title. */
  readonly title: string;
  readonly kind: RowKind;
  /** The mapping's id (left field id), or `comment`; null for a row about the whole item. */
  readonly field: string | null;
  /** What `side` holds now. */
  readonly before: FieldValue;
  /** What `side` shall hold. For an item-ref: the parent's pair as `pair:<id>`. */
  readonly after: FieldValue;
  /** The other side: its value at the last sync, and its value now. */
  readonly sourceBefore: FieldValue;
  readonly source: FieldValue;
  /** The losing value that goes to the conflict inbox; see `conflict`. */
  readonly loser: FieldValue;
  readonly reason: Reason;
  /** The first of two writes that belong together (the user gave both sides a new value): bases move with the second. */
  readonly half: boolean;
  /** For comment rows. */
  readonly commentId: string | null;
  /** In words, for rows of kind skip and conflict. */
  readonly note: string | null;
}

export const brakeNames = [
  'first-run',
  'config-changed',
  'creates',
  'closes',
  'half-changed',
  'empty-listing',
  'other-site',
  'other-lockstep',
  'clock-skew',
  'recovered',
] as const;
export type BrakeName = (typeof brakeNames)[number];

export interface Brake {
  readonly name: BrakeName;
  /** What it saw, in the user's words. */
  readonly saw: string;
  readonly releasable: boolean;
}

export interface PlanCounts {
  readonly creates: Sided<number>;
  readonly sets: Sided<number>;
  readonly comments: Sided<number>;
  readonly conflicts: number;
  readonly skipped: number;
  readonly pairs: number;
}

export interface Plan {
  readonly rows: readonly PlanRow[];
  readonly counts: PlanCounts;
}
