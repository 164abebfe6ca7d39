import { z } from 'zod';
import type { FileSystem } from '../host.js';
import {
  decodeFileHeader,
  decodeFrameHeader,
  deriveFileSecrets,
  encodeFileHeader,
  fileHeaderLength,
  type FileHeader,
  frameHeaderLength,
  frameOverhead,
  noTag,
  openFrame,
  sealFrame,
} from './frames.js';
import { snapshotName } from './state-names.js';

/**
 * A snapshot: the exported database in pieces of 1 MiB, each a frame; the frame before them says what it is.
 * Its frames are numbered from 0.
 */
const snapshotMetaSchema = z.object({
  /** The last batch that it holds. */
  sequence: z.number(),
  /** Tag of that batch's frame: the journal after it goes on from there. */
  chainTag: z.string(),
  schemaVersion: z.number(),
  appVersion: z.string(),
  createdAtMs: z.number(),
  byteLength: z.number(),
});
export type SnapshotMeta = z.infer<typeof snapshotMetaSchema>;

const pieceLength = 1024 * 1024;

/** What all files of one workspace's store share. */
export interface StoreFiles {
  readonly fileSystem: FileSystem;
  readonly folder: string;
  readonly workspaceId: string;
  readonly key: Uint8Array;
  readonly random: { bytes(length: number): Uint8Array };
}

/** Appends a whole snapshot; the caller makes it durable and gives it its name. */
export function writeSnapshot(
  files: StoreFiles,
  generation: number,
  meta: Omit<SnapshotMeta, 'byteLength'>,
  database: Uint8Array,
  append: (bytes: Uint8Array) => void,
): void {
  const header: FileHeader = {
    kind: 'snapshot',
    generation,
    part: 0,
    firstSequence: 0,
    previousTag: noTag,
    salt: files.random.bytes(32),
  };
  const secrets = deriveFileSecrets(files.key, files.workspaceId, snapshotName(generation), header);
  append(encodeFileHeader(header));
  let index = 0;
  let previousTag = noTag;
  const add = (plaintext: Uint8Array): void => {
    const sealed = sealFrame(secrets, index, index, previousTag, plaintext);
    append(sealed.bytes);
    previousTag = sealed.tag;
    index += 1;
  };
  const whole: SnapshotMeta = { ...meta, byteLength: database.length };
  add(new TextEncoder().encode(JSON.stringify(whole)));
  for (let start = 0; start < database.length; start += pieceLength) {
    add(database.subarray(start, start + pieceLength));
  }
}

export type SnapshotReading =
  | { readonly state: 'ok'; readonly meta: SnapshotMeta; readonly database: Uint8Array }
  | { readonly state: 'newer'; readonly meta: SnapshotMeta | null }
  | { readonly state: 'damaged'; readonly why: string };

/**
 * Every byte of the file is checked, or it is damaged: it had its name only after it was whole.
 * @param newestSchema a snapshot of a later schema is `newer`, and its database is not read
 */
export function readSnapshot(files: StoreFiles, generation: number, newestSchema: number): SnapshotReading {
  const name = snapshotName(generation);
  const file = files.fileSystem.open(`${files.folder}/${name}`, 'read');
  try {
    const size = file.size();
    const headerReading = decodeFileHeader(file.read(0, fileHeaderLength));
    if (headerReading.state === 'newer') return { state: 'newer', meta: null };
    if (headerReading.state === 'torn') return damaged('it is cut');
    if (headerReading.state === 'damaged') return damaged(headerReading.why);
    const { header } = headerReading;
    if (header.kind !== 'snapshot' || header.generation !== generation) return damaged('it is another file');
    const secrets = deriveFileSecrets(files.key, files.workspaceId, name, header);

    let offset = fileHeaderLength;
    let index = 0;
    let previousTag = noTag;
    const next = (): Uint8Array | string => {
      const frameHeader = decodeFrameHeader(file.read(offset, frameHeaderLength), 0);
      if (frameHeader === null) return 'the header of a frame is unreadable';
      if (offset + frameOverhead + frameHeader.length > size) return 'it is cut';
      const frame = openFrame(
        secrets,
        file.read(offset, frameOverhead + frameHeader.length),
        0,
        index,
        index,
        previousTag,
        'strict',
      );
      if (frame.state !== 'frame') return frame.state === 'damaged' ? frame.why : 'it is cut';
      offset += frame.end;
      index += 1;
      previousTag = frame.tag;
      return frame.plaintext;
    };

    const first = next();
    if (typeof first === 'string') return damaged(first);
    const parsed = snapshotMetaSchema.safeParse(JSON.parse(new TextDecoder().decode(first)));
    // It is ours and whole, but we do not understand it: only a later version can have written it.
    if (!parsed.success) return { state: 'newer', meta: null };
    const meta = parsed.data;
    if (meta.schemaVersion > newestSchema) return { state: 'newer', meta };
    const database = new Uint8Array(meta.byteLength);
    for (let filled = 0; filled < meta.byteLength;) {
      const piece = next();
      if (typeof piece === 'string') return damaged(piece);
      if (filled + piece.length > meta.byteLength) return damaged('it is longer than it says');
      database.set(piece, filled);
      filled += piece.length;
    }
    if (offset !== size) return damaged('it has bytes after its end');
    return { state: 'ok', meta, database };
  } finally {
    file.close();
  }
}

function damaged(why: string): SnapshotReading {
  return { state: 'damaged', why };
}
