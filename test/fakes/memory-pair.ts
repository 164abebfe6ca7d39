import { createHash } from 'node:crypto';
import type { EngineDeps, EngineIds, EngineStore, Progress } from '../../main/engine/ports.js';
import { makePreview, runPreview, runSync } from '../../main/engine/run.js';
import type { Conflict, Decision } from '../../main/engine/state.js';
import type { Preview, RunReport } from '../../main/engine/run-types.js';
import { LockstepError } from '../../preload/contract/errors.js';
import { integrationSchema, type IntegrationConfig } from '../../preload/contract/integration.js';
import type { BrakeName } from '../../preload/contract/plan.js';
import type { Side, Sided } from '../../preload/contract/values.js';
import { createPairIds } from '../support/ids.js';
import { createMemoryEngineStore, type MemoryEngineStore } from './memory-engine-store.js';
import { MemoryTracker, type MemoryTrackerOptions } from './memory-tracker.js';

export const allBrakes: readonly BrakeName[] = [
  'first-run',
  'config-changed',
  'creates',
  'closes',
  'half-changed',
  'empty-listing',
  'clock-skew',
];

/** Requests, counted before and after, and waits; far above what any run of a simulation needs. */
const stepLimit = 20_000;

export type ConfigInput = Partial<Record<keyof IntegrationConfig, unknown>>;

export function memoryConfig(more: ConfigInput = {}): IntegrationConfig {
  return integrationSchema.parse({
    name: 'test',
    left: { connection: 'l', scope: 'scope' },
    right: { connection: 'r', scope: 'scope' },
    types: [
      { left: 'Bug', right: 'Bug' },
      { left: 'Task', right: 'Task' },
    ],
    fields: [
      { left: 'subject', right: 'subject' },
      { left: 'description', right: 'description' },
      { left: 'status', right: 'status' },
      { left: 'priority', right: 'priority' },
      { left: 'assignee', right: 'assignee' },
      { left: 'due', right: 'due' },
      { left: 'parent', right: 'parent' },
    ],
    users: [
      { left: 'ann', right: 'ann' },
      { left: 'ben', right: 'ben' },
      { left: 'cho', right: 'cho' },
    ],
    ...more,
  });
}

export interface PairOptions {
  readonly config?: ConfigInput;
  readonly left?: Partial<MemoryTrackerOptions>;
  readonly right?: Partial<MemoryTrackerOptions>;
  readonly marker?: boolean;
  readonly workspaceId?: string;
}

/** Two trackers, a store and a clock: everything a run needs, in one process and without a second of real time. */
export class MemoryPair {
  nowMs = Date.UTC(2026, 0, 5, 9);
  config: IntegrationConfig;
  readonly left: MemoryTracker;
  readonly right: MemoryTracker;
  store: MemoryEngineStore;
  readonly progress: Progress[] = [];
  /** Wraps the store of a run: for faults. */
  wrapStore: (store: EngineStore) => EngineStore = (store) => store;
  around: (side: Side, event: Parameters<NonNullable<MemoryTrackerOptions['around']>>[0]) => void | Promise<void> =
    () => undefined;
  readonly #ids: EngineIds;
  #steps = 0;

  constructor(options: PairOptions = {}) {
    this.config = memoryConfig(options.config);
    this.#ids = createPairIds((text) => createHash('sha256').update(text).digest('hex'), options.workspaceId);
    const tracker = (side: Side, name: string): MemoryTracker =>
      new MemoryTracker({
        name,
        marker: options.marker ?? true,
        now: () => this.nowMs,
        around: (event) => {
          this.#countStep();
          return this.around(side, event);
        },
        ...options[side],
      });
    this.left = tracker('left', 'l');
    this.right = tracker('right', 'r');
    this.store = createMemoryEngineStore();
  }

  tracker(side: Side): MemoryTracker {
    return side === 'left' ? this.left : this.right;
  }

  tick(seconds = 3): void {
    this.nowMs += seconds * 1000;
  }

  deps(): EngineDeps {
    this.#steps = 0;
    const open = (side: Side): EngineDeps['sides']['left'] => {
      const tracker = this.tracker(side);
      const callBound = {
        fixed: 2,
        pageSize: 5,
        detailPerItem: 1,
        create: 1,
        update: 1,
        comment: 1,
        reread: 1,
        inScopePage: 100,
      };
      return {
        connector: tracker.connector(),
        connectionId: side,
        capabilities: tracker.capabilities,
        callBound,
        readerVersion: 1,
        timeoutMs: 2000,
      };
    };
    const sides: Sided<EngineDeps['sides']['left']> = { left: open('left'), right: open('right') };
    return {
      store: this.wrapStore(this.store),
      sides,
      ids: this.#ids,
      clock: {
        now: () => this.nowMs,
        monotonic: () => this.nowMs,
        sleep: async (ms) => {
          this.#countStep();
          await Promise.resolve();
          this.nowMs += ms;
        },
      },
      onProgress: (progress) => this.progress.push(progress),
      pause: () => Promise.resolve(),
    };
  }

