import { describe, expect, it } from 'vitest';
import { SignJWT, UnsecuredJWT } from 'jose';
import { withServed, type Served } from './support/served.js';

const minuteMs = 60_000;

const codeOfAnswer = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code;

async function statusOf({ request }: Served, token: string): Promise<number> {
  return (await request('POST', '/call/app.get', { token, body: {} })).status;
}

describe('logging in', () => {
  it('trades a code for a token of its role, once', () =>
    withServed(async (served) => {
      const { request, codes, asked } = served;
      const { admin, viewer } = codes();
      const first = await request('POST', '/login', { body: { code: admin } });
      expect(first.status).toBe(200);
      expect(first.headers['cache-control']).toBe('no-store');
      expect(first.headers['set-cookie']).toBeUndefined();
      const { token, role } = JSON.parse(first.body) as { token: string; role: string };
      expect(role).toBe('admin');
      const second = await request('POST', '/login', { body: { code: admin } });
      expect([second.status, codeOfAnswer(second.body)]).toEqual([401, 'code-refused']);
      expect(await statusOf(served, token)).toBe(200);
      const other = await request('POST', '/login', { body: { code: viewer } });
      await statusOf(served, (JSON.parse(other.body) as { token: string }).token);
      expect(asked.map((call) => call.role)).toEqual(['admin', 'viewer']);
    }));

  it('lets two that race for one code in once', () =>
    withServed(async ({ request, codes }) => {
      const { admin } = codes();
      const answers = await Promise.all([1, 2, 3].map(() => request('POST', '/login', { body: { code: admin } })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    }));

  it('forgets codes when new ones are made, and after an hour', () =>
    withServed(async ({ request, codes, clock }) => {
      const before = codes();
      const after = codes();
      expect((await request('POST', '/login', { body: { code: before.admin } })).status).toBe(401);
      await clock.advance(60 * minuteMs - 1);
      expect((await request('POST', '/login', { body: { code: after.admin } })).status).toBe(200);
      await clock.advance(1);
      expect((await request('POST', '/login', { body: { code: after.viewer } })).status).toBe(401);
    }));

  it('hears nobody for a minute after five wrong codes, the right one included', () =>
    withServed(async ({ request, codes, clock }) => {
      const { admin } = codes();
      for (let tries = 0; tries < 5; tries += 1) {
        expect((await request('POST', '/login', { body: { code: `wrong${String(tries)}` } })).status).toBe(401);
      }
      const limited = await request('POST', '/login', { body: { code: admin } });
      expect([limited.status, limited.headers['retry-after']]).toEqual([429, '60']);
      await clock.advance(minuteMs);
      expect((await request('POST', '/login', { body: { code: admin } })).status).toBe(200);
    }));

  it('counts wrong codes that come at the same moment', () =>
    withServed(async ({ request, codes }) => {
      codes();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => request('POST', '/login', { body: { code: `wrong${String(at)}` } })),
      );
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    }));

  it('keeps codes and tokens out of the log, the address included', () =>
    withServed(async (served) => {
      const { admin, viewer } = served.codes();
      const { body } = await served.request('POST', '/login', { body: { code: admin } });
      const { token } = JSON.parse(body) as { token: string };
      await served.request('GET', `/?code=${viewer}`);
      expect(served.secrets).toEqual(expect.arrayContaining([admin, viewer, token]));
      const written = JSON.stringify(served.log);
      expect([written.includes(viewer), written.includes(admin), written.includes(token)]).toEqual([
        false,
        false,
        false,
      ]);
      expect(written).toContain('web-refused');
    }));
});

describe('a session', () => {
  it('is needed for everything but the page itself', () =>
    withServed(async ({ request, asked }) => {
      const paths = [
        ['POST', '/call/app.get'],
        ['POST', '/call/no.such'],
        ['GET', '/events'],
        ['GET', '/answer/x'],
        ['POST', '/cancel'],
        ['POST', '/logout'],
      ] as const;
      for (const [method, path] of paths) {
        const { status, body } = await request(method, path, method === 'POST' ? { body: {} } : {});
        expect([path, status, codeOfAnswer(body)]).toEqual([path, 401, 'session-over']);
      }
      expect(asked).toEqual([]);
    }));

  it('is known by its header only: no cookie, no address', () =>
    withServed(async ({ request, logIn }) => {
      const token = await logIn('admin');
      const cookie = await request('POST', '/call/app.get', { headers: { Cookie: `token=${token}` }, body: {} });
      expect(cookie.status).toBe(401);
      expect((await request('GET', `/events?token=${token}`)).status).toBe(404);
      for (const value of [token, `Basic ${token}`, `Bearer ${token} `.trimEnd() + ' x', `Bearer  ${token}`]) {
        const headers = { Authorization: value };
        expect((await request('POST', '/call/app.get', { headers, body: {} })).status).toBe(401);
      }
    }));

  it('ends after half an hour without use, and goes on while it is used', () =>
    withServed(async (served) => {
      let token = await served.logIn('viewer');
      for (let used = 0; used < 4; used += 1) {
        await served.clock.advance(29 * minuteMs);
        const { status, headers } = await served.request('POST', '/call/app.get', { token, body: {} });
        expect(status).toBe(200);
        token = String(headers['x-lockstep-token']);
      }
      await served.clock.advance(30 * minuteMs);
      expect(await statusOf(served, token)).toBe(401);
    }));

  it('ends after twelve hours, used or not', () =>
    withServed(async (served) => {
      let token = await served.logIn('admin');
      let minutes = 0;
      for (; minutes < 12 * 60 - 20; minutes += 20) {
        await served.clock.advance(20 * minuteMs);
        const { headers } = await served.request('POST', '/call/app.get', { token, body: {} });
        token = String(headers['x-lockstep-token']);
      }
      await served.clock.advance(19 * minuteMs);
      expect(await statusOf(served, token)).toBe(200);
      await served.clock.advance(minuteMs);
      expect(await statusOf(served, token)).toBe(401);
    }));

  it('ends at the log-out, its newer tokens with it', () =>
    withServed(async (served) => {
      const token = await served.logIn('admin');
      await served.clock.advance(2 * minuteMs);
      const { headers } = await served.request('POST', '/call/app.get', { token, body: {} });
      const newer = String(headers['x-lockstep-token']);
      expect((await served.request('POST', '/logout', { token })).status).toBe(204);
      expect(await statusOf(served, token)).toBe(401);
      expect(await statusOf(served, newer)).toBe(401);
    }));

  it('takes no token that was changed, signed by another, or not signed', () =>
    withServed(async (served) => {
      const token = await served.logIn('viewer');
      const [head = '', body = '', signature = ''] = token.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
      const changed = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
      const none = new UnsecuredJWT({ sid: claims['sid'], role: 'admin' })
        .setIssuer('lockstep')
        .setAudience(served.server.origin)
        .setIssuedAt()
        .setExpirationTime('1h')
        .encode();
      const other = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
      for (const forged of [`${head}.${changed}.${signature}`, none, other, `${head}.${body}.`, 'x', '..']) {
        expect(await statusOf(served, forged)).toBe(401);
      }
      expect(await statusOf(served, token)).toBe(200);
    }));

  it('is of one server only', () =>
    withServed((one) =>
      withServed(async (two) => {
        const token = await one.logIn('admin');
        expect(await statusOf(two, token)).toBe(401);
      }),
    ));
});
