import { describe, expect, it } from 'vitest';
import type { StoredLedgerEntry } from '../../../../main/store/repositories/notes.js';
import { openWorkspace } from './kit.js';

describe('acts of the user', () => {
  it('are listed newest first, page by page, of one integration or of all', async () => {
    const { repositories } = await openWorkspace();
    for (let n = 0; n < 5; n += 1) {
      const integrationId = n === 4 ? null : `i${String(n % 2)}`;
      await repositories.acts.add({
        atMs: n,
        kind: 'brake-released',
        integrationId,
        detail: { brakes: ['creates'], n },
      });
    }
    const times = async (query?: Parameters<typeof repositories.acts.list>[0]): Promise<readonly number[]> =>
      (await repositories.acts.list(query)).map(({ atMs }) => atMs);
    expect(await times()).toEqual([4, 3, 2, 1, 0]);
    const [, last] = await repositories.acts.list({ limit: 2 });
    expect(last).toMatchObject({ kind: 'brake-released', detail: { brakes: ['creates'], n: 3 } });
    expect(await times({ limit: 2, before: last?.number ?? 0 })).toEqual([2, 1]);
    expect(await times({ integrationId: 'i1' })).toEqual([3, 1]);
  });
});

describe('the network ledger', () => {
  it('keeps the last word on each host, connection and role', async () => {
    const workspace = await openWorkspace();
    const entry = (change: Partial<StoredLedgerEntry>): StoredLedgerEntry => ({
      host: 'b.test',
      connectionId: 'c1',
      role: 'tracker',
      firstMs: 1_772_000_000_000,
      lastMs: 1_772_000_000_500,
      contacts: 3,
      refusals: 0,
      refusedBecause: null,
      ...change,
    });
    const { ledger } = workspace.repositories;
    await ledger.put([]);
    await ledger.put([
      entry({}),
      entry({ host: 'a.test', role: 'foreign', contacts: 0, refusals: 1, refusedBecause: 'x' }),
    ]);
    await ledger.put([entry({ contacts: 4 }), entry({ role: 'proxy' }), entry({ connectionId: 'c2' })]);
    for (const { repositories } of [workspace, await workspace.reopen()]) {
      expect(await repositories.ledger.entries()).toEqual([
        entry({ host: 'a.test', role: 'foreign', contacts: 0, refusals: 1, refusedBecause: 'x' }),
        entry({ role: 'proxy' }),
        entry({ contacts: 4 }),
        entry({ connectionId: 'c2' }),
      ]);
    }
  });
});

describe('small things by name', () => {
  it('are put, replaced and removed', async () => {
    const { repositories } = await openWorkspace();
    const { meta } = repositories;
    expect(await meta.get('a')).toBeNull();
    await meta.put('a', '1');
    await meta.put('a', '2');
    await meta.put('b', '');
    expect([await meta.get('a'), await meta.get('b')]).toEqual(['2', '']);
    await meta.remove('a');
    await meta.remove('nothing');
    expect(await meta.get('a')).toBeNull();
  });
});

it('an empty workspace counts nothing', async () => {
  const { repositories } = await openWorkspace();
  const counts = await repositories.counts();
  expect(Object.keys(counts)).toHaveLength(12);
  expect(Object.values(counts).every((count) => count === 0)).toBe(true);
});
