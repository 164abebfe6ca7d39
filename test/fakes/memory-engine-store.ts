import type { EngineStore } from '../../main/engine/ports.js';
import {
  freshIntegrationState,
  type Conflict,
  type IntegrationState,
  type Intent,
  type LogEntry,
  type PairState,
  type RunState,
  type StagedItem,
  type StoreOp,
} from '../../main/engine/state.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Side } from '../../preload/contract/values.js';

/** What the fake holds, in plain data. */
export interface MemoryEngineData {
  readonly state: IntegrationState;
  readonly pairs: readonly PairState[];
  readonly staged: readonly StagedItem[];
  readonly intents: readonly Intent[];
  readonly conflicts: readonly Conflict[];
  readonly runs: readonly RunState[];
  readonly log: readonly LogEntry[];
}

export interface MemoryCommit {
  readonly ops: readonly StoreOp[];
  readonly durability: 'durable' | 'relaxed';
}

export interface MemoryEngineStore extends EngineStore {
  /** A copy of everything. */
  dump(): MemoryEngineData;
  /** Every batch that was committed, oldest first; batches that failed are not among them. */
  commits(): readonly MemoryCommit[];
  /** The store as the next process finds it after kill -9: every acknowledged batch is there. */
  reopen(): MemoryEngineStore;
  /** The store after a power loss: relaxed batches behind the last durable one are gone. */
  reopenAfterPowerLoss(): MemoryEngineStore;
}

export interface MemoryEngineStoreOptions {
  /** Other stores of the same workspace; `pairKnown` looks into them too. */
  readonly workspace?: Set<string>;
  /** Called before a batch is applied; what it throws fails the batch, and nothing of it remains. */
  readonly beforeCommit?: (commit: MemoryCommit) => void;
  /** Called after a batch was applied, before it is acknowledged: a crash here keeps the batch. */
  readonly afterCommit?: (commit: MemoryCommit) => void;
  /** Batches to begin with. */
  readonly commits?: readonly MemoryCommit[];
}

