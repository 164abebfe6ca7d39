import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PreviewView } from '../../preload/contract/views.js';
import type { Sided } from '../../preload/contract/values.js';
import type { RedmineServer } from '../support/redmine-server.js';
import { describeWith } from '../support/require.js';
import { createChoices, runSeed } from '../support/seeded.js';
import { expectInStep, sync, told, writesDuring } from './pair/checks.js';
import { bothSides, createPeople } from './pair/people.js';
import { copyFolder, createWorld, startServers, testBrakes } from './pair/world.js';

describeWith('redmine', 'an older data folder is put back', () => {
  let servers: Sided<RedmineServer>;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await Promise.all([servers.left.dispose(), servers.right.dispose()]);
  });

  it('creates nothing before a preview was approved, and nothing twice after it', async () => {
    const seed = runSeed();
    const choices = createChoices(seed);
    const world = await createWorld(servers, { project: 'restore', marker: true });
    const people = createPeople(world, choices);
    const round = async (): Promise<void> => {
      for (let change = 0; change < 3; change += 1) await people.create(choices.one(bothSides));
      for (let change = 0; change < 5; change += 1) await people.edit(choices.one(bothSides));
      for (let change = 0; change < 3; change += 1) await people.remark(choices.one(bothSides));
      await sync(world);
    };
    for (let made = 0; made < 20; made += 1) await people.create(choices.one(bothSides));
    await sync(world);
    for (let done = 0; done < 3; done += 1) await round();
    const older = `${world.dataFolder}-older`;
    copyFolder(world.dataFolder, older);
    for (let done = 0; done < 5; done += 1) await round();
    for (let change = 0; change < 3; change += 1) await people.create(choices.one(bothSides));

    copyFolder(older, world.dataFolder);
    const { terminal, name } = world;
    const writes = await writesDuring(world, async () => {
      const stopped = await terminal.run(['sync', name, '--release', testBrakes]);
      expect(stopped.code, told(stopped)).toBe(4);
      expect(stopped.stdout).toContain('recovered');
      const again = await terminal.run(['sync', name, '--release', `${testBrakes},recovered`]);
      expect(again.code, 'this brake cannot be released').toBe(4);
    });
    expect(writes).toBe(0);

    const file = join(world.dataFolder, '..', 'plan.json');
    const preview = await terminal.json<PreviewView>(['preview', name, '--out', file]);
    const creates = preview.rows.filter(({ kind }) => kind === 'create');
    expect(creates.length, 'only what people made since').toBe(3);
    const approved = await terminal.run(['sync', name, '--plan', file]);
    expect([0, 3], told(approved)).toContain(approved.code);
    await sync(world);
    await sync(world, '--full');
    await expectInStep(world, people, seed);
    world.dispose();
  });
});
