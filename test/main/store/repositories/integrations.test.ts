import { describe, expect, it } from 'vitest';
import { createEngineStore } from '../../../../main/store/repositories/engine-store.js';
import { previewRunId } from '../../../../main/store/repositories/previews.js';
import { aCommentPair, aConflict, anEntry, anIntent, aPair, aRun, present } from '../../../support/engine-fixtures.js';
import { aConfig, aPreview, openWorkspace, putIntegrations } from './kit.js';

describe('integrations', () => {
  it('come back as they were put, by name and by id', async () => {
    const { repositories } = await openWorkspace();
    const { integrations } = repositories;
    const source = '# mine\nname: desk\n';
    await integrations.put({ id: 'i1', config: aConfig('desk'), source }, 1000);
    await integrations.put({ id: 'i2', config: aConfig('audit'), source: '' }, 1001);
    const whole = { id: 'i1', name: 'desk', config: aConfig('desk'), source, createdAtMs: 1000, changedAtMs: 1000 };
    expect(await integrations.byName('desk')).toEqual(whole);
    expect(await integrations.byId('i1')).toEqual(whole);
    expect((await integrations.list()).map(({ name }) => name)).toEqual(['audit', 'desk']);
    await integrations.put({ id: 'i1', config: aConfig('counter'), source }, 2000);
    expect(await integrations.byName('desk')).toBeNull();
    expect(await integrations.byId('i1')).toMatchObject({ name: 'counter', createdAtMs: 1000, changedAtMs: 2000 });
    await expect(integrations.put({ id: 'i3', config: aConfig('audit'), source: '' }, 3000)).rejects.toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
    expect(await integrations.byId('i3')).toBeNull();
  });

  it('that are removed leave nothing behind but their runs and the ids of their pairs', async () => {
    const { database, repositories } = await openWorkspace();
    await putIntegrations(repositories, 'i1', 'i2');
    const long = 'long '.repeat(200);
    for (const [id, prefix] of [
      ['i1', 'a'],
      ['i2', 'b'],
    ] as const) {
      await createEngineStore(database, id).commit(
        [
          { op: 'put-run', run: aRun(`run-${id}`, { endedAtMs: 5 }) },
          {
            op: 'put-pair',
            pair: aPair(`${prefix}1`, {
              dirty: true,
              comments: [
                aCommentPair('c1', { bases: { left: { body: long + prefix, visibility: 'public' }, right: null } }),
              ],
            }),
          },
          { op: 'stage', staged: present('left', '1') },
          { op: 'open-intent', intent: anIntent(`in-${id}`) },
          { op: 'put-conflict', conflict: aConflict(`k-${id}`) },
          { op: 'log', entry: anEntry(`run-${id}`, { pairId: `${prefix}1` }) },
        ],
        'durable',
      );
      await repositories.previews.put(aPreview(`v-${id}`), id);
    }
    await repositories.integrations.remove('i1', 9000);
    await repositories.integrations.remove('nobody', 9000);
    expect((await repositories.integrations.list()).map(({ id }) => id)).toEqual(['i2']);
    expect(await repositories.counts()).toMatchObject({
      integrations: 1,
      pairs: 1,
      dirtyPairs: 1,
      staged: 1,
      openIntents: 1,
      openConflicts: 1,
      previews: 1,
      runs: 2,
      logRows: 2,
    });
    await expect(database.readValue(previewRunId('v-i1'), 2 ** 40 + 80)).rejects.toThrow();
    const kept = createEngineStore(database, 'i2');
    expect((await kept.pairs(['b1'])).get('b1')?.comments[0]?.bases.left?.body).toBe(`${long}b`);
    // Markers that name its pairs tell the next integration of that name that the store knows less than the trackers.
    expect(await kept.pairKnown('a1')).toBe(false);
    expect(await kept.pairKnown('b1')).toBe(true);
    expect((await repositories.runs.get('run-i1'))?.integrationName).toBe('name-i1');
    expect((await repositories.log.page('run-i1')).map(({ entry }) => entry.pairId)).toEqual(['a1']);
    // Its long texts go with the next sweep, the other one's stay.
    await repositories.retention.dropRunsBefore(0);
    expect((await repositories.counts()).longTexts).toBe(1);
    // The name is free again; the same id may come back, empty.
    await putIntegrations(repositories, 'i1');
    expect(await createEngineStore(database, 'i1').activeRefs()).toEqual([]);
  });
});
