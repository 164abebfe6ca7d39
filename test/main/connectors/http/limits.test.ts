import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRig, errorOf, says, startServer } from './servers.js';
import type { Handler } from './servers.js';

const mb = 1024 * 1024;

/** Writes as much as the other side takes, up to `total`; `written` counts. */
function flood(total: number, counter: { written: number }, headers: Record<string, string> = {}): Handler {
  const chunk = Buffer.alloc(mb, 0x20);
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    const push = (): void => {
      while (counter.written < total && !response.destroyed) {
        counter.written += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', push);
          return;
        }
      }
      response.end();
    };
    push();
  };
}

describe('a body without end', () => {
  it('of 2 GB is left after the limit: little more than that is ever taken', async () => {
    const counter = { written: 0 };
    const server = await startServer(flood(2048 * mb, counter));
    const rig = createRig(server.url, { maxBodyBytes: 8 * mb });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error).toMatchObject({ code: 'answer-too-large', outcome: 'answered' });
    expect(error.message).toContain('more than 8 MB');
    const [exchange] = rig.exchanges;
    expect(exchange?.bytes).toBeLessThan(8 * mb + mb);
    // What the server could write is what we read and what the system's buffers hold.
    expect(counter.written).toBeLessThan(40 * mb);
    expect(server.seen).toHaveLength(1);
  });

  it('is not begun where its length is told', async () => {
    const counter = { written: 0 };
    const server = await startServer(flood(2048 * mb, counter, { 'content-length': String(2048 * mb) }));
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error.code).toBe('answer-too-large');
    expect(error.message).toContain('more than 64 MB');
    expect(rig.exchanges[0]?.bytes).toBe(0);
    expect(counter.written).toBeLessThan(40 * mb);
  });

  it('that is small on the wire and large when unpacked is left too', async () => {
    const packed = gzipSync(Buffer.alloc(256 * mb, 0x20));
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(packed),
    );
    const rig = createRig(server.url, { maxBodyBytes: 2 * mb });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error.code).toBe('answer-too-large');
    expect(rig.exchanges[0]?.bytes).toBeLessThan(3 * mb);
  });

  it('of an error is cut: its status is what matters', async () => {
    const counter = { written: 0 };
    const flooding = flood(2048 * mb, counter);
    const server = await startServer((request, response, raw, count) => {
      const { writeHead } = response;
      response.writeHead = (_status: number, ...rest: []) => writeHead.call(response, 404, ...rest);
      flooding(request, response, raw, count);
    });
    const rig = createRig(server.url);
    expect((await errorOf(rig.client.request({ method: 'GET', path: '/' }))).code).toBe('gone');
    expect(rig.exchanges[0]?.bytes).toBeLessThan(2 * mb);
    expect(counter.written).toBeLessThan(40 * mb);
  });

  it('has a limit per request as well, and may have exactly that size', async () => {
    const text = JSON.stringify('x'.repeat(998));
    const server = await startServer((_request, response) => response.end(text));
    const { client } = createRig(server.url);
    expect((await client.request({ method: 'GET', path: '/', maxBodyBytes: 1_000 })).text).toHaveLength(1_000);
    const error = await errorOf(client.request({ method: 'GET', path: '/', maxBodyBytes: 999 }));
    expect(error.message).toContain('more than 999 bytes');
  });

  it('is possible after a write that was done: unknown', async () => {
    const server = await startServer(says(201, 'x'.repeat(100)));
    const request = { method: 'POST', path: '/', json: {}, maxBodyBytes: 10 } as const;
    const error = await errorOf(createRig(server.url).client.request(request));
    expect(error).toMatchObject({ code: 'answer-too-large', outcome: 'unknown' });
  });

  it('is cancelled in the middle', async () => {
    const counter = { written: 0 };
    const server = await startServer(flood(2048 * mb, counter));
    const rig = createRig(server.url, { maxBodyBytes: 4096 * mb });
    const stop = new AbortController();
    const request = errorOf(rig.client.request({ method: 'GET', path: '/', signal: stop.signal }));
    await expect.poll(() => counter.written, { interval: 1 }).toBeGreaterThan(4 * mb);
    stop.abort();
    expect((await request).code).toBe('cancelled');
    expect(counter.written).toBeLessThan(2048 * mb);
  });
});
