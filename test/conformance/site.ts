import type { Connector, Draft, FieldValues, Manifest, ScopeSelection } from '../../main/connectors/contract.js';
import type { FieldValue } from '../../preload/contract/values.js';

/** Whose eyes a connector has. */
export type Who =
  /** The account that syncs: it may do everything in the scopes that `newScope` makes. */
  | 'account'
  /** Somebody else who may do everything there: people who work while we sync. */
  | 'stranger'
  /** A member who may read and comment, but neither edit nor see what is private. */
  | 'limited'
  /** Sees no scope. */
  | 'outsider'
  /** A secret that the tracker does not know. */
  | 'unknown';

export interface OpenOptions {
  readonly who?: Who;
  /** Instead of the site's address. */
  readonly url?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** What the tracker stands behind; a connector's conformance is checked against it. */
export interface ConformanceSite {
  readonly manifest: Manifest;
  readonly url: string;
  /** A different product at the same host, or nothing: addresses that are wrong in two ways. */
  readonly wrongPath: string;
  readonly deadUrl: string;
  readonly unknownScope: string;
  readonly names: FieldNames;
  /** Per writable text field: values that must come back as `normalise` says. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** A value that the tracker refuses with words. */
  readonly refused: FieldValues;
  /** Every secret that was handed to a connector. */
  readonly secrets: readonly string[];

  /** What the program would log of every connection so far: exchanges, waits, hosts. */
  told(): string;

  open(options?: OpenOptions): Connector;
  /** A new and empty scope with every type. */
  newScope(): Promise<ScopeSelection>;
  accountId(who: Who): string;
  remove(ref: string): Promise<void>;
  move(ref: string, scope: string): Promise<void>;
  /** Makes so many items that all carry the same time of change, where the site can; else one after another. */
  fill(scope: ScopeSelection, count: number): Promise<void>;
  hide(ref: string): Promise<void>;
  /**
   * Waits until the server's clock shows another second, and a connector knows it that has only seen times of items: where
   * the server does not tell its time, that is a whole second after it saw one.
   */
  tick(): Promise<void>;
  /** Requests so far that were meant to write. */
  writes(): number;
  requests(): number;

  /** Absent where the server's time is not ours. */
  readonly time?: { advance(ms: number): void; setServerAheadMs(ms: number): void };
  /** Absent where nothing can be ordered to go wrong. */
  readonly faults?: Faults;
  /** Gives the item an option and a user that nobody ever heard of; returns what it then holds. */
  readonly putUnknown?: (ref: string) => Promise<FieldValues>;
  /** Takes from the account the right to make comments private in this scope. */
  readonly forbidPrivateComments?: (scope: ScopeSelection) => Promise<void>;
}

export interface FieldNames {
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly person: string;
  readonly number: string;
  readonly date: string;
  readonly parent: string;
  /** Two values of the state field, both open, the first that of a new item. */
  readonly states: readonly [string, string];
  readonly closedState: string;
  /** Ids of two people who may be assigned. */
  readonly people: readonly [string, string];
}

export interface FaultWhere {
  readonly method?: string | readonly string[];
  readonly path?: RegExp;
  readonly times?: number;
  readonly skip?: number;
}

export interface FaultHandle {
  readonly fired: number;
  readonly arrived: Promise<void>;
  release(): void;
}

export interface Faults {
  rateLimit(
    times: number,
    retryAfter: { readonly kind: 'seconds' | 'date'; readonly seconds: number } | { readonly kind: 'none' },
  ): FaultHandle;
  fail(times: number, status?: number): FaultHandle;
  cut(when: 'before' | 'after' | 'mid-body', where?: FaultWhere): FaultHandle;
  hold(where?: FaultWhere): FaultHandle;
  answerHtml(where?: FaultWhere): FaultHandle;
  /** The listing of the scope gives its first page again and again. */
  endless(scope: ScopeSelection): Promise<FaultHandle>;
  huge(bytes: number): FaultHandle;
  clear(): void;
}

/** What a case is handed. */
export interface Bench {
  readonly site: ConformanceSite;
  readonly account: Connector;
  readonly stranger: Connector;
  readonly scope: ScopeSelection;
  readonly signal: AbortSignal;
  /** A draft of the first type with a title, and what is given. */
  draft(fields?: FieldValues, marker?: string | null): Draft;
  /** Creates as the stranger; returns the ref. */
  given(fields?: FieldValues): Promise<string>;
  value(ref: string, field: string): Promise<FieldValue>;
}
