import { describe, expect, it } from 'vitest';
import { aPair } from '../support/engine-fixtures.js';
import { engineStoreContract } from '../support/engine-store-contract.js';
import { createMemoryEngineStore, type MemoryEngineStore } from './memory-engine-store.js';

engineStoreContract('the engine store in memory', () => {
  const workspace = new Set<string>();
  const store = createMemoryEngineStore({ workspace });
  return Promise.resolve({
    store,
    other: createMemoryEngineStore({ workspace }),
    log: (runId) => Promise.resolve(store.dump().log.filter((entry) => entry.runId === runId)),
    reopen: () => Promise.resolve(store.reopen()),
  });
});

describe('crashes of the engine store in memory', () => {
  const put = (store: MemoryEngineStore, id: string, durability: 'durable' | 'relaxed'): Promise<void> =>
    store.commit([{ op: 'put-pair', pair: aPair(id) }], durability);

  it('loses relaxed batches behind the last durable one in a power loss only', async () => {
    const store = createMemoryEngineStore();
    await put(store, 'p1', 'relaxed');
    await put(store, 'p2', 'durable');
    await put(store, 'p3', 'relaxed');
    const ids = (kept: MemoryEngineStore): readonly string[] => kept.dump().pairs.map(({ id }) => id);
    expect(ids(store.reopen())).toEqual(['p1', 'p2', 'p3']);
    expect(ids(store.reopenAfterPowerLoss())).toEqual(['p1', 'p2']);
  });

  it('drops a batch that fails before it, and keeps one that fails after it', async () => {
    let fails: 'before' | 'after' | 'never' = 'before';
    const throwIf = (when: 'before' | 'after') => () => {
      if (fails === when) throw new Error('crash');
    };
    const store = createMemoryEngineStore({ beforeCommit: throwIf('before'), afterCommit: throwIf('after') });
    await expect(put(store, 'p1', 'durable')).rejects.toThrow('crash');
    fails = 'after';
    await expect(put(store, 'p2', 'durable')).rejects.toThrow('crash');
    fails = 'never';
    expect(
      store
        .reopen()
        .dump()
        .pairs.map(({ id }) => id),
    ).toEqual(['p2']);
  });
});
