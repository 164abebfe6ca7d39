import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { calls, type CallName } from '../../../../preload/contract/calls.js';
import type { AnyResult } from '../../../../main/headless/web/application.js';
import { withServed } from './support/served.js';

const errorOf = (body: string): { code: string } => (JSON.parse(body) as { error: { code: string } }).error;

describe('a call over HTTP', () => {
  it('hands on name, input and role, and answers with the result', () =>
    withServed(async ({ request, logIn, asked }) => {
      const token = await logIn('admin');
      const { status, body, headers } = await request('POST', '/call/run.list', { token, body: { limit: 3 } });
      expect([status, JSON.parse(body)]).toEqual([200, { ok: true, value: { called: 'run.list' } }]);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(asked).toEqual([{ name: 'run.list', input: { limit: 3 }, role: 'admin', callId: undefined }]);
    }));

  it('lets viewers make queries, and none of the commands', () =>
    withServed(async ({ request, logIn, asked }) => {
      const token = await logIn('viewer');
      const names = Object.keys(calls) as CallName[];
      for (const name of names) {
        const { status } = await request('POST', `/call/${name}`, { token, body: {} });
        expect([name, status]).toEqual([name, calls[name] === 'query' ? 200 : 403]);
      }
      expect(asked.map(({ name }) => name)).toEqual(names.filter((name) => calls[name] === 'query'));
      expect(new Set(asked.map(({ role }) => role))).toEqual(new Set(['viewer']));
    }));

  it('refuses names that are none, those of every object included', () =>
    withServed(async ({ request, logIn, asked, log }) => {
      const token = await logIn('admin');
      const names = [
        'no.such',
        '__proto__',
        'constructor',
        'toString',
        '',
        'app.get/',
        'app.get?x',
        '../app.get',
        'APP.GET',
      ];
      for (const name of names) {
        expect([name, (await request('POST', `/call/${name}`, { token, body: {} })).status]).toEqual([name, 404]);
      }
      expect(asked).toEqual([]);
      expect(log.filter(({ event, facts }) => event === 'web-refused' && facts['status'] === 404)).toHaveLength(
        names.length,
      );
    }));

  it('takes POST only', () =>
    withServed(async ({ request, logIn }) => {
      const token = await logIn('admin');
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const { status, headers } = await request(method, '/call/app.get', { token });
        expect([method, status, headers.allow]).toEqual([method, 405, 'POST']);
      }
    }));

  it('takes JSON only: nothing that a form of another page could send', () =>
    withServed(async ({ request, logIn, asked }) => {
      const token = await logIn('admin');
      const types = [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'application/jsonx',
        null,
      ];
      for (const type of types) {
        const { status } = await request('POST', '/call/app.get', {
          token,
          headers: { 'Content-Type': type },
          body: '{}',
        });
        expect([type, status]).toEqual([type, 415]);
      }
      const packed = { 'Content-Encoding': 'gzip' };
      expect((await request('POST', '/call/app.get', { token, headers: packed, body: '{}' })).status).toBe(415);
      for (const body of ['', '{', 'undefined', '\ud800{}']) {
        expect((await request('POST', '/call/app.get', { token, body })).status).toBe(400);
      }
      expect(asked).toEqual([]);
    }));

  it('refuses a body that is too large, announced or not', () =>
    withServed(async ({ request, logIn, port, server, asked }) => {
      const token = await logIn('admin');
      const head = (more: string): string =>
        [
          'POST /call/app.get HTTP/1.1',
          `Host: 127.0.0.1:${String(port)}`,
          `Origin: ${server.origin}`,
          `Authorization: Bearer ${token}`,
          'Content-Type: application/json',
          `${more}\r\n\r\n`,
        ].join('\r\n');
      expect(await sendRaw(port, [head('Content-Length: 8388609')])).toMatch(/^HTTP\/1.1 413 .*Connection: close/su);
      const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
      const chunks = Array.from({ length: 9 }, () => chunk);
      expect(await sendRaw(port, [head('Transfer-Encoding: chunked'), ...chunks])).toMatch(/^HTTP\/1.1 413 /u);
      expect((await request('POST', '/login', { body: { code: 'x'.repeat(2_000) } })).status).toBe(413);
      expect(asked).toEqual([]);
    }));

  it('refuses headers that are too large', () =>
    withServed(async ({ request }) => {
      const headers = { 'X-Large': 'x'.repeat(20_000) };
      expect((await request('GET', '/', { headers })).status).toBe(431);
    }));

  it('waits no longer than its time for a body that comes slowly', () =>
    withServed(
      async ({ logIn, port, server, asked }) => {
        const token = await logIn('admin');
        const head = [
          'POST /call/app.get HTTP/1.1',
          `Host: 127.0.0.1:${String(port)}`,
          `Origin: ${server.origin}`,
          `Authorization: Bearer ${token}`,
          'Content-Type: application/json',
          'Content-Length: 10\r\n\r\n{"a"',
        ].join('\r\n');
        expect(await sendRaw(port, [head])).toMatch(/^HTTP\/1.1 408 /u);
        expect(asked).toEqual([]);
      },
      undefined,
      200,
    ));

  it('hides what the program threw by mistake behind an answer of our own', () =>
    withServed(
      async ({ request, logIn }) => {
        const token = await logIn('admin');
        const { status, body } = await request('POST', '/call/app.get', { token, body: {} });
        expect([status, errorOf(body).code]).toEqual([500, 'internal']);
      },
      () => Promise.reject(new Error('boom')),
    ));
});

