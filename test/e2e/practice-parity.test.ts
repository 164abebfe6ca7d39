import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPracticeRedmine, type PracticeRedmine } from '../../main/practice/redmine/index.js';
import { startRedmine, type RedmineSeed, type RedmineServer } from '../support/redmine-server.js';
import { describeWith } from '../support/require.js';
import type { Change } from './practice-parity/change.js';
import { perform, type Peer } from './practice-parity/peer.js';
import { catalogueSteps } from './practice-parity/steps-catalogue.js';
import { moveSteps, ruleSteps } from './practice-parity/steps-changes.js';
import { createSteps } from './practice-parity/steps-create.js';
import { editNoteSteps, noteSteps } from './practice-parity/steps-notes.js';
import { querySteps } from './practice-parity/steps-queries.js';
import { treeSteps } from './practice-parity/steps-tree.js';
import { updateSteps } from './practice-parity/steps-update.js';
import type { Step } from './practice-parity/step.js';

// One story: each step meets what the steps before have left, so the order matters and none can run alone.
const groups: readonly (readonly [string, readonly (Step | Change)[]])[] = [
  ['catalogue', catalogueSteps],
  ['create', createSteps],
  ['update', updateSteps],
  ['notes', noteSteps],
  ['editing notes', editNoteSteps],
  ['tree', treeSteps],
  ['queries', querySteps],
  ['moves', moveSteps],
  ['rules', ruleSteps],
];

describeWith('redmine', 'practice Redmine against the real one', () => {
  let redmine: RedmineServer;
  let server: PracticeRedmine;
  let real: Peer;
  let practice: Peer;
  // The practice server's clock: the real time at the start, then one step of 10 ms a request.
  let nowMs = 0;

  beforeAll(async () => {
    redmine = await startRedmine();
    real = peerOf(await redmine.seed('parity'));
    nowMs = Date.parse(await startOfSeed(real));
    server = await startPracticeRedmine({
      clock: { now: () => nowMs, monotonic: () => nowMs, sleep: () => Promise.resolve() },
      random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), unit: () => 0.5 },
      identifier: 'parity',
      // The real one runs on SQLite, with no web server in front.
      settings: { reuseIds: true },
      dateHeader: false,
    });
    practice = peerOf(server.seed);
  });

  afterAll(async () => {
    await server.stop();
    await redmine.dispose();
  });

  for (const [group, steps] of groups) {
    describe(group, () => {
      for (const step of steps) {
        test('change' in step ? `now ${step.change}` : titleOf(step), async () => {
          nowMs += 10;
          if ('change' in step) {
            await changeReal(redmine, step);
            step.practice(server.state);
            return;
          }
          if (step === editNoteSteps[0]) for (const peer of [real, practice]) await learnEntries(peer);
          const expected = await perform(real, step);
          expect(await perform(practice, step)).toEqual(expected);
        });
      }
    });
  }
});

function titleOf(step: Step): string {
  return `${step.why} (${step.as}: ${step.method} ${step.path})`;
}

function peerOf(
  seed: Pick<RedmineSeed, 'url' | 'apiKey'> & { readonly users: PracticeRedmine['seed']['users'] },
): Peer {
  const keys = Object.fromEntries(seed.users.map((user) => [user.login, user.apiKey]));
  return { url: seed.url, keys: { ...keys, admin: seed.apiKey }, learned: new Map(), lastEtag: '' };
}

async function askAdmin(peer: Peer, path: string): Promise<unknown> {
  const response = await fetch(`${peer.url}${path}`, { headers: { 'X-Redmine-API-Key': peer.keys['admin'] ?? '' } });
  return response.json();
}

/** The real server's own time, so that both agree on which day it is. */
async function startOfSeed(peer: Peer): Promise<string> {
  const { project } = (await askAdmin(peer, '/projects/parity.json')) as { readonly project: { created_on: string } };
  return project.created_on;
}

async function changeReal(redmine: RedmineServer, change: Change): Promise<void> {
  for (const call of change.api ?? []) {
    const answer = await redmine.send(call);
    expect(answer.status, `${call.method} ${call.path}: ${answer.text}`).toBeLessThan(300);
  }
  for (const sql of change.sql ?? []) {
    execFileSync('sqlite3', ['-cmd', '.timeout 10000', join(redmine.folder, 'redmine.sqlite3'), sql]);
  }
}

interface Entry {
  readonly id: number;
  readonly notes: string | null;
  readonly details: readonly { readonly name: string }[];
}

/** The ids of the journal entries that the steps talk about. */
async function learnEntries(peer: Peer): Promise<void> {
  const answer = (await askAdmin(peer, '/issues/5.json?include=journals')) as {
    readonly issue: { readonly journals: readonly Entry[] };
  };
  const learn = (name: string, test: (entry: Entry) => boolean): void => {
    peer.learned.set(name, String(answer.issue.journals.find(test)?.id));
  };
  learn('hers', (entry) => entry.notes?.startsWith('but comments') === true);
  learn('bobs', (entry) => entry.notes === 'for us only');
  learn('change', (entry) => entry.details.some((detail) => detail.name === 'subject'));
  learn('last', (entry) => entry.notes === 'mine');
}
