import { describe, expect, test } from 'vitest';
import { LockstepError } from '../../../preload/contract/errors.js';
import { type Batch, segmentValue } from '../../../main/store/database.js';
import type { StoreCore } from '../../../main/store/core.js';
import {
  Crashed,
  type CrashKind,
  type Fault,
  MemoryFileSystem,
  type Operation,
} from '../../fakes/memory-file-system.js';
import { FakeProcesses, itemsOf, openLocked, put, seededChance, stateFolder } from './store-kit.js';

const crashKinds: readonly CrashKind[] = ['killed', 'lost', 'torn', 'zeros'];

/** What a script knows of a store: the state after each batch, and how far it was promised to last. */
interface Promises {
  /** By sequence. */
  readonly states: (readonly string[])[];
  acknowledged: number;
}

function stateOf(core: StoreCore): readonly string[] {
  return [...itemsOf(core), `${String(core.read('addresses', []).rows.length)} rows`];
}

function apply(core: StoreCore, promises: Promises, batch: Batch): void {
  core.apply(batch);
  promises.states.push(stateOf(core));
}

function sync(core: StoreCore, promises: Promises): void {
  core.sync();
  promises.acknowledged = promises.states.length - 1;
}

/** Three lives of a store: made, grown over a snapshot, left without a close, replayed, closed, opened again. */
function liveThrice(disk: MemoryFileSystem, promises: Promises): void {
  const processes = new FakeProcesses();
  const large = new Uint8Array(9000).fill(1);
  const first = openLocked(disk, processes.start(1));
  promises.states.push(stateOf(first.core));
  for (let value = 0; value < 3; value += 1) {
    apply(first.core, promises, put('a', value, large));
    sync(first.core, promises);
  }
  apply(first.core, promises, [['log', [segmentValue('run-1', large)]]]);
  apply(first.core, promises, [
    ['put', ['b', 1, null]],
    ['log', [segmentValue('run-1', new Uint8Array(10))]],
  ]);
  sync(first.core, promises);
  first.core.snapshot();
  promises.acknowledged = promises.states.length - 1;
  apply(first.core, promises, put('c', 1));
  apply(first.core, promises, put('d', 1));
  sync(first.core, promises);
  apply(first.core, promises, [['remove', ['a']]]);

  // Left as it is, without close or release.
  processes.end(1);
  const second = openLocked(disk, processes.start(2));
  expect(stateOf(second.core)).toEqual(promises.states.at(-1));
  promises.acknowledged = promises.states.length - 1;
  apply(second.core, promises, put('e', 5, large));
  sync(second.core, promises);
  apply(second.core, promises, [['log', [segmentValue('run-1', new Uint8Array(10))]]]);
  second.core.close();
  promises.acknowledged = promises.states.length - 1;
  second.lock.release();

  const third = openLocked(disk, processes.start(3));
  apply(third.core, promises, [['grow', ['b']]]);
  sync(third.core, promises);
  third.core.snapshot();
  apply(third.core, promises, put('f', 6));
  third.core.close();
  promises.acknowledged = promises.states.length - 1;
  third.lock.release();
}

/** What was planned for this run, as it arrives above; anything else is a failure of the test. */
function isFault(thrown: unknown): boolean {
  if (thrown instanceof LockstepError) return thrown.kind === 'storage' || isFault(thrown.cause);
  return thrown instanceof Crashed || (thrown instanceof Error && 'code' in thrown);
}

/** Runs the script with one fault; what it was promised until then. */
function runWithFault(fault: (operation: Operation) => Fault): { disk: MemoryFileSystem; promises: Promises } {
  const disk = new MemoryFileSystem();
  disk.fault = fault;
  const promises: Promises = { states: [], acknowledged: 0 };
  try {
    liveThrice(disk, promises);
  } catch (thrown) {
    if (!isFault(thrown)) throw thrown;
  }
  return { disk, promises };
}

