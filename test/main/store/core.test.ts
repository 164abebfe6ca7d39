import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../preload/contract/errors.js';
import { segmentValue } from '../../../main/store/database.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import { commit, hashOf, itemsOf, migrations, openCore, put, stateFolder, statements } from './store-kit.js';

describe('a store', () => {
  test('keeps what was written over close and open', () => {
    const disk = new MemoryFileSystem();
    const first = openCore(disk);
    commit(first, put('a', 1, new Uint8Array([1, 0, 255])));
    commit(first, put('b', 2));
    const hash = hashOf(first);
    first.close();

    const second = openCore(disk, { create: false });
    expect(itemsOf(second)).toEqual(['a=1', 'b=2']);
    expect(second.read('one', ['a'])).toEqual({ columns: ['value', 'data'], rows: [[1, new Uint8Array([1, 0, 255])]] });
    expect(hashOf(second)).toBe(hash);
    expect(second.status().recovered).toBeNull();
  });

  test('replays its journal where it was not closed', () => {
    const disk = new MemoryFileSystem();
    const first = openCore(disk);
    for (let value = 0; value < 50; value += 1) commit(first, put(`i${String(value % 7)}`, value));
    const hash = hashOf(first);
    const second = openCore(disk.clone());
    expect(hashOf(second)).toBe(hash);
    expect(second.status()).toMatchObject({ recovered: null, sequence: 50, syncedSequence: 50 });
  });

  test('takes all of a batch or nothing', () => {
    const disk = new MemoryFileSystem();
    const core = openCore(disk);
    commit(core, put('a', 1));
    const before = hashOf(core);
    expect(() => {
      core.apply([
        ['add', ['b', 2]],
        ['add', ['a', 3]],
      ]);
    }).toThrow(/UNIQUE/);
    expect(hashOf(core)).toBe(before);
    commit(core, put('c', 3));
    expect(itemsOf(core)).toEqual(['a=1', 'c=3']);
    expect(itemsOf(openCore(disk.clone()))).toEqual(['a=1', 'c=3']);
  });

  test('refuses wrong numbers of values, unknown statements, writing reads and what cannot be stored', () => {
    const core = openCore(new MemoryFileSystem());
    expect(() => {
      core.apply([['add', ['a']]]);
    }).toThrow(/takes 2 values, not 1/);
    expect(() => {
      core.apply([['nothing', []]]);
    }).toThrow(/not registered/);
    expect(() => core.read('removeAll', [])).toThrow(/belongs in a batch/);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => {
        core.apply([['add', ['a', value]]]);
      }).toThrow(/cannot be stored/);
    }
    expect(core.isWritable()).toBe(true);
  });

  test('keeps text exactly, and a lone surrogate as the replacement character in memory as in the journal', () => {
    const disk = new MemoryFileSystem();
    const core = openCore(disk);
    const odd = 'nul\0, \u{1f600}, lone \ud800!';
    commit(core, [['add', [odd, 1]]]);
    const expected = ['nul\0, \u{1f600}, lone \ufffd!=1'];
    expect(itemsOf(core)).toEqual(expected);
    const replayed = openCore(disk.clone());
    expect(itemsOf(replayed)).toEqual(expected);
    expect(hashOf(replayed)).toBe(hashOf(core));
  });

  test('keeps three generations with their journals', () => {
    const disk = new MemoryFileSystem();
    for (let round = 0; round < 6; round += 1) {
      const core = openCore(disk);
      commit(core, put('a', round));
      core.close();
    }
    const names = disk.list(stateFolder);
    expect(names.filter((name) => name.startsWith('snapshot'))).toEqual([
      'snapshot-00000005',
      'snapshot-00000006',
      'snapshot-00000007',
    ]);
    expect(names.filter((name) => name.startsWith('journal'))).toEqual([
      'journal-00000005-0001',
      'journal-00000006-0001',
    ]);
    expect(names).toHaveLength(6);
  });

  test('does not write at all where nothing was written', () => {
    const disk = new MemoryFileSystem();
    openCore(disk).close();
    const before = disk.paths().map((path) => [path, disk.readFile(path)]);
    const core = openCore(disk);
    itemsOf(core);
    core.close();
    expect(disk.paths().map((path) => [path, disk.readFile(path)])).toEqual(before);
  });

  test('snapshots when the journal outgrows eight megabytes and a quarter of the snapshot', () => {
    const disk = new MemoryFileSystem();
    const core = openCore(disk);
    const megabyte = new Uint8Array(1024 * 1024);
    for (let count = 1; count <= 8; count += 1) {
      commit(core, put('a', count, megabyte));
      expect(core.snapshotIsDue()).toBe(count === 8);
    }
    core.trySnapshot();
    expect(core.snapshotIsDue()).toBe(false);
    expect(core.status()).toMatchObject({ journalBytes: 0, snapshotProblem: null });
  });

  test('keeps values of log rows in the file of their run', () => {
    const disk = new MemoryFileSystem();
    const core = openCore(disk);
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    for (const value of ['one', 'two', '']) commit(core, [['log', [segmentValue('run-1', text(value))]]]);
    core.closeRun('run-1');
    commit(core, [['log', [segmentValue('run-1', text('four'))]]]);
    const values = (store: typeof core): readonly string[] =>
      store
        .read('addresses', [])
        .rows.map(([address]) => new TextDecoder().decode(store.readValue('run-1', Number(address))));
    expect(values(core)).toEqual(['one', 'two', '', 'four']);
    const reopened = openCore(disk.clone());
    expect(values(reopened)).toEqual(['one', 'two', '', 'four']);
    expect(reopened.status().segments.runs).toBe(1);
    reopened.removeRun('run-1');
    expect(reopened.status().segments).toEqual({ runs: 0, bytes: 0 });
    expect(() => values(reopened)).toThrow(/gone or damaged/);
  });

  test('is not there: says so, and makes nothing', () => {
    const disk = new MemoryFileSystem();
    let thrown: unknown;
    try {
      openCore(disk, { create: false });
    } catch (error) {
      thrown = error;
    }
    expect(hasCode(thrown, 'store-damaged')).toBe(true);
    expect(disk.paths()).toEqual([]);
  });

  test('refuses statements that a replay would answer differently', () => {
    for (const sql of [
      'INSERT INTO item (id, value) VALUES (?, random())',
      "UPDATE item SET value = datetime('now')",
      'UPDATE item SET id = CURRENT_TIMESTAMP',
      'INSERT INTO item (id, value) VALUES (?, last_insert_rowid())',
      'PRAGMA user_version = 7',
      'DELETE FROM item; DELETE FROM log',
    ]) {
      expect(() => openCore(new MemoryFileSystem(), { statements: { ...statements, bad: sql } }), sql).toThrow(
        /not repeatable|not allowed|more than one/,
      );
    }
    expect(() =>
      openCore(new MemoryFileSystem(), {
        migrations: [{ number: 1, title: 'bad', sql: ['CREATE TABLE t (made TEXT DEFAULT CURRENT_TIMESTAMP)'] }],
      }),
    ).toThrow(/not repeatable/);
    expect(() =>
      openCore(new MemoryFileSystem(), { migrations: [{ ...migrations[0], number: 2, title: '', sql: [] }] }),
    ).toThrow(/numbered/);
  });
});
