import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startPracticeRedmine, type PracticeRedmine } from '../../main/practice/redmine/index.js';
import { perform, type Peer } from './practice-parity/peer.js';
import { catalogueSteps } from './practice-parity/steps-catalogue.js';
import { querySteps } from './practice-parity/steps-queries.js';
import { createSteps, editNoteSteps, noteSteps, treeSteps, updateSteps } from './practice-parity/steps-writes.js';
import type { Step } from './practice-parity/step.js';

const run = promisify(execFile);
const script = 'test/servers/redmine.sh';
const port = '4101';
const home = mkdtempSync(join(tmpdir(), 'parity-'));
const redmine = (...args: string[]) => run('bash', [script, ...args], { env: { ...process.env, TRACKERS_HOME: home } });
const present = existsSync('/var/lib/redmine-tracker-template/ready');

const groups: readonly (readonly [string, readonly Step[]])[] = [
  ['catalogue', catalogueSteps],
  ['create', createSteps],
  ['update', updateSteps],
  ['notes', noteSteps],
  ['editing notes', editNoteSteps],
  ['tree', treeSteps],
  ['queries', querySteps],
];

describe.skipIf(!present)('practice Redmine against the real one', () => {
  let real: Peer;
  let practice: Peer;
  let server: PracticeRedmine;
  let nowMs = Date.now();

  beforeAll(async () => {
    await redmine('start', port);
    const { stdout } = await redmine('seed', port, 'parity');
    const seed = JSON.parse(stdout) as PracticeRedmine['seed'];
    server = await startPracticeRedmine({
      clock: { now: () => nowMs, monotonic: () => nowMs, sleep: () => Promise.resolve() },
      random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), unit: () => 0.5 },
      identifier: 'parity',
      settings: { reuseIds: true },
      dateHeader: false,
    });
    real = peerOf(seed);
    practice = peerOf(server.seed);
  }, 120_000);

  afterAll(async () => {
    await server?.stop();
    await redmine('reset', port);
  });

  for (const [group, steps] of groups) {
    describe(group, () => {
      test.each(steps.map((step) => [`${step.as} ${step.method} ${step.path}: ${step.why}`, step] as const))(
        '%s',
        async (_, step) => {
          if (step === editNoteSteps[0]) for (const peer of [real, practice]) await learnEntries(peer);
          nowMs += 10;
          const expected = await perform(real, step);
          expect(await perform(practice, step)).toEqual(expected);
        },
      );
    });
  }
});

function peerOf(seed: PracticeRedmine['seed']): Peer {
  const keys = Object.fromEntries(seed.users.map((user) => [user.login, user.apiKey]));
  return { url: seed.url, keys: { ...keys, admin: seed.apiKey }, learned: new Map(), lastEtag: '' };
}

interface Entry {
  readonly id: number;
  readonly notes: string | null;
  readonly details: readonly { readonly name: string }[];
}

/** The ids of the journal entries that the steps talk about. */
async function learnEntries(peer: Peer): Promise<void> {
  const response = await fetch(`${peer.url}/issues/5.json?include=journals`, {
    headers: { 'X-Redmine-API-Key': peer.keys['admin'] ?? '' },
  });
  const { issue } = (await response.json()) as { readonly issue: { readonly journals: readonly Entry[] } };
  const idOf = (test: (entry: Entry) => boolean): string => String(issue.journals.find(test)?.id);
  peer.learned.set(
    'hers',
    idOf((entry) => entry.notes?.startsWith('but comments') === true),
  );
  peer.learned.set(
    'bobs',
    idOf((entry) => entry.notes === 'for us only'),
  );
  peer.learned.set(
    'change',
    idOf((entry) => entry.details.some((detail) => detail.name === 'subject')),
  );
  peer.learned.set(
    'last',
    idOf((entry) => entry.notes === 'mine'),
  );
}
