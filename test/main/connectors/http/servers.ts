import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createBudgetPool, createHttpClient, createNetworkLedger } from '../../../../main/connectors/http/index.js';
import type {
  BudgetLimits,
  Exchange,
  HttpClient,
  HttpClientOptions,
  LedgerEntry,
  WaitNotice,
} from '../../../../main/connectors/http/index.js';
import { HttpError } from '../../../../main/connectors/http/index.js';
import { ManualClock, fixedRandom } from './manual-clock.js';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly seen: Seen[];
  /** Connections that were opened. */
  connections: number;
}

export type Handler = (request: Seen, response: http.ServerResponse, raw: http.IncomingMessage, count: number) => void;

/** Handlers answer one after another; the last one also everything after. */
export async function startServer(...handlers: readonly Handler[]): Promise<TestServer> {
  return listen(http.createServer(), 'http', handlers);
}

export async function startTlsServer(
  name: 'server' | 'other-name' | 'self-signed',
  ...handlers: readonly Handler[]
): Promise<TestServer> {
  return listen(https.createServer({ cert: pem(`${name}.pem`), key: pem(`${name}-key.pem`) }), 'https', handlers);
}

export function pem(file: string): string {
  return readFileSync(new URL(`./certs/${file}`, import.meta.url), 'utf8');
}

async function listen(server: http.Server, scheme: string, handlers: readonly Handler[]): Promise<TestServer> {
  const seen: Seen[] = [];
  server.on('request', (raw: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('error', () => undefined);
    raw.on('end', () => {
      const request = {
        method: raw.method ?? '',
        url: raw.url ?? '',
        headers: raw.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(request);
      const handler = handlers[Math.min(seen.length, handlers.length) - 1];
      if (handler === undefined) answer(response, 200, {});
      else handler(request, response, raw, seen.length);
    });
  });
  const port = await bind(server);
  const started: TestServer = { port, url: `${scheme}://127.0.0.1:${String(port)}`, seen, connections: 0 };
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', () => {
    started.connections += 1;
  });
  return started;
}

/** Listens on any port of 127.0.0.1 until the test ends. */
export async function bind(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export function answer(
  response: http.ServerResponse,
  status: number,
  json: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(json));
}

/** A handler that always answers the same. */
export function says(status: number, json: unknown = {}, headers: http.OutgoingHttpHeaders = {}): Handler {
  return (_request, response) => {
    answer(response, status, json, headers);
  };
}

/** Closes the connection instead of answering. */
export const cut: Handler = (_request, _response, raw) => {
  raw.socket.destroy();
};

/** A port of 127.0.0.1 where nothing listens. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Rig {
  readonly client: HttpClient;
  readonly clock: ManualClock;
  readonly waits: WaitNotice[];
  readonly exchanges: Exchange[];
  ledger(): readonly LedgerEntry[];
}

export const timeoutMs = 30_000;

/** A client on a clock of its own, where every wait but that for the timeout passes at once. */
export function createRig(
  baseUrl: string,
  options: Partial<HttpClientOptions> = {},
  limits: Partial<BudgetLimits> = {},
): Rig {
  const clock = options.clock instanceof ManualClock ? options.clock : new ManualClock();
  if (options.clock === undefined) clock.auto = (ms) => ms !== timeoutMs;
  const ledger = createNetworkLedger();
  const waits: WaitNotice[] = [];
  const exchanges: Exchange[] = [];
  const client = createHttpClient({
    connectionId: 'c1',
    baseUrl,
    clock,
    random: fixedRandom(),
    ledger,
    budget: createBudgetPool(clock).get(baseUrl, 'credential', {
      requestsPerSecond: 1_000_000,
      burst: 1_000_000,
      ...limits,
    }),
    userAgent: 'lockstep-test',
    timeoutMs,
    onWait: (notice) => waits.push(notice),
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
  });
  onTestFinished(() => {
    client.close();
  });
  return { client, clock, waits, exchanges, ledger: () => ledger.entries() };
}

/** The error of a request that must fail. */
export async function errorOf(promise: Promise<unknown>): Promise<HttpError> {
  const error: unknown = await promise.then(
    () => new Error('It did not fail.'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof HttpError) return error;
  throw error;
}
