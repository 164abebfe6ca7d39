import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connector } from '../../../../main/connectors/contract.js';
import type { HttpClientOptions } from '../../../../main/connectors/http/index.js';
import { redmine } from '../../../../main/connectors/redmine/index.js';
import type { ErrorCode } from '../../../../preload/contract/errors.js';
import { failure, readAll } from '../../../conformance/case.js';
import { startPracticeSite } from '../../../conformance/redmine-practice-site.js';
import { startProxy } from '../http/proxy-server.js';
import { createRig, freePort, pem, says, startServer, startTlsServer } from '../http/servers.js';
import type { Handler } from '../http/servers.js';

const signal = new AbortController().signal;
const key = 'canary-0123456789abcdef';

/** A Redmine connector to whatever is at the address. */
function openAt(url: string, options: Partial<HttpClientOptions> = {}): Connector {
  const { client, clock } = createRig(url, { auth: () => redmine.authHeaders(key), secrets: [key], ...options });
  return redmine.open({ id: 'c1', tracker: 'redmine', url, settings: {} }, { http: client, clock });
}

function page(body: string): Handler {
  return (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(body);
}

interface Met {
  readonly connector: Connector;
  /** What the message must name. */
  readonly where: string;
}

interface Bad {
  readonly name: string;
  meet(): Promise<Met>;
  readonly code: ErrorCode;
  readonly says: RegExp;
  readonly advises: RegExp;
}

const at = (url: string, options?: Partial<HttpClientOptions>): Met => ({
  connector: openAt(url, options),
  where: new URL(url).host,
});

const everything: readonly Bad[] = [
  {
    name: 'a web page',
    meet: async () => at((await startServer(page('<html>Welcome</html>'))).url),
    code: 'answer-not-json',
    says: /answered with a web page, not with data/,
    advises: /Is the address right\?/,
  },
  {
    name: 'a login page behind a redirect',
    meet: async () =>
      at((await startServer(says(302, {}, { location: '/login?back_url=x' }), page('<!DOCTYPE html><form>'))).url),
    code: 'answer-not-json',
    says: /answered with a web page/,
    advises: /login page/,
  },
  {
    name: 'another product that answers JSON',
    meet: async () => at((await startServer(says(200, { hello: 'world' }))).url),
    code: 'not-this-tracker',
    says: /there is no Redmine behind it/,
    advises: /opens in the browser/,
  },
  {
    name: 'a web server without a Redmine',
    meet: async () =>
      at((await startServer((_request, response) => response.writeHead(404).end('<h1>Not Found</h1>'))).url),
    code: 'not-this-tracker',
    says: /there is no Redmine behind it/,
    advises: /opens in the browser/,
  },
  {
    name: 'nothing at the port',
    meet: async () => at(`http://127.0.0.1:${String(await freePort())}`),
    code: 'host-unreachable',
    says: /cannot be reached: nothing answers at this port/,
    advises: /Check the address, the port/,
  },
  {
    name: 'a name that does not resolve',
    meet: async () => at('https://no-such-host.invalid'),
    code: 'host-unreachable',
    says: /cannot be reached: its name/,
    advises: /Check the address/,
  },
  {
    name: 'a wrong key',
    meet: async () => at((await startServer(says(401))).url),
    code: 'secret-rejected',
    says: /does not accept the secret/,
    advises: /Enter the secret again/,
  },
  {
    name: 'http where it must be https, at the same name',
    meet: async () => {
      const server = await startServer((_request, response) =>
        response.writeHead(301, { location: `https://127.0.0.1:${String(server.port)}/` }).end(),
      );
      return at(server.url);
    },
    code: 'redirect-refused',
    says: /sends on to https:\/\/127\.0\.0\.1/,
    advises: /right address, enter it/,
  },
  {
    name: 'a redirect to another host',
    meet: async () => at((await startServer(says(302, {}, { location: 'https://sso.example.test/start?s=1' }))).url),
    code: 'redirect-refused',
    says: /sends on to https:\/\/sso\.example\.test, and Lockstep does not follow/,
    advises: /login page/,
  },
  {
    name: 'a certificate that vouches for itself',
    meet: async () => at((await startTlsServer('self-signed', says(200))).url),
    code: 'tls-untrusted',
    says: /it signed its certificate itself/,
    advises: /give its certificate \(PEM\)/,
  },
  {
    name: 'https where only http is spoken',
    meet: async () => at((await startServer(says(200))).url.replace('http:', 'https:')),
    code: 'address-invalid',
    says: /does not speak TLS/,
    advises: /http: instead of https:/,
  },
  {
    name: 'a proxy that refuses',
    meet: async () => {
      const proxy = await startProxy(1, 403);
      const network = { proxyUrl: `http://ann:${key}@127.0.0.1:${String(proxy.port)}` };
      return { connector: openAt('https://tracker.test', { network }), where: `127.0.0.1:${String(proxy.port)}` };
    },
    code: 'proxy-refused',
    says: /The proxy .* does not let this connection through/,
    advises: /Check the proxy/,
  },
  {
    name: 'a proxy that wants a password',
    meet: async () => {
      const proxy = await startProxy(1, 407);
      const network = { proxyUrl: `http://127.0.0.1:${String(proxy.port)}` };
      return { connector: openAt('https://tracker.test', { network }), where: `127.0.0.1:${String(proxy.port)}` };
    },
    code: 'proxy-refused',
    says: /wants a user name and password/,
    advises: /Check the proxy/,
  },
];

describe('whatever is at the address, the user is told what, where, and what to do', () => {
  it.each(everything.map((bad) => [bad.name, bad] as const))('%s', async (_name, bad) => {
    const { connector, where } = await bad.meet();
    const error = await failure(connector.check(signal), bad.code);
    expect(error.message).toMatch(bad.says);
    expect(error.action ?? '').toMatch(bad.advises);
    expect(`${error.message} ${JSON.stringify(error.context)}`).toContain(where);
    expect(JSON.stringify([error.toAppError(), error.stack])).not.toContain(key);
  });

  it('a certificate that vouches for itself is fine once it is given', async () => {
    const server = await startTlsServer('self-signed', says(401));
    const connector = openAt(server.url, { network: { caPem: pem('self-signed.pem') } });
    await failure(connector.check(signal), 'secret-rejected');
    expect(server.seen).toHaveLength(1);
  });
});

describe('a 404 for an issue', () => {
  it.each([
    ['application/json', '', 'gone'],
    ['application/json; charset=utf-8', '', 'gone'],
    ['text/html', '', 'not-this-tracker'],
    ['text/plain', '404 page not found', 'not-this-tracker'],
    ['application/json', '{"message":"no Route matched"}', 'not-this-tracker'],
    ['', '', 'not-this-tracker'],
  ])('that is %j with body %j is: %s', async (contentType, body, meaning) => {
    const server = await startServer((_request, response) =>
      response.writeHead(404, contentType === '' ? {} : { 'content-type': contentType }).end(body),
    );
    const looked = openAt(server.url).getMany(['7'], signal);
    if (meaning === 'gone') expect(await looked).toEqual([{ state: 'gone', ref: '7' }]);
    else await failure(looked, 'not-this-tracker');
  });
});

describe('a Redmine that does not do as it should', () => {
  const start = async (): Promise<Awaited<ReturnType<typeof startPracticeSite>>> => {
    const started = await startPracticeSite({ dateHeader: true });
    onTestFinished(started.stop);
    return started;
  };

  it('with its API switched off says so', async () => {
    const { site, server } = await start();
    server.state.store.settings.restApiEnabled = false;
    server.state.store.touch();
    const error = await failure(site.open().check(signal), 'forbidden');
    expect(error.message).toBe(`The Redmine at ${site.url} refuses every request to its API.`);
    expect(error.action).toContain('switch on the REST web service');
  });

  it('with a project that is not there, hidden, or without issues, says which, and what to check', async () => {
    const { site, server } = await start();
    const scope = await site.newScope();
    const account = site.open();
    const missing = await failure(account.discover('nowhere', signal), 'scope-unknown');
    expect(missing.message).toContain('"nowhere"');
    expect(missing.action).toContain('member');
    server.state.project(scope.scope).modules.delete('issue_tracking');
    server.state.store.touch();
    const bare = await failure(readAll(account, scope, null), 'scope-unknown');
    expect(bare.action).toContain('Issue tracking');
  });

  it('with a right that is missing quotes nothing and names the host', async () => {
    const { site } = await start();
    const scope = await site.newScope();
    const draft = { scope: scope.scope, fields: { type: scope.types[0] ?? null, subject: 'x' }, marker: null };
    const { item } = await site.open().create(draft, signal);
    const added = await site.open().addComment(item.ref, { body: 'Mine', visibility: 'public' }, '0', signal);
    const limited = site.open({ who: 'limited' });
    const edit = limited.editComment(item.ref, added.commentRef ?? '', { body: 'x' }, '0', signal);
    const error = await failure(edit, 'forbidden');
    expect(error.message).toContain(new URL(site.url).host);
    expect(error.action).toContain('Give the account the right');
  });

  it('with a list of projects or members that does not end is left after a page or two', async () => {
    const { site, server } = await start();
    await site.newScope();
    for (const path of [/^\/projects\.json/, /memberships\.json/]) {
      const scope = await site.newScope();
      server.faults.order({ fault: { kind: 'endless' }, path, times: Infinity });
      const before = site.requests();
      const account = site.open();
      const work = path.test('/projects.json') ? account.listScopes(signal) : account.discover(scope.scope, signal);
      const error = await failure(work, 'endless-listing');
      expect(error.message).toContain('does not end');
      expect(error.action).toBeTruthy();
      expect(site.requests() - before).toBeLessThan(15);
      server.faults.clear();
    }
  });

  it('with a list of issues whose pages are new without end is left when it was more than it spoke of', async () => {
    let id = 0;
    const issue = (): object => ({
      id: (id += 1),
      ...{ project: { id: 1 }, tracker: { id: 1 }, status: { id: 1 }, priority: { id: 1 }, subject: 'x' },
      ...{ created_on: '2030-01-01T00:00:00Z', updated_on: '2030-01-01T00:00:00Z' },
    });
    const server = await startServer((request, response) => {
      const project = { id: 1, name: 'P', identifier: 'p', created_on: '2030-01-01T00:00:00Z' };
      const json = request.url.startsWith('/projects/')
        ? { project }
        : { issues: Array.from({ length: 100 }, issue), total_count: 200 };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
    const error = await failure(readAll(openAt(server.url), { scope: '1', types: ['1'] }, null), 'endless-listing');
    expect(error.message).toContain('project 1');
    expect(server.seen.length).toBeLessThan(20);
  });

  it('with an answer of 2 GB is left at the limit, with flat memory', async () => {
    const { site, server } = await start();
    server.faults.order({ fault: { kind: 'huge', bytes: 2 ** 31 }, times: Infinity });
    const before = process.memoryUsage().rss;
    const error = await failure(site.open().check(signal), 'answer-too-large');
    expect(error.message).toContain('more than 64 MB');
    expect(error.action).toContain('Is this the address of the tracker');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});
