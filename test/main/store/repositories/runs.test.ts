import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../../main/engine/state.js';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { aRun } from '../../../support/engine-fixtures.js';
import { aConfig, openWorkspace, putIntegrations } from './kit.js';

const hourMs = 60 * 60 * 1000;

async function withRuns(...runs: readonly (readonly [integration: string, run: RunState])[]) {
  const workspace = await openWorkspace();
  await putIntegrations(workspace.repositories, 'i1', 'i2');
  for (const [integration, run] of runs) {
    await createEngineStore(workspace.database, integration).commit([{ op: 'put-run', run }], 'durable');
  }
  return workspace;
}

const ids = (records: readonly { readonly run: RunState }[]): readonly string[] => records.map(({ run }) => run.id);

describe('runs', () => {
  it('are listed newest first, page by page, of one integration or of all', async () => {
    const runs = [5, 1, 4, 2, 3].map(
      (n) => [n % 2 === 0 ? 'i2' : 'i1', aRun(`r${String(n)}`, { startedAtMs: n * 1000 })] as const,
    );
    const { repositories } = await withRuns(...runs);
    expect(ids(await repositories.runs.list())).toEqual(['r5', 'r4', 'r3', 'r2', 'r1']);
    expect(ids(await repositories.runs.list({ limit: 2 }))).toEqual(['r5', 'r4']);
    expect(ids(await repositories.runs.list({ limit: 2, beforeMs: 4000 }))).toEqual(['r3', 'r2']);
    expect(ids(await repositories.runs.list({ integrationId: 'i2' }))).toEqual(['r4', 'r2']);
    expect(await repositories.runs.list({ integrationId: 'nobody' })).toEqual([]);
  });

  it('come back as they were put last, with the integration’s present name', async () => {
    const ended = aRun('r1', {
      endedAtMs: 1_772_000_009_000,
      outcome: 'failures',
      counts: { failed: 2 },
      message: 'x',
    });
    const { repositories } = await withRuns(['i1', aRun('r1')], ['i1', ended]);
    expect(await repositories.runs.get('r1')).toEqual({ run: ended, integrationId: 'i1', integrationName: 'name-i1' });
    await repositories.integrations.put({ id: 'i1', config: aConfig('other'), source: '' }, 5);
    expect(await repositories.runs.get('r1')).toMatchObject({ integrationName: 'other', run: ended });
    expect(await repositories.runs.get('r2')).toBeNull();
  });

  it('that never ended are told apart', async () => {
    const { repositories } = await withRuns(
      ['i1', aRun('r1')],
      ['i2', aRun('r2')],
      ['i1', aRun('r3', { endedAtMs: 1_772_000_009_000 })],
    );
    expect(ids(await repositories.runs.unfinished())).toEqual(['r1', 'r2']);
    expect(ids(await repositories.runs.unfinished('i1'))).toEqual(['r1']);
  });

  it('are counted by the day on which they began, whatever its length', async () => {
    // The second day has 23 hours, as where summer time begins.
    const days = [0, 24, 47, 71].map((hour) => hour * hourMs);
    const at = (id: string, hour: number, outcome: RunState['outcome']): RunState =>
      aRun(id, { startedAtMs: hour * hourMs, endedAtMs: hour * hourMs + 1, outcome });
    const { repositories } = await withRuns(
      ['i1', at('a', 0, 'done')],
      ['i1', at('b', 23.5, 'done')],
      ['i1', at('c', 24, 'failures')],
      ['i1', at('d', 46.5, 'done')],
      ['i1', at('e', 47, 'done')],
      ['i1', at('f', 71, 'done')],
      ['i2', at('g', 70.5, 'braked')],
    );
    expect(await repositories.runs.perDay(days)).toEqual(
      new Map([
        ['i1', [{ done: 2 }, { done: 1, failures: 1 }, { done: 1 }]],
        ['i2', [{}, {}, { braked: 1 }]],
      ]),
    );
    expect(await repositories.runs.perDay([])).toEqual(new Map());
    await repositories.integrations.remove('i1', 9);
    expect([...(await repositories.runs.perDay(days)).keys()]).toEqual(['i2']);
  });
});
