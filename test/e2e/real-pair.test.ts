import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Sided } from '../../preload/contract/values.js';
import { createChoices, runSeed } from '../support/seeded.js';
import type { RedmineServer } from '../support/redmine-server.js';
import { describeWith } from '../support/require.js';
import { conflictsOf, expectInStep, sync, writesDuring } from './pair/checks.js';
import { bothSides, createPeople } from './pair/people.js';
import { issuesOf } from './pair/picture.js';
import { createWorld, startServers } from './pair/world.js';

const issues = { alone: 120, children: 30, remarks: 60 };
const rounds = 15;
/** On two busy cores; four minutes on two that are free. */
const longMs = 20 * 60 * 1000;

describeWith('redmine', 'two real Redmines, kept in step from the terminal', () => {
  let servers: Sided<RedmineServer>;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await Promise.all([servers.left.dispose(), servers.right.dispose()]);
  });

  it(
    'brings 150 issues over, writes nothing the second time, and is in step after 15 rounds of edits',
    async () => {
      const seed = runSeed();
      const choices = createChoices(seed);
      const world = await createWorld(servers, { project: 'pair', marker: true });
      const people = createPeople(world, choices);
      for (let made = 0; made < issues.alone; made += 1) await people.create('left');
      const parents = (await issuesOf(world.sites.left)).slice(0, 12).map(({ id }) => id);
      for (let made = 0; made < issues.children; made += 1) await people.create('left', choices.one(parents));
      for (let made = 0; made < issues.remarks; made += 1) await people.remark('left');

      const first = await sync(world);
      expect(first.run.counts['created']).toBe(issues.alone + issues.children);
      await expectInStep(world, people, seed);
      expect(await writesDuring(world, () => sync(world))).toBe(0);

      for (let round = 0; round < rounds; round += 1) {
        for (let change = 0; change < 8; change += 1) await people.edit(choices.one(bothSides));
        for (let change = 0; change < 4; change += 1) await people.talk(choices.one(bothSides));
        if (round % 4 === 0) await people.create(choices.one(bothSides));
        const meanwhile = async (): Promise<void> => {
          for (let change = 0; change < 4; change += 1) await people.edit(choices.one(bothSides));
        };
        await Promise.all([sync(world), ...(round % 3 === 1 ? [meanwhile()] : [])]);
      }
      await sync(world);
      await sync(world, '--full');
      await expectInStep(world, people, seed);
      expect(await writesDuring(world, () => sync(world))).toBe(0);
      world.dispose();
    },
    longMs,
  );

  it('keeps what lost, and who won is as the policies say', async () => {
    const world = await createWorld(servers, { project: 'losers', marker: true });
    const people = createPeople(world, createChoices(runSeed()));
    await people.create('left');
    await sync(world);
    const [left] = await issuesOf(world.sites.left);
    const [right] = await issuesOf(world.sites.right);
    const put = (side: 'left' | 'right', id: number | undefined, issue: object): Promise<unknown> =>
      world.sites[side].server.adminPut(`/issues/${String(id)}.json`, { issue });
    await put('left', left?.id, { subject: 'left title', description: 'left text' });
    await put('right', right?.id, { subject: 'right title', description: 'right text' });
    await sync(world);
    for (const side of bothSides) {
      const [issue] = await issuesOf(world.sites[side]);
      expect(issue).toMatchObject({ subject: 'left title', description: 'right text' });
    }
    const { conflicts } = await conflictsOf(world);
    expect(
      conflicts.map(({ kind, field, left: was, right: other, loserSide }) => [kind, field, was, other, loserSide]),
    ).toEqual(
      expect.arrayContaining([
        ['loser', 'subject', 'left title', 'right title', 'right'],
        ['loser', 'description', 'left text', 'right text', 'left'],
      ]),
    );
    world.dispose();
  });
});