/** The engine's store in memory. Nothing that goes in or comes out is shared with the caller. */
export function createMemoryEngineStore(options: MemoryEngineStoreOptions = {}): MemoryEngineStore {
  const workspace = options.workspace ?? new Set<string>();
  const commits: MemoryCommit[] = [];
  let state: IntegrationState = freshIntegrationState;
  const pairs = new Map<string, PairState>();
  const staged = new Map<string, StagedItem>();
  const intents = new Map<string, Intent>();
  const conflicts = new Map<string, Conflict>();
  const runs = new Map<string, RunState>();
  const log: LogEntry[] = [];

  /** By side and ref, the ids of the pairs that ever held it; whether they still do is looked up. */
  const holders: Readonly<Record<Side, Map<string, Set<string>>>> = { left: new Map(), right: new Map() };
  const order = new Map<string, number>();

  const putPair = (pair: PairState): void => {
    pairs.set(pair.id, pair);
    workspace.add(pair.id);
    if (!order.has(pair.id)) order.set(pair.id, order.size);
    for (const side of ['left', 'right'] as const) {
      const ref = pair.refs[side];
      if (ref === null) continue;
      const known = holders[side].get(ref);
      if (known === undefined) holders[side].set(ref, new Set([pair.id]));
      else known.add(pair.id);
    }
  };

  /** The pair that holds the ref: one that has not ended before one that has, then the one that came last. */
  const holderOf = (side: Side, ref: string): PairState | null => {
    let found: PairState | null = null;
    for (const id of holders[side].get(ref) ?? []) {
      const pair = pairs.get(id);
      if (pair?.refs[side] === ref && (found === null || comesBefore(pair, found))) found = pair;
    }
    return found;
  };
  const comesBefore = (a: PairState, b: PairState): boolean =>
    (a.status === 'ended') === (b.status === 'ended')
      ? (order.get(a.id) ?? 0) > (order.get(b.id) ?? 0)
      : b.status === 'ended';

  const apply = (op: StoreOp): void => {
    switch (op.op) {
      case 'put-pair':
        putPair(op.pair);
        return;
      case 'stage':
        staged.set(stagedKey(op.staged.side, op.staged.ref), op.staged);
        return;
      case 'unstage':
        staged.delete(stagedKey(op.side, op.ref));
        return;
      case 'set-dirty': {
        const pair = pairs.get(op.pairId);
        if (pair !== undefined) pairs.set(pair.id, { ...pair, dirty: true });
        return;
      }
      case 'put-state':
        state = op.state;
        return;
      case 'open-intent':
        intents.set(op.intent.id, op.intent);
        return;
      case 'end-intent':
        intents.delete(op.id);
        return;
      case 'put-conflict':
        conflicts.set(op.conflict.id, op.conflict);
        return;
      case 'put-run':
        runs.set(op.run.id, op.run);
        return;
      case 'log':
        log.push(op.entry);
        return;
    }
  };

  /** As the database refuses it: an entry needs its run, put before or by the same batch. */
  const checkRuns = ({ ops }: MemoryCommit): void => {
    const put = new Set(ops.flatMap((op) => (op.op === 'put-run' ? [op.run.id] : [])));
    for (const op of ops) {
      if (op.op !== 'log' || runs.has(op.entry.runId) || put.has(op.entry.runId)) continue;
      throw new LockstepError('internal', 'A log entry was to be stored before its run.');
    }
  };

  const keep = (commit: MemoryCommit): void => {
    commits.push(commit);
    for (const op of commit.ops) apply(op);
  };
  for (const commit of options.commits ?? []) keep(structuredClone(commit));

  const copy = <T>(value: T): Promise<T> => Promise.resolve(structuredClone(value));
  const reopenWith = (kept: readonly MemoryCommit[]): MemoryEngineStore =>
    createMemoryEngineStore({ ...options, commits: kept });

  return {
    state: () => copy(state),
    pairsByRef(side, refs) {
      const found = new Map<string, PairState>();
      for (const ref of refs) {
        const pair = holderOf(side, ref);
        if (pair !== null) found.set(ref, pair);
      }
      return copy(found);
    },
    pairs(ids) {
      const found = new Map<string, PairState>();
      for (const id of ids) {
        const pair = pairs.get(id);
        if (pair !== undefined) found.set(id, pair);
      }
      return copy(found);
    },
    pairKnown: (id) => Promise.resolve(workspace.has(id)),
    dirtyPairs: () => copy([...pairs.values()].filter((pair) => pair.dirty).sort(byId)),
    activeRefs: () =>
      copy(
        [...pairs.values()]
          .filter(({ status }) => status !== 'ended')
          .sort(byId)
          .map(({ id, refs }) => ({ id, refs })),
      ),
    staged: () => copy([...staged.values()].sort(bySideAndRef)),
    stamps(side, refs) {
      const found = new Map<string, string | null>();
      for (const ref of refs) {
        const read = staged.get(stagedKey(side, ref));
        const pair = read === undefined ? holderOf(side, ref) : null;
        if (read !== undefined) found.set(ref, read.item?.stamp ?? null);
        else if (pair !== null) found.set(ref, pair.bases[side]?.stamp ?? null);
      }
      return Promise.resolve(found);
    },
    openIntents: () => copy([...intents.values()]),
    openConflicts: () => copy([...conflicts.values()].filter((conflict) => conflict.state === 'open')),
    // Async: what the hooks throw must be a rejection.
    async commit(ops, durability) {
      const commit: MemoryCommit = structuredClone({ ops, durability });
      options.beforeCommit?.(commit);
      checkRuns(commit);
      keep(commit);
      options.afterCommit?.(commit);
    },
    dump: () =>
      structuredClone({
        state,
        pairs: [...pairs.values()],
        staged: [...staged.values()],
        intents: [...intents.values()],
        conflicts: [...conflicts.values()],
        runs: [...runs.values()],
        log,
      }),
    commits: () => structuredClone(commits),
    reopen: () => reopenWith(commits),
    reopenAfterPowerLoss: () =>
      reopenWith(commits.slice(0, commits.map(({ durability }) => durability).lastIndexOf('durable') + 1)),
  };
}

function byId(a: PairState, b: PairState): number {
  return a.id < b.id ? -1 : 1;
}

function bySideAndRef(a: StagedItem, b: StagedItem): number {
  return a.side === b.side ? (a.ref < b.ref ? -1 : 1) : a.side === 'left' ? -1 : 1;
}

function stagedKey(side: Side, ref: string): string {
  return `${side}:${ref}`;
}
