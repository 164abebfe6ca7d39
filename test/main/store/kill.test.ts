import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNodeStoreHost } from '../../../main/store/node-host.js';
import { openInThread } from '../../../main/store/open-store.js';
import { createChoices, runSeed } from '../../support/seeded.js';
import { diskOptions, makeDataFolder, startStoreProcess } from './store-process.js';

const kills = 10;
/** Batches that the process has under way at a time. */
const writers = 3;

let folder: ReturnType<typeof makeDataFolder>;
beforeEach(() => {
  folder = makeDataFolder();
});
afterEach(() => {
  folder.remove();
});

/** What the next process would find: a copy is opened, and the killed state itself goes on to the next round. */
async function readCopy(name: string): Promise<{ readonly last: number; readonly rows: number }> {
  const copy = join(folder.path, name);
  cpSync(join(folder.path, 'store'), copy, { recursive: true });
  const database = await openInThread(diskOptions(copy, false), createNodeStoreHost());
  expect((await database.status()).recovered).toBeNull();
  const rows = await database.read<{ readonly address: number }>('addresses');
  for (const [index, { address }] of rows.entries()) {
    const n = index + 1;
    const expected = new Uint8Array(200 + ((n * 37) % 3000)).fill(n % 251);
    expect(Buffer.compare(await database.readValue('run-1', address), expected), `value ${String(n)}`).toBe(0);
  }
  const [item] = await database.read<{ readonly value: number }>('one', ['last']);
  await database.close();
  return { last: item?.value ?? 0, rows: rows.length };
}

test(`a process killed ${String(kills)} times on a real disk loses nothing that it acknowledged`, async () => {
  const choices = createChoices(runSeed());
  const store = join(folder.path, 'store');
  let kept = 0;
  for (let round = 1; round <= kills; round += 1) {
    const batches = choices.below(100);
    const delayMs = choices.below(12);
    const place = `kill ${String(round)}, ${String(delayMs)} ms after ${String(batches)} batches`;
    const child = await startStoreProcess(store, true);
    if (batches > 0) await child.acknowledgedMore(batches);
    // The moment is what is tested: between two batches, or in the middle of one.
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await child.kill();
    const acknowledged = Math.max(kept, child.acknowledged());
    const { last, rows } = await readCopy(`after-${String(round)}`);
    expect(rows, place).toBeGreaterThanOrEqual(acknowledged);
    expect(rows, place).toBeLessThanOrEqual(acknowledged + writers);
    // Whole batches only.
    expect(last, place).toBe(rows);
    kept = rows;
  }
  expect(kept).toBeGreaterThan(kills);
}, 300_000);
