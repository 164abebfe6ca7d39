import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { StoreOp } from '../../../main/engine/state.js';
import { freshIntegrationState } from '../../../main/engine/state.js';
import { statementKindOf } from '../../../main/store/statements-check.js';
import { migrations } from '../../../main/store/migrations/index.js';
import { answerRequest, createDatabase } from '../../../main/store/protocol.js';
import { createEngineStore } from '../../../main/store/repositories/engine-store.js';
import { createRepositories, type Repositories } from '../../../main/store/repositories/index.js';
import { StoreService } from '../../../main/store/service.js';
import { statements } from '../../../main/store/statements/index.js';
import type { Database } from '../../../main/store/database.js';
import { hasCode } from '../../../preload/contract/errors.js';
import { sides } from '../../../preload/contract/values.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import {
  aBase,
  aCommentPair,
  aConflict,
  anEntry,
  anIntent,
  aPair,
  aRun,
  present,
} from '../../support/engine-fixtures.js';
import { aConfig, aPreview } from './repositories/kit.js';
import { hashOf, openCore } from './store-kit.js';

vi.setConfig({ testTimeout: 120_000 });

const used = new Set<string>();

/** The program's own store in memory; what is written is noted by the statements' ids. */
function open(disk: MemoryFileSystem) {
  const core = openCore(disk, { statements, migrations });
  const timers = { defer: (run: () => void) => void Promise.resolve().then(run), after: () => () => undefined };
  const service = new StoreService(core, timers, () => undefined);
  const plain = createDatabase(async (request) => answerRequest(service, request));
  const database: Database = {
    ...plain,
    async write(batch, durability) {
      await plain.write(batch, durability);
      for (const [id] of batch) used.add(id);
    },
  };
  return { core, database, repositories: createRepositories(database), store: createEngineStore(database, 'i1') };
}
type Opened = ReturnType<typeof open>;

const few = (prefix: string, count: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: count }).map((n) => `${prefix}${String(n)}`);
const pairId = few('p', 6);
const refOf = few('', 6);
const runId = few('run', 3);
const side = fc.constantFrom(...sides);
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), few('A long text. '.repeat(90), 4));
const value = fc.oneof(fc.constant(null), text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const base = fc.option(
  fc
    .record({ subject: text, done_ratio: value, description: text })
    .map((fields) =>
      aBase({ fields: Object.fromEntries(Object.entries(fields).map(([id, held]) => [id, { value: held }])) }),
    ),
);

const op: fc.Arbitrary<StoreOp> = fc.oneof(
  fc
    .record({ id: pairId, left: base, right: base, dirty: fc.boolean(), ended: fc.boolean(), said: fc.option(text) })
    .map(({ id, left, right, dirty, ended, said }): StoreOp => {
      const comment = aCommentPair(`c-${id}`, {
        bases: { left: { body: said ?? '', visibility: 'public' }, right: null },
      });
      const comments = said === null ? [] : [comment];
      const status = ended ? 'ended' : 'active';
      const why = ended ? ({ why: 'deleted-left', atMs: 5 } as const) : null;
      return { op: 'put-pair', pair: aPair(id, { bases: { left, right }, dirty, status, ended: why, comments }) };
    }),
  fc.record({ op: fc.constant('set-dirty' as const), pairId }),
  fc.tuple(side, refOf, text).map(([of, ref, subject]): StoreOp => ({
    op: 'stage',
    staged: present(of, ref, { fields: { type: '1', subject } }),
  })),
  fc.tuple(side, refOf).map(([of, ref]): StoreOp => ({ op: 'unstage', side: of, ref })),
  fc.nat(9).map((generation): StoreOp => ({ op: 'put-state', state: { ...freshIntegrationState, generation } })),
  fc
    .tuple(few('in', 4), pairId)
    .map(([id, of]): StoreOp => ({ op: 'open-intent', intent: anIntent(id, { pairId: of }) })),
  few('in', 4).map((id): StoreOp => ({ op: 'end-intent', id })),
  fc
    .tuple(few('k', 4), text, fc.constantFrom('open' as const, 'resolved' as const))
    .map(([id, left, state]): StoreOp => ({ op: 'put-conflict', conflict: aConflict(id, { left, state }) })),
  fc
    .tuple(runId, fc.option(fc.nat(1000)))
    .map(([id, endedAtMs]): StoreOp => ({ op: 'put-run', run: aRun(id, { endedAtMs }) })),
  fc.tuple(runId, pairId, text).map(([id, of, after]): StoreOp => ({
    op: 'log',
    entry: anEntry(id, { pairId: of, after }),
  })),
);

/** What the program does beside the engine. */
const act: fc.Arbitrary<(repositories: Repositories) => Promise<unknown>> = fc.oneof(
  fc.tuple(few('c', 3), text).map(([id, token]) => (of: Repositories) => {
    const connection = { id, name: id, tracker: 'redmine', url: 'http://t.test', settings: {}, network: {} };
    return of.connections.put(connection, 7, { sealed: new TextEncoder().encode(token), sinceMs: 7 });
  }),
  few('c', 3).map((id) => (of: Repositories) => of.connections.remove(id)),
  fc.tuple(few('m', 3), text).map(
    ([name, held]) =>
      (of: Repositories) =>
        of.meta.put(name, held),
  ),
  few('m', 3).map((name) => (of: Repositories) => of.meta.remove(name)),
  fc.nat(9).map((contacts) => (of: Repositories) => {
    const since = { firstMs: 1, lastMs: 2, contacts, refusals: 0, refusedBecause: null };
    return of.ledger.put([{ host: 't.test', connectionId: 'c1', role: 'tracker', ...since }]);
  }),
  few('v', 2).map((id) => (of: Repositories) => of.previews.put(aPreview(id), 'i1')),
  few('v', 2).map((id) => (of: Repositories) => of.previews.remove(id)),
  fc.nat(9).map((atMs) => (of: Repositories) => {
    return of.acts.add({ atMs, kind: 'plan-approved', integrationId: 'i1', detail: { atMs } });
  }),
  fc.boolean().map((removed) => async (of: Repositories) => {
    await of.integrations.put({ id: 'i2', config: aConfig('i2'), source: '' }, 3);
    if (removed) await of.integrations.remove('i2', 4);
  }),
  fc.constant((of: Repositories) => of.retention.dropRunsBefore(Date.UTC(2100, 0))),
);

type Step =
  | { readonly do: 'commit'; readonly ops: readonly StoreOp[]; readonly durability: 'durable' | 'relaxed' }
  | { readonly do: 'act'; readonly run: (repositories: Repositories) => Promise<unknown> }
  | { readonly do: 'snapshot' | 'close' | 'kill' | 'power-loss' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      ops: fc.array(op, { minLength: 1, maxLength: 8 }),
      durability: fc.constantFrom('durable' as const, 'relaxed' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('act' as const), run: act }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('snapshot', 'close', 'kill', 'power-loss') }) },
);

