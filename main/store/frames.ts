import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { deriveKey, encodeParts, saltLength, seal, tagLength, unseal } from '../secrets/crypto.js';

/**
 * The one format of every encrypted file of a workspace: a file header of 80 bytes, then frames.
 *
 *     file header   magic 8 · format 1 · kind 1 · zero 2 · generation 4 · part 4 · first sequence 6 · zero 2
 *                   · tag of the frame before 16 · salt 32 · CRC-32 of all that 4
 *     frame         length of the ciphertext 4 · sequence 6 · zero 2 · CRC-32 of that 4
 *                   · ciphertext · tag 16 · end mark 2
 *
 * Numbers are big-endian. Each file has its own key (HKDF of the store's key and the salt); the nonce is the frame's
 * index in the file. Authenticated with each frame: workspace, file, header, index, sequence and the tag of the frame
 * before. The CRCs tell a torn write from damage before anything can be decrypted; they protect against nothing else.
 */
export const fileKinds = { snapshot: 1, journal: 2, segment: 3, head: 4 } as const;
export type FileKind = keyof typeof fileKinds;

export const formatVersion = 1;
export const fileHeaderLength = 80;
export const frameHeaderLength = 16;
/** Two bytes that are not zero: a frame whose end is zeros was never written to its end. */
const endMark = [0xa5, 0x5a] as const;
/** Bytes that a frame has beside its ciphertext. */
export const frameOverhead = frameHeaderLength + tagLength + endMark.length;
const magic = new TextEncoder().encode('LOCKSTEP');
export const noTag: Uint8Array = new Uint8Array(tagLength);

export interface FileHeader {
  readonly kind: FileKind;
  readonly generation: number;
  readonly part: number;
  readonly firstSequence: number;
  /** Tag of the last frame before this file, so that files form one chain. Zeros at the start of a chain. */
  readonly previousTag: Uint8Array;
  readonly salt: Uint8Array;
}

export type HeaderReading =
  | { readonly state: 'ok'; readonly header: FileHeader }
  /** The file ends inside its header, or is zeros from somewhere in it on. */
  | { readonly state: 'torn' }
  | { readonly state: 'newer'; readonly format: number }
  | { readonly state: 'damaged'; readonly why: string };

export function encodeFileHeader(header: FileHeader): Uint8Array {
  const bytes = Buffer.alloc(fileHeaderLength);
  bytes.set(magic, 0);
  bytes.writeUInt8(formatVersion, 8);
  bytes.writeUInt8(fileKinds[header.kind], 9);
  bytes.writeUInt32BE(header.generation, 12);
  bytes.writeUInt32BE(header.part, 16);
  bytes.writeUIntBE(header.firstSequence, 20, 6);
  bytes.set(header.previousTag, 28);
  bytes.set(header.salt, 44);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 76)), 76);
  return bytes;
}

/** @param bytes the file, or at least its first 80 bytes */
export function decodeFileHeader(bytes: Uint8Array): HeaderReading {
  if (bytes.length < fileHeaderLength) return { state: 'torn' };
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, fileHeaderLength);
  if (view.readUInt32BE(76) !== crc32(view.subarray(0, 76))) {
    return endsInZeros(bytes, fileHeaderLength - 1)
      ? { state: 'torn' }
      : { state: 'damaged', why: 'its header is unreadable' };
  }
  if (!magic.every((byte, index) => view[index] === byte)) return { state: 'damaged', why: 'it is no file of ours' };
  const format = view.readUInt8(8);
  if (format > formatVersion) return { state: 'newer', format };
  const kind = (Object.keys(fileKinds) as FileKind[]).find((name) => fileKinds[name] === view.readUInt8(9));
  if (kind === undefined) return { state: 'damaged', why: 'it is of an unknown kind' };
  return {
    state: 'ok',
    header: {
      kind,
      generation: view.readUInt32BE(12),
      part: view.readUInt32BE(16),
      firstSequence: view.readUIntBE(20, 6),
      previousTag: Uint8Array.from(view.subarray(28, 28 + tagLength)),
      salt: Uint8Array.from(view.subarray(44, 44 + saltLength)),
    },
  };
}

/** Key and authenticated context of one file. */
export interface FileSecrets {
  readonly key: Uint8Array;
  /** Hash over workspace, file name and header: the part of the associated data that all frames share. */
  readonly context: Uint8Array;
}

/** @param fileName name of the file inside its folder; a file that was renamed does not open */
export function deriveFileSecrets(
  storeKey: Uint8Array,
  workspaceId: string,
  fileName: string,
  header: FileHeader,
): FileSecrets {
  return {
    key: deriveKey(storeKey, header.salt, `file/${header.kind}`),
    context: createHash('sha256')
      .update(encodeParts(workspaceId, fileName, encodeFileHeader(header)))
      .digest(),
  };
}

function associatedData(context: Uint8Array, index: number, sequence: number, previousTag: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(context.length + 12 + tagLength);
  bytes.set(context, 0);
  bytes.writeUIntBE(index, context.length, 6);
  bytes.writeUIntBE(sequence, context.length + 6, 6);
  bytes.set(previousTag, context.length + 12);
  return bytes;
}

