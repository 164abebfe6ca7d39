import * as net from 'node:net';
import { describe, expect, it } from 'vitest';
import { answer, bind, createRig, cut, errorOf, freePort, says, startServer, timeoutMs } from './servers.js';
import type { Handler } from './servers.js';

/** Cuts the connection after some bytes of the answer. */
const cutMidBody: Handler = (_request, response, raw) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"issues": [');
  setImmediate(() => raw.socket.destroy());
};

describe('what is known of a request that failed', () => {
  it('not sent: nothing listens', async () => {
    const rig = createRig(`http://127.0.0.1:${String(await freePort())}`);
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'host-unreachable', outcome: 'not-sent' });
    expect(error.message).toContain('nothing answers at this port');
    expect(error.context).toMatchObject({ outcome: 'not-sent', attempts: 3, fault: 'ECONNREFUSED' });
    expect(rig.clock.slept.filter((ms) => ms !== timeoutMs)).toEqual([250, 500]);
  });

  it('not sent: no such name', async () => {
    const rig = createRig('https://no-such-host.invalid');
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {}, maxAttempts: 1 }));
    expect(error).toMatchObject({ code: 'host-unreachable', outcome: 'not-sent' });
    expect(error.message).toMatch(/its name (?:is not known|cannot be looked up)/);
  });

  it('not sent: cancelled before', async () => {
    const server = await startServer();
    const signal = AbortSignal.abort();
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', signal }));
    expect(error).toMatchObject({ code: 'cancelled', outcome: 'not-sent' });
    expect(server.seen).toHaveLength(0);
  });

  it('not sent: the connection never stood', async () => {
    // Takes connections and never says a word of TLS.
    const port = await bind(net.createServer());
    const rig = createRig(`https://127.0.0.1:${String(port)}`);
    const request = errorOf(rig.client.request({ method: 'POST', path: '/', json: {}, maxAttempts: 1 }));
    await rig.clock.untilAsleep((ms) => ms === timeoutMs);
    rig.clock.advance(timeoutMs);
    expect(await request).toMatchObject({ code: 'timeout', outcome: 'not-sent' });
  });

  it('unknown: cut after the request', async () => {
    const server = await startServer(cut);
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'connection-lost', outcome: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it('unknown: cut in the middle of the answer', async () => {
    const server = await startServer(cutMidBody);
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'connection-lost', outcome: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it('unknown: timed out', async () => {
    const server = await startServer(() => undefined);
    const rig = createRig(server.url);
    const request = errorOf(rig.client.request({ method: 'PUT', path: '/', json: {} }));
    await expect.poll(() => server.seen.length).toBe(1);
    rig.clock.advance(timeoutMs);
    const error = await request;
    expect(error).toMatchObject({ code: 'timeout', outcome: 'unknown' });
    expect(error.message).toContain('within 30 seconds');
  });

  it('unknown: timed out in the middle of the answer', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"a":');
    });
    const rig = createRig(server.url);
    const request = errorOf(rig.client.request({ method: 'PUT', path: '/', json: {} }));
    await expect.poll(() => server.seen.length).toBe(1);
    rig.clock.advance(timeoutMs);
    expect(await request).toMatchObject({ code: 'timeout', outcome: 'unknown' });
  });

  it('unknown: cancelled under way, at once, and the server sees the connection close', async () => {
    let closed = false;
    const server = await startServer((_request, _response, raw) => {
      raw.socket.on('close', () => {
        closed = true;
      });
    });
    const rig = createRig(server.url);
    const stop = new AbortController();
    const request = errorOf(rig.client.request({ method: 'POST', path: '/', json: {}, signal: stop.signal }));
    await expect.poll(() => server.seen.length).toBe(1);
    stop.abort();
    expect(await request).toMatchObject({ code: 'cancelled', outcome: 'unknown' });
    await expect.poll(() => closed).toBe(true);
    expect(rig.clock.sleeping).toBe(0);
  });

  it('stays unknown when a later sending is refused: the first one may have been done', async () => {
    const server = await startServer(cut, says(409, { errors: ['stale'] }));
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'PUT', path: '/', json: {}, idempotent: true }));
    expect(error).toMatchObject({ code: 'stale-revision', outcome: 'unknown' });
    expect(error.context).toMatchObject({ outcome: 'unknown', attempts: 2, status: 409 });
  });

  it('stays unknown when it is cancelled while it waits to be sent again', async () => {
    const server = await startServer(cut);
    const rig = createRig(server.url);
    rig.clock.auto = () => false;
    const stop = new AbortController();
    const request = errorOf(
      rig.client.request({ method: 'PUT', path: '/', json: {}, idempotent: true, signal: stop.signal }),
    );
    await rig.clock.untilAsleep((ms) => ms === 250);
    stop.abort();
    expect(await request).toMatchObject({ code: 'cancelled', outcome: 'unknown' });
  });

  it.each([
    [302, 'unknown'],
    [303, 'unknown'],
    [301, 'answered'],
    [307, 'answered'],
    [308, 'answered'],
  ])('a write that meets redirect %i is %s', async (status, outcome) => {
    const server = await startServer(says(status, {}, { location: '/elsewhere' }));
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'redirect-refused', outcome });
    expect(server.seen).toHaveLength(1);
  });
});

describe('a write over a kept connection', () => {
  it('that the server closes at that moment is unknown, and is not sent again', async () => {
    const server = await startServer(says(200), cut);
    const rig = createRig(server.url);
    await rig.client.request({ method: 'GET', path: '/' });
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'connection-lost', outcome: 'unknown' });
    expect(server.seen.map((seen) => seen.method)).toEqual(['GET', 'POST']);
    expect(server.connections).toBe(1);
  });
});

describe('something else at the port', () => {
  it('that does not speak HTTP', async () => {
    const port = await bind(net.createServer((socket) => socket.end('220 mail.example ESMTP\r\n')));
    const error = await errorOf(
      createRig(`http://127.0.0.1:${String(port)}`).client.request({ method: 'GET', path: '/' }),
    );
    expect(error.code).toBe('answer-unexpected');
    expect(error.message).toContain('does not speak HTTP');
  });

  it('that does not speak TLS', async () => {
    const server = await startServer(says(200));
    const address = server.url.replace('http:', 'https:');
    const error = await errorOf(createRig(address).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'address-invalid', outcome: 'not-sent' });
    expect(server.seen).toHaveLength(0);
  });

  it('that sends broken compression', async () => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip at all'),
    );
    const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/' }));
    expect(error.code).toBe('answer-unexpected');
  });

  it('that answers well afterwards is heard', async () => {
    const server = await startServer(cut, cutMidBody, (_request, response) => {
      answer(response, 200, { ok: true });
    });
    expect((await createRig(server.url).client.request({ method: 'GET', path: '/' })).json).toEqual({ ok: true });
  });
});
