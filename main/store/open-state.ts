import { LockstepError } from '../../preload/contract/errors.js';
import { emptyHead, type Head, readHead } from './head-file.js';
import { type ChainPoint, type Damage, NewerFormat, type Replay, replayJournals } from './journal.js';
import { noTag } from './frames.js';
import { readSnapshot, type StoreFiles } from './snapshot-files.js';
import { openSqliteSession, type SqliteSession } from './sqlite-session.js';
import type { SqlJsStatic } from './sqlite.js';
import { headName, type StateListing } from './state-names.js';

export interface OpenedState {
  readonly session: SqliteSession;
  readonly head: Head;
  /** Null in a store that is being made. */
  readonly snapshot: {
    readonly generation: number;
    readonly sequence: number;
    readonly createdAtMs: number;
  } | null;
  readonly replay: Replay;
  readonly damage: readonly Damage[];
  readonly expectedSequence: number;
}

export interface OpenStateOptions {
  /** A folder without any state is a new store; else it is a store whose state is gone. */
  readonly create: boolean;
  readonly newestSchema: number;
  readonly sqlite: SqlJsStatic;
}

/**
 * Reads the newest state that can be proven, and tells what could not be read. Writes nothing.
 * @throws LockstepError `store-from-newer-version`, `store-damaged`
 */
export function openState(files: StoreFiles, listing: StateListing, options: OpenStateOptions): OpenedState {
  const damage: Damage[] = [];
  let head = emptyHead;
  if (listing.hasHead) {
    const reading = readHead(files);
    if (reading.state === 'newer') throw newerVersion(reading.appVersion);
    if (reading.state === 'ok') head = reading.head;
    else damage.push({ name: headName, why: reading.why });
  } else if (listing.snapshots.length > 0 || listing.journals.length > 0) {
    damage.push({ name: null, why: 'the file "head" is missing' });
  }

  const opened = openNewestSnapshot(files, listing, options, head, damage) ?? openEmpty(listing, options, head, damage);
  try {
    const generation = opened.snapshot?.generation ?? 0;
    const replay = replayJournals(
      files,
      listing.journals.filter((journal) => journal.generation >= generation),
      opened.start,
      (entries) => {
        opened.session.runBatch(entries);
      },
    );
    if (opened.session.schemaVersion() > options.newestSchema) throw newerVersion(head.appVersion);
    damage.push(...replay.damage);
    if (replay.end.sequence < head.sequence) {
      damage.push({
        name: null,
        why: `the last clean state was batch ${String(head.sequence)}, and only ${String(replay.end.sequence)} could be read`,
      });
    }
    return {
      session: opened.session,
      head,
      snapshot: opened.snapshot,
      replay,
      damage,
      expectedSequence: head.sequence,
    };
  } catch (thrown) {
    opened.session.close();
    throw thrown instanceof NewerFormat ? newerVersion(head.appVersion) : thrown;
  }
}

interface OpenedSnapshot {
  readonly session: SqliteSession;
  readonly snapshot: OpenedState['snapshot'];
  readonly start: ChainPoint;
}

function openNewestSnapshot(
  files: StoreFiles,
  listing: StateListing,
  options: OpenStateOptions,
  head: Head,
  damage: Damage[],
): OpenedSnapshot | null {
  for (const { name, generation } of listing.snapshots) {
    const reading = readSnapshot(files, generation, options.newestSchema);
    // Not the one before it: that would go back behind what the later version has done.
    if (reading.state === 'newer') throw newerVersion(reading.meta?.appVersion ?? head.appVersion);
    if (reading.state === 'damaged') {
      damage.push({ name, why: reading.why });
      continue;
    }
    const { meta } = reading;
    const session = openSoundDatabase(options.sqlite, reading.database);
    if (typeof session === 'string') {
      damage.push({ name, why: session });
      continue;
    }
    return {
      session,
      snapshot: { generation, sequence: meta.sequence, createdAtMs: meta.createdAtMs },
      start: { sequence: meta.sequence, tag: new Uint8Array(Buffer.from(meta.chainTag, 'base64')) },
    };
  }
  return null;
}

/** The database, or what is wrong with it. */
function openSoundDatabase(sqlite: SqlJsStatic, bytes: Uint8Array): SqliteSession | string {
  let session: SqliteSession | null = null;
  let problems: readonly string[];
  try {
    session = openSqliteSession(sqlite, bytes);
    problems = session.quickCheck();
  } catch (thrown) {
    problems = [String(thrown)];
  }
  if (session !== null && problems.length === 0) return session;
  session?.close();
  return `SQLite's check finds: ${problems.join('; ')}`;
}

/** A new store. A head that says nothing yet is one that was being made when the process ended. */
function openEmpty(
  listing: StateListing,
  options: OpenStateOptions,
  head: Head,
  damage: readonly Damage[],
): OpenedSnapshot {
  const nothingYet = listing.snapshots.length === 0 && listing.journals.length === 0 && damage.length === 0;
  const mayBeMade = listing.hasHead ? head.generation === 0 : options.create;
  if (!nothingYet || !mayBeMade) {
    throw new LockstepError('store-damaged', 'No readable state of this workspace was found.', {
      action: 'Put the workspace folder back from a backup. Nothing in it was changed.',
      context: { damage: damage.map(({ name, why }) => `${name ?? 'state'}: ${why}`).join('; ') },
    });
  }
  return {
    session: openSqliteSession(options.sqlite, null),
    snapshot: null,
    start: { sequence: 0, tag: noTag },
  };
}

export function newerVersion(appVersion: string | null): LockstepError {
  const version = appVersion === null || appVersion === '' ? 'a later version' : `version ${appVersion}`;
  return new LockstepError('store-from-newer-version', `This workspace was written by ${version} of Lockstep.`, {
    action: `Use that version or a later one. Nothing in the workspace was changed.`,
  });
}
