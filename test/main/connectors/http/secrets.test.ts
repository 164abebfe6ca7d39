import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HttpError } from '../../../../main/connectors/http/index.js';
import { startProxy } from './proxy-server.js';
import { answer, createRig, cut, errorOf, freePort, pem, says, startServer, startTlsServer } from './servers.js';
import type { Handler, Rig } from './servers.js';

const token = 'canary-T0ken/+&=7';
const password = 'canary pass:wörd';
const basic = Buffer.from(`ann:${password}`).toString('base64');
const canaries = [token, encodeURIComponent(token), password, basic, 'canary'];
const auth = (): Record<string, string> => ({ 'X-Api-Key': token, 'Authorization': `Basic ${basic}` });

/** A server that repeats everything it was sent, credentials too. */
const echo =
  (status: number): Handler =>
  (request, response) => {
    const said = `${JSON.stringify(request.headers)} ${encodeURIComponent(token)} ${password}`;
    answer(response, status, { errors: [said], message: said }, { 'x-echo': encodeURIComponent(said) });
  };

function expectClean(error: HttpError, rig: Rig): void {
  const shown = [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(error.toAppError()),
    JSON.stringify(error.answer),
    String(error.stack),
    JSON.stringify([rig.exchanges, rig.waits, rig.ledger()]),
  ].join('\n');
  for (const canary of canaries) expect(shown).not.toContain(canary);
}

describe('secrets are in no error, exchange, notice or ledger', () => {
  it.each([[400], [401], [403], [404], [409], [422], [429], [500]])(
    'when the tracker repeats them with %i',
    async (status) => {
      const server = await startServer(echo(status));
      const rig = createRig(server.url, { auth });
      const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: { a: 1 }, maxAttempts: 2 }));
      expectClean(error, rig);
      // The words around them are still there.
      if (status === 422) expect(error.message).toContain('x-api-key');
    },
  );

  it.each<[string, () => Promise<string>]>([
    ['nothing listens', async () => `http://127.0.0.1:${String(await freePort())}`],
    ['the connection is cut', async () => (await startServer(cut)).url],
    ['the certificate is not trusted', async () => (await startTlsServer('server', says(200))).url],
    ['there is no such host', () => Promise.resolve('https://no-such-host.invalid')],
    ['a page comes back', async () => (await startServer((_request, response) => response.end(`<p>${token}`))).url],
    [
      'it is sent on',
      async () => (await startServer(says(302, {}, { location: `https://x.invalid/?t=${token}` }))).url,
    ],
  ])('when %s', async (_name, address) => {
    const rig = createRig(await address(), { auth });
    expectClean(await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} })), rig);
  });

  it('when it is sent on to a host that is named after them', async () => {
    const key = 'canary0123456789abcdef';
    const server = await startServer(says(302, {}, { location: `https://${key}.example.test/` }));
    const rig = createRig(server.url, { auth: () => ({ 'X-Api-Key': key }) });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error.message).toContain('.example.test');
    expect(rig.ledger().some((entry) => entry.host.endsWith('.example.test:443'))).toBe(true);
    expectClean(error, rig);
    expect(rig.client.redact(`key ${key}`)).toBe('key [secret]');
  });

  it('when it times out, or is cancelled', async () => {
    const server = await startServer(() => undefined);
    const rig = createRig(server.url, { auth });
    const stop = new AbortController();
    const request = errorOf(rig.client.request({ method: 'GET', path: '/', signal: stop.signal }));
    await expect.poll(() => server.seen.length).toBe(1);
    stop.abort(new Error(token));
    expectClean(await request, rig);
  });

  it('when they are in the path of a request', async () => {
    const server = await startServer(says(404));
    const rig = createRig(server.url, { secrets: [token] });
    const path = `/hooks/${encodeURIComponent(token)}`;
    expectClean(await errorOf(rig.client.request({ method: 'GET', path })), rig);
  });

  it('when no request can carry them', async () => {
    const server = await startServer();
    const rig = createRig(server.url, { auth: () => ({ 'X-Api-Key': `${token}\u{1F511}` }) });
    const error = await rig.client.request({ method: 'GET', path: '/' }).then(
      () => null,
      (thrown: unknown) => thrown as HttpError,
    );
    if (error !== null) expectClean(error, rig);
  });

  it('when the code that signs fails', async () => {
    const server = await startServer();
    const rig = createRig(server.url, {
      secrets: [token],
      auth: () => {
        throw new TypeError(`cannot sign with ${token}`);
      },
    });
    const error = await errorOf(rig.client.request({ method: 'GET', path: '/' }));
    expect(error).toMatchObject({ code: 'internal', outcome: 'not-sent' });
    expectClean(error, rig);
    expect(server.seen).toHaveLength(0);
  });

  it('when they are the proxy’s', async () => {
    const proxy = await startProxy(1, 407);
    const proxyUrl = `http://ann:${encodeURIComponent(password)}@127.0.0.1:${String(proxy.port)}`;
    const rig = createRig('https://tracker.test', { network: { proxyUrl, caPem: pem('authority.pem') } });
    expectClean(await errorOf(rig.client.request({ method: 'GET', path: '/' })), rig);
    expect(rig.client.redact(`${proxyUrl} ${basic}`)).not.toContain('canary');
    expect(rig.client.redact(`${proxyUrl} ${basic}`)).not.toContain(basic);
  });
});
