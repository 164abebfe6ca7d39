import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { createEngineStore } from '../../main/store/repositories/engine-store.js';
import { createRepositories } from '../../main/store/repositories/index.js';
import type { StoreOp } from '../../main/engine/state.js';
import { aRun } from '../support/engine-fixtures.js';
import { aConfig } from '../main/store/repositories/kit.js';
import { megabyte, peakMemoryMb, record, timed } from './support/figures.js';
import { createSample, sampleEntry, samplePair } from './support/sample.js';
import { makeFolder, openDatabase, storeOptions } from './support/workspace.js';

const pairCount = 100_000;
const rowCount = 1_000_000;
const runCount = 200;
const limitMb = 300;
const dayMs = 24 * 60 * 60 * 1000;
const startMs = Date.UTC(2026, 0, 1);

const folder = makeFolder();
afterAll(() => {
  folder.remove();
});

const worker = fileURLToPath(new URL('../../out/main/store-worker.js', import.meta.url));
const opener = fileURLToPath(new URL('./support/open-store.mjs', import.meta.url));

it('keeps 100,000 pairs of 20 fields and 1,000,000 log rows in 300 MB', async () => {
  const database = await openDatabase(folder.path);
  const { integrations, log } = createRepositories(database);
  await integrations.put({ id: 'i1', config: aConfig('bench'), source: '' }, 1);
  const store = createEngineStore(database, 'i1');
  const sample = createSample();

  const pairs = await timed(async () => {
    for (let from = 0; from < pairCount; from += 500) {
      const ops = Array.from({ length: 500 }, (_, n): StoreOp => {
        return { op: 'put-pair', pair: samplePair(sample, from + n) };
      });
      await store.commit(ops, 'durable');
    }
  });
  record('store: 100,000 pairs written', pairs.ms, 'ms');

  const rowsPerRun = rowCount / runCount;
  const rows = await timed(async () => {
    for (let run = 0; run < runCount; run += 1) {
      const id = `run${String(run)}`;
      const startedAtMs = startMs + run * (dayMs / 8);
      const ended = aRun(id, { startedAtMs, endedAtMs: startedAtMs + 60_000, outcome: 'done' });
      await store.commit([{ op: 'put-run', run: ended }], 'durable');
      // As a run does it: a few rows a batch.
      for (let from = 0; from < rowsPerRun; from += 10) {
        const ops = Array.from({ length: 10 }, (_, n): StoreOp => {
          const entry = sampleEntry(sample, id, sample.pick(pairCount), startedAtMs + (from + n) * 10);
          return { op: 'log', entry };
        });
        await store.commit(ops, 'relaxed');
      }
      await database.closeRun(id);
    }
  });
  record('store: 1,000,000 log rows written', rows.ms, 'ms');
  expect(await log.count('run7')).toBe(rowsPerRun);

  const taken = await timed(() => database.snapshot());
  record('store: snapshot of it', taken.ms, 'ms');
  const status = await database.status();
  const exportedMb = status.databaseBytes / megabyte;
  record('store: exported database', exportedMb, 'MB', limitMb);
  record('store: run segments beside it', status.segments.bytes / megabyte, 'MB');
  record('store: peak memory while it was made', peakMemoryMb(), 'MB');
  await database.close();
  expect(exportedMb).toBeLessThanOrEqual(limitMb);
});

it.skipIf(!existsSync(worker))('opens it in the worker of the built program', async () => {
  const { key, ...options } = storeOptions(folder.path, false);
  const input = JSON.stringify({ ...options, key: Buffer.from(key).toString('base64') });
  const child = promisify(execFile)(process.execPath, [opener, worker], { maxBuffer: megabyte });
  child.child.stdin?.end(input);
  const opened = JSON.parse((await child).stdout) as { readonly ms: number; readonly peakMb: number };
  record('store: opened', opened.ms, 'ms');
  record('store: peak memory of a process that opened it', opened.peakMb, 'MB');
});
