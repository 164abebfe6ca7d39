import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import type { Migration } from '../../../main/store/database.js';
import { deriveFileSecrets, encodeFileHeader, noTag, sealFrame, type FileHeader } from '../../../main/store/frames.js';
import { MemoryFileSystem } from '../../fakes/memory-file-system.js';
import {
  commit,
  hashOf,
  itemsOf,
  migrations,
  openCore,
  put,
  seededRandom,
  stateFolder,
  statements,
  testKey,
  workspaceId,
} from './store-kit.js';

vi.setConfig({ testTimeout: 60_000 });

const [first] = migrations;
if (first === undefined) throw new Error('the kit has no migration');
const second: Migration = { number: 2, title: 'colours', sql: ['ALTER TABLE item ADD COLUMN colour TEXT'] };
const third: Migration = { number: 3, title: 'red', sql: ["UPDATE item SET colour = 'red'"] };
const failing: Migration = {
  number: 3,
  title: 'broken',
  sql: ["INSERT INTO item (id, value) VALUES ('made by it', 1)", "INSERT INTO item (id, value) VALUES ('a', 1)"],
};
const colours = { ...statements, colours: 'SELECT id, colour FROM item ORDER BY id' };

/** A store of the first version: with batches in its journal, or closed. */
function oldStore(closed: boolean): MemoryFileSystem {
  const disk = new MemoryFileSystem();
  const core = openCore(disk, { appVersion: '1.0.0' });
  commit(core, put('a', 1));
  commit(core, put('b', 2));
  if (closed) core.close();
  return disk.clone();
}

function filesOf(disk: MemoryFileSystem): readonly (readonly [string, string])[] {
  return disk.paths().map((path) => [path, createHash('sha256').update(disk.readFile(path)).digest('hex')]);
}

describe('migrations', () => {
  for (const closed of [true, false]) {
    test(`bring a store that was ${closed ? 'closed' : 'left with a journal'} to the newest schema, one after the other`, () => {
      const disk = oldStore(closed);
      const core = openCore(disk, { migrations: [first, second, third], statements: colours });
      expect(core.read('colours', []).rows).toEqual([
        ['a', 'red'],
        ['b', 'red'],
      ]);
      expect(core.status()).toMatchObject({ schemaVersion: 3, recovered: null, journalBytes: 0 });
      // The generation before is the state before: what a failed disk would fall back on.
      expect(core.status().generations.length).toBeGreaterThanOrEqual(2);
      const again = openCore(
        disk.afterCrash('lost', () => 0),
        { migrations: [first, second, third] },
      );
      expect(itemsOf(again)).toEqual(['a=1', 'b=2']);
      expect(hashOf(again)).toBe(hashOf(core));
    });

    test(`of which one fails stop the start and change nothing (${closed ? 'closed' : 'journal'})`, () => {
      const disk = oldStore(closed);
      const before = hashOf(openCore(disk.clone()));
      const files = closed ? filesOf(disk) : null;
      expect(() => openCore(disk, { migrations: [first, second, failing], appVersion: '2.0.0' })).toThrow(
        expect.objectContaining({
          code: 'store-migration-failed',
          message: expect.stringContaining('step 3, broken') as unknown,
          action: expect.stringContaining('version used before') as unknown,
        }),
      );
      if (files !== null) expect(filesOf(disk)).toEqual(files);
      // The version used before goes on with it.
      const core = openCore(disk, { create: false });
      expect(core.status()).toMatchObject({ schemaVersion: 1, recovered: null });
      expect(hashOf(core)).toBe(before);
      commit(core, put('c', 3));
      expect(itemsOf(core)).toEqual(['a=1', 'b=2', 'c=3']);
    });
  }

  test('survive the end of the process at every step', () => {
    const whole = oldStore(false);
    openCore(whole, { migrations: [first, second, third] });
    const steps = whole.operations.length;
    expect(steps).toBeGreaterThan(15);
    for (let step = 1; step <= steps; step += 1) {
      for (const kind of ['killed', 'torn'] as const) {
        const disk = oldStore(false);
        const start = disk.operations.length;
        disk.fault = ({ number }) => (number === start + step ? { kind: 'crash', when: 'half' } : { kind: 'none' });
        expect(() => openCore(disk, { migrations: [first, second, third] })).toThrow(/ended/);
        const left = disk.afterCrash(kind, () => 0.5);
        const core = openCore(left, { create: false, migrations: [first, second, third], statements: colours });
        expect(core.read('colours', []).rows, `${kind} ${String(step)}`).toEqual([
          ['a', 'red'],
          ['b', 'red'],
        ]);
        expect(core.status()).toMatchObject({ schemaVersion: 3, recovered: null });
      }
    }
  });
});

describe('a store of a newer version is refused by its name, and not changed', () => {
  const refused = (disk: MemoryFileSystem, version: string): void => {
    const before = filesOf(disk);
    expect(() => openCore(disk, { create: false })).toThrow(
      expect.objectContaining({
        code: 'store-from-newer-version',
        message: `This workspace was written by ${version} of Lockstep.`,
      }),
    );
    expect(filesOf(disk)).toEqual(before);
  };

  test('by its schema', () => {
    const disk = oldStore(true);
    openCore(disk, { migrations: [first, second], appVersion: '2.3.4' }).close();
    refused(disk.clone(), 'version 2.3.4');
  });

  test('by a migration that only its journal holds', () => {
    const disk = oldStore(true);
    const start = disk.operations.length;
    // It ends as soon as the migration's frame is written.
    let appended = false;
    disk.fault = ({ number, kind, path }) => {
      if (number > start && kind === 'append' && path.includes('journal')) appended = true;
      return appended && kind === 'sync' ? { kind: 'crash', when: 'after' } : { kind: 'none' };
    };
    expect(() => openCore(disk, { migrations: [first, second], appVersion: '2.3.4' })).toThrow(/ended/);
    refused(
      disk.afterCrash('killed', () => 0),
      'version 2.3.4',
    );
  });

  test('by the format of its files', () => {
    const names = oldStore(false).list(stateFolder);
    expect(names).toEqual(['head', 'journal-00000001-0001', 'snapshot-00000001']);
    for (const name of names) {
      const disk = oldStore(false);
      const bytes = Buffer.from(disk.readFile(`${stateFolder}/${name}`));
      bytes.writeUInt8(2, 8);
      bytes.writeUInt32BE(crc32(bytes.subarray(0, 76)), 76);
      disk.plant(`${stateFolder}/${name}`, bytes);
      // A head of another format cannot be read, so the version in it is not known.
      refused(disk, name === 'head' ? 'a later version' : 'version 1.0.0');
    }
  });

  test('by a head that says what this version does not understand', () => {
    for (const [content, version] of [
      [{ appVersion: '3.0.0', epoch: 9 }, 'version 3.0.0'],
      [{ epoch: 9 }, 'a later version'],
    ] as const) {
      const disk = oldStore(true);
      const salt = seededRandom(5).bytes(32);
      const header: FileHeader = { kind: 'head', generation: 0, part: 0, firstSequence: 0, previousTag: noTag, salt };
      const secrets = deriveFileSecrets(testKey, workspaceId, 'head', header);
      const frame = sealFrame(secrets, 0, 0, noTag, new TextEncoder().encode(JSON.stringify(content)));
      disk.plant(`${stateFolder}/head`, Buffer.concat([encodeFileHeader(header), frame.bytes]));
      refused(disk, version);
    }
  });
});
