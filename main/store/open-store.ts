import type { FileSystem, Random } from '../host.js';
import { StoreCore } from './core.js';
import type { Database, Migration, Statements } from './database.js';
import { asStorageError } from './io-errors.js';
import { acquireLock, type Lock, type Processes } from './lock-file.js';
import { answerRequest, createDatabase } from './protocol.js';
import { type ServiceTimers, StoreService } from './service.js';
import { loadSqlite } from './sqlite.js';

/** What a store is, wherever it runs. Plain data: it goes to the worker as it is. */
export interface StoreOptions {
  /** Folder of the workspace. The store keeps `lock`, `state/` and `runs/` in it. */
  readonly folder: string;
  readonly workspaceId: string;
  /** 32 bytes, derived from the workspace key (`vault.derive('store')`). */
  readonly key: Uint8Array;
  readonly statements: Statements;
  readonly migrations: readonly Migration[];
  /** Make a new store where the folder holds no state; else that is `store-damaged`. */
  readonly create: boolean;
  readonly appVersion: string;
}

/** The world, as the thread has it in which the store runs. */
export interface StoreHost {
  readonly fileSystem: FileSystem;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly processes: Processes;
  readonly timers: ServiceTimers;
}

/** @throws LockstepError `store-locked`, and what `StoreCore.open` throws; nothing is held then */
export async function openService(options: StoreOptions, host: StoreHost): Promise<StoreService> {
  const sqlite = await loadSqlite();
  const { fileSystem, random, now } = host;
  let lock: Lock;
  try {
    fileSystem.makeFolder(options.folder);
    lock = acquireLock(fileSystem, options.folder, host.processes, random);
  } catch (thrown) {
    throw asStorageError(thrown, options.folder);
  }
  const release = (): void => {
    try {
      lock.release();
    } catch {
      // The folder cannot be written any more; the next process takes the lock over.
    }
  };
  try {
    const core = StoreCore.open({ ...options, fileSystem, random, now, sqlite, lock });
    return new StoreService(core, host.timers, release);
  } catch (thrown) {
    release();
    throw thrown;
  }
}

/** The store in the caller's own thread: for tests, the simulator, and where there is no worker. */
export async function openInThread(options: StoreOptions, host: StoreHost): Promise<Database> {
  const service = await openService(options, host);
  // Async: what it throws must be a rejection.
  return createDatabase(async (request) => answerRequest(service, request));
}
