import type { Scalar } from './database.js';

/**
 * A batch as the payload of a journal frame. A statement's SQL stands in the journal where the file first uses it, so
 * a journal means the same to every version of the program: a statement may change between two releases.
 *
 *     payload   version 1 · number of entries · entries
 *     entry     statement number (in this file, from 0), where it is new its SQL · number of parameters · parameters
 *     parameter tag 1 · value
 *
 * Counts and lengths are LEB128 varints.
 */
export interface JournalEntry {
  readonly sql: string;
  readonly params: readonly Scalar[];
}

const payloadVersion = 1;
const tags = { nothing: 0, integer: 1, float: 2, text: 3, blob: 4 } as const;

/** SQL by its number in one journal file. Encoding and decoding build the same list. */
export interface Dictionary {
  readonly numbers: Map<string, number>;
  readonly texts: string[];
}

export function createDictionary(): Dictionary {
  return { numbers: new Map(), texts: [] };
}

/** Adds new statements to the dictionary. */
export function encodeBatch(entries: readonly JournalEntry[], dictionary: Dictionary): Uint8Array {
  const writer = createWriter();
  writer.byte(payloadVersion);
  writer.varint(entries.length);
  for (const { sql, params } of entries) {
    const known = dictionary.numbers.get(sql);
    if (known === undefined) {
      writer.varint(dictionary.texts.length);
      writer.text(sql);
      dictionary.numbers.set(sql, dictionary.texts.length);
      dictionary.texts.push(sql);
    } else {
      writer.varint(known);
    }
    writer.varint(params.length);
    for (const param of params) writeParam(writer, param);
  }
  return writer.finish();
}

/** @throws RangeError where the payload is no batch; it was authenticated before, so that is a bug or a newer format */
export function decodeBatch(payload: Uint8Array, dictionary: Dictionary): readonly JournalEntry[] {
  const reader = createReader(payload);
  const version = reader.byte();
  if (version !== payloadVersion) throw new RangeError(`A journal of version ${String(version)} is unknown.`);
  const entries: JournalEntry[] = [];
  const count = reader.varint();
  for (let entry = 0; entry < count; entry += 1) {
    const number = reader.varint();
    if (number === dictionary.texts.length) {
      const sql = reader.text();
      dictionary.numbers.set(sql, number);
      dictionary.texts.push(sql);
    }
    const sql = dictionary.texts[number];
    if (sql === undefined) throw new RangeError('A journal uses a statement that it did not define.');
    const params: Scalar[] = [];
    const paramCount = reader.varint();
    for (let param = 0; param < paramCount; param += 1) params.push(readParam(reader));
    entries.push({ sql, params });
  }
  if (!reader.atEnd()) throw new RangeError('A batch of the journal has bytes after its end.');
  return entries;
}

function writeParam(writer: Writer, param: Scalar): void {
  if (param === null) {
    writer.byte(tags.nothing);
  } else if (typeof param === 'number') {
    if (Number.isSafeInteger(param) && param >= 0) {
      writer.byte(tags.integer);
      writer.varint(param);
    } else {
      writer.byte(tags.float);
      writer.float(param);
    }
  } else if (typeof param === 'string') {
    writer.byte(tags.text);
    writer.text(param);
  } else {
    writer.byte(tags.blob);
    writer.blob(param);
  }
}

function readParam(reader: Reader): Scalar {
  const tag = reader.byte();
  switch (tag) {
    case tags.nothing:
      return null;
    case tags.integer:
      return reader.varint();
    case tags.float:
      return reader.float();
    case tags.text:
      return reader.text();
    case tags.blob:
      return reader.blob();
    default:
      throw new RangeError(`A parameter of kind ${String(tag)} is unknown.`);
  }
}

type Writer = ReturnType<typeof createWriter>;
type Reader = ReturnType<typeof createReader>;

function createWriter() {
  let buffer = Buffer.allocUnsafe(1024);
  let length = 0;
  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const byte = (value: number): void => {
    reserve(1);
    buffer[length] = value;
    length += 1;
  };
  // Not by shifts: they cut to 32 bits, and numbers here go up to 2^53.
  const varint = (value: number): void => {
    let rest = value;
    while (rest >= 128) {
      byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    byte(rest);
  };
  const blob = (bytes: Uint8Array): void => {
    varint(bytes.length);
    reserve(bytes.length);
    buffer.set(bytes, length);
    length += bytes.length;
  };
  return {
    byte,
    varint,
    blob,
    text(value: string): void {
      const bytes = Buffer.byteLength(value, 'utf8');
      varint(bytes);
      reserve(bytes);
      length += buffer.write(value, length, 'utf8');
    },
    float(value: number): void {
      reserve(8);
      length = buffer.writeDoubleBE(value, length);
    },
    finish: (): Uint8Array => buffer.subarray(0, length),
  };
}

function createReader(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  const byte = (): number => {
    const value = buffer[offset];
    if (value === undefined) throw new RangeError('A batch of the journal ends too early.');
    offset += 1;
    return value;
  };
  const varint = (): number => {
    let value = 0;
    let factor = 1;
    for (;;) {
      const next = byte();
      value += (next % 128) * factor;
      if (next < 128) return value;
      factor *= 128;
    }
  };
  const take = (length: number): Buffer => {
    if (offset + length > buffer.length) throw new RangeError('A batch of the journal ends too early.');
    offset += length;
    return buffer.subarray(offset - length, offset);
  };
  return {
    byte,
    varint,
    text: (): string => take(varint()).toString('utf8'),
    blob: (): Uint8Array => Uint8Array.from(take(varint())),
    float: (): number => take(8).readDoubleBE(0),
    atEnd: (): boolean => offset === buffer.length,
  };
}