/**
 * @param index the frame's number in its file, from 0: the nonce, so never used twice
 * @param previousTag tag of the frame before, in this file or in the one before it
 */
export function sealFrame(
  secrets: FileSecrets,
  index: number,
  sequence: number,
  previousTag: Uint8Array,
  plaintext: Uint8Array,
): { readonly bytes: Uint8Array; readonly tag: Uint8Array } {
  const { ciphertext, tag } = seal(
    secrets.key,
    index,
    associatedData(secrets.context, index, sequence, previousTag),
    plaintext,
  );
  const bytes = Buffer.allocUnsafe(frameOverhead + ciphertext.length);
  bytes.writeUInt32BE(ciphertext.length, 0);
  bytes.writeUIntBE(sequence, 4, 6);
  bytes.writeUInt16BE(0, 10);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 12)), 12);
  bytes.set(ciphertext, frameHeaderLength);
  bytes.set(tag, frameHeaderLength + ciphertext.length);
  bytes.set(endMark, bytes.length - endMark.length);
  return { bytes, tag };
}

export type FrameReading =
  | {
      readonly state: 'frame';
      readonly plaintext: Uint8Array;
      readonly sequence: number;
      readonly tag: Uint8Array;
      /** Offset of the byte after the frame. */
      readonly end: number;
    }
  | { readonly state: 'end' }
  /** Never acknowledged: the file ends inside the frame, or is zeros from somewhere in it to its end. */
  | { readonly state: 'torn' }
  | { readonly state: 'damaged'; readonly why: string };

export type FrameHeaderReading = { readonly length: number; readonly sequence: number } | null;

/** Length of the ciphertext and sequence of the frame at `offset`, or null where its header is cut or unreadable. */
export function decodeFrameHeader(bytes: Uint8Array, offset: number): FrameHeaderReading {
  if (offset + frameHeaderLength > bytes.length) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + offset, frameHeaderLength);
  if (view.readUInt32BE(12) !== crc32(view.subarray(0, 12))) return null;
  return { length: view.readUInt32BE(0), sequence: view.readUIntBE(4, 6) };
}

/**
 * Opens the frame at `offset`.
 * @param bytes the file from its start to its end: what counts as torn depends on where it ends. Where torn writes
 * cannot be (`strict`), a slice that is the frame will do.
 */
export function openFrame(
  secrets: FileSecrets,
  bytes: Uint8Array,
  offset: number,
  index: number,
  expectedSequence: number,
  previousTag: Uint8Array,
  ends: 'may-be-torn' | 'strict',
): FrameReading {
  if (offset === bytes.length) return { state: 'end' };
  if (offset + frameHeaderLength > bytes.length) return { state: 'torn' };
  const header = decodeFrameHeader(bytes, offset);
  if (header === null) {
    return endsInZeros(bytes, offset + frameHeaderLength - 1)
      ? { state: 'torn' }
      : { state: 'damaged', why: 'the header of a frame is unreadable' };
  }
  if (header.sequence !== expectedSequence) {
    return {
      state: 'damaged',
      why: `frame ${String(header.sequence)} stands where ${String(expectedSequence)} belongs`,
    };
  }
  const end = offset + frameOverhead + header.length;
  if (end > bytes.length) return { state: 'torn' };
  const tagStart = offset + frameHeaderLength + header.length;
  const tag = Uint8Array.from(bytes.subarray(tagStart, tagStart + tagLength));
  const plaintext = unseal(
    secrets.key,
    index,
    associatedData(secrets.context, index, header.sequence, previousTag),
    bytes.subarray(offset + frameHeaderLength, tagStart),
    tag,
  );
  if (plaintext === null) {
    return endsInZeros(bytes, end - 1)
      ? { state: 'torn' }
      : { state: 'damaged', why: `frame ${String(header.sequence)} fails its check` };
  }
  if (!endMarkIsWhole(bytes, end) && !(ends === 'may-be-torn' && endMarkIsTorn(bytes, end))) {
    return { state: 'damaged', why: `frame ${String(header.sequence)} has no end` };
  }
  return { state: 'frame', plaintext, sequence: header.sequence, tag, end };
}

function endMarkIsWhole(bytes: Uint8Array, end: number): boolean {
  return endMark.every((byte, index) => bytes[end - endMark.length + index] === byte);
}

/** Whether a write tore inside the end mark: zeros from there to the end of the file. All of the content is there. */
function endMarkIsTorn(bytes: Uint8Array, end: number): boolean {
  const [first, second] = bytes.subarray(end - endMark.length, end);
  return second === 0 && (first === endMark[0] || first === 0) && bytes.subarray(end).every((byte) => byte === 0);
}

/**
 * Whether the bytes from `from` on are zeros, and at least two at the end of the file are. No whole frame ends in two
 * zeros: one byte that changed can never pass for a torn write.
 */
function endsInZeros(bytes: Uint8Array, from: number): boolean {
  let start = bytes.length;
  while (start > 0 && bytes[start - 1] === 0) start -= 1;
  return start <= from && bytes.length - start >= 2;
}
