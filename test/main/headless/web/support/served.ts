/** The server over an application that the test plays, and requests whose every header is the test's own. */
import { request as send, type IncomingMessage } from 'node:http';
import type { Topic } from '../../../../../preload/contract/calls.js';
import type { EventOf } from '../../../../../preload/contract/events.js';
import type { AnyResult, WebApplication } from '../../../../../main/headless/web/application.js';
import type { PageFile } from '../../../../../main/headless/web/page-files.js';
import { startWebServer, type WebServer } from '../../../../../main/headless/web/web-server.js';
import { systemRandom } from '../../../../../main/headless/node-io.js';
import type { LogFacts } from '../../../../../main/logging/app-log.js';
import { createManualClock, type ManualClock } from './manual-clock.js';

export interface Asked {
  readonly name: string;
  readonly input: unknown;
  readonly role: string;
  readonly callId: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Served {
  readonly server: WebServer;
  readonly port: number;
  readonly clock: ManualClock;
  readonly asked: readonly Asked[];
  readonly cancelled: readonly string[];
  readonly log: readonly { readonly event: string; readonly facts: LogFacts }[];
  readonly secrets: readonly string[];
  emit<Name extends Topic>(topic: Name, event: EventOf<Name>): void;
  /** Runs what is due at each heartbeat. */
  beat(): void;
  /** As our own page sends it, where `headers` say nothing else. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answered>;
  /** Logs in with a fresh code. */
  logIn(role: 'admin' | 'viewer'): Promise<string>;
  codes(): { readonly admin: string; readonly viewer: string };
}

export interface RequestOptions {
  /** Null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly token?: string;
  /** An object goes as JSON. */
  readonly body?: unknown;
}

type Dispatch = (name: string, options: Parameters<WebApplication['dispatch']>[2]) => Promise<AnyResult>;

const html =
  '<html><meta property="csp-nonce" nonce="LOCKSTEP_NONCE" /><script src="./assets/index-AbCd1234.js"></html>';
const file = (text: string, type: string, hashed: boolean): PageFile => ({ bytes: Buffer.from(text), type, hashed });
const files: ReadonlyMap<string, PageFile> = new Map([
  ['/index.html', file(html, 'text/html; charset=utf-8', false)],
  ['/icon.svg', file('<svg/>', 'image/svg+xml; charset=utf-8', false)],
  ['/assets/index-AbCd1234.js', file('export {};', 'text/javascript; charset=utf-8', true)],
]);

const answerAtOnce: Dispatch = (name) => Promise.resolve({ ok: true, value: { called: name } });

/** Starts it, hands it to the test, and ends it. */
export async function withServed(
  test: (served: Served) => Promise<void>,
  dispatch: Dispatch = answerAtOnce,
  requestTimeoutMs?: number,
): Promise<void> {
  const clock = createManualClock(Date.UTC(2026, 10, 24));
  const asked: Asked[] = [];
  const cancelled: string[] = [];
  const log: { event: string; facts: LogFacts }[] = [];
  const secrets: string[] = [];
  const listeners = new Map<string, Set<(event: never) => void>>();
  const beats = new Set<() => void>();
  const application: WebApplication = {
    dispatch(name, input, options) {
      asked.push({ name, input, role: options.role, callId: options.callId });
      return dispatch(name, options);
    },
    cancel: (callId) => void cancelled.push(callId),
    subscribe(topic, listener) {
      const of = listeners.get(topic) ?? new Set();
      listeners.set(topic, of.add(listener));
      return () => void of.delete(listener);
    },
    state: () => Promise.resolve({ state: 'open', problem: null, keyStore: 'none', slots: [] }),
  };
  const server = await startWebServer({
    application,
    files,
    clock,
    random: systemRandom,
    log: {
      write: (_level, event, facts = {}) => void log.push({ event, facts }),
      addSecret: (secret) => void secrets.push(secret),
      close: () => undefined,
    },
    every: (_intervalMs, run) => {
      beats.add(run);
      return () => void beats.delete(run);
    },
    port: 0,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
  const port = Number(new URL(server.origin).port);
  const codes = (): { admin: string; viewer: string } => {
    const { admin, viewer } = server.issueAddresses();
    return { admin: codeOf(admin), viewer: codeOf(viewer) };
  };
  const request: Served['request'] = (method, path, options = {}) =>
    sendRequest(port, method, path, ownHeaders(server.origin, method, options), bodyOf(options.body));
  const served: Served = {
    server,
    port,
    clock,
    asked,
    cancelled,
    log,
    secrets,
    emit: (topic, event) => {
      for (const listener of listeners.get(topic) ?? []) listener(event as never);
    },
    beat: () => {
      for (const run of beats) run();
    },
    request,
    async logIn(role) {
      const { body } = await request('POST', '/login', { body: { code: codes()[role] } });
      return (JSON.parse(body) as { token: string }).token;
    },
    codes,
  };
  try {
    await test(served);
  } finally {
    await server.close();
  }
}

export function codeOf(address: string): string {
  return new URL(address).hash.replace('#code=', '');
}

export function ownHeaders(origin: string, method: string, { headers = {}, token, body }: RequestOptions) {
  const own: Record<string, string | null> = {
    'Host': new URL(origin).host,
    ...(method === 'GET' || method === 'HEAD' ? {} : { Origin: origin }),
    'Sec-Fetch-Site': 'same-origin',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...headers,
  };
  return Object.fromEntries(Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

function bodyOf(body: unknown): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

export function sendRequest(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, method, path, headers, setHost: false, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}
