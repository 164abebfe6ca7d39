import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, secretsOfHeaders } from '../../../../main/connectors/http/redact.js';

describe('redact', () => {
  const secret = 'p&ss "w<rd>\'/+=ü§';

  it.each([
    ['plain', secret],
    ['in a URL', encodeURIComponent(secret)],
    ['in a URL, small letters', encodeURIComponent(secret).toLowerCase()],
    ['in a form', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    [
      'in HTML',
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in base64', Buffer.from(secret).toString('base64').replaceAll('=', '')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ])('finds a secret %s', (_form, written) => {
    expect(redact(`before ${written} after`, [secret])).not.toContain(written);
    expect(redact(`before ${written} after`, [secret])).toMatch(/^before .*\[secret\].* after$/);
  });

  it('leaves nothing of a secret in the middle of something that was encoded as a whole', () => {
    const token = fc
      .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(token, fc.string(), fc.string(), (hidden, before, after) => {
        const encoded = Buffer.from(`${before}${hidden}${after}`, 'utf8').toString('base64');
        const found = redact(encoded, [hidden]);
        const decoded = Buffer.from(found.replaceAll('[secret]', ''), 'base64').toString('latin1');
        expect(found).toContain('[secret]');
        if (!`${before}${after}`.includes(hidden)) expect(decoded).not.toContain(hidden);
      }),
    );
  });

  it('takes the longer of two secrets first', () => {
    expect(redact('abcd-efgh', ['abcd', 'abcd-efgh'])).toBe('[secret]');
  });

  it('leaves very short secrets alone: half of every text would be black', () => {
    expect(redact('a cat sat', ['at', ''])).toBe('a cat sat');
  });

  it.each([
    ['Authorization: Bearer abc.def-123', 'abc.def-123'],
    ['{"authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
    ["'Proxy-Authorization': 'Basic dXNlcjpwYXNz'", 'dXNlcjpwYXNz'],
    ['X-Redmine-API-Key: 0123456789abcdef', '0123456789abcdef'],
    ['Set-Cookie: _session=s3cr3t', 's3cr3t'],
    ['https://user:hunter22@tracker.example/x', 'hunter22'],
    ['/issues.json?key=0123456789&limit=1', '0123456789'],
    ['{"api_key": "0123456789"}', '0123456789'],
    ['access_token=0123456789&x=1', '0123456789'],
  ])('hides what looks like a credential though nobody named it: %s', (text, hidden) => {
    expect(redact(text, [])).not.toContain(hidden);
  });

  it('leaves ordinary text alone', () => {
    const text = 'The key to issue #12 is the basic idea: bearer of news, see https://example.com/a?b=c@d and key=';
    expect(redact(text, ['not-in-there'])).toBe(text);
  });
});

describe('a text that was made to take long', () => {
  it.each([
    ['a.'],
    ['x-'],
    ['x-a'],
    ['a://'],
    ['authorization '],
    ['authorization: a'],
    ['bearer '],
    ['key=password='],
    ['?key='],
    ['aaaa'],
    ['     '],
  ])('of 256 KB of %j is read at once', (piece) => {
    const text = piece.repeat((256 * 1024) / piece.length);
    const startedAtMs = performance.now();
    redact(text, ['canary-secret']);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('secretsOfHeaders', () => {
  it('takes values apart', () => {
    const basic = Buffer.from('ann:pa:ss word').toString('base64');
    expect(secretsOfHeaders({ 'X-Key': 'k1', 'Authorization': `Basic ${basic}` })).toEqual([
      'k1',
      `Basic ${basic}`,
      basic,
      'ann:pa:ss word',
      'pa:ss word',
    ]);
    expect(secretsOfHeaders({ Authorization: 'Bearer t0ken' })).toEqual(['Bearer t0ken', 't0ken']);
  });
});
