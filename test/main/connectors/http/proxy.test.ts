import { describe, expect, it } from 'vitest';
import { proxyEnvFrom } from '../../../../main/connectors/http/index.js';
import { chooseProxy, matchesNoProxy } from '../../../../main/connectors/http/proxy.js';
import { startProxy } from './proxy-server.js';
import { createRig, errorOf, freePort, pem, says, startServer, startTlsServer } from './servers.js';

const caPem = pem('authority.pem');

describe('through a proxy', () => {
  it('https goes in a tunnel, which is kept; the proxy sees no more than the name', async () => {
    const server = await startTlsServer('server', says(200, { ok: true }));
    const proxy = await startProxy(server.port);
    const rig = createRig('https://tracker.test', {
      network: { caPem, proxyUrl: `http://ann:p%40ss@127.0.0.1:${String(proxy.port)}` },
      auth: () => ({ 'X-Api-Key': 'k-123456' }),
    });
    for (let count = 0; count < 3; count += 1) {
      expect((await rig.client.request({ method: 'POST', path: '/a', json: {} })).json).toEqual({ ok: true });
    }
    expect(proxy.asked).toEqual(['CONNECT tracker.test:443']);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('ann:p@ss').toString('base64')}`]);
    expect(JSON.stringify(proxy.raw)).not.toContain('k-123456');
    expect(server.seen).toHaveLength(3);
    expect(server.seen[0]?.headers).toMatchObject({ 'host': 'tracker.test', 'x-api-key': 'k-123456' });
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(rig.ledger().map(({ host, role, contacts }) => [host, role, contacts])).toEqual([
      [`127.0.0.1:${String(proxy.port)}`, 'proxy', 3],
      ['tracker.test:443', 'tracker', 3],
    ]);
  });

  it('plain http is forwarded', async () => {
    const server = await startServer(says(200, { ok: true }));
    const proxy = await startProxy(server.port);
    const rig = createRig('http://tracker.test:8080/sub', {
      allowInsecureHttp: true,
      network: { systemProxyEnv: { HTTP_PROXY: `http://ann:pass@127.0.0.1:${String(proxy.port)}` } },
    });
    expect((await rig.client.request({ method: 'GET', path: '/a', query: { b: 1 } })).json).toEqual({ ok: true });
    expect(proxy.asked).toEqual(['GET http://tracker.test:8080/sub/a?b=1']);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('ann:pass').toString('base64')}`]);
    expect(server.seen[0]?.headers.host).toBe('tracker.test:8080');
  });

  it('the tracker’s certificate is checked inside the tunnel', async () => {
    const server = await startTlsServer('server', says(200));
    const proxy = await startProxy(server.port);
    const network = { proxyUrl: `127.0.0.1:${String(proxy.port)}` };
    const error = await errorOf(
      createRig('https://tracker.test', { network }).client.request({ method: 'POST', path: '/' }),
    );
    expect(error).toMatchObject({ code: 'tls-untrusted', outcome: 'not-sent' });
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    [407, /wants a user name and password/],
    [403, /does not let this connection through \(status 403\)/],
    [502, /does not let this connection through \(status 502\)/],
  ])('a proxy that says %i is told from the tracker, for tunnels', async (status, words) => {
    const proxy = await startProxy(1, status);
    const network = { proxyUrl: `http://ann:s3cr3t-pass@127.0.0.1:${String(proxy.port)}` };
    const error = await errorOf(
      createRig('https://tracker.test', { network }).client.request({ method: 'POST', path: '/' }),
    );
    expect(error).toMatchObject({ code: 'proxy-refused', outcome: 'not-sent' });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('s3cr3t-pass');
  });

  it('and 407 for forwarded requests as well', async () => {
    const proxy = await startProxy(1, 407);
    const network = { proxyUrl: `http://127.0.0.1:${String(proxy.port)}` };
    const rig = createRig('http://tracker.test', { network, allowInsecureHttp: true });
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/' }));
    expect(error).toMatchObject({ code: 'proxy-refused', outcome: 'not-sent' });
    expect(error.message).toContain(`The proxy 127.0.0.1:${String(proxy.port)}`);
  });

  it.each([['https://tracker.test'], ['http://tracker.test']])(
    'a proxy that is not there is named (%s)',
    async (address) => {
      const port = await freePort();
      const network = { proxyUrl: `http://127.0.0.1:${String(port)}` };
      const rig = createRig(address, { network, allowInsecureHttp: true });
      const error = await errorOf(rig.client.request({ method: 'POST', path: '/', maxAttempts: 1 }));
      expect(error).toMatchObject({ code: 'host-unreachable', outcome: 'not-sent' });
      expect(error.message).toContain(`The proxy 127.0.0.1:${String(port)} cannot be reached`);
    },
  );

  it('a proxy that hangs up before the tunnel stands has sent nothing', async () => {
    const proxy = await startProxy(1, 'hang-up');
    const network = { proxyUrl: `http://127.0.0.1:${String(proxy.port)}` };
    const rig = createRig('https://tracker.test', { network });
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', maxAttempts: 1 }));
    expect(error).toMatchObject({ code: 'connection-lost', outcome: 'not-sent' });
  });

  it('a proxy that never answers is given up by cancel, at once', async () => {
    const proxy = await startProxy(1, 'silence');
    const network = { proxyUrl: `http://127.0.0.1:${String(proxy.port)}` };
    const rig = createRig('https://tracker.test', { network });
    const stop = new AbortController();
    const request = errorOf(rig.client.request({ method: 'POST', path: '/', signal: stop.signal }));
    await expect.poll(() => proxy.asked.length).toBe(1);
    stop.abort();
    expect(await request).toMatchObject({ code: 'cancelled', outcome: 'not-sent' });
  });

  it('this machine is never reached', async () => {
    const server = await startServer(says(200));
    const proxy = await startProxy(server.port);
    const proxyUrl = `http://127.0.0.1:${String(proxy.port)}`;
    const network = { proxyUrl, systemProxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl } };
    await createRig(server.url, { network }).client.request({ method: 'GET', path: '/' });
    expect(proxy.asked).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  it('nothing is read from the environment of the process', async () => {
    const server = await startServer(says(200));
    const proxy = await startProxy(server.port);
    const kept = { ...process.env };
    process.env.HTTPS_PROXY = process.env.https_proxy = `http://127.0.0.1:${String(proxy.port)}`;
    try {
      await errorOf(createRig('https://tracker.invalid').client.request({ method: 'GET', path: '/', maxAttempts: 1 }));
    } finally {
      process.env = kept;
    }
    expect(proxy.asked).toEqual([]);
  });
});