/** A batch that is refused (a log row of a run that is not there) leaves the state as it was. */
async function attempt(opened: Opened, action: () => Promise<unknown>): Promise<boolean> {
  const before = hashOf(opened.core);
  try {
    await action();
    return true;
  } catch (thrown) {
    if (!hasCode(thrown, 'internal') && !hasCode(thrown, 'usage')) throw thrown;
    expect(hashOf(opened.core)).toBe(before);
    return false;
  }
}

test('the state after a replay is the state before it, byte for byte, whatever the program wrote', async () => {
  let taken = 0;
  let refused = 0;
  const count = (done: boolean): unknown => (done ? (taken += 1) : (refused += 1));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      let disk = new MemoryFileSystem();
      let opened = open(disk);
      await opened.repositories.integrations.put({ id: 'i1', config: aConfig('i1'), source: '' }, 1);
      const runs = ['run1', 'run2'].map((id): StoreOp => ({ op: 'put-run', run: aRun(id) }));
      await opened.store.commit(runs, 'durable');
      for (const next of [...steps, { do: 'kill' } as const]) {
        if (next.do === 'commit') count(await attempt(opened, () => opened.store.commit(next.ops, next.durability)));
        else if (next.do === 'act') count(await attempt(opened, () => next.run(opened.repositories)));
        else if (next.do === 'snapshot') await opened.database.snapshot();
        else {
          // A power loss may take what is not synced; so all is, by a durable write after it.
          if (next.do === 'power-loss') await opened.repositories.meta.put('synced', 'yes');
          const live = hashOf(opened.core);
          const { sequence } = opened.core.status();
          if (next.do === 'close') await opened.database.close();
          else disk = disk.afterCrash(next.do === 'kill' ? 'killed' : 'lost', () => 0);
          opened = open(disk);
          expect(hashOf(opened.core), next.do).toBe(live);
          expect(opened.core.status()).toMatchObject({ sequence, recovered: null });
        }
      }
    }),
    { numRuns: 40 },
  );
  // The property is about what was written, less about what was refused.
  expect(taken).toBeGreaterThan(2 * refused);
  // Every statement that writes was among them, but for the one that an answer to a conflict needs.
  const writing = Object.entries(statements).filter(([, sql]) => statementKindOf(sql) === 'write');
  const unused = writing.map(([id]) => id).filter((id) => id !== 'staged.put-new' && !used.has(id));
  expect(unused).toEqual([]);
});
