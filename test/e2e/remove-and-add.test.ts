import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreviewView, SyncView } from '../../preload/contract/views.js';
import { expectCode, pairFile, startPracticeTerminal, type PracticeTerminal } from '../support/practice-terminal.js';

// An integration that is removed and added again from the same file must find what it made before.
describe('an integration that was removed and is added again', () => {
  let world: PracticeTerminal;

  beforeEach(async () => {
    world = await startPracticeTerminal();
  });
  afterEach(() => world.stop());

  async function syncRemoveAdd(): Promise<void> {
    const { terminal, sites, folder } = world;
    const left = sites.left.state.as('alice');
    const { id } = left.create({ project_id: 1, subject: 'First' });
    left.comment(id, 'A remark');
    left.create({ project_id: 1, subject: 'Second' });
    await terminal.json<SyncView>(['sync', 'pair', '--release', 'first-run']);
    expect(sites.right.state.store.issues.size).toBe(2);
    expectCode(await terminal.run(['integration', 'remove', 'pair']), 0);
    expectCode(await terminal.run(['integration', 'add', join(folder, 'pair.yaml')]), 0);
  }

  it('pairs everything by its markers and creates nothing, after a preview was looked at', async () => {
    const { terminal, sites, folder } = world;
    await world.connect({ marker: true });
    await syncRemoveAdd();

    const braked = await terminal.json<SyncView>(['sync', 'pair', '--release', 'first-run,creates'], 4);
    expect(braked.brakes.map(({ name }) => name)).toContain('recovered');

    const plan = join(folder, 'plan.json');
    const preview = await terminal.json<PreviewView>(['preview', 'pair', '--out', plan]);
    expect(preview.counts.creates).toEqual({ left: 0, right: 0 });
    expect(preview.counts.comments).toEqual({ left: 0, right: 0 });
    expect(preview.rows.filter(({ kind }) => kind === 'match')).toHaveLength(3);
    const synced = await terminal.json<SyncView>(['sync', 'pair', '--plan', plan]);
    expect(synced.run.outcome).toBe('done');
    expect([sites.left, sites.right].map(({ state }) => state.store.issues.size)).toEqual([2, 2]);

    sites.left.state.as('alice').create({ project_id: 1, subject: 'Third' });
    const after = await terminal.json<SyncView>(['sync', 'pair']);
    expect(after.run.counts['created']).toBe(1);
    expect(sites.right.state.store.issues.size).toBe(3);
  });

  it('is stopped without markers by a brake that says that both sides hold the same, and how to pair it', async () => {
    const { terminal, sites } = world;
    await world.connect();
    await syncRemoveAdd();
    const braked = await terminal.json<SyncView>(['sync', 'pair'], 4);
    const [brake] = braked.brakes;
    expect(brake?.name).toBe('first-run');
    expect(brake?.saw).toContain('2 titles stand on both sides, and those items would be made a second time');
    expect(brake?.saw).toContain('match: {left: subject, right: subject, initial: ask}');
    expect(sites.left.state.store.issues.size).toBe(2);

    const file = world.file(
      'matched.yaml',
      pairFile({
        match: { left: 'subject', right: 'subject', initial: 'ask' },
      }),
    );
    expectCode(await terminal.run(['integration', 'add', file, '--replace']), 0);
    const preview = await terminal.json<PreviewView>(['preview', 'pair']);
    expect(preview.counts.creates).toEqual({ left: 0, right: 0 });
  });
});