/** Opens what is left, and asserts that nothing promised is lost, nothing is invented, and that work can go on. */
function assertKept(disk: MemoryFileSystem, promises: Promises, what: string): void {
  const processes = new FakeProcesses();
  const { core, lock } = openLocked(disk, processes.start(50));
  const found = stateOf(core);
  const possible = promises.states.slice(promises.acknowledged);
  if (possible.length === 0) expect(found, what).toEqual(['0 rows']);
  else expect(possible, what).toContainEqual(found);
  expect(core.status().recovered, what).toBeNull();
  for (const [address] of core.read('addresses', []).rows.slice(0, rowsOf(promises))) {
    expect([10, 9000], what).toContain(core.readValue('run-1', Number(address)).length);
  }
  core.apply(put('after', 1));
  core.sync();
  const afterwards = stateOf(core);
  // First left alone, then closed: both ways of going on.
  const copy = disk.afterCrash('lost', () => 0);
  core.close();
  lock.release();
  for (const [left, pid] of [
    [copy, 51],
    [disk, 52],
  ] as const) {
    const again = openLocked(left, new FakeProcesses().start(pid));
    expect(stateOf(again.core), what).toEqual(afterwards);
    expect(again.core.status().recovered, what).toBeNull();
    again.core.close();
  }
}

/** Rows of the log that were promised. */
function rowsOf(promises: Promises): number {
  return Number.parseInt(promises.states[promises.acknowledged]?.at(-1) ?? '0', 10);
}

const operations = runWithFault(() => ({ kind: 'none' })).disk.operations;

describe('the end of the process', () => {
  test('the script takes every kind of step', () => {
    const kinds = new Set(operations.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['append', 'create', 'makeFolder', 'remove', 'rename', 'sync', 'syncFolder']);
    expect(operations.length).toBeGreaterThan(130);
  });

  for (const kind of crashKinds) {
    test(`at every step loses nothing that was acknowledged (${kind})`, () => {
      for (const operation of operations) {
        for (const when of operation.kind === 'append' ? (['before', 'half'] as const) : (['before'] as const)) {
          const { disk, promises } = runWithFault(({ number }) =>
            number === operation.number ? { kind: 'crash', when } : { kind: 'none' },
          );
          const left = disk.afterCrash(kind, seededChance(operation.number * 7 + (when === 'half' ? 1 : 0)));
          assertKept(left, promises, `${when} ${operation.kind} ${String(operation.number)} ${operation.path}`);
        }
      }
    });
  }

  test('again while what the first one left is opened loses nothing', () => {
    for (const operation of operations.filter(({ number }) => number % 5 === 0)) {
      const { disk, promises } = runWithFault(({ number }) =>
        number === operation.number ? { kind: 'crash', when: 'half' } : { kind: 'none' },
      );
      const chance = seededChance(operation.number);
      for (let second = 1; second < 30; second += 3) {
        const kinds = crashKinds[Math.floor(chance() * 4)] ?? 'lost';
        const left = disk.afterCrash(crashKinds[Math.floor(chance() * 4)] ?? 'lost', chance);
        const before = left.operations.length;
        left.fault = ({ number }) => (number === before + second ? { kind: 'crash', when: 'half' } : { kind: 'none' });
        try {
          openLocked(left, new FakeProcesses().start(40)).core.close();
        } catch (thrown) {
          if (!isFault(thrown)) throw thrown;
        }
        assertKept(left.afterCrash(kinds, chance), promises, `${String(operation.number)}, then ${String(second)}`);
      }
    }
  });

  test('by kill and then by power loss: what was read after the first is still there after the second', () => {
    for (const operation of operations.filter(({ kind }) => kind === 'append' || kind === 'sync')) {
      const { disk } = runWithFault(({ number }) =>
        number === operation.number ? { kind: 'crash', when: 'after' } : { kind: 'none' },
      );
      const killed = disk.afterCrash('killed', () => 0);
      const { core } = openLocked(killed, new FakeProcesses().start(40));
      const seen = stateOf(core);
      const next = openLocked(
        killed.afterCrash('lost', () => 0),
        new FakeProcesses().start(41),
      ).core;
      expect(stateOf(next), String(operation.number)).toEqual(seen);
      expect(next.status().recovered).toBeNull();
    }
  });
});

