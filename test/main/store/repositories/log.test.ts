import { describe, expect, it } from 'vitest';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { anEntry, aPair, aRun } from '../../../support/engine-fixtures.js';
import { openWorkspace, putIntegrations } from './kit.js';

async function withLog() {
  const workspace = await openWorkspace();
  await putIntegrations(workspace.repositories, 'i1');
  const store = createEngineStore(workspace.database, 'i1');
  for (const run of ['run1', 'run2']) {
    const entries = Array.from({ length: 90 }, (_, n) =>
      anEntry(run, {
        pairId: `p${String(n % 3)}`,
        field: n % 2 === 0 ? 'subject' : 'status',
        outcome: n % 5 === 0 ? 'failed' : 'done',
        kind: n % 9 === 0 ? 'create' : 'set',
        atMs: n,
      }),
    );
    await store.commit(
      [{ op: 'put-run', run: aRun(run) }, ...entries.map((entry) => ({ op: 'log', entry }) as const)],
      'durable',
    );
  }
  return workspace;
}

describe('the log of a run', () => {
  it('is read page by page, by pair, field, outcome and kind', async () => {
    const { repositories } = await withLog();
    const { log } = repositories;
    const seqs = async (query: Parameters<typeof log.page>[1]): Promise<readonly number[]> =>
      (await log.page('run1', query)).map(({ seq }) => seq);
    expect(await seqs({ limit: 3 })).toEqual([0, 1, 2]);
    expect(await seqs({ afterSeq: 87, limit: 30 })).toEqual([88, 89]);
    expect(await seqs({ pairIds: ['p1', 'p9'], field: 'subject', limit: 3 })).toEqual([4, 10, 16]);
    expect(await seqs({ outcome: 'failed', kind: 'create' })).toEqual([0, 45]);
    expect(await seqs({ pairIds: [] })).toEqual([]);
    expect(await log.count('run1')).toBe(90);
    expect(await log.page('nobody')).toEqual([]);
    const [row] = await log.page('run1', { afterSeq: 70, limit: 1 });
    expect(row?.entry).toMatchObject({ pairId: 'p2', atMs: 71, title: '#1 Printer was on fire' });
  });

  it('tells what all runs did to a pair, newest first', async () => {
    const { repositories } = await withLog();
    const first = await repositories.log.ofPairs(['p1', 'p1'], { field: 'status', limit: 20 });
    expect(first.map(({ runId, seq }) => `${runId}/${String(seq)}`).slice(0, 2)).toEqual(['run2/85', 'run2/79']);
    const last = first.at(-1);
    const rest = await repositories.log.ofPairs(['p1'], {
      field: 'status',
      ...(last === undefined ? {} : { before: last.place }),
    });
    expect([...first, ...rest]).toHaveLength(30);
    expect(new Set([...first, ...rest].map(({ runId, seq }) => `${runId}/${String(seq)}`)).size).toBe(30);
  });
});

describe('pairs', () => {
  it('are found by id, ref and key of any side; those that ended come last', async () => {
    const { repositories, database } = await openWorkspace();
    await putIntegrations(repositories, 'i1', 'i2');
    const [one, two] = [createEngineStore(database, 'i1'), createEngineStore(database, 'i2')];
    const ended = aPair('p1', { refs: { left: '7', right: null }, status: 'ended' });
    const active = aPair('p2', { refs: { left: '3', right: '7' } });
    const elsewhere = aPair('q1', { keys: { left: '7', right: 'OPS-9' } });
    await one.commit(
      [
        { op: 'put-pair', pair: ended },
        { op: 'put-pair', pair: active },
      ],
      'durable',
    );
    await two.commit([{ op: 'put-pair', pair: elsewhere }], 'durable');
    const find = async (text: string, integration?: string): Promise<readonly string[]> =>
      (await repositories.pairs.find(text, integration)).map(({ pair }) => pair.id);
    expect(await find('7')).toEqual(['p2', 'q1', 'p1']);
    expect(await find('7', 'i1')).toEqual(['p2', 'p1']);
    expect(await find('OPS-9')).toEqual(['q1']);
    expect(await find('p2')).toEqual(['p2']);
    expect(await find('nothing')).toEqual([]);
    expect((await repositories.pairs.find('p2'))[0]).toEqual({ integrationId: 'i1', pair: active });
  });
});
