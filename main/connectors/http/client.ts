import { judgeAnswer } from './answers.js';
import { cancelledError, createDispatcher } from './dispatch.js';
import type { Arrived } from './dispatch.js';
import { createEgressGuard, endpointKey, parseBaseUrl } from './egress.js';
import { asHttpError, rebuild, redactError } from './http-error.js';
import type { HttpError } from './http-error.js';
import { chooseProxy } from './proxy.js';
import { readRateHint, readServerTime } from './rate-headers.js';
import { redact, secretsOfHeaders } from './redact.js';
import { followRedirect, isRedirect } from './redirects.js';
import { defaultRetryPolicy, retryDelayMs } from './retry.js';
import { createWire } from './sockets.js';
import { trustedCertificates } from './trust.js';
import type { Exchange, HttpAnswer, HttpClient, HttpClientOptions, HttpRequest, WaitNotice } from './types.js';

const defaultTimeoutMs = 30_000;
const defaultMaxBodyBytes = 64 * 1024 * 1024;
/** Set by the client itself, never by a caller. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'proxy-authorization',
  'x-request-id',
]);

/** What all sendings of one request share. */
interface Call {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly requestId: string;
  readonly body: Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly patienceMs: () => number;
  readonly onWait: (notice: WaitNotice) => void;
}

interface Accepted {
  readonly arrived: Arrived;
  readonly json: unknown;
}