describe('a step that fails', () => {
  const errors: readonly { readonly code: string; readonly halfDone: boolean }[] = [
    { code: 'ENOSPC', halfDone: true },
    { code: 'EIO', halfDone: false },
  ];
  for (const { code, halfDone } of errors) {
    test(`with ${code} loses nothing that was acknowledged`, () => {
      for (const operation of operations) {
        const { disk, promises } = runWithFault(({ number }) =>
          number === operation.number ? { kind: 'error', code, halfDone } : { kind: 'none' },
        );
        for (const kind of ['killed', 'lost'] as const) {
          const left = disk.afterCrash(kind, seededChance(operation.number));
          assertKept(left, promises, `${code} at ${operation.kind} ${String(operation.number)} ${operation.path}`);
        }
      }
    });
  }

  for (const kind of ['append', 'sync'] as const) {
    test(`(${kind}) makes the store read-only: nothing is acknowledged after it, and reading goes on`, () => {
      const disk = new MemoryFileSystem();
      const { core } = openLocked(disk, new FakeProcesses().start(1));
      core.apply(put('a', 1));
      core.sync();
      disk.fault = (operation) => (operation.kind === kind ? { kind: 'error', code: 'EIO' } : { kind: 'none' });
      expect(() => {
        core.apply(put('b', 1));
        core.sync();
      }).toThrow(expect.objectContaining({ code: 'store-write-failed' }));
      disk.fault = () => ({ kind: 'none' });
      for (const action of [
        () => {
          core.apply(put('c', 1));
        },
        () => {
          core.snapshot();
        },
        () => {
          core.clearRecovered();
        },
      ]) {
        expect(action).toThrow(expect.objectContaining({ code: 'store-read-only' }));
      }
      expect(core.status()).toMatchObject({ mode: 'read-only', readOnlyBecause: { code: 'store-write-failed' } });
      expect(itemsOf(core)).toContain('a=1');
      const files = disk.list(stateFolder);
      core.close();
      expect(disk.list(stateFolder)).toEqual(files);
    });
  }

  test('a snapshot that does not fit leaves the journal in work, and is tried again later', () => {
    const disk = new MemoryFileSystem();
    const { core } = openLocked(disk, new FakeProcesses().start(1));
    for (let value = 0; value < 9; value += 1) {
      core.apply(put(`i${String(value)}`, value, new Uint8Array(1024 * 1024)));
      core.sync();
    }
    expect(core.snapshotIsDue()).toBe(true);
    disk.capacityBytes = 12 * 1024 * 1024;
    core.trySnapshot();
    expect(core.status()).toMatchObject({ mode: 'read-write', snapshotProblem: { code: 'disk-full' } });
    expect(core.snapshotIsDue()).toBe(false);
    core.apply(put('z', 1));
    core.sync();
    disk.capacityBytes = Number.POSITIVE_INFINITY;
    core.trySnapshot();
    expect(core.status()).toMatchObject({ snapshotProblem: null, journalBytes: 0 });
    expect(disk.list(stateFolder).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('a full disk refuses the batch that does not fit, by name, and keeps the ones before', () => {
    const disk = new MemoryFileSystem();
    const { core } = openLocked(disk, new FakeProcesses().start(1));
    disk.capacityBytes = 200_000;
    let kept = 0;
    expect(() => {
      for (;;) {
        core.apply(put('a', kept + 1, new Uint8Array(10_000)));
        core.sync();
        kept += 1;
      }
    }).toThrow(expect.objectContaining({ code: 'disk-full' }));
    core.close();
    const left = disk.afterCrash('killed', () => 0);
    const again = openLocked(left, new FakeProcesses().start(2)).core;
    expect(itemsOf(again)).toEqual([`a=${String(kept)}`]);
    expect(again.status().recovered).toBeNull();
  });

  test('a folder that cannot be written is refused at once, by name', () => {
    const disk = new MemoryFileSystem();
    const first = openLocked(disk, new FakeProcesses().start(1));
    first.core.close();
    first.lock.release();
    disk.readOnly = true;
    expect(() => openLocked(disk, new FakeProcesses().start(2))).toThrow(/EROFS/);
  });
});
