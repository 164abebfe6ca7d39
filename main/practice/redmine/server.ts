import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '../../host.js';
import { emptyHtml, type Answer, type ApiRequest } from './answers.js';
import { asJson } from './coerce.js';
import { Faults, type Fault, type TakenFault } from './faults.js';
import type { User } from './records.js';
import { RequestCounters } from './requests.js';
import { respond, routeName } from './router.js';
import type { PracticeStore } from './store.js';

/** What serves a site: the site itself can be changed while the address stays. */
export interface Site {
  store: PracticeStore;
}

export interface HttpSide {
  readonly url: string;
  readonly port: number;
  readonly requests: RequestCounters;
  readonly faults: Faults;
  stop(): Promise<void>;
}

export interface ListenOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly clock: Clock;
  /** Off it is as Redmine's own server; web servers in front of one add the header. */
  readonly dateHeader: boolean;
}

export async function listen(site: Site, options: ListenOptions): Promise<HttpSide> {
  const requests = new RequestCounters();
  const faults = new Faults();
  let stopped = false;
  const isStopped = (): boolean => stopped;
  const server = createServer((message, reply) => {
    serve(message, reply).catch((error: unknown) => {
      // A fault of this server must be seen in the test, not look like one of the connection.
      if (!reply.headersSent) reply.writeHead(599, { 'Content-Type': 'text/plain; charset=utf-8' });
      reply.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  });
  // No timer of Node's may end a connection while a test's own clock stands still.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.timeout = 0;

  async function serve(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const method = message.method ?? 'GET';
    const target = message.url ?? '/';
    const entry = requests.count(method, target, routeName(asPut(method), pathOf(target)));
    const taken = faults.take(method, target);
    const body = await readBody(message);
    if (taken !== null && (await faultBefore(taken, reply))) return;
    if (isStopped()) return;
    let answer = answerTo(site.store, message, body);
    if (taken !== null && (await faultAfter(taken, reply, answer, message))) return;
    if (isStopped()) return;
    if (taken?.fault.kind === 'endless') answer = endless(answer, method, target, message);
    const etag = answer.headers['ETag'];
    if (method === 'GET' && etag !== undefined && message.headers['if-none-match'] === etag) {
      answer = {
        status: 304,
        headers: { 'ETag': etag, 'Cache-Control': answer.headers['Cache-Control'] ?? '' },
        body: '',
      };
    }
    entry.status = answer.status;
    send(reply, answer);
  }

  function endless(answer: Answer, method: string, target: string, message: IncomingMessage): Answer {
    const first = new URL(target, 'http://practice');
    const offset = Number(first.searchParams.get('offset') ?? 0);
    first.searchParams.delete('offset');
    first.searchParams.delete('page');
    const page = respond(site.store, requestOf(site.store, message, `${first.pathname}${first.search}`, ''));
    if (method !== 'GET' || page.status !== 200) return answer;
    const value = asJson(JSON.parse(page.body));
    const limit = Number(value['limit'] ?? 0);
    return { ...page, body: JSON.stringify({ ...value, offset, total_count: offset + 10 * limit }) };
  }

  /** True where the request ended here. */
  async function faultBefore(taken: TakenFault, reply: ServerResponse): Promise<boolean> {
    const { fault } = taken;
    await waitFor(taken, 'before');
    const waits = fault.kind === 'hold' || fault.kind === 'delay';
    if (!waits && !(fault.kind === 'cut' && fault.when !== 'before')) taken.arrive();
    if (fault.kind === 'cut' && fault.when === 'before') {
      reply.destroy();
      return true;
    }
    if (fault.kind === 'rate-limit' || fault.kind === 'answer') {
      send(reply, orderedAnswer(fault));
      return true;
    }
    if (fault.kind === 'huge') {
      await sendHuge(reply, fault.bytes);
      return true;
    }
    return false;
  }

  async function faultAfter(
    taken: TakenFault,
    reply: ServerResponse,
    answer: Answer,
    message: IncomingMessage,
  ): Promise<boolean> {
    const { fault } = taken;
    await waitFor(taken, 'after');
    if (fault.kind !== 'cut') return false;
    taken.arrive();
    if (fault.when === 'mid-body' && answer.body !== '') {
      const bytes = Buffer.from(answer.body);
      reply.sendDate = false;
      reply.writeHead(answer.status, { ...answer.headers, 'Content-Length': bytes.length });
      // Only after these bytes are out: a client must have seen the beginning.
      await new Promise<void>((resolve) => reply.write(bytes.subarray(0, bytes.length >> 1), () => resolve()));
    }
    message.socket.destroy();
    return true;
  }

  async function waitFor(taken: TakenFault, when: 'before' | 'after'): Promise<void> {
    const { fault } = taken;
    if ((fault.kind !== 'delay' && fault.kind !== 'hold') || (fault.when ?? 'before') !== when) return;
    taken.arrive();
    await (fault.kind === 'delay' ? options.clock.sleep(fault.ms) : taken.released);
  }

  function httpDate(plusSeconds = 0): string {
    return new Date(site.store.nowMs() + plusSeconds * 1000).toUTCString();
  }

  function orderedAnswer(fault: Extract<Fault, { kind: 'rate-limit' | 'answer' }>): Answer {
    if (fault.kind === 'answer') {
      const headers = { 'Content-Type': fault.contentType ?? 'text/html; charset=utf-8' };
      return { status: fault.status, headers, body: fault.body ?? '' };
    }
    const { retryAfter } = fault;
    const value =
      retryAfter.kind === 'seconds'
        ? String(retryAfter.seconds)
        : httpDate(retryAfter.kind === 'date' ? retryAfter.seconds : 0);
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
    return {
      status: 429,
      headers: retryAfter.kind === 'none' ? headers : { ...headers, 'Retry-After': value },
      body: '',
    };
  }

  function send(reply: ServerResponse, answer: Answer): void {
    reply.sendDate = false;
    const bytes = Buffer.from(answer.body);
    const length = answer.status === 204 || answer.status === 304 ? {} : { 'Content-Length': bytes.length };
    const date = options.dateHeader ? { Date: httpDate() } : {};
    reply.writeHead(answer.status, { ...answer.headers, ...date, ...length });
    reply.end(bytes.length > 0 ? bytes : undefined);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    faults,
    stop: async () => {
      stopped = true;
      faults.clear();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function asPut(method: string): string {
  return method === 'PATCH' ? 'PUT' : method;
}

function pathOf(target: string): string {
  return target.split('?')[0] ?? target;
}

async function readBody(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function answerTo(store: PracticeStore, message: IncomingMessage, body: string): Answer {
  const target = message.url ?? '/';
  // Redmine's own server does not take these characters unescaped.
  if (/[<>"]/.test(target)) return { status: 400, headers: {}, body: '' };
  const isJson = (message.headers['content-type'] ?? '').startsWith('application/json');
  if (isJson && body.trim() !== '' && !canParse(body)) return emptyHtml(400);
  return respond(store, requestOf(store, message, target, isJson ? body : ''));
}

function canParse(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function requestOf(store: PracticeStore, message: IncomingMessage, target: string, body: string): ApiRequest {
  const url = new URL(target, 'http://practice');
  return {
    method: asPut(message.method ?? 'GET'),
    path: url.pathname,
    params: url.searchParams,
    user: userOf(store, message, url.searchParams),
    body: asJson(body.trim() === '' ? null : JSON.parse(body)),
    origin: `http://${message.headers.host ?? '127.0.0.1'}`,
  };
}

/** By key in a header or in the address, or by HTTP Basic with login and password or with the key as name. */
function userOf(store: PracticeStore, message: IncomingMessage, params: URLSearchParams): User | null {
  if (!store.settings.restApiEnabled) return null;
  const active = [...store.users.values()].filter((user) => !user.locked);
  const header = message.headers['x-redmine-api-key'];
  const key = params.get('key') || (typeof header === 'string' ? header : '');
  if (key !== '') return active.find((user) => user.apiKey === key) ?? null;
  const basic = /^basic (.*)$/i.exec(message.headers.authorization ?? '')?.[1];
  if (basic === undefined) return null;
  const [name, ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  return active.find((user) => (user.login === name && user.password === password) || user.apiKey === name) ?? null;
}

async function sendHuge(reply: ServerResponse, bytes: number): Promise<void> {
  reply.sendDate = false;
  reply.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': bytes });
  const block = Buffer.alloc(64 * 1024, ' ');
  for (let sent = 0; sent < bytes && !reply.destroyed; sent += block.length) {
    const isFull = !reply.write(block.subarray(0, Math.min(block.length, bytes - sent)));
    if (isFull) await drained(reply);
  }
  reply.end();
}

function drained(reply: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      reply.off('drain', done);
      reply.off('close', done);
      resolve();
    };
    reply.on('drain', done);
    reply.on('close', done);
  });
}
