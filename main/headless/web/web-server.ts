import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { asLockstepError, LockstepError } from '../../../preload/contract/errors.js';
import { callIdHeader, codeFragment, tokenHeader, webPaths, type WebRole } from '../../../preload/contract/web.js';
import type { Clock, Random } from '../../host.js';
import type { AppLog } from '../../logging/app-log.js';
import type { WebApplication } from './application.js';
import { answerEmpty, answerJson, readJson } from './body.js';
import { createCodes } from './codes.js';
import { createEventStreams } from './event-streams.js';
import { refusalOf } from './guard.js';
import { contentPolicy, noncePlace } from '../../page/content-policy.js';
import { setCommonHeaders } from './headers.js';
import { createLogIn } from './log-in.js';
import { textOf, type PageFile, type PageFiles } from './page-files.js';
import { Refused, sessionOver } from './refused.js';
import { createSessions, type Session } from './sessions.js';
import { createWebCalls } from './web-calls.js';

export interface WebServerOptions {
  readonly application: WebApplication;
  readonly files: PageFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: AppLog;
  readonly every: (intervalMs: number, run: () => void) => () => void;
  /** 0: any that is free. */
  readonly port: number;
  /** How long a request may take to come in; default 30 s. */
  readonly requestTimeoutMs?: number;
}

