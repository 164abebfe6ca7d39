import { describe, expect, it } from 'vitest';
import { answer, createRig, errorOf, says, startServer } from './servers.js';

describe('a request', () => {
  it('carries query, JSON, own headers and an id, and brings back status, headers, JSON and the server’s time', async () => {
    const date = 'Tue, 15 Jan 2030 12:00:07 GMT';
    const server = await startServer(says(201, { id: 7 }, { date, 'X-Thing': 'a' }));
    const { client, exchanges } = createRig(`${server.url}/sub`, { auth: () => ({ 'X-Api-Key': 'k-123456' }) });
    const got = await client.request({
      method: 'POST',
      path: '/issues.json',
      query: { status_id: '*', id: [1, 2], none: undefined, text: 'a b&c' },
      json: { subject: 'Grüße 🎉' },
      headers: { 'X-More': 'yes', 'Host': 'elsewhere' },
    });
    expect(got).toMatchObject({ status: 201, json: { id: 7 }, text: '{"id":7}', serverTimeMs: Date.parse(date) });
    expect(got.headers['x-thing']).toBe('a');
    expect(got.requestId).toMatch(/^[0-9a-f]{16}$/);
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/sub/issues.json?status_id=*&id=1&id=2&text=a+b%26c',
      body: '{"subject":"Grüße 🎉"}',
    });
    expect(seen?.headers).toMatchObject({
      'host': `127.0.0.1:${String(server.port)}`,
      'content-type': 'application/json',
      'accept': 'application/json',
      'x-api-key': 'k-123456',
      'x-more': 'yes',
      'user-agent': 'lockstep-test',
      'x-request-id': got.requestId,
    });
    expect(exchanges).toEqual([
      expect.objectContaining({ method: 'POST', path: '/sub/issues.json', status: 201, outcome: 'ok', attempt: 1 }),
    ]);
  });

  it('reuses its connection', async () => {
    const server = await startServer(says(200, {}));
    const { client } = createRig(server.url);
    for (let count = 0; count < 10; count += 1) await client.request({ method: 'GET', path: '/' });
    expect(server.connections).toBe(1);
  });

  it('takes an empty answer for null, and text where text was asked for', async () => {
    const server = await startServer(
      (_request, response) => response.writeHead(204).end(),
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0xfc])),
      (_request, response) => response.writeHead(200).end('\uFEFF{"a":1}'),
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/plain; charset=klingon' }).end('{"a":"ü"}'),
    );
    const { client } = createRig(server.url);
    expect(await client.request({ method: 'PUT', path: '/' })).toMatchObject({ status: 204, json: null, text: '' });
    expect(await client.request({ method: 'GET', path: '/', expect: 'text' })).toMatchObject({ json: null, text: 'ü' });
    expect((await client.request({ method: 'GET', path: '/' })).json).toEqual({ a: 1 });
    expect((await client.request({ method: 'GET', path: '/' })).json).toEqual({ a: 'ü' });
  });

  it('hands the answer to a conditional request on, and keeps no cookie', async () => {
    const server = await startServer((_request, response) =>
      response.writeHead(304, { 'etag': '"x"', 'set-cookie': ['session=1', 'b=2'] }).end(),
    );
    const got = await createRig(server.url).client.request({
      method: 'GET',
      path: '/',
      headers: { 'If-None-Match': '"x"' },
    });
    expect(got).toMatchObject({ status: 304, json: null });
    expect(got.headers).not.toHaveProperty('set-cookie');
  });

  it('knows no server time where there is no Date', async () => {
    const server = await startServer((_request, response) => {
      response.sendDate = false;
      answer(response, 200, {});
    });
    expect((await createRig(server.url).client.request({ method: 'GET', path: '/' })).serverTimeMs).toBeNull();
  });

  it('is refused after close', async () => {
    const server = await startServer();
    const { client } = createRig(server.url);
    client.close();
    const error = await errorOf(client.request({ method: 'GET', path: '/' }));
    expect(error).toMatchObject({ code: 'cancelled', outcome: 'not-sent' });
    expect(server.seen).toHaveLength(0);
  });
});

