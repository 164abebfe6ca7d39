import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from './refused.js';

/**
 * The request's JSON. How long it may take is the server's to watch (`requestTimeout`).
 * @throws Refused 415 (another type), 413 (too large: the rest is not read), 400 (no JSON)
 */
export async function readJson(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  // A form or plain text can be sent across origins without a preflight; JSON cannot.
  if (!/^application\/json(;\s*charset=utf-8)?$/iu.test(type) || request.headers['content-encoding'] !== undefined) {
    throw new Refused(415, 'input-invalid', 'A body must be plain application/json.');
  }
  const bytes = await readBytes(request, mostBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new Refused(400, 'input-invalid', 'The body is not JSON.');
  }
}

async function readBytes(request: IncomingMessage, mostBytes: number): Promise<Uint8Array> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving that early destroys the socket, and with it the answer that says why.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= mostBytes) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      request.pause();
      reject(tooLarge(mostBytes));
    });
    request.once('end', resolve);
    request.once('error', reject);
    request.once('close', () => {
      reject(new Refused(400, 'input-invalid', 'The body ended too early.'));
    });
  });
  return Buffer.concat(chunks);
}

function tooLarge(mostBytes: number): Refused {
  // The rest of the body would be taken for the next request.
  return new Refused(413, 'input-invalid', `A body may have ${String(mostBytes)} bytes at most.`, {
    headers: { Connection: 'close' },
  });
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
}

export function answerEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 204 ? {} : { 'Content-Length': 0 });
  response.end();
}
