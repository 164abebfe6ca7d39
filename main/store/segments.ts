import { LockstepError } from '../../preload/contract/errors.js';
import type { OpenFile } from '../host.js';
import {
  decodeFileHeader,
  decodeFrameHeader,
  deriveFileSecrets,
  encodeFileHeader,
  fileHeaderLength,
  type FileHeader,
  type FileSecrets,
  frameHeaderLength,
  frameOverhead,
  noTag,
  openFrame,
  sealFrame,
} from './frames.js';
import type { StoreFiles } from './snapshot-files.js';

/**
 * The values of log rows, one or more files a run, append-only. A value is found by its address: the number of the
 * run's file and the offset in it. A run that goes on after a restart begins another file, as a journal does.
 */
export interface Segments {
  /** Not durable before `sync`. @returns the value's address, below 2^53 */
  append(runId: string, bytes: Uint8Array): number;
  /** @throws LockstepError `store-damaged` where the value is gone or fails its check */
  read(runId: string, address: number): Uint8Array;
  sync(): void;
  /** Makes durable what an earlier process may have left in the system's cache. */
  syncAll(): void;
  closeRun(runId: string): void;
  removeRun(runId: string): void;
  usage(): { readonly runs: number; readonly bytes: number };
  close(): void;
}

/** An address is `part * 2^40 + offset`: files of up to 1 TiB, 8191 of them a run. */
const partFactor = 2 ** 40;
const tagAndMarkLength = frameOverhead - frameHeaderLength;

interface WritingSegment {
  readonly part: number;
  readonly file: OpenFile;
  readonly secrets: FileSecrets;
  readonly header: FileHeader;
  size: number;
  index: number;
  previousTag: Uint8Array;
  unsynced: boolean;
  folderIsSynced: boolean;
}

interface ReadingSegment {
  readonly file: OpenFile;
  readonly secrets: FileSecrets;
}

/** Files that stay open for reading; a screen jumps between few runs. */
const openReadersLimit = 8;

