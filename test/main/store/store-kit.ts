import { createHash } from 'node:crypto';
import type { FileSystem, Random } from '../../../main/host.js';
import { StoreCore } from '../../../main/store/core.js';
import type { Batch, Migration, Statements } from '../../../main/store/database.js';
import { acquireLock, type Lock, type Processes } from '../../../main/store/lock-file.js';
import { loadSqlite } from '../../../main/store/sqlite.js';
import type { StoreHost } from '../../../main/store/open-store.js';

export const sqlite = await loadSqlite();
export const folder = '/data/workspaces/w1';
export const stateFolder = `${folder}/state`;
export const workspaceId = 'w1';

export const statements: Statements = {
  put: 'INSERT INTO item (id, value, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value, data = excluded.data',
  add: 'INSERT INTO item (id, value) VALUES (?, ?)',
  remove: 'DELETE FROM item WHERE id = ?',
  removeAll: 'DELETE FROM item',
  grow: 'UPDATE item SET value = value + 1 WHERE id >= ?',
  all: 'SELECT id, value, data FROM item ORDER BY id',
  one: 'SELECT value, data FROM item WHERE id = ?',
  log: 'INSERT INTO log (address) VALUES (?)',
  addresses: 'SELECT address FROM log ORDER BY seq',
};

export const migrations: readonly Migration[] = [
  {
    number: 1,
    title: 'items',
    sql: [
      'CREATE TABLE item (id TEXT PRIMARY KEY, value INTEGER, data BLOB) STRICT, WITHOUT ROWID',
      'CREATE TABLE log (seq INTEGER PRIMARY KEY AUTOINCREMENT, address INTEGER NOT NULL) STRICT',
      'CREATE INDEX item_value ON item (value)',
    ],
  },
];

/** Numbers that look random and are the same in every run (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function seededRandom(seed: number): Random {
  const chance = seededChance(seed);
  return { unit: chance, bytes: (length) => Uint8Array.from({ length }, () => Math.floor(chance() * 256)) };
}

/** A process table in memory. */
export class FakeProcesses {
  private readonly alive = new Map<number, string>();
  bootId = 'boot-1';

  start(pid: number, startTime = `t${String(pid)}`): Processes {
    this.alive.set(pid, startTime);
    const { alive, bootId } = this;
    return { ownId: pid, bootId, namespace: '', startTimeOf: (id) => alive.get(id) ?? null };
  }

  end(pid: number): void {
    this.alive.delete(pid);
  }
}

export interface OpenedCore {
  readonly core: StoreCore;
  readonly lock: Lock;
}

let nextSeed = 1;

export interface OpenSettings {
  readonly create?: boolean;
  readonly migrations?: readonly Migration[];
  readonly statements?: Statements;
  readonly key?: Uint8Array;
  readonly workspaceId?: string;
  readonly lock?: Pick<Lock, 'assertHeld'>;
  readonly now?: () => number;
  readonly appVersion?: string;
}

export const testKey = new Uint8Array(32).fill(7);

/** The core over a file system, without a lock file. */
export function openCore(fileSystem: FileSystem, settings: OpenSettings = {}): StoreCore {
  nextSeed += 1;
  return StoreCore.open({
    fileSystem,
    random: seededRandom(nextSeed),
    now: () => 1000,
    folder,
    workspaceId,
    key: testKey,
    statements,
    migrations,
    sqlite,
    lock: { assertHeld: () => undefined },
    create: true,
    appVersion: '1.0.0',
    ...settings,
  });
}

/** The core with a real lock file, as a process of its own. */
export function openLocked(fileSystem: FileSystem, processes: Processes, settings: OpenSettings = {}): OpenedCore {
  nextSeed += 1;
  fileSystem.makeFolder(folder);
  const lock = acquireLock(fileSystem, folder, processes, seededRandom(nextSeed));
  return { lock, core: openCore(fileSystem, { ...settings, lock }) };
}

export function testHost(fileSystem: FileSystem, processes: Processes): StoreHost {
  nextSeed += 1;
  return {
    fileSystem,
    random: seededRandom(nextSeed),
    now: () => 1000,
    processes,
    timers: { defer: (run) => void Promise.resolve().then(run), after: () => () => undefined },
  };
}

/** Applies and makes durable. */
export function commit(core: StoreCore, batch: Batch): void {
  core.apply(batch);
  core.sync();
}

export function put(id: string, value: number, data: Uint8Array | null = null): Batch {
  return [['put', [id, value, data]]];
}

/** `id=value` of every item, in order. */
export function itemsOf(core: StoreCore): readonly string[] {
  return core.read('all', []).rows.map(([id, value]) => `${String(id)}=${String(value)}`);
}

export function hashOf(core: StoreCore): string {
  return createHash('sha256').update(core.exportBytes()).digest('hex');
}
