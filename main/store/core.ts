import { LockstepError } from '../../preload/contract/errors.js';
import type { FileSystem, Random } from '../host.js';
import { replaceFile, temporarySuffix } from './atomic-file.js';
import type { JournalEntry } from './batch-codec.js';
import type { Batch, Migration, Recovered, Scalar, Statements, StoreStatus, WriteParam } from './database.js';
import { noTag } from './frames.js';
import { type Head, writeHead } from './head-file.js';
import { asStorageError } from './io-errors.js';
import { beginJournal, type ChainPoint, type JournalWriter } from './journal.js';
import type { Lock } from './lock-file.js';
import { type OpenedState, openState } from './open-state.js';
import { createSegments, type Segments } from './segments.js';
import { type StoreFiles, writeSnapshot } from './snapshot-files.js';
import type { RawRows, SqliteSession } from './sqlite-session.js';
import type { SqlJsStatic } from './sqlite.js';
import { checkStatements, statementKindOf } from './statements-check.js';
import { headName, listState, snapshotName } from './state-names.js';

/** Generations of snapshots, each with its journals, that are kept. */
const keptGenerations = 3;
const smallestJournalLimit = 8 * 1024 * 1024;

export interface CoreOptions {
  readonly fileSystem: FileSystem;
  readonly random: Pick<Random, 'bytes'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Folder of the workspace; `state/` and `runs/` in it are the store's. */
  readonly folder: string;
  readonly workspaceId: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly statements: Statements;
  readonly migrations: readonly Migration[];
  readonly sqlite: SqlJsStatic;
  readonly lock: Pick<Lock, 'assertHeld'>;
  /** Make a new store where the folder holds no state. */
  readonly create: boolean;
  readonly appVersion: string;
}

/**
 * The store, in one thread and without a clock: what a worker, a terminal command and the simulator in tests all run.
 *
 * A batch goes: run in memory → append its frame (`apply`) → fsync (`sync`) → acknowledge (whoever calls). Where
 * append or fsync fails, memory is ahead of the disk: the store takes no more writes, and is to be opened anew.
 */
export class StoreCore {
  private readonly files: StoreFiles;
  private readonly segments: Segments;
  private session: SqliteSession;
  private head: Head;
  private last: ChainPoint;
  private syncedSequence: number;
  /** Of the newest snapshot; its sequence counts up to where a clean close has nothing to do. */
  private snapshotSequence: number;
  private snapshotGeneration: number;
  private stateFromMs: number;
  /** Generation and part of the journal that the next batch goes to. */
  private generation: number;
  private part: number;
  private journal: JournalWriter | null = null;
  private earlierJournalBytes: number;
  private snapshotAboveBytes: number;
  private unsynced = false;
  private mode: StoreStatus['mode'] = 'read-write';
  private readOnlyBecause: LockstepError | null = null;
  private snapshotProblem: LockstepError | null = null;

  private constructor(
    private readonly options: CoreOptions,
    files: StoreFiles,
    segmentFiles: StoreFiles,
    opened: OpenedState,
    newestGeneration: number,
    nextPart: number,
  ) {
    this.files = files;
    this.segments = createSegments(segmentFiles);
    this.session = opened.session;
    this.head = opened.head;
    this.last = opened.replay.end;
    this.syncedSequence = this.last.sequence;
    this.snapshotSequence = opened.snapshot?.sequence ?? 0;
    this.snapshotGeneration = opened.snapshot?.generation ?? 0;
    this.stateFromMs = opened.snapshot?.createdAtMs ?? options.now();
    this.generation = newestGeneration;
    this.part = nextPart;
    this.earlierJournalBytes = opened.replay.bytes;
    this.snapshotAboveBytes = this.journalLimit();
  }

  /** @throws LockstepError `store-damaged`, `store-from-newer-version`, `store-migration-failed`, `disk-full` ... */
  static open(options: CoreOptions): StoreCore {
    checkStatements(options.statements, options.migrations);
    try {
      return StoreCore.openUnchecked(options);
    } catch (thrown) {
      throw asStorageError(thrown, options.folder);
    }
  }

