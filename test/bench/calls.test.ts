import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redmine } from '../../main/connectors/redmine/index.js';
import { startPracticeRedmine, type PracticeRedmine } from '../../main/practice/redmine/index.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import { realClock, realRandom } from '../support/real-world.js';
import { createTerminal, type Terminal } from '../support/terminal.js';
import { record, timed } from './support/figures.js';
import { makeFolder } from './support/workspace.js';
import { createWriter, seeded } from './support/words.js';

const issueCount = Number(process.env['LOCKSTEP_BENCH_ISSUES'] ?? 10_000);
const changedCount = issueCount / 20;
const mostCallsOverBound = 1.1;
const { callBound } = redmine.manifest;
/** Further than the cursor looks back for edits that it may have missed. */
const laterMs = 10 * 60 * 1000;

const folder = makeFolder();
const peakFile = join(folder.path, 'peak');
const preload = fileURLToPath(new URL('./support/peak-at-exit.mjs', import.meta.url));
let servers: Sided<PracticeRedmine>;
let terminal: Terminal;

/** What a run did on one side, by which its lower bound is told. */
interface Work {
  readonly listed: number;
  readonly detailed: number;
  readonly created: number;
  readonly updated: number;
}

const nothing: Work = { listed: 0, detailed: 0, created: 0, updated: 0 };

/** connectors.md section 2: what the tracker's API forces, by the connector's own figures. A listing is never less than a page. */
function lowerBound(work: Sided<Work>): number {
  const pages = (items: number, size: number): number => Math.ceil(items / size);
  const ofSide = ({ listed, detailed, created, updated }: Work): number =>
    callBound.fixed +
    Math.max(1, pages(listed, callBound.pageSize)) +
    detailed * callBound.detailPerItem +
    created * callBound.create +
    updated * (callBound.update + callBound.reread) +
    pages(updated, callBound.inScopePage);
  return ofSide(work.left) + ofSide(work.right);
}

async function sync(): Promise<{ readonly calls: number; readonly writes: number; readonly ms: number }> {
  for (const side of sides) servers[side].requests.reset();
  const { result, ms } = await timed(() =>
    terminal.run(['sync', 'bench', '--release', 'first-run,creates,half-changed', '--json']),
  );
  expect(result.code, result.stdout.slice(-2_000) + result.stderr.slice(-2_000)).toBe(0);
  const sum = (of: (side: Side) => number): number => of('left') + of('right');
  return {
    calls: sum((side) => servers[side].requests.total),
    writes: sum((side) => servers[side].requests.writes),
    ms,
  };
}

function peakMb(): number {
  return Number(readFileSync(peakFile, 'utf8'));
}

beforeAll(async () => {
  const start = (firstIssueId: number, firstUserId: number): Promise<PracticeRedmine> =>
    startPracticeRedmine({ clock: realClock, random: realRandom, identifier: 'bench', firstIssueId, firstUserId });
  servers = { left: await start(1, 5), right: await start(500_001, 105) };
  const text = createWriter(seeded(1));
  const { state, seed } = servers.left;
  for (let n = 0; n < issueCount; n += 1) {
    const createdOnMs = realClock.now() - 30 * laterMs + n;
    state.addIssue({
      subject: `${String(n)} ${text(7)}`,
      description: text(80),
      projectId: seed.project.id,
      createdOnMs,
    });
  }
  terminal = createTerminal({
    LOCKSTEP_DATA: join(folder.path, 'data'),
    LOCKSTEP_PASSPHRASE: 'a passphrase for the bench',
    LOCKSTEP_BENCH_PEAK: peakFile,
    NODE_OPTIONS: `--import ${preload}`,
  });
  for (const side of sides) {
    const { url, seed: access } = servers[side];
    const added = await terminal.run(['connection', 'add', side, '--url', url, '--set', 'markerField=External ID'], {
      env: { LOCKSTEP_SECRET: access.apiKey },
    });
    expect(added.code, added.stderr).toBe(0);
  }
  const file = join(folder.path, 'bench.yaml');
  writeFileSync(
    file,
    stringify({
      name: 'bench',
      left: { connection: 'left', scope: 'bench' },
      right: { connection: 'right', scope: 'bench' },
      types: Object.keys(seed.trackers).map((name) => ({ left: name, right: name })),
      policy: 'left',
      fields: ['subject', 'description', 'status', 'priority', 'startDate', 'dueDate', 'doneRatio'].map((id) => ({
        left: id,
        right: id,
      })),
      comments: { policy: 'left' },
    }),
  );
  const added = await terminal.run(['integration', 'add', file]);
  expect(added.code, added.stderr).toBe(0);
});

afterAll(async () => {
  await Promise.all(sides.map((side) => servers[side].stop()));
  folder.remove();
});

/** Moves all that was edited on both sides into the past, as a pause between two runs would. */
function letTimePass(): void {
  for (const side of sides) for (const issue of servers[side].state.store.issues.values()) issue.updatedOnMs -= laterMs;
  for (const side of sides) servers[side].state.store.touch();
}

function recordCalls(what: string, calls: number, bound: number): void {
  record(`calls: ${what}, made`, calls, 'calls');
  record(`calls: ${what}, over the lower bound of ${String(bound)}`, calls / bound, 'ratio', mostCallsOverBound);
}

it('makes no more calls than the trackers force', async () => {
  const first = await sync();
  const firstBound = lowerBound({
    left: { ...nothing, listed: issueCount, detailed: issueCount },
    right: { ...nothing, created: issueCount },
  });
  recordCalls(`first sync of ${String(issueCount)}`, first.calls, firstBound);
  record('first sync: time', first.ms, 'ms');
  record('first sync: peak memory of the program', peakMb(), 'MB');

  // The next run sees what the first one wrote; only then is there nothing to do.
  await sync();
  letTimePass();
  const idle = await sync();
  const idleBound = lowerBound({ left: nothing, right: nothing });
  recordCalls('nothing changed', idle.calls, idleBound);
  expect(idle.writes).toBe(0);

  const { state } = servers.left;
  const ids = [...state.store.issues.keys()].slice(0, changedCount);
  for (const id of ids) state.as('admin').update(id, { subject: `changed ${String(id)}` });
  const changed = await sync();
  const changedBound = lowerBound({
    left: { ...nothing, listed: changedCount, detailed: changedCount },
    right: { ...nothing, updated: changedCount },
  });
  recordCalls('5 % changed', changed.calls, changedBound);
  record('5 % changed: peak memory of the program', peakMb(), 'MB');
  expect(
    [...servers.right.state.store.issues.values()].filter(({ subject }) => subject.startsWith('changed ')),
  ).toHaveLength(changedCount);

  const ratios = [first.calls / firstBound, idle.calls / idleBound, changed.calls / changedBound];
  expect(Math.max(...ratios)).toBeLessThanOrEqual(mostCallsOverBound);
});