/** Errors in the settings are thrown at once: `address-invalid`, `insecure-http`, `certificate-file-invalid`. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, ledger, connectionId, network = {} } = options;
  const base = parseBaseUrl(options.baseUrl, options.allowInsecureHttp ?? false);
  const guard = createEgressGuard(base);
  const proxy = chooseProxy(base, network);
  const proxyHost = proxy === null ? null : endpointKey(proxy.host, proxy.port);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const knownSecrets = [...(options.secrets ?? []), ...(proxy?.secrets ?? [])];
  const wire = createWire({
    base,
    guard,
    proxy,
    ca: trustedCertificates(network.caPem),
    timeoutMs,
    onContact: (host, role) => {
      ledger.contacted(host, connectionId, role, clock.now());
    },
    onRefused: noteRefused,
  });
  const dispatcher = createDispatcher({
    wire,
    clock,
    host: guard.host,
    plainProxyHost: base.protocol === 'http:' ? proxyHost : null,
    transport: options.transport,
  });
  let closed = false;
  /** What the newest sending proved itself with. */
  let authSecrets: readonly string[] = [];

  function secretsNow(): readonly string[] {
    return [...knownSecrets, ...authSecrets];
  }

  /** The host may be one that the server chose, to have something written down. */
  function noteRefused(host: string, why: string): void {
    ledger.refused(redact(host, secretsNow()), connectionId, why, clock.now());
  }

  async function request(asked: HttpRequest): Promise<HttpAnswer> {
    const startedMs = clock.monotonic();
    let sentMs: number | null = null;
    const patienceMs = (): number => Math.max(0, policy.maxWaitMs - (sentMs === null ? 0 : clock.monotonic() - sentMs));
    const call = prepare(asked, patienceMs);
    const idempotent = asked.idempotent ?? (asked.method === 'GET' || asked.method === 'HEAD');
    const attempts = { ...policy, maxAttempts: asked.maxAttempts ?? policy.maxAttempts };
    // Sticky: what one lost sending may have done stays possible, whatever the next ones are told.
    let maybeDone = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const accepted = await sendFollowing(call, attempt, () => (sentMs ??= clock.monotonic()));
        return toAnswer(call, accepted, clock.monotonic() - startedMs);
      } catch (thrown) {
        const error = asHttpError(thrown, maybeDone ? 'unknown' : 'not-sent');
        maybeDone ||= error.outcome === 'unknown';
        const patience = { ...attempts, maxWaitMs: patienceMs() };
        const delayMs = retryDelayMs({ error, idempotent, attempt }, patience, () => options.random.unit());
        if (delayMs === null) throw finish(error, call, attempt, maybeDone);
        if (delayMs === 0) continue;
        call.onWait({ untilMs: clock.now() + delayMs, why: 'retry', host: guard.host, code: error.code });
        try {
          await clock.sleep(delayMs, asked.signal);
        } catch {
          throw finish(cancelledError(guard.host, error.outcome), call, attempt, maybeDone);
        }
      }
    }
  }

  function prepare(asked: HttpRequest, patienceMs: () => number): Call {
    if (closed) throw cancelledError(guard.host, 'not-sent');
    const url = resolve(asked);
    const requestId = Buffer.from(options.random.bytes(8)).toString('hex');
    const json = asked.json === undefined ? undefined : JSON.stringify(asked.json);
    const body = json ?? asked.body;
    return {
      request: asked,
      url,
      requestId,
      body: body === undefined ? undefined : typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body),
      headers: {
        'Accept': asked.expect === 'text' ? '*/*' : 'application/json',
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...Object.fromEntries(
          Object.entries(asked.headers ?? {}).filter(([name]) => !ownHeaders.has(name.toLowerCase())),
        ),
        'User-Agent': options.userAgent,
        'X-Request-Id': requestId,
      },
      patienceMs,
      onWait: asked.onWait ?? options.onWait ?? (() => undefined),
    };
  }

  function resolve(asked: HttpRequest): URL {
    try {
      return guard.resolve(asked.path, asked.query);
    } catch (thrown) {
      noteRefused(guard.host, 'path outside the base address');
      throw thrown;
    }
  }

  async function sendFollowing(call: Call, attempt: number, onSent: () => void): Promise<Accepted> {
    let url = call.url;
    for (let hops = 0; ; hops += 1) {
      const accepted = await sendOnce(call, url, attempt, onSent);
      const { status, headers } = accepted.arrived;
      if (!isRedirect(status)) return accepted;
      const { method } = call.request;
      url = followRedirect({ status, location: headers.location, from: url, method, hops }, guard, (host) => {
        noteRefused(host, 'redirect to another origin');
      });
    }
  }

  /** One request under one permit. Gives back only 2xx, 304 and redirects. */
  async function sendOnce(call: Call, url: URL, attempt: number, onSent: () => void): Promise<Accepted> {
    const { request: asked } = call;
    const maxBodyBytes = asked.maxBodyBytes ?? options.maxBodyBytes ?? defaultMaxBodyBytes;
    const permit = await options.budget.acquire({
      maxWaitMs: call.patienceMs(),
      ...(asked.signal === undefined ? {} : { signal: asked.signal }),
      onWait: (untilMs) => {
        call.onWait({ untilMs, why: 'rate-limit', host: guard.host });
      },
    });
    onSent();
    const startedMs = clock.monotonic();
    let secrets: readonly string[] = knownSecrets;
    let arrived: Arrived | null = null;
    let failure: HttpError | null = null;
    try {
      const auth = options.auth?.({ method: asked.method, url: url.href }) ?? {};
      authSecrets = secretsOfHeaders(auth);
      secrets = secretsNow();
      if (options.transport !== undefined) ledger.contacted(guard.host, connectionId, 'tracker', clock.now());
      arrived = await dispatcher.send({
        method: asked.method,
        url,
        headers: { ...call.headers, ...auth },
        body: call.body,
        timeoutMs,
        signal: asked.signal,
        maxBodyBytes,
      });
      const context = { host: guard.host, proxyHost, secrets, maxBodyBytes, nowMs: clock.now() };
      const judged = judgeAnswer(asked, arrived, context);
      if (judged.failure !== null) throw judged.failure;
      return { arrived, json: judged.json };
    } catch (thrown) {
      failure = redactError(asHttpError(thrown, 'not-sent'), secrets);
      throw failure;
    } finally {
      const hint = arrived === null ? null : readRateHint(arrived.headers, clock.now());
      permit.done({ load: loadOf(failure), latencyMs: arrived?.latencyMs ?? 0, hint });
      const told: Exchange = {
        connectionId,
        requestId: call.requestId,
        attempt,
        method: asked.method,
        host: guard.host,
        path: redact(url.pathname, secrets),
        status: arrived?.status ?? null,
        code: failure?.code ?? null,
        outcome: failure?.outcome ?? 'ok',
        durationMs: clock.monotonic() - startedMs,
        bytes: arrived?.bytes ?? 0,
      };
      options.onExchange?.(told);
    }
  }

  function toAnswer(call: Call, accepted: Accepted, durationMs: number): HttpAnswer {
    const { status, headers, text } = accepted.arrived;
    const serverTimeMs = readServerTime(headers);
    return { status, headers, json: accepted.json, text, serverTimeMs, requestId: call.requestId, durationMs };
  }

  function finish(error: HttpError, call: Call, attempts: number, maybeDone: boolean): HttpError {
    return rebuild(redactError(error, secretsNow()), maybeDone ? 'unknown' : error.outcome, {
      connectionId,
      method: call.request.method,
      host: guard.host,
      path: redact(call.url.pathname, secretsNow()),
      requestId: call.requestId,
      attempts,
    });
  }

  return {
    request,
    redact: (text) => redact(text, secretsNow()),
    close() {
      closed = true;
      wire.close();
    },
  };
}

function loadOf(failure: HttpError | null): 'fine' | 'overloaded' | 'neutral' {
  switch (failure?.code) {
    case undefined:
      return 'fine';
    case 'rate-limited':
    case 'server-error':
    case 'timeout':
    case 'connection-lost':
      return 'overloaded';
    case 'cancelled':
    case 'host-unreachable':
      return 'neutral';
    default:
      return failure?.outcome === 'not-sent' ? 'neutral' : 'fine';
  }
}