  private static openUnchecked(options: CoreOptions): StoreCore {
    const { fileSystem, workspaceId, key, random } = options;
    const files: StoreFiles = { fileSystem, folder: `${options.folder}/state`, workspaceId, key, random };
    const segmentFiles: StoreFiles = { ...files, folder: `${options.folder}/runs` };
    fileSystem.makeFolder(files.folder);
    fileSystem.makeFolder(segmentFiles.folder);
    const listing = listState(fileSystem.list(files.folder));
    const newestSchema = options.migrations.length;
    const opened = openState(files, listing, { create: options.create, newestSchema, sqlite: options.sqlite });

    const newestGeneration = Math.max(
      0,
      ...listing.snapshots.map(({ generation }) => generation),
      ...listing.journals.map(({ generation }) => generation),
    );
    const parts = listing.journals.filter(({ generation }) => generation === newestGeneration);
    const nextPart = Math.max(0, ...parts.map(({ part }) => part)) + 1;
    const core = new StoreCore(options, files, segmentFiles, opened, newestGeneration, nextPart);
    try {
      core.finishOpening(opened, listing.temporary);
      return core;
    } catch (thrown) {
      core.free();
      throw thrown;
    }
  }

  /** Rows of a reading statement. */
  read(statementId: string, params: readonly Scalar[]): RawRows {
    this.assertOpen();
    const sql = this.statement(statementId);
    if (statementKindOf(sql) !== 'read') {
      throw new LockstepError('internal', `Statement ${statementId} writes; it belongs in a batch.`);
    }
    return this.session.read(sql, params.map(checkScalar));
  }

  /**
   * Runs a batch and appends it to the journal. It is not to be acknowledged as durable before `sync`.
   * @throws LockstepError `internal` where a statement fails: nothing of the batch remains. Anything else: read-only.
   */
  apply(batch: Batch): void {
    this.assertWritable();
    if (!this.unsynced)
      this.guard(() => {
        this.options.lock.assertHeld();
      });
    const entries = batch.map(([id, params]): JournalEntry => ({
      sql: this.statement(id),
      params: this.resolve(params),
    }));
    this.run(entries);
  }

  /** Makes durable what `apply` appended. */
  sync(): void {
    if (!this.unsynced) return;
    this.assertWritable();
    this.guard(() => {
      this.options.lock.assertHeld();
      // Values first: a durable row must not point to one that is not.
      this.segments.sync();
      this.journal?.sync();
    });
    this.syncedSequence = this.last.sequence;
    this.unsynced = false;
  }

  /** Whether the journal outgrew the snapshot. */
  snapshotIsDue(): boolean {
    return this.mode === 'read-write' && this.journalBytes() > this.snapshotAboveBytes;
  }

  /** A snapshot that the store itself wanted: where it fails, the journal goes on, and `status` tells why. */
  trySnapshot(): void {
    try {
      this.snapshot();
    } catch (thrown) {
      this.snapshotProblem = asStorageError(thrown, this.options.folder);
      this.snapshotAboveBytes = this.journalBytes() + this.journalLimit();
    }
  }

  /** Writes the whole state anew. What fails before the new file has its name changes nothing. */
  snapshot(): void {
    this.assertWritable();
    this.sync();
    const generation = this.generation + 1;
    const name = snapshotName(generation);
    const createdAtMs = this.options.now();
    const bytes = this.session.exportBytes();
    let renaming = false as boolean;
    try {
      replaceFile(
        this.files.fileSystem,
        this.files.folder,
        name,
        temporarySuffix(this.files.random),
        (append) => {
          const meta = {
            sequence: this.last.sequence,
            chainTag: Buffer.from(this.last.tag).toString('base64'),
            schemaVersion: this.session.schemaVersion(),
            appVersion: this.options.appVersion,
            createdAtMs,
          };
          writeSnapshot(this.files, generation, meta, bytes, append);
        },
        () => {
          this.options.lock.assertHeld();
          renaming = true;
        },
      );
    } catch (thrown) {
      // From the renaming on nobody knows which of the two files a crash would leave; stop before building on one.
      if (renaming || isLockLost(thrown)) this.fail(thrown);
      throw asStorageError(thrown, this.options.folder);
    }
    this.journal?.close();
    this.journal = null;
    this.generation = generation;
    this.part = 1;
    this.earlierJournalBytes = 0;
    this.snapshotGeneration = generation;
    this.snapshotSequence = this.last.sequence;
    this.snapshotProblem = null;
    this.stateFromMs = createdAtMs;
    this.snapshotAboveBytes = this.journalLimit();
    this.saveHead({ ...this.head, sequence: this.last.sequence, generation });
    this.prune();
  }

