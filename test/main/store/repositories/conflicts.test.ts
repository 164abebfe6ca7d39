import { describe, expect, it } from 'vitest';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { aConflict, aPair, present } from '../../../support/engine-fixtures.js';
import { openWorkspace, putIntegrations } from './kit.js';

async function withConflicts() {
  const workspace = await openWorkspace();
  const { repositories, database } = workspace;
  await putIntegrations(repositories, 'i1', 'i2');
  const store = createEngineStore(database, 'i1');
  await store.commit(
    [
      { op: 'put-pair', pair: aPair('p1') },
      { op: 'put-pair', pair: aPair('p2', { status: 'ended' }) },
      { op: 'put-conflict', conflict: aConflict('k2') },
      { op: 'put-conflict', conflict: aConflict('k1', { kind: 'review', field: null, candidates: ['7', '8'] }) },
      { op: 'put-conflict', conflict: aConflict('k3', { pairId: 'p2' }) },
    ],
    'durable',
  );
  const other = createEngineStore(database, 'i2');
  await other.commit([{ op: 'put-conflict', conflict: aConflict('k9', { pairId: 'q1' }) }], 'durable');
  return { ...workspace, store, conflicts: repositories.conflicts };
}

describe('conflicts', () => {
  it('wait in the order in which they came, of one integration or of all', async () => {
    const { conflicts } = await withConflicts();
    const ids = async (integration?: string): Promise<readonly string[]> =>
      (await conflicts.open(integration)).map(({ conflict }) => conflict.id);
    expect(await ids()).toEqual(['k2', 'k1', 'k3', 'k9']);
    expect(await ids('i2')).toEqual(['k9']);
    expect(await conflicts.openCount('i1')).toBe(3);
    expect(await conflicts.get('k1')).toMatchObject({ integrationId: 'i1', conflict: { candidates: ['7', '8'] } });
    expect(await conflicts.get('nobody')).toBeNull();
  });

  it('that are resolved leave the answer in a dirty pair with something to plan from, in one batch', async () => {
    const { conflicts, store, reopen } = await withConflicts();
    expect(await conflicts.resolve('k2', { side: 'left' })).toMatchObject({ id: 'k2', state: 'resolved' });
    for (const engine of [store, createEngineStore((await reopen()).database, 'i1')]) {
      const [pair] = await engine.dirtyPairs();
      expect(pair?.decisions).toEqual({
        subject: { take: { side: 'left' }, seen: { left: 'Printer burns', right: 'Printer was burning' } },
      });
      expect((await engine.staged()).map(({ side, ref, seen }) => [side, ref, seen])).toEqual([
        ['left', 'l-p1', 'unread'],
        ['right', 'r-p1', 'unread'],
      ]);
      expect((await engine.openConflicts()).map(({ id }) => id)).toEqual(['k1', 'k3']);
    }
  });

  it('of a whole item, and with other values seen, are kept as they were answered', async () => {
    const { conflicts, store } = await withConflicts();
    await store.commit([{ op: 'stage', staged: present('left', 'l-p1') }], 'durable');
    await conflicts.resolve('k1', 'new', { left: 'a', right: null });
    const [pair] = await store.dirtyPairs();
    expect(pair?.decisions).toEqual({ item: { take: 'new', seen: { left: 'a', right: null } } });
    // What was read of the item is worth more than the note that it has to be read.
    expect((await store.staged()).map(({ seen }) => seen)).toEqual(['present', 'unread']);
  });

  it('are dealt with once, and not for a pair that is no more', async () => {
    const { conflicts } = await withConflicts();
    const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;
    await expect(conflicts.resolve('k3', 'x')).rejects.toThrow(code('gone'));
    expect(await conflicts.discard('k3')).toMatchObject({ state: 'discarded' });
    for (const again of [() => conflicts.discard('k3'), () => conflicts.resolve('k3', 'x')]) {
      await expect(again()).rejects.toThrow(code('usage'));
    }
    await expect(conflicts.resolve('nobody', 'x')).rejects.toThrow(code('usage'));
    // A value that lost is kept until the user discards it: only its state changed.
    expect((await conflicts.get('k3'))?.conflict).toEqual(aConflict('k3', { pairId: 'p2', state: 'discarded' }));
  });

  it('answered between two commits of one engine are not written over by its memory of the pair', async () => {
    const { conflicts, store } = await withConflicts();
    await conflicts.resolve('k2', 'both burn');
    const [pair] = await store.dirtyPairs();
    if (pair === undefined) throw new Error('the pair is not dirty');
    await store.commit([{ op: 'put-pair', pair: { ...pair, dirty: false } }], 'durable');
    expect((await store.pairs(['p1'])).get('p1')).toEqual({ ...pair, dirty: false });
  });
});