export function createSegments(files: StoreFiles): Segments {
  const { fileSystem, folder } = files;
  const writing = new Map<string, WritingSegment>();
  const reading = new Map<string, ReadingSegment>();

  const partsOf = (runId: string): readonly { readonly name: string; readonly part: number }[] =>
    fileSystem.list(folder).flatMap((name) => {
      const parsed = parseSegmentName(name);
      return parsed?.runId === runId ? [{ name, part: parsed.part }] : [];
    });

  const begin = (runId: string): WritingSegment => {
    assertRunId(runId);
    const part = Math.max(0, ...partsOf(runId).map((found) => found.part)) + 1;
    const header: FileHeader = {
      kind: 'segment',
      generation: 0,
      part,
      firstSequence: 0,
      previousTag: noTag,
      salt: files.random.bytes(32),
    };
    const name = segmentName(runId, part);
    const segment: WritingSegment = {
      part,
      header,
      secrets: deriveFileSecrets(files.key, files.workspaceId, name, header),
      file: fileSystem.open(`${folder}/${name}`, 'create'),
      size: 0,
      index: 0,
      previousTag: noTag,
      unsynced: false,
      folderIsSynced: false,
    };
    writing.set(runId, segment);
    return segment;
  };

  const syncOne = (segment: WritingSegment): void => {
    if (!segment.unsynced) return;
    segment.file.sync();
    if (!segment.folderIsSynced) fileSystem.syncFolder(folder);
    segment.folderIsSynced = true;
    segment.unsynced = false;
  };

  const openForReading = (runId: string, part: number): ReadingSegment | null => {
    const name = segmentName(runId, part);
    const known = reading.get(name);
    if (known !== undefined) return known;
    if (fileSystem.sizeOf(`${folder}/${name}`) === null) return null;
    const file = fileSystem.open(`${folder}/${name}`, 'read');
    const header = decodeFileHeader(file.read(0, fileHeaderLength));
    if (header.state !== 'ok' || header.header.kind !== 'segment') {
      file.close();
      return null;
    }
    const oldest = [...reading.keys()][0];
    if (oldest !== undefined && reading.size >= openReadersLimit) closeReader(oldest);
    const opened = { file, secrets: deriveFileSecrets(files.key, files.workspaceId, name, header.header) };
    reading.set(name, opened);
    return opened;
  };

  const closeReader = (name: string): void => {
    reading.get(name)?.file.close();
    reading.delete(name);
  };

  const closeRun = (runId: string): void => {
    const segment = writing.get(runId);
    if (segment === undefined) return;
    try {
      syncOne(segment);
    } finally {
      writing.delete(runId);
      segment.file.close();
    }
  };

  return {
    append(runId, bytes) {
      const segment = writing.get(runId) ?? begin(runId);
      const frame = sealFrame(segment.secrets, segment.index, segment.index, segment.previousTag, bytes);
      const isFirst = segment.size === 0;
      const offset = isFirst ? fileHeaderLength : segment.size;
      segment.file.append(isFirst ? Buffer.concat([encodeFileHeader(segment.header), frame.bytes]) : frame.bytes);
      segment.size = offset + frame.bytes.length;
      segment.index += 1;
      segment.previousTag = frame.tag;
      segment.unsynced = true;
      return segment.part * partFactor + offset;
    },

    read(runId, address) {
      assertRunId(runId);
      const segment = openForReading(runId, Math.floor(address / partFactor));
      const offset = address % partFactor;
      const value = segment === null || offset < fileHeaderLength ? null : readFrameAt(segment, offset);
      if (value === null) {
        throw new LockstepError('store-damaged', 'A value of the run log is gone or damaged.', {
          action: 'The other values and the state of the synchronization are not touched by this.',
          context: { run: runId, address },
        });
      }
      return value;
    },

    sync() {
      for (const segment of writing.values()) syncOne(segment);
    },
    syncAll() {
      for (const name of fileSystem.list(folder)) {
        if (parseSegmentName(name) === null) continue;
        const file = fileSystem.open(`${folder}/${name}`, 'append');
        try {
          file.sync();
        } finally {
          file.close();
        }
      }
      fileSystem.syncFolder(folder);
    },
    closeRun,

    removeRun(runId) {
      assertRunId(runId);
      writing.get(runId)?.file.close();
      writing.delete(runId);
      for (const { name } of partsOf(runId)) {
        closeReader(name);
        fileSystem.remove(`${folder}/${name}`);
      }
    },

    usage() {
      const runs = new Set<string>();
      let bytes = 0;
      for (const name of fileSystem.list(folder)) {
        const parsed = parseSegmentName(name);
        if (parsed === null) continue;
        runs.add(parsed.runId);
        bytes += fileSystem.sizeOf(`${folder}/${name}`) ?? 0;
      }
      return { runs: runs.size, bytes };
    },

    close() {
      for (const segment of writing.values()) segment.file.close();
      writing.clear();
      for (const name of [...reading.keys()]) closeReader(name);
    },
  };
}

/** Frames are numbered from 0, and each is chained to the tag that stands before it; so one can be read alone. */
function readFrameAt(segment: ReadingSegment, offset: number): Uint8Array | null {
  const header = decodeFrameHeader(segment.file.read(offset, frameHeaderLength), 0);
  if (header === null || (header.sequence === 0) !== (offset === fileHeaderLength)) return null;
  const bytes = segment.file.read(offset, frameOverhead + header.length);
  const previousTag =
    header.sequence === 0
      ? noTag
      : segment.file.read(offset - tagAndMarkLength, tagAndMarkLength).subarray(0, noTag.length);
  const frame = openFrame(segment.secrets, bytes, 0, header.sequence, header.sequence, previousTag, 'strict');
  return frame.state === 'frame' ? frame.plaintext : null;
}

function segmentName(runId: string, part: number): string {
  return `${runId}.${String(part)}.seg`;
}

function parseSegmentName(name: string): { readonly runId: string; readonly part: number } | null {
  const match = /^([A-Za-z0-9_-]{1,64})\.(\d+)\.seg$/.exec(name);
  return match?.[1] === undefined ? null : { runId: match[1], part: Number(match[2]) };
}

function assertRunId(runId: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(runId)) throw new LockstepError('internal', 'A run id cannot name a file.');
}
