import { Readable } from 'node:stream';

export interface ReadBody {
  readonly text: string;
  /** Decoded bytes that were read. */
  readonly bytes: number;
  /** There was more than allowed; the rest was not read. */
  readonly cut: boolean;
}

/**
 * Reads an answer's body up to `maxBytes` and then closes the connection, so that memory stays flat whatever the server
 * sends. Takes what axios' adapters give: a stream, text, bytes, or nothing.
 */
export async function readBody(data: unknown, maxBytes: number, contentType: string | undefined): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let cut = false;
  for await (const chunk of chunksOf(data)) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      cut = true;
      chunks.push(chunk.subarray(0, chunk.length - (bytes - maxBytes)));
      break;
    }
    chunks.push(chunk);
  }
  if (cut) closeBody(data);
  return { text: decodeText(Buffer.concat(chunks), contentType), bytes, cut };
}

/** Ends a body that nobody wants, with its connection: reading on would take as long as the server likes. */
export function closeBody(data: unknown): void {
  if (!(data instanceof Readable)) return;
  data.on('error', () => undefined);
  data.destroy();
}

async function* chunksOf(data: unknown): AsyncGenerator<Buffer> {
  if (data instanceof Readable) {
    for await (const chunk of data) yield toBuffer(chunk);
  } else if (data !== undefined && data !== null && data !== '') {
    yield toBuffer(data);
  }
}

function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return Buffer.from(chunk);
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  throw new TypeError('The transport gave a body that is neither text nor bytes.');
}

function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const [, charset = 'utf-8'] = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '') ?? [];
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that does not exist.
    return new TextDecoder('utf-8').decode(bytes);
  }
}
