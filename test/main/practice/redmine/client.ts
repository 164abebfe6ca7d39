import { request, type IncomingHttpHeaders } from 'node:http';
import {
  startPracticeRedmine,
  type PracticeOptions,
  type PracticeRedmine,
} from '../../../../main/practice/redmine/index.js';

/** Noon of a day, by a clock that stands still until a test moves it. */
export const noonMs = Date.parse('2026-11-24T12:00:00Z');

export interface Fixture {
  readonly server: PracticeRedmine;
  /** Moves the clock, and wakes who sleeps until then. */
  advance(ms: number): void;
  /** How many wait on the clock now. */
  sleepers(): number;
  /** Resolves as soon as somebody waits on the clock. */
  readonly asleep: Promise<void>;
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
}

export interface SendOptions {
  /** A login; alice by default, null sends no key. */
  readonly as?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export async function startFixture(options: Partial<PracticeOptions> = {}): Promise<Fixture> {
  let nowMs = noonMs;
  let drawn = 0;
  let fallAsleep: () => void = () => undefined;
  const asleep = new Promise<void>((resolve) => (fallAsleep = resolve));
  let waiting: { readonly atMs: number; readonly wake: () => void }[] = [];
  const server = await startPracticeRedmine({
    clock: {
      now: () => nowMs,
      monotonic: () => nowMs,
      sleep: (ms) =>
        new Promise((wake) => {
          waiting.push({ atMs: nowMs + ms, wake });
          fallAsleep();
        }),
    },
    // Keys that differ, and are the same in every run.
    random: { bytes: (length) => Uint8Array.from({ length }, () => (drawn++ * 37) % 251), unit: () => 0.5 },
    ...options,
  });
  return {
    server,
    advance: (ms) => {
      nowMs += ms;
      const due = waiting.filter((one) => one.atMs <= nowMs);
      waiting = waiting.filter((one) => one.atMs > nowMs);
      for (const one of due) one.wake();
    },
    sleepers: () => waiting.length,
    asleep,
    send: (method, path, sent = {}) => sendTo(server, method, path, sent),
  };
}

/** A request by node:http, which sends a path as it is and tells a cut connection by an error. */
function sendTo(server: PracticeRedmine, method: string, path: string, options: SendOptions): Promise<Reply> {
  const key = options.as === null ? null : server.state.user(options.as ?? 'alice').apiKey;
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const headers = {
    ...(key === null ? {} : { 'X-Redmine-API-Key': key }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...options.headers,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port: server.port, host: '127.0.0.1', method, path, headers, agent: false }, (reply) => {
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, json: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