describe('a call that takes long', () => {
  const slow = (): { readonly dispatch: () => Promise<AnyResult>; finish: (result: AnyResult) => void } => {
    let finish: (result: AnyResult) => void = () => undefined;
    const answer = new Promise<AnyResult>((resolve) => (finish = resolve));
    return {
      dispatch: () => answer,
      finish: (result) => {
        finish(result);
      },
    };
  };

  it('frees its connection after two seconds; its answer is fetched, more than once, by its own session', () => {
    const { dispatch, finish } = slow();
    return withServed(async ({ request, logIn, clock, asked }) => {
      const [token, other] = [await logIn('admin'), await logIn('admin')];
      const first = request('POST', '/call/sync.run', { token, body: { name: 'a' } });
      await until(() => asked.length === 1);
      await clock.advance(2_000);
      const { status, body } = await first;
      expect(status).toBe(202);
      const { pending } = JSON.parse(body) as { pending: string };
      expect((await request('GET', `/answer/${pending}`, { token })).status).toBe(202);
      finish({ ok: true, value: 7 });
      for (let times = 0; times < 2; times += 1) {
        const later = await request('GET', `/answer/${pending}`, { token });
        expect([later.status, later.body]).toEqual([200, '{"ok":true,"value":7}']);
      }
      expect((await request('GET', `/answer/${pending}`, { token: other })).status).toBe(404);
      expect((await request('GET', '/answer/nothing', { token })).status).toBe(404);
      await clock.advance(120_001);
      expect((await request('GET', `/answer/${pending}`, { token })).status).toBe(404);
    }, dispatch);
  });

  it('can be cancelled by its own session only', () => {
    const { dispatch, finish } = slow();
    return withServed(async ({ request, logIn, asked, cancelled }) => {
      const [token, other] = [await logIn('admin'), await logIn('viewer')];
      const headers = { 'x-lockstep-call': 'mine' };
      const call = request('POST', '/call/sync.run', { token, headers, body: {} });
      await until(() => asked.length === 1);
      const again = await request('POST', '/call/sync.run', { token, headers, body: {} });
      expect(again.status).toBe(400);
      const id = asked[0]?.callId ?? '';
      expect((await request('POST', '/cancel', { token: other, body: { callId: 'mine' } })).status).toBe(204);
      expect(cancelled.includes(id)).toBe(false);
      expect((await request('POST', '/cancel', { token, body: { callId: 'mine' } })).status).toBe(204);
      expect(cancelled.at(-1)).toBe(id);
      for (const body of [{}, { callId: 1 }, { callId: 'a/b' }, { callId: '' }, []]) {
        expect((await request('POST', '/cancel', { token, body })).status).toBe(400);
      }
      finish({ ok: true, value: null });
      expect((await call).status).toBe(200);
    }, dispatch);
  });

  it('takes no id that could be one of another session', () =>
    withServed(async ({ request, logIn, asked }) => {
      const token = await logIn('admin');
      for (const id of ['a/b', '', 'x'.repeat(101), 'a b']) {
        const { status } = await request('POST', '/call/app.get', {
          token,
          headers: { 'x-lockstep-call': id },
          body: {},
        });
        expect([id, status]).toEqual([id, 400]);
      }
      expect(asked).toEqual([]);
    }));
});

/** What the server says on this connection, until it closes it. */
function sendRaw(port: number, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    // The server may close before it has read all that is sent.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(text);
    });
    for (const part of parts) socket.write(part);
  });
}

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((resolve) => setImmediate(resolve));
}