describe('which proxy', () => {
  const https = new URL('https://tracker.example.com/');

  it('is the connection’s own, then the system’s by scheme', () => {
    const systemProxyEnv = { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://h:2', NO_PROXY: 'example.org' };
    expect(chooseProxy(https, { proxyUrl: 'http://own:3', systemProxyEnv })?.host).toBe('own');
    expect(chooseProxy(https, { systemProxyEnv })?.host).toBe('s');
    expect(chooseProxy(new URL('http://tracker.example.com'), { systemProxyEnv })?.host).toBe('h');
    expect(chooseProxy(new URL('https://a.example.org'), { systemProxyEnv })).toBeNull();
    expect(chooseProxy(https, { proxyUrl: 'http://own:3', noProxy: '.example.com' })).toBeNull();
    expect(chooseProxy(https, {})).toBeNull();
    expect(chooseProxy(new URL('https://localhost'), { proxyUrl: 'http://own:3' })).toBeNull();
    expect(chooseProxy(new URL('https://[::1]'), { proxyUrl: 'http://own:3' })).toBeNull();
  });

  it('may be written in several ways', () => {
    expect(chooseProxy(https, { proxyUrl: 'own:3128' })).toMatchObject({ host: 'own', port: 3128, secure: false });
    expect(chooseProxy(https, { proxyUrl: 'https://own' })).toMatchObject({ host: 'own', port: 443, secure: true });
    expect(chooseProxy(https, { proxyUrl: 'http://[::1]:8080' })).toMatchObject({ host: '::1', port: 8080 });
  });

  it.each([['socks5://own:1080'], ['http://'], ['http://a b']])(
    'is refused where nobody can use it: %s',
    (proxyUrl) => {
      expect(() => chooseProxy(https, { proxyUrl })).toThrow(
        expect.objectContaining({ code: 'address-invalid' }) as Error,
      );
    },
  );

  it.each([
    ['https://a.example.com', 'example.com', true],
    ['https://example.com', '.example.com', true],
    ['https://a.example.com', '*.example.com', true],
    ['https://badexample.com', 'example.com', false],
    ['https://example.com.evil.org', 'example.com', false],
    ['https://anything.org', '*', true],
    ['https://a.org', 'b.org, A.ORG', true],
    ['https://a.org', 'b.org a.org', true],
    ['https://a.org:8443', 'a.org:8443', true],
    ['https://a.org', 'a.org:8443', false],
    ['https://a.org', 'a.org:443', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '2.3', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]', 'fd00::1', true],
    ['https://[fd00::1]:8443', '[fd00::1]:8443', true],
    ['https://[fd00::1]', '[fd00::1]:8443', false],
    ['https://a.org', '10.0.0.0/99', false],
    ['https://a.org', ' , ,', false],
    ['https://a.org', '.', false],
  ])('%s with NO_PROXY=%s is reached directly: %s', (target, list, direct) => {
    expect(matchesNoProxy(new URL(target), list)).toBe(direct);
  });

  it('is found in an environment', () => {
    expect(proxyEnvFrom({ https_proxy: 'a', HTTPS_PROXY: 'b', HTTP_PROXY: 'c', no_proxy: 'd', PATH: '/' })).toEqual({
      HTTPS_PROXY: 'a',
      HTTP_PROXY: 'c',
      NO_PROXY: 'd',
    });
    expect(proxyEnvFrom({ ALL_PROXY: 'z', HTTP_PROXY: '' })).toEqual({ HTTPS_PROXY: 'z', HTTP_PROXY: 'z' });
    expect(proxyEnvFrom({})).toEqual({});
  });
});
