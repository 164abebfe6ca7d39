import { describe, expect, it } from 'vitest';
import { withServed, type RequestOptions } from './support/served.js';

const evil = 'http://evil.example';

describe('who may reach the local web page', () => {
  it('refuses every host but its own number and port', () =>
    withServed(async ({ request, port, asked, log }) => {
      const token = 'x';
      const hosts = [
        'evil.example',
        `evil.example:${String(port)}`,
        `localhost:${String(port)}`,
        `127.0.0.1.nip.io:${String(port)}`,
        `[::1]:${String(port)}`,
        `0.0.0.0:${String(port)}`,
        '127.0.0.1',
        `127.0.0.1:${String(port + 1)}`,
        `127.0.0.1:${String(port)}.evil.example`,
        '',
      ];
      for (const host of hosts) {
        for (const [method, path] of [
          ['GET', '/'],
          ['GET', '/events'],
          ['POST', '/login'],
          ['POST', '/call/app.get'],
        ] as const) {
          const { status, body } = await request(method, path, { headers: { Host: host }, token, body: {} });
          expect({ host, path, status, body }).toEqual({ host, path, status: 421, body: '' });
        }
      }
      expect(asked).toEqual([]);
      expect(log.filter(({ facts }) => facts['reason'] === 'host')).toHaveLength(hosts.length * 4);
    }));

  it('refuses a request without a host', () =>
    withServed(async ({ request }) => {
      expect((await request('GET', '/', { headers: { Host: null } })).status).toBe(400);
    }));

  it('refuses a page of another origin, another port, another scheme and of none', () =>
    withServed(async ({ request, logIn, port, asked }) => {
      const token = await logIn('admin');
      const origins = [
        evil,
        `http://127.0.0.1:${String(port + 1)}`,
        'http://127.0.0.1',
        `https://127.0.0.1:${String(port)}`,
        `http://localhost:${String(port)}`,
        `http://127.0.0.1:${String(port)}.evil.example`,
        `http://127.0.0.1:${String(port)}/`,
        'null',
        '',
      ];
      for (const origin of origins) {
        const forged: RequestOptions = { headers: { Origin: origin }, token, body: {} };
        expect([origin, (await request('POST', '/call/app.get', forged)).status]).toEqual([origin, 403]);
        expect([origin, (await request('POST', '/login', forged)).status]).toEqual([origin, 403]);
        expect([origin, (await request('GET', '/events', forged)).status]).toEqual([origin, 403]);
        expect([origin, (await request('GET', '/', forged)).status]).toEqual([origin, 403]);
      }
      expect(asked).toEqual([]);
    }));

  it('refuses whatever is no plain GET without an origin', () =>
    withServed(async ({ request, logIn, asked }) => {
      const token = await logIn('admin');
      const { status } = await request('POST', '/call/app.get', { headers: { Origin: null }, token, body: {} });
      expect(status).toBe(403);
      expect(asked).toEqual([]);
    }));

  it('refuses what the browser says comes from another site, or from the same site at another port', () =>
    withServed(async ({ request, logIn }) => {
      const token = await logIn('viewer');
      for (const site of ['cross-site', 'same-site']) {
        const headers = { 'Sec-Fetch-Site': site };
        expect((await request('GET', '/events', { headers, token })).status).toBe(403);
        expect((await request('GET', '/icon.svg', { headers })).status).toBe(403);
        // A frame, an image, a script: only a tab of its own is let through, by a link.
        expect((await request('GET', '/', { headers })).status).toBe(403);
        const frame = { ...headers, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' };
        expect((await request('GET', '/', { headers: frame })).status).toBe(403);
        const link = { ...headers, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
        expect((await request('GET', '/', { headers: link })).status).toBe(200);
        expect((await request('GET', '/events', { headers: link, token })).status).toBe(403);
      }
    }));

  it('answers no preflight, and never names an origin that may', () =>
    withServed(async ({ request, server, logIn }) => {
      const token = await logIn('admin');
      const asking = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' };
      const foreign = await request('OPTIONS', '/call/sync.run', { headers: { ...asking, Origin: evil } });
      expect(foreign.status).toBe(403);
      const own = await request('OPTIONS', '/call/sync.run', {
        headers: { ...asking, 'Origin': server.origin, 'Access-Control-Request-Private-Network': 'true' },
      });
      expect(own.status).toBe(405);
      const answers = [foreign, own, await request('POST', '/call/app.get', { token, body: {} })];
      for (const { headers } of answers) {
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }));

  it('takes no address of another server as a path', () =>
    withServed(async ({ request, logIn, port }) => {
      const token = await logIn('admin');
      const path = `http://127.0.0.1:${String(port)}/events`;
      expect((await request('GET', path, { token })).status).toBe(400);
    }));
});
