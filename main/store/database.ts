import type { AppError } from '../../preload/contract/errors.js';

/**
 * The port to the database. Small on purpose: another engine (node:sqlite) could take the place of sql.js behind it
 * without a change above it.
 */
export interface Database {
  /**
   * Rows of a registered reading statement, in its order, as objects by column name.
   * It sees every batch that was handed to `write` before, acknowledged or not.
   */
  read<T extends Row = Row>(statementId: string, params?: readonly Scalar[]): Promise<readonly T[]>;
  /**
   * Runs the statements of a batch, all or none. *Durable*: resolves when the batch survives a power loss. *Relaxed*:
   * resolves when it survives the end of this process; it is on disk within 250 ms, and always before a later batch.
   */
  write(batch: Batch, durability: Durability): Promise<void>;
  /** A value that `segmentValue` put into a batch. `address` is what the statement got in its place. */
  readValue(runId: string, address: number): Promise<Uint8Array>;
  /** No more values for this run; its file is closed. */
  closeRun(runId: string): Promise<void>;
  /** Deletes a run's values (retention). The rows that point to them are the caller's to delete. */
  removeRun(runId: string): Promise<void>;
  /** Writes the whole database anew, and starts a new journal. */
  snapshot(): Promise<void>;
  status(): Promise<StoreStatus>;
  /** The store knows by other signs (a marker of its own that it does not know) that it is older than its trackers. */
  markRecovered(why: string): Promise<void>;
  clearRecovered(): Promise<void>;
  /** Snapshot, unless nothing was written since the last; then frees the lock. Idempotent. */
  close(): Promise<void>;
}

/**
 * What columns and parameters may be. Numbers are exact up to 2^53; what may be larger (ids of trackers) is text.
 * Text is kept as well-formed Unicode: a lone surrogate becomes U+FFFD.
 */
export type Scalar = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, Scalar>>;
export type Durability = 'durable' | 'relaxed';

/** A parameter whose bytes go to the run's own file; the statement gets their address, a number. */
export interface SegmentValue {
  readonly runId: string;
  readonly bytes: Uint8Array;
}

/** @param runId names a file: letters, digits, `-`, `_`; at most 64 */
export function segmentValue(runId: string, bytes: Uint8Array): SegmentValue {
  return { runId, bytes };
}

export type WriteParam = Scalar | SegmentValue;
export type BatchEntry = readonly [statementId: string, params: readonly WriteParam[]];
export type Batch = readonly BatchEntry[];

/** SQL by statement id. The first word tells reading statements (`SELECT`, `WITH ... SELECT`) from writing ones. */
export type Statements = Readonly<Record<string, string>>;

export interface Migration {
  /** 1, 2, 3 ... without gaps. */
  readonly number: number;
  readonly title: string;
  /** Run in this order, all or none, in one batch. */
  readonly sql: readonly string[];
}

/** Why the store may be older than the trackers it describes. Kept until the user has approved a plan. */
export interface Recovered {
  readonly sinceMs: number;
  /** The state is at least as new as this; both sides are to be listed from here on. */
  readonly stateFromMs: number;
  readonly reachedSequence: number;
  /** What the last clean close or snapshot had reached, where known. */
  readonly expectedSequence: number;
  readonly why: readonly string[];
  /** Files that were set aside, by the name they had. */
  readonly files: readonly string[];
}

export interface Generation {
  readonly generation: number;
  readonly snapshotBytes: number;
  readonly journalBytes: number;
}

export interface StoreStatus {
  readonly mode: 'read-write' | 'read-only' | 'closed';
  /** Why the store takes no more writes. */
  readonly readOnlyBecause: AppError | null;
  readonly recovered: Recovered | null;
  /** Why the last automatic snapshot failed. The store works on with its journal. */
  readonly snapshotProblem: AppError | null;
  readonly schemaVersion: number;
  readonly sequence: number;
  /** Batches up to here survive a power loss. */
  readonly syncedSequence: number;
  readonly databaseBytes: number;
  /** Of the journal since the newest snapshot. */
  readonly journalBytes: number;
  /** Newest first. */
  readonly generations: readonly Generation[];
  readonly segments: { readonly runs: number; readonly bytes: number };
  /** Names of damaged files that were set aside. */
  readonly setAside: readonly string[];
}
