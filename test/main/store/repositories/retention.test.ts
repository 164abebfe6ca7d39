import { describe, expect, it } from 'vitest';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { retentionLimitMs } from '../../../../main/store/repositories/retention.js';
import { aConflict, anEntry, aPair, aRun } from '../../../support/engine-fixtures.js';
import { openWorkspace, putIntegrations } from './kit.js';

async function withRuns() {
  const workspace = await openWorkspace();
  await putIntegrations(workspace.repositories, 'i1');
  const store = createEngineStore(workspace.database, 'i1');
  for (const n of [1, 2, 3]) {
    const id = `run${String(n)}`;
    const endedAtMs = n === 2 ? null : n * 1000 + 1;
    await store.commit(
      [
        { op: 'put-run', run: aRun(id, { startedAtMs: n * 1000, endedAtMs }) },
        { op: 'put-pair', pair: aPair('p1') },
        { op: 'log', entry: anEntry(id, { pairId: 'p1' }) },
        { op: 'log', entry: anEntry(id, { pairId: `only-in-${id}` }) },
        { op: 'put-conflict', conflict: aConflict(`k${String(n)}`, { runId: id, kind: 'loser' }) },
      ],
      'durable',
    );
    await workspace.database.closeRun(id);
  }
  return { ...workspace, store };
}

describe('retention', () => {
  it('deletes old runs with their values; what lost and what never ended stays', async () => {
    const { repositories, store, fileSystem } = await withRuns();
    expect(await repositories.retention.dropRunsBefore(3000)).toBe(1);
    expect((await repositories.runs.list()).map(({ run }) => run.id)).toEqual(['run3', 'run2']);
    expect(await repositories.log.page('run1')).toEqual([]);
    expect(await repositories.log.count('run1')).toBe(0);
    expect(await repositories.log.count('run2')).toBe(2);
    expect(fileSystem.paths().filter((path) => path.includes('/runs/run1.'))).toEqual([]);
    expect((await store.openConflicts()).map(({ id }) => id)).toEqual(['k1', 'k2', 'k3']);
    expect((await repositories.log.ofPairs(['p1'])).map(({ runId }) => runId)).toEqual(['run3', 'run2']);
    // A pair id that a marker may bear is never forgotten; one that was only spoken of is.
    expect(await store.pairKnown('p1')).toBe(true);
    expect(await repositories.logSearch.count({ item: 'only-in-run1' })).toBe(0);
    expect(await repositories.retention.dropRunsBefore(3000)).toBe(0);
  });

  it('goes on where the process ended in the middle of it', async () => {
    for (let at = 1; at < 40; at += 1) {
      const { repositories, fileSystem } = await withRuns();
      const start = fileSystem.operations.length;
      fileSystem.fault = ({ number }) => (number === start + at ? { kind: 'crash', when: 'before' } : { kind: 'none' });
      const outcome = await repositories.retention.dropRunsBefore(4000).then(
        () => 'done',
        () => 'crashed',
      );
      const again = await openWorkspace(fileSystem.afterCrash('killed', () => 0));
      const shown = (await again.repositories.runs.list()).map(({ run }) => run.id);
      // Of a run that is shown every value is there.
      for (const id of shown) {
        const rows = await again.repositories.log.page(id);
        expect(rows.map(({ valuesLost }) => valuesLost)).toEqual([false, false]);
      }
      await again.repositories.retention.dropRunsBefore(4000);
      expect((await again.repositories.runs.list()).map(({ run }) => run.id)).toEqual(['run2']);
      expect((await again.repositories.counts()).logRows).toBe(2);
      expect(again.fileSystem.paths().filter((path) => /runs\/run[13]/.test(path))).toEqual([]);
      if (outcome === 'done') return;
    }
    expect.unreachable('retention takes fewer steps');
  });

  it('keeps 90 days where nothing else is said', () => {
    expect(retentionLimitMs(100 * 86_400_000)).toBe(10 * 86_400_000);
    expect(retentionLimitMs(100 * 86_400_000, 30)).toBe(70 * 86_400_000);
  });
});
