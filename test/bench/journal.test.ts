import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileSystem, OpenFile } from '../../main/host.js';
import type { StoreOp } from '../../main/engine/state.js';
import { createNodeStoreHost } from '../../main/store/node-host.js';
import { createEngineStore } from '../../main/store/repositories/engine-store.js';
import { createRepositories } from '../../main/store/repositories/index.js';
import { anIntent, aRun } from '../support/engine-fixtures.js';
import { aConfig } from '../main/store/repositories/kit.js';
import { median, record, timed } from './support/figures.js';
import { createSample, sampleEntry, samplePair } from './support/sample.js';
import { makeFolder, openDatabase } from './support/workspace.js';

const batchCount = 1500;
const rounds = 3;
/** The database's own work is most of a batch; encoding and encrypting a frame must not cost as much again. */
const mostOverNone = 2;

let folder: ReturnType<typeof makeFolder>;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => {
  folder.remove();
});

const isJournal = (path: string): boolean => /\/journal-\d+-\d+$/.test(path);
const nowhere: OpenFile = {
  read: () => new Uint8Array(),
  append: () => undefined,
  sync: () => undefined,
  truncate: () => undefined,
  size: () => 0,
  close: () => undefined,
};

/**
 * `kept`: as it is. `unsynced`: no journal or segment waits for the disk. `dropped`: as unsynced, and what is written
 * to the journal goes nowhere.
 */
type Journal = 'kept' | 'unsynced' | 'dropped';

function withJournal(fileSystem: FileSystem, journal: Journal): FileSystem {
  if (journal === 'kept') return fileSystem;
  return {
    ...fileSystem,
    open(path, mode) {
      if (journal === 'dropped' && mode === 'create' && isJournal(path)) return nowhere;
      return { ...fileSystem.open(path, mode), sync: () => undefined };
    },
    syncFolder: () => undefined,
  };
}

/** What a run commits for each change that it writes: an intent before, its end with base and log row after. */
async function writeBatches(path: string, journal: Journal): Promise<number> {
  const host = createNodeStoreHost();
  const database = await openDatabase(path, { ...host, fileSystem: withJournal(host.fileSystem, journal) });
  await createRepositories(database).integrations.put({ id: 'i1', config: aConfig('bench'), source: '' }, 1);
  const store = createEngineStore(database, 'i1');
  const sample = createSample();
  await store.commit([{ op: 'put-run', run: aRun('run1') }], 'durable');
  const batches = Array.from({ length: batchCount }, (_, n): readonly StoreOp[] => {
    const pair = samplePair(sample, n);
    const id = `intent${String(n)}`;
    if (n % 2 === 0) return [{ op: 'open-intent', intent: anIntent(id, { pairId: pair.id }) }];
    return [
      { op: 'put-pair', pair },
      { op: 'log', entry: sampleEntry(sample, 'run1', n, n) },
      { op: 'end-intent', id: `intent${String(n - 1)}` },
    ];
  });
  const { ms } = await timed(async () => {
    for (const ops of batches) await store.commit(ops, 'durable');
  });
  await database.close();
  return ms;
}

it('costs less than the database itself', async () => {
  const times: Record<Journal, number[]> = { kept: [], unsynced: [], dropped: [] };
  // In turns: what else the machine does falls on all three.
  for (let round = 0; round < rounds; round += 1)
    for (const journal of ['dropped', 'unsynced', 'kept'] as const)
      times[journal].push(await writeBatches(`${folder.path}/${journal}-${String(round)}`, journal));
  const [none, unsynced, kept] = [median(times.dropped), median(times.unsynced), median(times.kept)];
  record('journal: a batch without it', none / batchCount, 'ms');
  record('journal: a batch with it', kept / batchCount, 'ms');
  record('journal: over none, the fsync left out', unsynced / none, 'ratio', mostOverNone);
  record('journal: over none, each batch with its own fsync', kept / none, 'ratio');
  expect(unsynced / none).toBeLessThanOrEqual(mostOverNone);
});
