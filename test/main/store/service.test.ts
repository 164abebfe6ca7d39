import { beforeEach, describe, expect, test } from 'vitest';
import type { Batch } from '../../../main/store/database.js';
import type { StoreCore } from '../../../main/store/core.js';
import { StoreService } from '../../../main/store/service.js';
import { MemoryFileSystem, type Operation } from '../../fakes/memory-file-system.js';
import { itemsOf, openCore, put } from './store-kit.js';

interface Delayed {
  readonly delayMs: number;
  readonly run: () => void;
}

/** A service whose timers stand still until the test moves them. */
function openService(disk: MemoryFileSystem) {
  const core: StoreCore = openCore(disk);
  const deferred: (() => void)[] = [];
  const delayed = new Set<Delayed>();
  let closed = 0;
  const timers = {
    defer: (run: () => void) => void deferred.push(run),
    after: (delayMs: number, run: () => void) => {
      const timer = { delayMs, run };
      delayed.add(timer);
      return () => void delayed.delete(timer);
    },
  };
  const service = new StoreService(core, timers, () => (closed += 1));
  const answers: string[] = [];
  return {
    core,
    service,
    delayed,
    answers,
    closed: () => closed,
    /** Names of the writes that were answered, in order, with the code of those that failed. */
    write(name: string, batch: Batch, durability: 'durable' | 'relaxed' = 'durable'): void {
      service.write(batch, durability).then(
        () => answers.push(name),
        (error: unknown) => answers.push(`${name}: ${(error as { readonly code: string }).code}`),
      );
    },
    /** Runs what was deferred up to now, and lets promises settle. */
    async turn(): Promise<void> {
      for (const run of deferred.splice(0)) run();
      await settle();
    },
    async fireDelayed(): Promise<void> {
      for (const timer of [...delayed]) {
        delayed.delete(timer);
        timer.run();
      }
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('group commit', () => {
  let disk: MemoryFileSystem;
  let opened: ReturnType<typeof openService>;
  let from: number;
  beforeEach(() => {
    disk = new MemoryFileSystem();
    opened = openService(disk);
    from = disk.operations.length;
  });
  const operations = (kind: Operation['kind']): number =>
    disk.operations.slice(from).filter((operation) => operation.kind === kind).length;

  test('many writes share one fsync, and none is acknowledged before it', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) opened.write(name, put(name, 1));
    await settle();
    expect([operations('append'), operations('sync'), opened.answers]).toEqual([5, 0, []]);
    expect(itemsOf(opened.core)).toHaveLength(5);
    expect(opened.service.status()).toMatchObject({ sequence: 5, syncedSequence: 0 });
    await opened.turn();
    expect(operations('sync')).toBe(1);
    expect(opened.answers).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(opened.service.status().syncedSequence).toBe(5);

    opened.write('f', put('f', 1));
    await opened.turn();
    expect(operations('sync')).toBe(2);
    expect(opened.answers).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('a batch that the database refuses fails alone', async () => {
    opened.write('a', put('a', 1));
    opened.write('twice', [
      ['add', ['b', 1]],
      ['add', ['a', 2]],
    ]);
    opened.write('c', put('c', 1));
    await opened.turn();
    expect([...opened.answers].sort()).toEqual(['a', 'c', 'twice: internal']);
    expect(itemsOf(openCore(disk.afterCrash('lost', () => 0)))).toEqual(['a=1', 'c=1']);
  });

  test('a relaxed write is answered at once, and is on disk within 250 ms', async () => {
    opened.write('a', put('a', 1), 'relaxed');
    opened.write('b', put('b', 1), 'relaxed');
    await opened.turn();
    expect([opened.answers, operations('append'), operations('sync')]).toEqual([['a', 'b'], 2, 0]);
    // It survives the end of the process, not yet that of the machine.
    expect(itemsOf(openCore(disk.afterCrash('killed', () => 0)))).toEqual(['a=1', 'b=1']);
    expect(itemsOf(openCore(disk.afterCrash('lost', () => 0)))).toEqual([]);

    expect([...opened.delayed].map(({ delayMs }) => delayMs)).toEqual([250]);
    await opened.fireDelayed();
    expect(operations('sync')).toBe(1);
    expect(itemsOf(openCore(disk.afterCrash('lost', () => 0)))).toEqual(['a=1', 'b=1']);
  });

  test('a durable write takes the relaxed ones before it along, and their timer is gone', async () => {
    opened.write('relaxed', put('a', 1), 'relaxed');
    opened.write('durable', put('b', 1));
    await opened.turn();
    expect(opened.answers).toEqual(['relaxed', 'durable']);
    expect([operations('sync'), opened.delayed.size]).toEqual([1, 0]);
    opened.write('later', put('c', 1), 'relaxed');
    expect(opened.delayed.size).toBe(1);
  });

  test('a failed fsync acknowledges nothing, and the store takes no more writes', async () => {
    opened.write('before', put('a', 1));
    await opened.turn();
    disk.fault = ({ kind }) => (kind === 'sync' ? { kind: 'error', code: 'EIO' } : { kind: 'none' });
    for (const name of ['b', 'c']) opened.write(name, put(name, 1));
    await opened.turn();
    expect(opened.answers).toEqual(['before', 'b: store-write-failed', 'c: store-write-failed']);
    disk.fault = () => ({ kind: 'none' });
    opened.write('d', put('d', 1));
    opened.write('e', put('e', 1), 'relaxed');
    await opened.turn();
    expect(opened.answers.slice(3)).toEqual(['d: store-read-only', 'e: store-read-only']);
    expect(opened.service.status()).toMatchObject({
      mode: 'read-only',
      readOnlyBecause: { code: 'store-write-failed' },
    });
    expect(opened.service.read('one', ['a']).rows).toEqual([[1, null]]);
    await opened.service.close();
    expect(opened.closed()).toBe(1);
    expect(itemsOf(openCore(disk.afterCrash('lost', () => 0)))).toEqual(['a=1']);
  });

  test('a failed fsync of relaxed writes is told by the next write', async () => {
    opened.write('a', put('a', 1), 'relaxed');
    await settle();
    disk.fault = ({ kind }) => (kind === 'sync' ? { kind: 'error', code: 'EIO' } : { kind: 'none' });
    await opened.fireDelayed();
    disk.fault = () => ({ kind: 'none' });
    opened.write('b', put('b', 1));
    await opened.turn();
    expect(opened.answers).toEqual(['a', 'b: store-read-only']);
  });

  test('a snapshot that is due comes after the acknowledgements', async () => {
    const megabyte = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 9; n += 1) opened.write(String(n), put('a', n, megabyte));
    await opened.turn();
    expect(opened.answers).toHaveLength(9);
    expect(opened.service.status().generations).toHaveLength(1);
    await opened.turn();
    expect(opened.service.status()).toMatchObject({ journalBytes: 0, snapshotProblem: null });
    expect(opened.service.status().generations).toHaveLength(2);
  });

  test('closing makes durable what waits, acknowledges it, and happens once', async () => {
    opened.write('durable', put('a', 1));
    opened.write('relaxed', put('b', 1), 'relaxed');
    const first = opened.service.close();
    const second = opened.service.close();
    await Promise.all([first, second]);
    expect([...opened.answers].sort()).toEqual(['durable', 'relaxed']);
    expect([opened.closed(), opened.delayed.size]).toEqual([1, 0]);
    expect(itemsOf(openCore(disk.afterCrash('lost', () => 0)))).toEqual(['a=1', 'b=1']);
    const files = disk.operations.length;
    await opened.turn();
    opened.write('late', put('c', 1));
    await opened.turn();
    expect(opened.answers.at(-1)).toBe('late: store-stopped');
    expect(disk.operations).toHaveLength(files);
  });
});