describe('a refusal', () => {
  const page = '<!DOCTYPE html><html><body>Please log in</body></html>';

  it.each([
    [400, 'rejected-by-tracker', 'answered'],
    [401, 'secret-rejected', 'answered'],
    [403, 'forbidden', 'answered'],
    [404, 'gone', 'answered'],
    [405, 'rejected-by-tracker', 'answered'],
    [407, 'proxy-refused', 'not-sent'],
    [409, 'stale-revision', 'answered'],
    [410, 'gone', 'answered'],
    [412, 'stale-revision', 'answered'],
    [413, 'rejected-by-tracker', 'answered'],
    [422, 'rejected-by-tracker', 'answered'],
    [429, 'rate-limited', 'answered'],
    [500, 'server-error', 'unknown'],
    [501, 'server-error', 'answered'],
    [502, 'server-error', 'unknown'],
    [503, 'server-error', 'unknown'],
    [504, 'server-error', 'unknown'],
  ])('with status %i is %s (%s)', async (status, code, outcome) => {
    const server = await startServer(says(status, {}));
    const { client } = createRig(server.url);
    const error = await errorOf(client.request({ method: 'POST', path: '/a/b', json: {}, maxAttempts: 1 }));
    expect(error).toMatchObject({ code, outcome });
    expect(error.context).toMatchObject({
      outcome,
      status,
      method: 'POST',
      host: `127.0.0.1:${String(server.port)}`,
      path: '/a/b',
      connectionId: 'c1',
      attempts: 1,
    });
    expect(error.context.requestId).toBe(server.seen[0]?.headers['x-request-id']);
    expect(error.action).toMatch(/\w/);
    expect(server.seen).toHaveLength(1);
  });

  it('with 503 and Retry-After did nothing', async () => {
    const server = await startServer(says(503, {}, { 'retry-after': '3' }));
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', maxAttempts: 1 }));
    expect(error).toMatchObject({ code: 'server-error', outcome: 'answered' });
  });

  it.each([[{ 'retry-after': '3' }], [{ 'x-ratelimit-remaining': '0' }]])(
    'with 403 and %o is a limit',
    async (headers) => {
      const server = await startServer(says(403, { message: 'secondary limit' }, headers));
      const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/', maxAttempts: 1 }));
      expect(error.code).toBe('rate-limited');
    },
  );

  it.each([
    [{ errors: ["Subject can't be blank", 'Priority is invalid'] }, "Subject can't be blank; Priority is invalid"],
    [{ errorMessages: [], errors: { priority: 'Priority is required' } }, 'priority: Priority is required'],
    [{ message: 'Validation Failed', errors: [{ message: 'too long' }] }, 'Validation Failed; too long'],
    [{ error: { message: 'Invalid query', detail: 'no such table' } }, 'Invalid query; no such table'],
    [{ message: { title: ['is too long'] } }, 'is too long'],
    [
      { error: 'RecordInvalid', details: { base: [{ description: 'Status: closed' }] } },
      'RecordInvalid; base: Status: closed',
    ],
  ])('tells the tracker’s words: %o', async (body, words) => {
    const server = await startServer(says(422, body));
    const error = await errorOf(createRig(server.url).client.request({ method: 'PUT', path: '/', json: {} }));
    expect(error.message).toContain(`refuses this: ${words}`);
    expect(error.answer).toEqual({
      status: 422,
      contentType: 'application/json; charset=utf-8',
      text: JSON.stringify(body),
      json: body,
    });
  });

  it('gives a terminal nothing to obey', async () => {
    const words = 'a\u001b[2J\u001b]0;title\u0007b\u009bc\u202ed\u2066e\u0000f\r\ng';
    const server = await startServer(says(422, { errors: [words] }));
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error.message).toMatch(/: a \[2J \]0;title b c d e f g$/);
    expect(`${error.message}${String(error.context['said'])}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('cuts long words, and quotes no pages', async () => {
    const server = await startServer(says(422, { errors: ['x'.repeat(5_000)] }), (_request, response) =>
      response.writeHead(400, { 'content-type': 'text/html' }).end(page),
    );
    const { client } = createRig(server.url);
    const long = await errorOf(client.request({ method: 'POST', path: '/', json: {} }));
    expect(long.message.length).toBeLessThan(400);
    const html = await errorOf(client.request({ method: 'POST', path: '/', json: {} }));
    expect(html.message).toMatch(/refuses this \(status 400\)\.$/);
  });

  it('that is a page instead of data says so, and a write may be done all the same', async () => {
    const server = await startServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(page),
    );
    const { client } = createRig(server.url);
    const read = await errorOf(client.request({ method: 'GET', path: '/issues.json' }));
    expect(read).toMatchObject({ code: 'answer-not-json', outcome: 'answered' });
    expect(read.message).toContain('answered with a web page, not with data');
    expect(read.action).toContain('Is the address right? A login page or a proxy may be in between.');
    const write = await errorOf(client.request({ method: 'POST', path: '/issues.json', json: {} }));
    expect(write).toMatchObject({ code: 'answer-not-json', outcome: 'unknown' });
    expect(server.seen).toHaveLength(2);
  });

  it('that is broken JSON says so', async () => {
    const server = await startServer((_request, response) => response.end('{"issues": [1, 2'));
    const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/' }));
    expect(error).toMatchObject({ code: 'answer-not-json' });
    expect(error.message).toContain('cannot be read');
  });

  it('can be recorded as it is: a plain error of the program, without a cause', async () => {
    const server = await startServer(says(404));
    const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/x' }));
    expect(error.toAppError()).toMatchObject({ kind: 'not-found', code: 'gone', retryable: false });
    expect(error.cause).toBeUndefined();
  });
});
