import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileSystem } from '../../../main/host.js';
import { acquireLock, type Lock, type Processes } from '../../../main/store/lock-file.js';
import { createNodeFileSystem } from '../../../main/store/node-file-system.js';
import { createNodeStoreHost } from '../../../main/store/node-host.js';
import { createNodeProcesses } from '../../../main/store/node-processes.js';
import { openInThread } from '../../../main/store/open-store.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import { commit, FakeProcesses, folder, itemsOf, openLocked, put, seededRandom } from './store-kit.js';
import { diskOptions, makeDataFolder, startStoreProcess } from './store-process.js';

const lockPath = `${folder}/lock`;
let seed = 0;

function acquire(fileSystem: FileSystem, processes: Processes, at = folder): Lock {
  seed += 1;
  fileSystem.makeFolder(at);
  return acquireLock(fileSystem, at, processes, seededRandom(seed));
}

function lockedBy(pid: number): unknown {
  return expect.objectContaining({
    code: 'store-locked',
    message: `Lockstep is open, pid ${String(pid)}.`,
    context: { pid },
  });
}

describe('the lock', () => {
  let disk: MemoryFileSystem;
  let processes: FakeProcesses;
  beforeEach(() => {
    disk = new MemoryFileSystem();
    processes = new FakeProcesses();
  });

  test('is had by one at a time, and free again after it was released', () => {
    const first = acquire(disk, processes.start(1));
    expect(() => acquire(disk, processes.start(2))).toThrow(lockedBy(1));
    first.assertHeld();
    first.release();
    expect(disk.paths()).toEqual([]);
    const second = acquire(disk, processes.start(2));
    // Not its own any more: it stays.
    first.release();
    second.assertHeld();
  });

  test('of a process that is no more is taken over', () => {
    const first = acquire(disk, processes.start(1));
    processes.end(1);
    const second = acquire(disk, processes.start(2));
    second.assertHeld();
    expect(() => {
      first.assertHeld();
    }).toThrow(expect.objectContaining({ code: 'store-lock-lost' }));
    expect(disk.paths()).toEqual([lockPath]);
  });

  test('of a process whose number another one has now is taken over', () => {
    acquire(disk, processes.start(1, 'started on monday'));
    processes.start(1, 'started on friday');
    acquire(disk, processes.start(2)).assertHeld();
  });

  test('of before the machine was started anew is taken over, whoever has that number now', () => {
    acquire(disk, processes.start(1, 't'));
    processes.bootId = 'boot-2';
    const second = processes.start(2);
    processes.start(1, 't');
    acquire(disk, second).assertHeld();
  });

  test('of another container is left alone: nobody can see from here whether its process lives', () => {
    acquire(disk, { ...processes.start(1), namespace: 'pid:[1]' });
    processes.end(1);
    const other = { ...processes.start(2), namespace: 'pid:[2]' };
    expect(() => acquire(disk, other)).toThrow(
      expect.objectContaining({ code: 'store-locked', action: expect.stringContaining(lockPath) as unknown }),
    );
  });

  test('that was never written to its end is taken over', () => {
    for (const content of ['', '{"pid":1,"start', 'null', '{"pid":"1"}']) {
      disk.plant(lockPath, new TextEncoder().encode(content));
      acquire(disk, processes.start(2)).release();
    }
  });

  test('leaves no lock behind that could not be written', () => {
    disk.fault = ({ kind }) => (kind === 'sync' ? { kind: 'error', code: 'EIO' } : { kind: 'none' });
    expect(() => acquire(disk, processes.start(1))).toThrow(/EIO/);
    disk.fault = () => ({ kind: 'none' });
    acquire(disk, processes.start(2)).assertHeld();
  });

  test('is had by one of two that find the same dead one, at whatever moment the other comes', () => {
    const moments = ['readFile', 'rename', 'open', 'remove'] as const;
    for (const moment of moments) {
      for (const when of ['before', 'after'] as const) {
        for (const nth of [1, 2, 3]) {
          const shared = new MemoryFileSystem();
          const table = new FakeProcesses();
          acquire(shared, table.start(1));
          table.end(1);
          let calls = 0;
          const held: Lock[] = [];
          const come = (): void => {
            calls += 1;
            if (calls === nth) tryAcquire(shared, table.start(3), held);
          };
          tryAcquire(interrupted(shared, moment, when, come), table.start(2), held);
          // Both may have begun; by the check that comes before every fsync at most one goes on.
          const holders = held.filter((lock) => holds(lock));
          expect(holders.length, `${when} ${moment} ${String(nth)}`).toBe(1);
          expect(shared.paths()).toEqual([lockPath]);
        }
      }
    }
  });

  test('that was lost while the machine slept stops the store before its next fsync', () => {
    const sleeper = openLocked(disk, processes.start(1));
    commit(sleeper.core, put('a', 1));
    sleeper.core.apply(put('b', 1));
    processes.end(1);
    const taker = openLocked(disk, processes.start(2));
    const from = disk.operations.length;
    expect(() => {
      sleeper.core.sync();
    }).toThrow(expect.objectContaining({ code: 'store-lock-lost' }));
    sleeper.core.close();
    sleeper.lock.release();
    expect(disk.operations.slice(from)).toEqual([]);
    expect(sleeper.core.status().mode).toBe('closed');
    taker.lock.assertHeld();
    expect(itemsOf(taker.core)).toContain('a=1');
  });
});

