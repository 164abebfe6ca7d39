import type { OpenFile } from '../host.js';
import { createDictionary, decodeBatch, encodeBatch, type JournalEntry } from './batch-codec.js';
import {
  decodeFileHeader,
  deriveFileSecrets,
  encodeFileHeader,
  fileHeaderLength,
  type FileHeader,
  type FileSecrets,
  openFrame,
  sealFrame,
} from './frames.js';
import type { StoreFiles } from './snapshot-files.js';
import { type JournalFile, journalName } from './state-names.js';

/** A point in the history: the last batch, and the tag of its frame, to which the next one is chained. */
export interface ChainPoint {
  readonly sequence: number;
  readonly tag: Uint8Array;
}

export interface JournalWriter {
  /** Appends a batch. Not durable before `sync`. */
  append(entries: readonly JournalEntry[]): ChainPoint;
  sync(): void;
  sizeBytes(): number;
  close(): void;
}

/**
 * Begins a journal file. It is never opened for appending again: whoever continues begins another part, with another
 * key, so that no nonce is used twice even where an old copy of the folder was put back.
 */
export function beginJournal(files: StoreFiles, generation: number, part: number, before: ChainPoint): JournalWriter {
  const name = journalName(generation, part);
  const header: FileHeader = {
    kind: 'journal',
    generation,
    part,
    firstSequence: before.sequence + 1,
    previousTag: before.tag,
    salt: files.random.bytes(32),
  };
  const secrets = deriveFileSecrets(files.key, files.workspaceId, name, header);
  const dictionary = createDictionary();
  const file: OpenFile = files.fileSystem.open(`${files.folder}/${name}`, 'create');
  let last = before;
  let index = 0;
  let size = 0;
  let folderIsSynced = false;
  return {
    append(entries) {
      const sequence = last.sequence + 1;
      const frame = sealFrame(secrets, index, sequence, last.tag, encodeBatch(entries, dictionary));
      // One write for header and first frame: a file without a frame says nothing.
      const bytes = index === 0 ? Buffer.concat([encodeFileHeader(header), frame.bytes]) : frame.bytes;
      file.append(bytes);
      size += bytes.length;
      index += 1;
      last = { sequence, tag: frame.tag };
      return last;
    },
    sync() {
      file.sync();
      if (folderIsSynced) return;
      files.fileSystem.syncFolder(files.folder);
      folderIsSynced = true;
    },
    sizeBytes: () => size,
    close() {
      file.close();
    },
  };
}

export interface Damage {
  /** The file, or null where one is missing. */
  readonly name: string | null;
  readonly why: string;
}

export interface Replay {
  readonly end: ChainPoint;
  /** Bytes of the files that were read. */
  readonly bytes: number;
  /** Files that hold batches of this state. */
  readonly accepted: readonly string[];
  readonly damage: readonly Damage[];
}

export class NewerFormat extends Error {}

interface LoadedJournal {
  readonly file: JournalFile;
  readonly bytes: Uint8Array;
  readonly header: FileHeader;
  readonly secrets: FileSecrets;
}

/**
 * Repeats the batches after `start`, in order, to the first frame that cannot be read.
 * @param journals oldest first, from the generation of the snapshot on
 * @param apply repeats one batch; what it throws is damage of that batch
 * @throws NewerFormat where a later version of the program wrote a file
 */
export function replayJournals(
  files: StoreFiles,
  journals: readonly JournalFile[],
  start: ChainPoint,
  apply: (entries: readonly JournalEntry[]) => void,
): Replay {
  let at = start;
  let bytes = 0;
  const accepted: string[] = [];
  const loaded: (LoadedJournal | Damage)[] = [];
  for (const file of journals) {
    const journal = loadJournal(files, file);
    if (journal !== null) loaded.push(journal);
  }

  for (const [position, journal] of loaded.entries()) {
    const stop = (why: string): Replay => ({
      end: at,
      bytes,
      accepted,
      damage: loaded.slice(position).map((later, index) => ({
        name: 'file' in later ? later.file.name : later.name,
        why: index === 0 ? why : 'it follows a damaged file',
      })),
    });
    if (!('file' in journal)) return stop(journal.why);
    const { header, secrets, file } = journal;
    if (header.firstSequence !== at.sequence + 1 || !sameBytes(header.previousTag, at.tag)) {
      return stop('what came before it is missing');
    }
    // What stands after the point where the next file goes on was written by a process that had lost its lock (a
    // laptop that slept), and was never acknowledged.
    const limit = firstSequenceAfter(loaded, position);
    const dictionary = createDictionary();
    let offset = fileHeaderLength;
    for (let index = 0; at.sequence < limit; index += 1) {
      const frame = openFrame(secrets, journal.bytes, offset, index, at.sequence + 1, at.tag, 'may-be-torn');
      if (frame.state === 'damaged') return stop(frame.why);
      if (frame.state !== 'frame') break;
      try {
        apply(decodeBatch(frame.plaintext, dictionary));
      } catch (thrown) {
        return stop(`batch ${String(frame.sequence)} cannot be repeated: ${String(thrown)}`);
      }
      if (index === 0) accepted.push(file.name);
      at = { sequence: frame.sequence, tag: frame.tag };
      offset = frame.end;
    }
    bytes += journal.bytes.length;
  }
  return { end: at, bytes, accepted, damage: [] };
}

/** Null where the file was torn before its first frame: nothing in it was ever acknowledged. */
function loadJournal(files: StoreFiles, file: JournalFile): LoadedJournal | Damage | null {
  const bytes = files.fileSystem.readFile(`${files.folder}/${file.name}`);
  const reading = decodeFileHeader(bytes);
  if (reading.state === 'torn') return null;
  if (reading.state === 'newer') throw new NewerFormat();
  if (reading.state === 'damaged') return { name: file.name, why: reading.why };
  const { header } = reading;
  if (header.kind !== 'journal' || header.generation !== file.generation || header.part !== file.part) {
    return { name: file.name, why: 'it is another file' };
  }
  const secrets = deriveFileSecrets(files.key, files.workspaceId, file.name, header);
  const first = openFrame(secrets, bytes, fileHeaderLength, 0, header.firstSequence, header.previousTag, 'may-be-torn');
  if (first.state === 'frame') return { file, bytes, header, secrets };
  return first.state === 'damaged' ? { name: file.name, why: first.why } : null;
}

function firstSequenceAfter(loaded: readonly (LoadedJournal | Damage)[], position: number): number {
  const next = loaded[position + 1];
  return next !== undefined && 'file' in next ? next.header.firstSequence - 1 : Number.POSITIVE_INFINITY;
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
