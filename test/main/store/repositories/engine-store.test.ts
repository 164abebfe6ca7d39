import { describe, expect, it } from 'vitest';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { aPair } from '../../../support/engine-fixtures.js';
import { engineStoreContract } from '../../../support/engine-store-contract.js';
import { openWorkspace, putIntegrations } from './kit.js';

engineStoreContract('the engine store over the database', async () => {
  const workspace = await openWorkspace();
  await putIntegrations(workspace.repositories, 'i1', 'i2');
  return {
    store: createEngineStore(workspace.database, 'i1'),
    other: createEngineStore(workspace.database, 'i2'),
    log: async (runId) => {
      const rows = await workspace.repositories.log.page(runId, { limit: 1_000 });
      expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index));
      return rows.map(({ entry }) => entry);
    },
    reopen: async () => createEngineStore((await workspace.reopen()).database, 'i1'),
  };
});

describe('the engine store over the database', () => {
  it('refuses an integration that is not stored, and writes nothing for it', async () => {
    const { database } = await openWorkspace();
    const store = createEngineStore(database, 'nobody');
    const refused = expect.objectContaining({ code: 'internal' }) as Error;
    await expect(store.state()).rejects.toThrow(refused);
    await expect(store.commit([{ op: 'put-pair', pair: aPair('p1') }], 'durable')).rejects.toThrow(refused);
    expect((await database.status()).sequence).toBe(0);
  });

  it('writes a long text once, whoever holds it', async () => {
    const { database, repositories } = await openWorkspace();
    await putIntegrations(repositories, 'i1');
    const store = createEngineStore(database, 'i1');
    const bases = (revision: string) => {
      const base = { fields: { description: { value: 'x'.repeat(5_000) } }, notEditable: {}, revision, stamp: null };
      return { left: base, right: base };
    };
    for (let n = 0; n < 20; n += 1) {
      await store.commit([{ op: 'put-pair', pair: aPair(`p${String(n)}`, { bases: bases(String(n)) }) }], 'durable');
    }
    expect(await repositories.counts()).toMatchObject({ pairs: 20, longTexts: 1 });
  });

  it('writes only what differs of a pair that it wrote before', async () => {
    const { database, repositories } = await openWorkspace();
    await putIntegrations(repositories, 'i1');
    const written: string[] = [];
    const store = createEngineStore(
      {
        ...database,
        write: (batch, durability) => {
          written.push(...batch.map(([id]) => id));
          return database.write(batch, durability);
        },
      },
      'i1',
    );
    const pair = aPair('p1');
    await store.commit([{ op: 'put-pair', pair }], 'durable');
    written.length = 0;
    await store.commit([{ op: 'put-pair', pair: { ...pair, dirty: true } }], 'durable');
    expect(written).toEqual(['pair.put']);
    written.length = 0;
    const left = { ...pair.bases.left, revision: 'new' } as typeof pair.bases.left;
    await store.commit([{ op: 'put-pair', pair: { ...pair, bases: { ...pair.bases, left } } }], 'durable');
    expect(written).toEqual(['pair.put', 'base.put', 'text.unuse']);
  });

  it('grows its batches in step with what is put in, not faster', async () => {
    const entriesFor = async (pairs: number): Promise<number> => {
      const { database, repositories } = await openWorkspace();
      await putIntegrations(repositories, 'i1');
      let entries = 0;
      const counting = createEngineStore(
        { ...database, write: (batch, durability) => ((entries += batch.length), database.write(batch, durability)) },
        'i1',
      );
      const ops = Array.from({ length: pairs }, (_, n) => ({ op: 'put-pair', pair: aPair(`p${String(n)}`) }) as const);
      await counting.commit(ops, 'durable');
      return entries;
    };
    expect(await entriesFor(400)).toBe(4 * (await entriesFor(100)));
  });
});