function tryAcquire(fileSystem: FileSystem, processes: Processes, held: Lock[]): void {
  try {
    held.push(acquire(fileSystem, processes));
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: expect.stringMatching(/^store-lock(ed|-lost)$/) as unknown });
  }
}

function holds(lock: Lock): boolean {
  try {
    lock.assertHeld();
    return true;
  } catch {
    return false;
  }
}

/** The file system of a process that is interrupted by another one around one kind of call. */
function interrupted(
  disk: MemoryFileSystem,
  moment: 'readFile' | 'rename' | 'open' | 'remove',
  when: 'before' | 'after',
  come: () => void,
): FileSystem {
  const around = <T>(method: string, call: () => T): T => {
    if (method === moment && when === 'before') come();
    try {
      return call();
    } finally {
      if (method === moment && when === 'after') come();
    }
  };
  return {
    makeFolder: (path) => {
      disk.makeFolder(path);
    },
    list: (path) => disk.list(path),
    sizeOf: (path) => disk.sizeOf(path),
    syncFolder: (path) => {
      disk.syncFolder(path);
    },
    readFile: (path) => around('readFile', () => disk.readFile(path)),
    open: (path, mode) => around('open', () => disk.open(path, mode)),
    rename: (from, to) => {
      around('rename', () => {
        disk.rename(from, to);
      });
    },
    remove: (path) => {
      around('remove', () => {
        disk.remove(path);
      });
    },
  };
}

describe('the lock between real processes', () => {
  let data: ReturnType<typeof makeDataFolder>;
  beforeEach(() => {
    data = makeDataFolder();
  });
  afterEach(() => {
    data.remove();
  });

  test('names the living one, and is taken over from the killed one', { timeout: 120_000 }, async () => {
    const holder = await startStoreProcess(data.path, false);
    const open = () => openInThread(diskOptions(data.path), createNodeStoreHost());
    await expect(open()).rejects.toThrow(lockedBy(holder.pid));

    // The same number, but not the same process: this one lives, and began at another time.
    const file = join(data.path, 'lock');
    const content = JSON.parse(readFileSync(file, 'utf8')) as { readonly startTime: string; readonly bootId: string };
    const processes = createNodeProcesses();
    expect(content.startTime).toBe(processes.startTimeOf(holder.pid));
    expect(content.startTime).not.toBe(processes.startTimeOf(process.pid));
    await holder.kill();
    expect(processes.startTimeOf(holder.pid)).toBeNull();
    writeFileSync(file, JSON.stringify({ ...content, pid: process.pid }));
    const database = await open();
    await database.write([['put', ['a', 1, null]]], 'durable');
    await database.close();

    // Left by a kill, as it is.
    await (await startStoreProcess(data.path, false)).kill();
    const again = await open();
    expect(await again.read('one', ['a'])).toEqual([{ value: 1, data: null }]);
    await again.close();
  });

  test('of another start of the machine is taken over, though a process with that number lives', () => {
    const real = createNodeProcesses();
    const fileSystem = createNodeFileSystem();
    acquire(fileSystem, { ...real, bootId: 'an earlier one' }, data.path);
    const lock = acquire(fileSystem, real, data.path);
    lock.assertHeld();
    expect(() => acquire(fileSystem, real, data.path)).toThrow(lockedBy(process.pid));
  });
});