  readValue(runId: string, address: number): Uint8Array {
    this.assertOpen();
    // Plain bytes, no Buffer: as a worker's answer has them.
    return this.reading(() => new Uint8Array(this.segments.read(runId, address)));
  }

  closeRun(runId: string): void {
    this.assertOpen();
    if (this.mode === 'read-write')
      this.guard(() => {
        this.segments.closeRun(runId);
      });
  }

  removeRun(runId: string): void {
    this.assertWritable();
    this.guard(() => {
      this.options.lock.assertHeld();
      this.segments.removeRun(runId);
    });
  }

  markRecovered(why: string): void {
    this.assertWritable();
    const earlier = this.head.recovered;
    if (earlier?.why.includes(why) === true) return;
    this.saveHead({ ...this.head, recovered: this.recoveredBecause([why], [], this.last.sequence) });
  }

  clearRecovered(): void {
    this.assertWritable();
    if (this.head.recovered !== null) this.saveHead({ ...this.head, recovered: null });
  }

  status(): StoreStatus {
    const { fileSystem, folder } = this.files;
    return this.reading(() => {
      const listing = listState(fileSystem.list(folder));
      const sizeOf = (name: string): number => fileSystem.sizeOf(`${folder}/${name}`) ?? 0;
      return {
        mode: this.mode,
        readOnlyBecause: this.readOnlyBecause?.toAppError() ?? null,
        recovered: this.head.recovered,
        snapshotProblem: this.snapshotProblem?.toAppError() ?? null,
        schemaVersion: this.mode === 'closed' ? 0 : this.session.schemaVersion(),
        sequence: this.last.sequence,
        syncedSequence: this.syncedSequence,
        databaseBytes: this.mode === 'closed' ? 0 : this.session.sizeBytes(),
        journalBytes: this.journalBytes(),
        generations: listing.snapshots.map(({ name, generation }) => ({
          generation,
          snapshotBytes: sizeOf(name),
          journalBytes: listing.journals
            .filter((journal) => journal.generation === generation)
            .reduce((sum, journal) => sum + sizeOf(journal.name), 0),
        })),
        segments: this.segments.usage(),
        setAside: listing.setAside,
      };
    });
  }

  /** SHA-256 or the like of this is equal for equal histories. For tests. */
  exportBytes(): Uint8Array {
    this.assertOpen();
    return this.session.exportBytes();
  }

  /** Makes all durable, takes a snapshot where anything was written since the last, and frees memory and files. */
  close(): void {
    if (this.mode === 'closed') return;
    try {
      if (this.mode !== 'read-write') return;
      this.sync();
      if (this.last.sequence > this.snapshotSequence) this.trySnapshot();
    } finally {
      this.free();
    }
  }

  /** Whether the store takes writes. */
  isWritable(): boolean {
    return this.mode === 'read-write';
  }

  // ---------------------------------------------------------------- opening

  private finishOpening(opened: OpenedState, temporary: readonly string[]): void {
    const { fileSystem, folder } = this.files;
    this.options.lock.assertHeld();
    for (const name of temporary) fileSystem.remove(`${folder}/${name}`);
    fileSystem.syncFolder(folder);
    if (opened.snapshot === null) {
      this.makeNewStore();
      return;
    }
    if (opened.replay.accepted.length > 0) {
      this.guard(() => {
        this.segments.syncAll();
      });
    }
    if (opened.damage.length > 0) this.enterRecovered(opened);
    else if (this.head.pending.length > 0) this.setPendingAside();
    // What was replayed may be only in the system's cache, and syncing the old files would not help: where a sync of
    // theirs has failed, Linux reports success from then on without writing anything. So it is written anew.
    else if (opened.replay.accepted.length > 0) this.snapshot();
    this.migrate();
  }

  private makeNewStore(): void {
    // The head comes first: from here on a folder without a snapshot is one that was being made.
    this.saveHead(this.head);
    for (const migration of this.options.migrations) this.runMigration(migration);
    this.snapshot();
  }