  /** A run that never ends fails, and its property test prints the seed. */
  #countStep(): void {
    this.#steps += 1;
    if (this.#steps > stepLimit) throw new Error(`more than ${String(stepLimit)} requests and waits in one run`);
  }

  async sync(
    more: { readonly full?: boolean; readonly released?: readonly BrakeName[]; readonly signal?: AbortSignal } = {},
  ): Promise<RunReport> {
    const deps = this.deps();
    return runSync(
      deps,
      { runId: deps.ids.fresh(), config: this.config, full: more.full ?? false, released: more.released ?? allBrakes },
      more.signal ?? new AbortController().signal,
    );
  }

  async preview(full = false): Promise<Preview> {
    const deps = this.deps();
    return makePreview(
      deps,
      { runId: deps.ids.fresh(), config: this.config, full, released: [] },
      new AbortController().signal,
    );
  }

  async execute(preview: Preview, leftOut: readonly number[] = []): Promise<RunReport> {
    const deps = this.deps();
    return runPreview(
      deps,
      preview,
      leftOut,
      { runId: deps.ids.fresh(), config: this.config, full: false, released: [] },
      new AbortController().signal,
    );
  }

  /** What a request throws whose answer never came. */
  lostAnswer(): LockstepError {
    return new LockstepError('timeout', 'no answer', { context: { outcome: 'unknown' } });
  }

  /** Answers a conflict as the store keeps it: in the pair, which becomes dirty and is read again. */
  async resolve(conflict: Conflict, take: Decision['take']): Promise<void> {
    const pair = (await this.store.pairs([conflict.pairId])).get(conflict.pairId);
    if (pair === undefined) throw new Error('the pair of a conflict is not known');
    const decision: Decision = { take, seen: { left: conflict.left, right: conflict.right } };
    const staged = new Set((await this.store.staged()).map((item) => item.side + item.ref));
    const unread = (['left', 'right'] as const).flatMap((side) => {
      const ref = pair.refs[side];
      if (ref === null || staged.has(side + ref)) return [];
      return [{ op: 'stage', staged: { side, ref, seen: 'unread', item: null } } as const];
    });
    const decisions = { ...pair.decisions, [conflict.field ?? 'item']: decision };
    await this.store.commit(
      [
        { op: 'put-pair', pair: { ...pair, decisions, dirty: true } },
        { op: 'put-conflict', conflict: { ...conflict, state: 'resolved' } },
        ...unread,
      ],
      'durable',
    );
  }

  writes(): number {
    return this.left.writes + this.right.writes;
  }

  /** Titles of items with a change that is refused or waits, and of those whose pair ended; the rest must be equal. */
  refused(): ReadonlySet<string> {
    const refs = this.store
      .dump()
      .pairs.filter((pair) => pair.troubles.length > 0 || pair.dirty || pair.status === 'ended')
      .flatMap((pair) => [pair.refs.left, pair.refs.right]);
    return new Set(
      refs.flatMap((ref) =>
        [this.left, this.right].map((tracker) => String(tracker.rows.get(ref ?? '')?.fields['subject'])),
      ),
    );
  }

  /** A side's picture less the items that a tracker refuses to change. */
  settledPicture(side: Side): Readonly<Record<string, unknown>> {
    const refused = this.refused();
    return Object.fromEntries(Object.entries(this.picture(side)).filter(([subject]) => !refused.has(subject)));
  }

  /** Both sides by content, keyed by the title of their items, with parents by title and comments without headers. */
  picture(side: Side): Readonly<Record<string, unknown>> {
    const tracker = this.tracker(side);
    const title = (ref: unknown): string | null =>
      typeof ref === 'string' ? String(tracker.rows.get(ref)?.fields['subject'] ?? '?') : null;
    return Object.fromEntries(
      [...tracker.rows.values()]
        .filter((row) => row.scope === 'scope' && !row.private)
        .map((row): [string, unknown] => [
          String(row.fields['subject']),
          {
            ...row.fields,
            parent: title(row.fields['parent']),
            comments: row.comments
              .filter((comment) => comment.visibility === 'public')
              .map((comment) => comment.body.replace(/^.* \(ref [a-z2-7]{16}\):\n+/u, ''))
              .sort(),
          },
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}
