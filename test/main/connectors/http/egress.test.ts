import * as http from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEgressGuard, isLoopback, parseBaseUrl } from '../../../../main/connectors/http/egress.js';
import { createNetworkLedger } from '../../../../main/connectors/http/index.js';
import { createWire } from '../../../../main/connectors/http/sockets.js';
import { createRig, errorOf, says, startServer } from './servers.js';

describe('the address of a connection', () => {
  it.each([
    ['https://tracker.example.com', 'https://tracker.example.com/'],
    ['  https://example.com/redmine  ', 'https://example.com/redmine/'],
    ['HTTPS://Example.COM:443/redmine/', 'https://example.com/redmine/'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/'],
    ['http://localhost:3000/', 'http://localhost:3000/'],
  ])('%s is %s', (typed, address) => {
    expect(parseBaseUrl(typed, false).href).toBe(address);
  });

  it.each([
    ['tracker.example.com', 'address-invalid'],
    ['', 'address-invalid'],
    ['ftp://example.com', 'address-invalid'],
    ['file:///etc/passwd', 'address-invalid'],
    ['javascript:alert(1)', 'address-invalid'],
    ['https://', 'address-invalid'],
    ['https://user:pass@example.com', 'address-invalid'],
    ['https://example.com/?a=b', 'address-invalid'],
    ['https://example.com/#x', 'address-invalid'],
    ['http://tracker.example.com', 'insecure-http'],
    ['http://127.0.0.1.example.com', 'insecure-http'],
    ['http://localhost.example.com', 'insecure-http'],
    ['http://10.0.0.1', 'insecure-http'],
  ])('%j is refused: %s', (typed, code) => {
    expect(() => parseBaseUrl(typed, false)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('may be http where the user says so', () => {
    expect(parseBaseUrl('http://tracker.example.com', true).protocol).toBe('http:');
  });

  it('knows this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '[::ffff:7f00:1]']) {
      expect(isLoopback(host), host).toBe(true);
    }
    for (const host of [
      '128.0.0.1',
      '0.0.0.0',
      'localhost.example.com',
      '127.example.com',
      '[::2]',
      '[::ffff:a00:1]',
    ]) {
      expect(isLoopback(host), host).toBe(false);
    }
  });
});

describe('the path of a request', () => {
  const guard = createEgressGuard(new URL('https://example.com/redmine/'));

  it.each([
    ['/issues.json', 'https://example.com/redmine/issues.json'],
    ['issues.json', 'https://example.com/redmine/issues.json'],
    ['/', 'https://example.com/redmine/'],
    ['', 'https://example.com/redmine/'],
    ['/projects/group%2Fname/x..y/...', 'https://example.com/redmine/projects/group%2Fname/x..y/...'],
    ['/wiki/%C3%9Cber%20uns', 'https://example.com/redmine/wiki/%C3%9Cber%20uns'],
  ])('%s goes below the base', (path, address) => {
    expect(guard.resolve(path, undefined).href).toBe(address);
  });

  it.each([
    '../admin',
    '/../admin',
    '/a/../../admin',
    '/a/..',
    '/./a',
    '/%2e%2e/admin',
    '/.%2E/admin',
    '/a/%2e%2e%2f%2e%2e/admin',
    '/a/..%5c..',
    '\\\\evil.example\\x',
    '/\\evil.example',
    '//evil.example/x',
    '///evil.example/x',
    'https://evil.example/x',
    'http:evil',
    '/a?key=1',
    '/a#b',
    '/a b',
    '/a\r\nHost: evil.example',
    '/a%0d%0aHost:evil',
    '/a%00',
    '/a%zz',
    '/a//b',
  ])('%j is refused', (path) => {
    expect(() => guard.resolve(path, undefined)).toThrow(expect.objectContaining({ code: 'egress-refused' }) as Error);
  });

  it('never leaves the base, whatever an id holds', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('..', '/', '\\', '%2e', '%2f', '@', ':', '//', '?', '#'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        let url: URL;
        try {
          url = guard.resolve(`/${pieces.join('')}`, { a: pieces });
        } catch {
          return;
        }
        const again = new URL(url.href);
        expect(again.origin).toBe('https://example.com');
        expect(decodeURIComponent(again.pathname).startsWith('/redmine/')).toBe(true);
        expect(decodeURIComponent(again.pathname).split('/')).not.toContain('..');
        expect(again.username + again.password + again.hash).toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  it('that is refused is in the ledger, and nothing is sent', async () => {
    const server = await startServer();
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/../x' }));
    expect(error).toMatchObject({ code: 'egress-refused', outcome: 'not-sent' });
    expect(server.connections).toBe(0);
    expect(rig.ledger()).toEqual([expect.objectContaining({ contacts: 0, refusals: 1, role: 'foreign' })]);
  });
});

describe('a redirect', () => {
  it('within the origin is followed for a read, with the credentials', async () => {
    const server = await startServer(
      says(302, {}, { location: '/b?x=1#y' }),
      says(307, {}, { location: 'c' }),
      says(200, { ok: true }),
    );
    const { client } = createRig(server.url, { auth: () => ({ 'X-Api-Key': 'k-123456' }) });
    expect((await client.request({ method: 'GET', path: '/a' })).json).toEqual({ ok: true });
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/b?x=1', '/c']);
    expect(server.seen.map(({ headers }) => headers['x-api-key'])).toEqual(['k-123456', 'k-123456', 'k-123456']);
  });

  it('to another origin is not followed at all, and is in the ledger', async () => {
    const foreign = await startServer(says(200));
    const server = await startServer(says(302, {}, { location: `${foreign.url}/login?token=one-time-secret` }));
    const rig = createRig(server.url, { auth: () => ({ 'X-Api-Key': 'k-123456' }) });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/a' }));
    expect(error).toMatchObject({ code: 'redirect-refused', kind: 'config' });
    expect(error.message).toContain(foreign.url);
    expect(JSON.stringify([error.message, error.action, error.context])).not.toContain('one-time-secret');
    expect(foreign.connections).toBe(0);
    const byRole = Object.fromEntries(rig.ledger().map((entry) => [entry.role, entry]));
    expect(byRole.tracker).toMatchObject({ host: `127.0.0.1:${String(server.port)}`, contacts: 1, refusals: 0 });
    expect(byRole.foreign).toMatchObject({
      host: `127.0.0.1:${String(foreign.port)}`,
      contacts: 0,
      refusals: 1,
      refusedBecause: 'redirect to another origin',
    });
  });

  it.each([
    ['file:///etc/passwd'],
    ['data:application/json,{}'],
    ['//evil.example/x'],
    ['https://127.0.0.1/x'],
    ['http://user:pass@127.0.0.1/x'],
    ['http://[bad'],
    ['\\\\evil.example\\x'],
  ])('to %s is refused', async (location) => {
    const server = await startServer(says(301, {}, { location }));
    const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/a' }));
    expect(error.code).toBe('redirect-refused');
    expect(server.seen).toHaveLength(1);
  });

  it('to an endless name is shown cut, and written down so', async () => {
    const server = await startServer(says(302, {}, { location: `https://${'a.'.repeat(4_000)}test/` }));
    const rig = createRig(server.url);
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/a' }));
    expect(error.code).toBe('redirect-refused');
    expect(`${error.message}${error.action ?? ''}`.length).toBeLessThan(1_000);
    for (const entry of rig.ledger()) expect(entry.host.length).toBeLessThan(300);
  });

  it('without an address, or in circles, is refused', async () => {
    const nowhere = await startServer(says(302));
    const lost = await errorOf(createRig(nowhere.url).client.request({ method: 'GET', path: '/' }));
    expect(lost.message).toContain('nowhere');
    const circle = await startServer(says(302, {}, { location: '/' }));
    const dizzy = await errorOf(createRig(circle.url).client.request({ method: 'GET', path: '/' }));
    expect(dizzy.message).toContain('circles');
    expect(circle.seen).toHaveLength(6);
  });
});

describe('the sockets of a client', () => {
  it('open connections to no other place, whoever holds them', async () => {
    const mine = await startServer(says(200));
    const other = await startServer(says(200));
    const refusals: string[] = [];
    const base = new URL(mine.url);
    const guard = createEgressGuard(base);
    const wire = createWire({
      base,
      guard,
      proxy: null,
      ca: undefined,
      timeoutMs: 1_000,
      onContact: () => undefined,
      onRefused: (host) => refusals.push(host),
    });
    const transport = wire.transportFor({ mayHaveArrived: false });
    const foreign = { protocol: 'http:', hostname: '127.0.0.1', port: other.port, path: '/', method: 'GET' };
    const refused = expect.objectContaining({ code: 'egress-refused' }) as Error;
    expect(() => transport.request(foreign, () => undefined)).toThrow(refused);
    // Another scheme at the same place, and names that only look the same.
    expect(() => transport.request({ ...foreign, protocol: 'https:', port: mine.port }, () => undefined)).toThrow(
      refused,
    );
    expect(() => transport.request({ ...foreign, hostname: 'localhost', port: mine.port }, () => undefined)).toThrow(
      refused,
    );

    const made = transport.request({ ...foreign, port: mine.port }, (response) => response.resume());
    made.end();
    await new Promise((resolve) => made.on('close', resolve));
    // The agent is taken out of the request, and used past the transport.
    const { agent } = made as unknown as { agent: http.Agent };
    expect(() => http.get({ agent, host: '127.0.0.1', port: other.port })).toThrow(refused);
    expect(other.connections).toBe(0);
    expect(refusals).toHaveLength(4);
    wire.close();
  });
});

describe('the network ledger', () => {
  it('counts by host and connection, keeps first and last time, and goes on from what was kept', () => {
    const changes: number[] = [];
    const ledger = createNetworkLedger([], (entry) => changes.push(entry.contacts));
    ledger.contacted('b:443', 'c1', 'tracker', 100);
    ledger.contacted('b:443', 'c1', 'tracker', 200);
    ledger.contacted('b:443', 'c2', 'tracker', 300);
    ledger.refused('a:443', 'c1', 'redirect', 400);
    const kept = ledger.entries();
    expect(kept).toEqual([
      {
        host: 'a:443',
        connectionId: 'c1',
        role: 'foreign',
        firstMs: 400,
        lastMs: 400,
        contacts: 0,
        refusals: 1,
        refusedBecause: 'redirect',
      },
      {
        host: 'b:443',
        connectionId: 'c1',
        role: 'tracker',
        firstMs: 100,
        lastMs: 200,
        contacts: 2,
        refusals: 0,
        refusedBecause: null,
      },
      {
        host: 'b:443',
        connectionId: 'c2',
        role: 'tracker',
        firstMs: 300,
        lastMs: 300,
        contacts: 1,
        refusals: 0,
        refusedBecause: null,
      },
    ]);
    expect(changes).toEqual([1, 2, 1, 0]);
    const again = createNetworkLedger(kept);
    again.contacted('b:443', 'c1', 'tracker', 500);
    expect(again.entries()[1]).toMatchObject({ firstMs: 100, lastMs: 500, contacts: 3 });
  });

  it('is not filled up by hosts that others name', () => {
    const ledger = createNetworkLedger();
    for (let count = 0; count < 3_000; count += 1) ledger.refused(`h${String(count)}:443`, 'c1', 'redirect', count);
    expect(ledger.entries()).toHaveLength(1_000);
  });
});