  /**
   * Damage: what could be read becomes a generation of its own, and only when that is durable are the damaged files
   * renamed, since the good frames before the damage are in them. Each step is repeated after a crash.
   */
  private enterRecovered(opened: OpenedState): void {
    const reached = this.last.sequence;
    const files = opened.damage.flatMap(({ name }) => (name === null ? [] : [name]));
    // Its place is needed at once; a missing head is damage too, so nothing is forgotten if the process ends here.
    if (files.includes(headName)) this.setAside([headName]);
    this.saveHead({
      ...this.head,
      recovered: this.recoveredBecause(
        opened.damage.map(({ name, why }) => (name === null ? why : `${name}: ${why}`)),
        files,
        reached,
      ),
      pending: [...new Set([...this.head.pending, ...files.filter((name) => name !== headName)])],
    });
    // A new chain: nothing that was written before the damage goes on from here.
    this.last = { sequence: Math.max(reached, opened.expectedSequence), tag: this.files.random.bytes(noTag.length) };
    this.syncedSequence = this.last.sequence;
    this.setPendingAside();
  }

  private setPendingAside(): void {
    this.snapshot();
    this.setAside(this.head.pending);
    this.saveHead({ ...this.head, pending: [] });
  }

  private setAside(damaged: readonly string[]): void {
    const { fileSystem, folder } = this.files;
    this.guard(() => {
      const names = new Set(fileSystem.list(folder));
      for (const name of damaged) {
        if (!names.has(name)) continue;
        let number = 1;
        while (names.has(`${name}.damaged-${String(number)}`)) number += 1;
        fileSystem.rename(`${folder}/${name}`, `${folder}/${name}.damaged-${String(number)}`);
      }
      fileSystem.syncFolder(folder);
    });
  }

  private migrate(): void {
    const pending = this.options.migrations.slice(this.session.schemaVersion());
    if (pending.length === 0) return;
    if (this.last.sequence > this.snapshotSequence) this.snapshot();
    // None is written before all have run: the version used before could not open what is half-way to this one.
    const batches = pending.map((migration) => this.runMigration(migration));
    // The head names this version to one that no longer knows what is in the journal.
    this.saveHead(this.head);
    for (const entries of batches) this.append(entries);
    this.sync();
    this.snapshot();
  }

  /** In memory alone. */
  private runMigration(migration: Migration): readonly JournalEntry[] {
    const entries = [...migration.sql, `PRAGMA user_version = ${String(migration.number)}`].map(
      (sql): JournalEntry => ({ sql, params: [] }),
    );
    try {
      this.session.runBatch(entries);
      return entries;
    } catch (thrown) {
      throw new LockstepError(
        'store-migration-failed',
        `The workspace could not be brought to this version (step ${String(migration.number)}, ${migration.title}).`,
        { cause: thrown, action: 'Go on with the version used before, and report this.' },
      );
    }
  }

  private recoveredBecause(
    why: readonly string[],
    files: readonly string[],
    reachedSequence: number,
  ): Head['recovered'] {
    const earlier = this.head.recovered;
    const recovered: Recovered = {
      sinceMs: earlier?.sinceMs ?? this.options.now(),
      stateFromMs: Math.min(earlier?.stateFromMs ?? Number.POSITIVE_INFINITY, this.stateFromMs),
      reachedSequence: Math.min(earlier?.reachedSequence ?? Number.POSITIVE_INFINITY, reachedSequence),
      expectedSequence: Math.max(earlier?.expectedSequence ?? 0, this.head.sequence, reachedSequence),
      why: [...new Set([...(earlier?.why ?? []), ...why])],
      files: [...new Set([...(earlier?.files ?? []), ...files])],
    };
    return { ...recovered, why: [...recovered.why], files: [...recovered.files] };
  }

  // ---------------------------------------------------------------- writing

  private run(entries: readonly JournalEntry[]): void {
    try {
      this.session.runBatch(entries);
    } catch (thrown) {
      if (this.session.isBroken()) this.fail(thrown);
      throw thrown;
    }
    this.append(entries);
  }

  private append(entries: readonly JournalEntry[]): void {
    this.guard(() => {
      this.journal ??= this.beginJournal();
      this.unsynced = true;
      this.last = this.journal.append(entries);
    });
  }

