import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StatusView } from '../../preload/contract/views.js';
import type { Sided } from '../../preload/contract/values.js';
import type { RedmineServer } from '../support/redmine-server.js';
import { describeWith } from '../support/require.js';
import { createChoices, runSeed, type Choices } from '../support/seeded.js';
import { conflictsOf, expectInStep, syncToEnd, told } from './pair/checks.js';
import { bothSides, createPeople, type People } from './pair/people.js';
import { issuesOf } from './pair/picture.js';
import { createWorld, startServers, testBrakes, type World } from './pair/world.js';

/** `LOCKSTEP_KILLS=40` for the whole length. */
const wanted = process.env['LOCKSTEP_KILLS'];
const kills = { marker: Number(wanted ?? 8), none: Number(wanted ?? 7) };
/** On two busy cores. */
const msForEach = 60_000;

interface Kill {
  /** Standard error had told that writing has begun. */
  readonly inApply: boolean;
  /** Counted from the journal: an intent's frame was there, that of its end was not. */
  readonly openIntents: number;
}

describeWith('redmine', 'the process is killed with -9 in the middle of a sync', () => {
  let servers: Sided<RedmineServer>;
  beforeAll(async () => {
    servers = await startServers();
  });
  afterAll(async () => {
    await Promise.all([servers.left.dispose(), servers.right.dispose()]);
  });

  for (const mode of ['marker', 'none'] as const) {
    const field = mode === 'marker' ? 'a marker field' : 'no marker field';
    it(
      `again and again, with ${field}: nothing is doubled, nothing is lost, nobody repairs by hand`,
      async () => {
        const seed = runSeed();
        const choices = createChoices(seed + (mode === 'marker' ? 0 : 1));
        const world = await createWorld(servers, {
          project: `kill-${mode}`,
          marker: mode === 'marker',
          timeoutMs: 2_000,
        });
        const people = createPeople(world, choices);
        await makeFirstWork(world, people, choices);

        const killed: Kill[] = [];
        // A moment that comes after the end of the sync is none: people go on, and it is tried again.
        for (let attempt = 0; killed.length < kills[mode] && attempt < 4 * kills[mode]; attempt += 1) {
          const kill = await killedSync(world, choices, attempt);
          if (kill !== null) killed.push(kill);
          if (kill === null || choices.below(3) === 0) await workOn(people, choices);
        }
        tellKills(mode, seed, killed);
        expect(killed.length).toBe(kills[mode]);
        expect(killed.filter(({ inApply }) => inApply).length * 2).toBeGreaterThanOrEqual(killed.length);
        expect(killed.filter(({ openIntents }) => openIntents > 0).length * 4).toBeGreaterThanOrEqual(killed.length);

        await syncToEnd(world);
        await syncToEnd(world);
        await syncToEnd(world, '--full');
        const reviews = (await conflictsOf(world)).conflicts.filter(({ kind }) => kind === 'review');
        expect(reviews, 'only the user could tell these; with a marker there are none').toEqual([]);
        await expectInStep(world, people, seed);
        world.dispose();
      },
      msForEach * (kills[mode] + 10),
    );
  }
});

async function makeFirstWork({ sites }: World, people: People, choices: Choices): Promise<void> {
  for (let made = 0; made < 30; made += 1) await people.create('left');
  const parents = (await issuesOf(sites.left)).slice(0, 5).map(({ id }) => id);
  for (let made = 0; made < 8; made += 1) await people.create('left', choices.one(parents));
  for (let made = 0; made < 15; made += 1) await people.remark('left');
}

async function workOn(people: People, choices: Choices): Promise<void> {
  for (let change = 0; change < 4; change += 1) await people.create(choices.one(bothSides));
  for (let change = 0; change < 8; change += 1) await people.edit(choices.one(bothSides));
  for (let change = 0; change < 4; change += 1) await people.talk(choices.one(bothSides));
}

/** Null where the sync had ended before the moment came. */
async function killedSync(world: World, choices: Choices, attempt: number): Promise<Kill | null> {
  const { terminal, name } = world;
  const started = terminal.start(['sync', name, '--release', testBrakes]);
  // Three of four wait for the writing to begin, the fourth strikes wherever the run is.
  const awaitsWriting = attempt % 4 !== 3;
  const inTime = awaitsWriting ? await started.shows('Writing') : await started.shows('Checking');
  if (inTime) await afterMs(choices.below(awaitsWriting ? 1_200 : 2_500));
  const alive = started.process.exitCode === null && started.process.kill('SIGKILL');
  const ended = await started.ended;
  if (!alive || ended.code !== null) {
    expect([0, 1, 3], told(ended)).toContain(ended.code);
    return null;
  }
  const status = await terminal.json<StatusView>(['status']);
  return { inApply: ended.stderr.includes('Writing'), openIntents: status.counts['openIntents'] ?? 0 };
}

function tellKills(mode: string, seed: number, killed: readonly Kill[]): void {
  const inApply = killed.filter((kill) => kill.inApply).length;
  const between = killed.filter(({ openIntents }) => openIntents > 0).length;
  const all = `${String(killed.length)} kills (${mode}, seed ${String(seed)})`;
  process.stdout.write(`${all}: ${String(inApply)} in apply, ${String(between)} between an intent and its end\n`);
}

/** The one thing here that is real time: the moment at which a process dies. */
function afterMs(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
