import { describe, expect, it } from 'vitest';
import { trustedCertificates } from '../../../../main/connectors/http/trust.js';
import { createRig, errorOf, pem, says, startTlsServer } from './servers.js';

const caPem = pem('authority.pem');

describe('TLS', () => {
  it('trusts the given authority, and keeps its connection', async () => {
    const server = await startTlsServer('server', says(200, { ok: true }));
    const rig = createRig(server.url, { network: { caPem } });
    for (let count = 0; count < 5; count += 1) {
      expect((await rig.client.request({ method: 'GET', path: '/' })).json).toEqual({ ok: true });
    }
    expect(server.connections).toBe(1);
  });

  it('refuses an unknown authority before a byte of the request leaves', async () => {
    const server = await startTlsServer('server', says(200));
    const error = await errorOf(createRig(server.url).client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'tls-untrusted', kind: 'config', outcome: 'not-sent' });
    expect(error.message).toContain('authority that this computer does not know');
    expect(error.action).toContain('never skips this check');
    expect(server.seen).toHaveLength(0);
  });

  it('refuses a certificate for another name', async () => {
    const server = await startTlsServer('other-name', says(200));
    const rig = createRig(server.url, { network: { caPem } });
    const error = await errorOf(rig.client.request({ method: 'POST', path: '/', json: {} }));
    expect(error).toMatchObject({ code: 'tls-untrusted', outcome: 'not-sent' });
    expect(error.message).toContain('for another name');
    expect(server.seen).toHaveLength(0);
  });

  it('cannot be turned off from the environment', async () => {
    const server = await startTlsServer('server', says(200));
    const kept = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const error = await errorOf(createRig(server.url).client.request({ method: 'GET', path: '/' }));
      expect(error.code).toBe('tls-untrusted');
    } finally {
      if (kept === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = kept;
    }
    expect(server.seen).toHaveLength(0);
  });
});

describe('a certificate file', () => {
  it('is added to the usual authorities', () => {
    const list = trustedCertificates(`some words\n${caPem}\nmore words\n${caPem}`) ?? [];
    expect(list.length).toBeGreaterThan(50);
    expect(list.at(-1)).toContain('BEGIN CERTIFICATE');
    expect(trustedCertificates(undefined)).toBeUndefined();
    expect(trustedCertificates('  ')).toBeUndefined();
  });

  it.each([
    ['holds no certificate', 'hello'],
    ['holds no certificate', pem('server-key.pem')],
    ['Certificate 2 of 2', `${caPem}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`],
  ])('%s: is refused', (words, text) => {
    const refused: unknown = expect.objectContaining({
      code: 'certificate-file-invalid',
      message: expect.stringContaining(words) as string,
    });
    expect(() => trustedCertificates(text)).toThrow(refused);
  });
});
