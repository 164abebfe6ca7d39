import type { CallBound, Capabilities, Connector, ScopeSchema } from '../connectors/contract.js';
import type { ProgressView } from '../../preload/contract/progress.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import type { Conflict, IntegrationState, Intent, PairState, StagedItem, StoreOp } from './state.js';

/** What the engine is handed. Bound to one integration. */
export interface EngineStore {
  state(): Promise<IntegrationState>;
  /** Active, resting, frozen and ended pairs that hold one of these refs on this side. */
  pairsByRef(side: Side, refs: readonly string[]): Promise<ReadonlyMap<string, PairState>>;
  pairs(ids: readonly string[]): Promise<ReadonlyMap<string, PairState>>;
  /** In any integration of the workspace. */
  pairKnown(id: string): Promise<boolean>;
  dirtyPairs(): Promise<readonly PairState[]>;
  /** Refs of all pairs that have not ended, with their ids. */
  activeRefs(): Promise<readonly { readonly id: string; readonly refs: Sided<string | null> }[]>;
  staged(): Promise<readonly StagedItem[]>;
  /** Stamp of the last full reading by ref: of what is staged, else of the base. */
  stamps(side: Side, refs: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  openIntents(): Promise<readonly Intent[]>;
  openConflicts(): Promise<readonly Conflict[]>;
  /** Atomic. `durable`: on disk when it resolves; `relaxed`: within 250 ms. */
  commit(ops: readonly StoreOp[], durability: 'durable' | 'relaxed'): Promise<void>;
}

export interface EngineIds {
  readonly workspaceId: string;
  /** The same side and ref always give the same id; without the workspace's key nobody can tell which. */
  pairId(side: Side, ref: string): string;
  /** Likewise for a comment; see `comment-header.ts`. */
  commentCode(side: Side, itemRef: string, commentRef: string): string;
  /** Whether a code has the form of this integration's. */
  ownsCode(code: string): boolean;
  /** Drawn at random. */
  fresh(): string;
  hash(text: string): string;
}

export interface EngineClock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One side of an integration, opened. */
export interface OpenSide {
  readonly connector: Connector;
  readonly connectionId: string;
  readonly capabilities: Capabilities;
  readonly callBound: CallBound;
  readonly readerVersion: number;
  /** Of one request; a lookup waits this long after a write of unknown outcome. */
  readonly timeoutMs: number;
}

export interface SideInfo {
  readonly accountId: string;
  readonly siteId: string;
  readonly skewMs: number;
  readonly schema: ScopeSchema;
}

export type Phase = ProgressView['phase'];

export type Progress = Readonly<ProgressView>;

export interface EngineDeps {
  readonly store: EngineStore;
  readonly sides: Sided<OpenSide>;
  readonly ids: EngineIds;
  readonly clock: EngineClock;
  readonly onProgress: (progress: Progress) => void;
  /** Gives the thread back to others; the runner calls it every 10 ms of planning. */
  readonly pause: () => Promise<void>;
}