/** The program on 127.0.0.1, for the browser of this machine's user. */
export interface WebServer {
  /** For example `http://127.0.0.1:4100`. */
  readonly origin: string;
  /** Addresses with new one-time codes, one for each role; those before are void. */
  issueAddresses(): Readonly<Record<WebRole, string>>;
  /** No new connections, no new requests; streams end. Calls that are under way still answer. */
  stop(): void;
  /** Ends what is left. Resolves when the port is free. */
  close(): Promise<void>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const mostCallBytes = 8 * 1024 * 1024;
const mostLoginBytes = 1024;
const cancelSchema = z.strictObject({ callId: z.string() });

/** @throws LockstepError `port-in-use`, `forbidden` (a port that this user may not listen on) */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { application, files, clock, random, log, every, requestTimeoutMs = 30_000 } = options;
  const now = (): number => clock.monotonic();
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(requestTimeoutMs, 10_000),
    connectionsCheckingInterval: Math.min(requestTimeoutMs, 5_000),
    keepAliveTimeout: 30_000,
    maxHeaderSize: 16 * 1024,
  });
  server.maxConnections = 200;
  const origin = await listen(server, options.port);

  const codes = createCodes({ random, now, lifetimeMs: hourMs });
  const sessions = createSessions({
    clock,
    random,
    origin,
    idleMs: 30 * minuteMs,
    longestMs: 12 * hourMs,
    renewAfterMs: minuteMs,
  });
  const logIn = createLogIn(codes, sessions, now);
  const streams = createEventStreams({ application, isLive: (id) => sessions.isLive(id), now, every });
  const webCalls = createWebCalls({
    application,
    clock,
    random,
    onProgress: (sessionId, callId, progress) => {
      streams.send(sessionId, 'call.progress', { callId, progress });
    },
  });

  async function authenticate(request: IncomingMessage, response: ServerResponse): Promise<Session> {
    const token = /^Bearer ([\w.-]{1,2000})$/u.exec(request.headers.authorization ?? '')?.[1];
    const session = token === undefined ? null : await sessions.use(token);
    if (session === null) throw sessionOver();
    if (session.renewed !== null) response.setHeader(tokenHeader, session.renewed);
    return session;
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const path = url.slice(1);
    const file = files.get(url === '/' ? '/index.html' : url);
    if (file !== undefined) {
      assertMethod(method, 'GET', 'HEAD');
      sendFile(response, file, method, random);
    } else if (path === webPaths.session) {
      assertMethod(method, 'POST');
      const session = await logIn(() => readJson(request, mostLoginBytes));
      log.addSecret(session.token);
      log.write('info', 'web-login', { role: session.role });
      answerJson(response, 200, session);
    } else if (path === webPaths.end) {
      assertMethod(method, 'POST');
      const session = await authenticate(request, response);
      sessions.end(session.id);
      streams.endSession(session.id);
      response.removeHeader(tokenHeader);
      answerEmpty(response, 204);
    } else if (path.startsWith(webPaths.call)) {
      assertMethod(method, 'POST');
      const session = await authenticate(request, response);
      const name = webCalls.assertAllowed(path.slice(webPaths.call.length), session);
      const callId = request.headersDistinct[callIdHeader]?.join() ?? null;
      const answer = await webCalls.make(session, name, await readJson(request, mostCallBytes), callId);
      answerJson(response, 'pending' in answer ? 202 : 200, answer);
    } else if (path.startsWith(webPaths.answer)) {
      assertMethod(method, 'GET');
      const session = await authenticate(request, response);
      const answer = webCalls.answer(session, path.slice(webPaths.answer.length));
      answerJson(response, 'pending' in answer ? 202 : 200, answer);
    } else if (path === webPaths.cancel) {
      assertMethod(method, 'POST');
      const session = await authenticate(request, response);
      const parsed = cancelSchema.safeParse(await readJson(request, mostLoginBytes));
      if (!parsed.success) throw new Refused(400, 'input-invalid', 'A cancelling is {"callId": "..."}.');
      webCalls.cancel(session, parsed.data.callId);
      answerEmpty(response, 204);
    } else if (path === webPaths.events) {
      assertMethod(method, 'GET');
      streams.open((await authenticate(request, response)).id, response);
    } else {
      throw new Refused(404, 'not-visible', 'There is nothing here.');
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setCommonHeaders(response);
    const refusal = refusalOf(request, origin);
    if (refusal !== null) {
      logRefusal(request, refusal.status, refusal.reason);
      answerEmpty(response, refusal.status);
      return;
    }
    try {
      await route(request, response);
    } catch (thrown) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      if (!(thrown instanceof Refused)) {
        const error = asLockstepError(thrown);
        // A page that went away while it sent is nobody's fault.
        if (!request.destroyed) log.write('error', 'web-failed', { code: error.code, stack: error.stack ?? '' });
        answerJson(response, 500, { ok: false, error: error.toAppError() });
        return;
      }
      logRefusal(request, thrown.status, thrown.error.code);
      for (const [name, value] of Object.entries(thrown.headers)) response.setHeader(name, value);
      answerJson(response, thrown.status, { ok: false, error: thrown.error.toAppError() });
    }
  }

  function logRefusal(request: IncomingMessage, status: number, reason: string): void {
    const { method = '', url = '' } = request;
    // What follows a `?` may be anything, and is never ours.
    log.write('warning', 'web-refused', { status, reason, method, path: (url.split('?')[0] ?? '').slice(0, 100) });
  }

  server.on('error', (error) => {
    log.write('error', 'web-server-failed', { message: error.message });
  });
  server.on('request', (request, response) => {
    void handle(request, response);
  });

  return {
    origin,
    issueAddresses() {
      const { admin, viewer } = codes.issue();
      for (const code of [admin, viewer]) log.addSecret(code);
      const addressOf = (code: string): string => `${origin}/${codeFragment}${code}`;
      return { admin: addressOf(admin), viewer: addressOf(viewer) };
    },
    stop() {
      streams.close();
      server.close();
    },
    close() {
      return new Promise((resolve) => {
        streams.close();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

function assertMethod(method: string, ...allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  throw new Refused(405, 'input-invalid', 'This cannot be done here.', { headers: { Allow: allowed.join(', ') } });
}

function sendFile(response: ServerResponse, file: PageFile, method: string, random: Random): void {
  let { bytes } = file;
  if (file.type.startsWith('text/html')) {
    const nonce = Buffer.from(random.bytes(16)).toString('base64url');
    bytes = Buffer.from(textOf(bytes).replaceAll(noncePlace, nonce), 'utf8');
    response.setHeader('Content-Security-Policy', contentPolicy(nonce, 'self'));
  } else if (file.hashed) {
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  }
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': bytes.length });
  response.end(method === 'HEAD' ? undefined : bytes);
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      reject(portError(cause, port));
    };
    server.once('error', fail);
    // The number, not a name: a name may have been given to another address.
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', fail);
      const { port: found } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${String(found)}`);
    });
  });
}

function portError(cause: NodeJS.ErrnoException, port: number): LockstepError {
  const detail = { action: 'Choose another one with --port, or leave it out: any free one is taken.', cause };
  if (cause.code === 'EACCES') {
    return new LockstepError('forbidden', `This user may not listen on port ${String(port)}.`, detail);
  }
  return new LockstepError('port-in-use', `Port ${String(port)} on 127.0.0.1 cannot be had.`, detail);
}
