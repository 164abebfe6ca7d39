import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { type Database, segmentValue } from '../../../main/store/database.js';
import { createNodeStoreHost } from '../../../main/store/node-host.js';
import { openInThread } from '../../../main/store/open-store.js';
import { openInWorker } from '../../../main/store/worker-client.js';
import { LockstepError } from '../../../preload/contract/errors.js';
import { assertBuilt, diskOptions, makeDataFolder, workerFile } from './store-process.js';

let folder: ReturnType<typeof makeDataFolder>;
beforeAll(assertBuilt);
beforeEach(() => {
  folder = makeDataFolder();
});
afterEach(() => {
  folder.remove();
});

const inWorker = (path: string, create = true): Promise<Database> =>
  openInWorker(diskOptions(path, create), workerFile);
const inThread = (path: string): Promise<Database> => openInThread(diskOptions(path), createNodeStoreHost());

/** What a caller sees of a failure. */
async function failureOf(action: Promise<unknown>): Promise<Record<string, unknown>> {
  const thrown: unknown = await action.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LockstepError);
  const { code, message, action: advice, context } = thrown as LockstepError;
  return { code, message, action: advice, context };
}

/** Everything the port can do, and all that it answered. */
async function useEverything(database: Database): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  const note = async (answer: Promise<unknown>): Promise<void> => {
    answers.push(await answer);
  };
  const bytes = new Uint8Array([0, 1, 255]);
  await note(database.write([['put', ['ä\u{1f600}', 2 ** 53 - 1, bytes]]], 'durable'));
  await note(database.write([['log', [segmentValue('run-1', bytes)]]], 'relaxed'));
  // Not awaited one by one: calls take effect in their order.
  const later = database.write([['put', ['b', null, null]]], 'durable');
  await note(database.read('all'));
  await later;
  await note(failureOf(database.write([['add', ['b', 1]]], 'durable')));
  await note(failureOf(database.write([['nothing', []]], 'relaxed')));
  await note(failureOf(database.read('removeAll')));
  await note(failureOf(database.readValue('run-9', 0)));
  const [row] = await database.read<{ readonly address: number }>('addresses');
  await note(database.readValue('run-1', row?.address ?? -1));
  await note(database.closeRun('run-1'));
  await note(database.markRecovered('a sign'));
  answers.push((await database.status()).recovered?.why);
  await note(database.clearRecovered());
  await note(database.snapshot());
  await note(database.removeRun('run-1'));
  answers.push(await database.status());
  await note(database.read('one', ['b']));
  return answers;
}

describe('the store in its worker', () => {
  test('answers as it does in one thread, failures included', async () => {
    const worker = await inWorker(join(folder.path, 'worker'));
    const thread = await inThread(join(folder.path, 'thread'));
    const expected = await useEverything(thread);
    expect(expected).toHaveLength(16);
    expect(await useEverything(worker)).toEqual(expected);
    await Promise.all([worker.close(), thread.close()]);
    // Each opens what the other one left.
    const all = await Promise.all([inThread(join(folder.path, 'worker')), inWorker(join(folder.path, 'thread'))]);
    const [one, other] = await Promise.all(all.map((database) => database.read('all')));
    expect(one).toHaveLength(2);
    expect(other).toEqual(one);
    await Promise.all(all.map((database) => database.close()));
  });

  test('is closed once, however often it is asked, and then says so', async () => {
    const database = await inWorker(folder.path);
    const waiting = database.write([['put', ['a', 1, null]]], 'durable');
    await Promise.all([database.close(), database.close()]);
    await waiting;
    await database.close();
    expect(await failureOf(database.read('all'))).toMatchObject({ code: 'store-stopped' });
    expect(await failureOf(database.write([['put', ['b', 1, null]]], 'durable'))).toMatchObject({
      code: 'store-stopped',
    });
    const again = await inThread(folder.path);
    expect(await again.read('all')).toEqual([{ id: 'a', value: 1, data: null }]);
    await again.close();
  });

  test('that cannot be opened says why: in use, and gone', async () => {
    const holder = await inWorker(folder.path);
    const refusal = { code: 'store-locked', message: `Lockstep is open, pid ${String(process.pid)}.` };
    expect(await failureOf(inWorker(folder.path))).toMatchObject({ ...refusal, context: { pid: process.pid } });
    expect(await failureOf(inThread(folder.path))).toMatchObject(refusal);
    await holder.close();
    expect(await failureOf(inWorker(join(folder.path, 'nowhere'), false))).toMatchObject({ code: 'store-damaged' });
    const next = await inWorker(folder.path);
    await next.close();
  });
});
