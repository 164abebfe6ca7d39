/**
 * A real Redmine for tests, over test/servers/redmine.sh. It shares no code with the program under test, not even the
 * HTTP client: what it says about the server's state is a second opinion.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { claimPort } from './ports.js';
import { isWrite, parseRedmineLog, type LoggedRequest } from './redmine-log.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../servers/redmine.sh', import.meta.url));

const idsByName = z.record(z.string(), z.number());
const seedSchema = z.object({
  url: z.string(),
  apiKey: z.string(),
  admin: z.object({ login: z.string(), password: z.string(), id: z.number() }),
  project: z.object({ id: z.number(), identifier: z.string(), name: z.string() }),
  users: z.array(
    z.object({
      id: z.number(),
      login: z.string(),
      name: z.string(),
      mail: z.string(),
      password: z.string(),
      apiKey: z.string(),
      role: z.string(),
    }),
  ),
  category: z.object({ id: z.number(), name: z.string() }),
  version: z.object({ id: z.number(), name: z.string() }),
  trackers: idsByName,
  statuses: idsByName,
  priorities: idsByName,
  roles: idsByName,
  customFields: z.record(
    z.string(),
    z.object({ id: z.number(), format: z.string(), multiple: z.boolean(), values: z.array(z.string()) }),
  ),
});
/** What redmine.sh seed made: a project, the users alice (Manager), bob (Developer), chloe (Reporter), ids by name. */
export type RedmineSeed = Readonly<z.infer<typeof seedSchema>>;

export interface RedmineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; null where it is empty or no JSON. */
  readonly json: unknown;
}

export interface RawRequest {
  readonly method: string;
  /** With the leading slash, the query included. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whose key to send: the administrator's by default, null for none. */
  readonly apiKey?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RedmineOptions {
  /** A free one by default. */
  readonly port?: number;
  /** Markup of descriptions and notes; Redmine's default is Textile. */
  readonly text?: 'textile' | 'markdown' | 'common_mark';
  readonly loginRequired?: boolean;
}

export interface RedmineServer {
  readonly port: number;
  readonly url: string;
  /** The administrator's key. */
  readonly apiKey: string;
  /** The instance's own files: redmine.sqlite3, log/production.log, files/. */
  readonly folder: string;
  /** Starts it again after `stop`, on the same port with the same data. No-op while it runs. */
  start(): Promise<void>;
  /** Stops the server; its data stays. */
  stop(): Promise<void>;
  /** Stops the server and removes all that it had. */
  dispose(): Promise<void>;
  /** Makes a clean project; an existing one of that identifier is replaced. */
  seed(identifier?: string): Promise<RedmineSeed>;
  /** What the last `seed` made, again. */
  info(): RedmineSeed;
  /** Any request, any answer: throws only where there is none. */
  send(request: RawRequest): Promise<RedmineAnswer>;
  /** As the administrator; throws on anything but 2xx. */
  adminGet(path: string): Promise<unknown>;
  adminPost(path: string, body: unknown): Promise<unknown>;
  adminPut(path: string, body: unknown): Promise<unknown>;
  adminDelete(path: string): Promise<unknown>;
  /** Where the log ends now, in bytes; what comes later can be asked for by it. */
  logMark(): number;
  /** The requests in Redmine's own log, from a mark on. */
  requests(fromMark?: number): readonly LoggedRequest[];
  /** How many of them were POST, PUT, PATCH or DELETE: answered or not, allowed or not. */
  writes(fromMark?: number): number;
}

/** Starts a new instance in a temporary folder (5 s, about 180 MB of memory). It ends with the test process. */
export async function startRedmine(options: RedmineOptions = {}): Promise<RedmineServer> {
  const claim = options.port === undefined ? await claimPort() : { port: options.port, release: () => undefined };
  const { port } = claim;
  const home = mkdtempSync(join(tmpdir(), 'lockstep-redmine-'));
  const folder = join(home, `redmine-${String(port)}`);
  const logFile = join(folder, 'log', 'production.log');
  const env = {
    ...process.env,
    TRACKERS_HOME: home,
    REDMINE_TEXT: options.text ?? 'textile',
    REDMINE_LOGIN_REQUIRED: options.loginRequired === true ? '1' : '0',
  };
  const call = async (...args: readonly string[]): Promise<string> =>
    (await run('bash', [script, ...args], { env, maxBuffer: 2 ** 24 })).stdout;
  const start = async (): Promise<void> => {
    await call('start', String(port));
  };

  stopWhenThisProcessEnds(env, port, home);
  try {
    await start();
  } catch (error) {
    claim.release();
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  const apiKey = readFileSync(join(folder, 'api_key'), 'utf8').trim();
  const send = (request: RawRequest): Promise<RedmineAnswer> => sendRaw(port, { apiKey, ...request });
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await send({ method, path, ...(body !== undefined && { body }) });
    if (answer.status >= 200 && answer.status < 300) return answer.json;
    throw new Error(`Redmine answered ${String(answer.status)} to ${method} ${path}: ${answer.text.slice(0, 500)}`);
  };
  const requests = (fromMark = 0): readonly LoggedRequest[] => parseRedmineLog(readFrom(logFile, fromMark));

  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    apiKey,
    folder,
    start,
    stop: async () => {
      await call('stop', String(port));
    },
    dispose: async () => {
      await call('reset', String(port));
      rmSync(home, { recursive: true, force: true });
      claim.release();
    },
    seed: async (identifier) => seedSchema.parse(JSON.parse(await call('seed', String(port), identifier ?? ''))),
    info: () => seedSchema.parse(JSON.parse(readFileSync(join(folder, 'seed.json'), 'utf8'))),
    send,
    adminGet: (path) => admin('GET', path),
    adminPost: (path, body) => admin('POST', path, body),
    adminPut: (path, body) => admin('PUT', path, body),
    adminDelete: (path) => admin('DELETE', path),
    logMark: () => statSync(logFile).size,
    requests,
    writes: (fromMark) => requests(fromMark).filter(isWrite).length,
  };
}

// One connection a request, no pool: a server that was stopped and started again meets no stale connection.
function sendRaw(port: number, request: RawRequest): Promise<RedmineAnswer> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    ...(typeof request.apiKey === 'string' && { 'X-Redmine-API-Key': request.apiKey }),
    ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    ...request.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method: request.method, path: request.path, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: parseJson(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readFrom(file: string, fromByte: number): string {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - fromByte));
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, bytes.length, fromByte));
  } finally {
    closeSync(handle);
  }
}

/**
 * The server runs in a session of its own and would outlive a test process that is killed; no exit handler runs then.
 * A small shell waits for this process to be gone and cleans up. It asks every second: nothing waits for it.
 */
function stopWhenThisProcessEnds(env: NodeJS.ProcessEnv, port: number, home: string): void {
  const watch = `while kill -0 "$1" 2>/dev/null && [ -d "$3" ]; do sleep 1; done
    [ ! -d "$3" ] || { bash "$0" reset "$2"; rm -rf "$3"; }`;
  spawn('bash', ['-c', watch, script, String(process.pid), String(port), home], {
    env,
    detached: true,
    stdio: 'ignore',
  }).unref();
}