  private beginJournal(): JournalWriter {
    const journal = beginJournal(this.files, Math.max(1, this.generation), this.part, this.last);
    this.part += 1;
    return journal;
  }

  private resolve(params: readonly WriteParam[]): readonly Scalar[] {
    return params.map((param) => {
      if (param === null || typeof param !== 'object' || param instanceof Uint8Array) return checkScalar(param);
      return this.guard(() => {
        this.unsynced = true;
        return this.segments.append(param.runId, param.bytes);
      });
    });
  }

  private saveHead(head: Omit<Head, 'schemaVersion' | 'appVersion'>): void {
    const whole: Head = {
      ...head,
      schemaVersion: this.session.schemaVersion(),
      appVersion: this.options.appVersion,
    };
    this.guard(() => {
      writeHead(this.files, whole, () => {
        this.options.lock.assertHeld();
      });
    });
    this.head = whole;
  }

  /** Removes what no kept generation needs. Where that fails it is tried again after the next snapshot. */
  private prune(): void {
    const { fileSystem, folder } = this.files;
    try {
      const listing = listState(fileSystem.list(folder));
      const keptFrom = listing.snapshots[keptGenerations - 1]?.generation;
      if (keptFrom === undefined) return;
      const pending = new Set(this.head.pending);
      for (const { name, generation } of [...listing.snapshots, ...listing.journals]) {
        if (generation < keptFrom && !pending.has(name)) fileSystem.remove(`${folder}/${name}`);
      }
    } catch (thrown) {
      this.snapshotProblem = asStorageError(thrown, this.options.folder);
    }
  }

  // ---------------------------------------------------------------- guards

  private statement(id: string): string {
    const sql = this.options.statements[id];
    if (sql === undefined) throw new LockstepError('internal', `Statement ${id} is not registered.`);
    return sql;
  }

  private journalBytes(): number {
    return this.earlierJournalBytes + (this.journal?.sizeBytes() ?? 0);
  }

  private journalLimit(): number {
    const snapshotBytes = this.files.fileSystem.sizeOf(`${this.files.folder}/${snapshotName(this.snapshotGeneration)}`);
    return Math.max(smallestJournalLimit, (snapshotBytes ?? 0) / 4);
  }

  private assertOpen(): void {
    if (this.mode === 'closed') throw new LockstepError('store-stopped', 'The workspace is closed.');
  }

  private assertWritable(): void {
    this.assertOpen();
    if (this.readOnlyBecause === null) return;
    throw new LockstepError('store-read-only', `The workspace takes no more changes: ${this.readOnlyBecause.message}`, {
      action: this.readOnlyBecause.action ?? 'Start again.',
      cause: this.readOnlyBecause,
    });
  }

  /** Runs what touches the disk. After any failure the store takes no more writes. */
  private guard<T>(action: () => T): T {
    try {
      return action();
    } catch (thrown) {
      throw this.fail(thrown);
    }
  }

  private reading<T>(action: () => T): T {
    try {
      return action();
    } catch (thrown) {
      throw asStorageError(thrown, this.options.folder);
    }
  }

  private fail(thrown: unknown): LockstepError {
    const error = asStorageError(thrown, this.options.folder);
    this.readOnlyBecause ??= error;
    if (this.mode === 'read-write') this.mode = 'read-only';
    return error;
  }

  private free(): void {
    this.mode = 'closed';
    try {
      this.journal?.close();
      this.segments.close();
    } catch {
      // Nothing more can be done with them; what was acknowledged is durable already.
    }
    this.session.close();
  }
}

function isLockLost(thrown: unknown): boolean {
  return thrown instanceof LockstepError && thrown.code === 'store-lock-lost';
}

/** The value as both the database and the journal keep it, so that a replay gives the same. */
function checkScalar(value: Scalar): Scalar {
  if (value === null || value instanceof Uint8Array) return value;
  if (typeof value === 'string') {
    // A lone surrogate has no UTF-8: two encoders would write it in two ways.
    return /\p{Surrogate}/u.test(value) ? Buffer.from(value, 'utf8').toString('utf8') : value;
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new LockstepError('internal', `A value of type ${typeof value} cannot be stored.`);
}
