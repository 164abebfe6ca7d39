import type { FieldType, FieldValue } from '../../preload/contract/values.js';

/**
 * What the engine asks of a tracker, and all that it knows of one. A connector throws nothing but `LockstepError`.
 * Every id and every `ref` is a string; a `ref` is the tracker's immutable id.
 */
export interface Connector {
  /** Reachable, who am I, whose site is this, what time is it there. Errors: config, auth, permission, transient. */
  check(signal: AbortSignal): Promise<CheckResult>;
  /** Scopes (projects, repositories, tables) that the account can see, in a stable order. */
  listScopes(signal: AbortSignal): Promise<readonly ScopeSummary[]>;
  /** Types, fields, options, users and rights of one scope, in a stable order. Error `scope-unknown`. */
  discover(scope: string, signal: AbortSignal): Promise<ScopeSchema>;
  /**
   * Every item of the scope that changed since the cursor (all where it is null), each at least once. Pages come as the
   * tracker makes them; a page's `cursor` may be kept as soon as every head of it and of the pages before is staged.
   */
  read(request: ReadRequest): AsyncIterable<ReadPage>;
  /** Strongly consistent; one answer per ref, in the order asked. */
  getMany(refs: readonly string[], signal: AbortSignal): Promise<readonly Lookup[]>;
  /** Error `outcome: unknown` in the context where nobody knows whether the tracker did it. */
  create(draft: Draft, signal: AbortSignal): Promise<WriteResult>;
  /** `since` is the revision read just before; the result tells every change that history shows after it. */
  update(ref: string, fields: FieldValues, since: string, signal: AbortSignal): Promise<WriteResult>;
  addComment(ref: string, comment: CommentDraft, since: string, signal: AbortSignal): Promise<WriteResult>;
  editComment(
    ref: string,
    commentRef: string,
    change: Partial<CommentDraft>,
    since: string,
    signal: AbortSignal,
  ): Promise<WriteResult>;
  deleteComment(ref: string, commentRef: string, since: string, signal: AbortSignal): Promise<WriteResult>;
  /**
   * A complete, consistent listing of what our account created in the scope since then, never a search index alone.
   * With a marker: only items that carry it.
   */
  findCreated(request: FindCreatedRequest): Promise<FindCreatedResult>;
  /** Which of these match the scope and its types now; strongly consistent where the tracker can. */
  inScope(scope: ScopeSelection, refs: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * How many items match the scope and its types now, closed ones included, without reading them. Error `scope-unknown`.
   */
  count(scope: ScopeSelection, signal: AbortSignal): Promise<number>;
  /** Who changed which field when, after the revision (all where it is null), oldest first. */
  history(ref: string, since: string | null, signal: AbortSignal): Promise<readonly FieldChange[]>;
  /** What the tracker would make of this value. Pure. */
  normalise(field: string, value: FieldValue): FieldValue;
}

/** Which items of a connection take part: one scope and the types (their ids) in it. */
export interface ScopeSelection {
  readonly scope: string;
  readonly types: readonly string[];
}

export interface Capabilities {
  /** The tracker refuses a write whose base is stale. */
  readonly conditionalWrite: boolean;
  /** `read` with a cursor gives only what changed. */
  readonly deltas: boolean;
  /** Heads of a listing carry the whole item, comments included, so that no detail read is needed. */
  readonly listingIsComplete: boolean;
  /** A `getMany` call takes this many refs in one request. */
  readonly batchRead: number;
  readonly commentEdit: boolean;
  readonly commentDelete: boolean;
  readonly commentVisibility: boolean;
  /** Items tell when each field changed (`fieldTimes`). */
  readonly fieldHistory: boolean;
  /** What changes without moving the cursor, in the user's words. */
  readonly cursorBlindTo: readonly string[];
  /** How long after a write a listing may still miss it. */
  readonly settleMs: number;
  readonly maxPageSize: number;
  /** Requests that may run side by side against one site at most. */
  readonly concurrency: number;
  /** Items that are written to side by side at most. */
  readonly writeConcurrency: number;
}

/** The pure description of a tracker; the connection form and the program's checks are made from it. */
export interface Manifest {
  readonly id: string;
  readonly name: string;
  readonly documentation: string;
  readonly secretLabel: string;
  readonly settings: readonly ConnectionSetting[];
  readonly capabilities: Capabilities;
  /** In words: the fewest requests a run can make here (`connectors.md` section 2). */
  readonly callBound: CallBound;
}

export interface ConnectionSetting {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: 'text' | 'number' | 'choice';
  readonly choices?: readonly string[];
  readonly required: boolean;
}

/** Numbers of requests; see `lowerBound` in the bench. */
export interface CallBound {
  /** Preflight and discovery, once a run and side. */
  readonly fixed: number;
  readonly pageSize: number;
  /** Detail reads per changed item. */
  readonly detailPerItem: number;
  /** Per item created and per item updated: the write and what reads its result back. */
  readonly create: number;
  readonly update: number;
  readonly comment: number;
  /** The re-read just before a write to an existing item. */
  readonly reread: number;
  readonly inScopePage: number;
}

export interface CheckResult {
  readonly account: { readonly id: string; readonly name: string };
  /** Stays the same as long as it is the same site, whatever its address. */
  readonly siteId: string;
  /** Server's clock less ours; 0 where they agree as far as can be told, and where the server does not tell its time. */
  readonly skewMs: number;
}

export interface ScopeSummary {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

export interface ScopeSchema {
  readonly scope: ScopeSummary;
  readonly types: readonly OptionSchema[];
  readonly fields: readonly FieldSchema[];
  readonly users: readonly UserSchema[];
  readonly rights: Rights;
  /** The dialect of rich-text fields and comments, for example `textile` or `markdown`. */
  readonly markup: string;
  /** The field that carries the marker; null where none is set. */
  readonly markerField: string | null;
  /** What the user should know, for example that no marker field is set. */
  readonly notices: readonly string[];
}

export interface OptionSchema {
  readonly id: string;
  readonly name: string;
  /** For a status: items in it count as closed. */
  readonly closed?: boolean;
}

export interface FieldSchema {
  readonly id: string;
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly writable: boolean;
  /** For option and option-set. */
  readonly options?: readonly OptionSchema[];
  readonly maxLength?: number;
}

export interface UserSchema {
  readonly id: string;
  readonly name: string;
  readonly login?: string;
  readonly mail?: string;
}

export interface Rights {
  readonly create: boolean;
  readonly edit: boolean;
  readonly comment: boolean;
  readonly editComments: boolean;
  readonly deleteComments: boolean;
  /** Without it, a missing comment may only be hidden, so its absence proves nothing. */
  readonly seePrivateComments: boolean;
}

export type FieldValues = Readonly<Record<string, FieldValue>>;

/** `derived`: the tracker computes it. `forbidden`: the account may not edit it on this item. */
export type NotEditable = 'derived' | 'forbidden';

export interface Item {
  readonly ref: string;
  /** Shown to people; may change on a move. */
  readonly key: string;
  readonly url: string;
  readonly scope: string;
  /** Canonical values by field id; `type` is always there. */
  readonly fields: FieldValues;
  /** The wire text of those fields whose reading involves a parser; see `readerVersion`. */
  readonly raws: Readonly<Record<string, string>>;
  readonly notEditable: Readonly<Record<string, NotEditable>>;
  /** When each field last changed, in the server's time; creation time for one that never did. */
  readonly fieldTimes: Readonly<Record<string, string>>;
  /** Counts every write to the item that history shows. */
  readonly revision: string;
  /** Equal stamps: the listing has nothing new for us. Null where a change could still come under the same stamp. */
  readonly stamp: string | null;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly private: boolean;
  readonly marker: string | null;
  readonly comments: readonly Comment[];
  /** Every comment is listed, hidden ones too: what is missing was deleted. */
  readonly commentsComplete: boolean;
}

export interface Comment {
  readonly ref: string;
  readonly body: string;
  readonly visibility: CommentVisibility;
  readonly authorId: string;
  readonly authorName: string;
  readonly createdAt: string;
}
export type CommentVisibility = 'public' | 'private';

export interface CommentDraft {
  readonly body: string;
  readonly visibility: CommentVisibility;
}

export type Cursor = Readonly<Record<string, string | number | null>>;

export interface ReadRequest extends ScopeSelection {
  readonly cursor: Cursor | null;
  /** Ids of mapped fields; others need not be fetched. */
  readonly fields: readonly string[];
  readonly signal: AbortSignal;
}

export interface ReadPage {
  readonly heads: readonly Head[];
  readonly cursor: Cursor;
}

export interface Head {
  readonly ref: string;
  readonly stamp: string | null;
  readonly marker: string | null;
  /** Only where the listing is complete. */
  readonly item?: Item;
}

/** Only `gone` is proof of a deletion: the tracker says so for this very ref. */
export type Lookup =
  | { readonly state: 'present'; readonly ref: string; readonly item: Item }
  | { readonly state: 'gone' | 'not-visible'; readonly ref: string };

export interface Draft {
  readonly scope: string;
  /** `type` included; item-refs already name items of this tracker. */
  readonly fields: FieldValues;
  /** `<workspace id>.<pair id>`, or null where the tracker has no place for it. */
  readonly marker: string | null;
}

export interface WriteResult {
  /** What the tracker holds now, read after the write. */
  readonly item: Item;
  /** What history shows after `since`, oldest first; ours included. Empty for a create. */
  readonly changes: readonly FieldChange[];
  /** After `addComment`: the new comment's ref; null where the tracker took the request and made no comment of it. */
  readonly commentRef?: string | null;
}

export interface FieldChange {
  readonly field: string;
  readonly from: FieldValue;
  readonly to: FieldValue;
  readonly at: string;
  readonly by: string;
  readonly revision: string;
}

export interface FindCreatedRequest extends ScopeSelection {
  readonly marker: string | null;
  /** Server's time, ms since 1970. */
  readonly sinceMs: number;
  readonly signal: AbortSignal;
}

export interface FindCreatedResult {
  readonly items: readonly Item[];
  /** The server's time when the listing began. */
  readonly listedAtMs: number;
}

/** What a connector gets to work with; see `http/`. */
export interface ConnectorFactory<Deps> {
  readonly manifest: Manifest;
  /** The version of the code that reads raw text; bases remember it. */
  readonly readerVersion: number;
  /** The headers that prove who asks. Pure. */
  authHeaders(secret: string): Readonly<Record<string, string>>;
  open(connection: ConnectionConfig, deps: Deps): Connector;
}

export interface ConnectionConfig {
  readonly id: string;
  readonly tracker: string;
  readonly url: string;
  readonly settings: Readonly<Record<string, string | number>>;
}
