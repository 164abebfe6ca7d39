import type { AxiosAdapter } from 'axios';
import type { Clock, Random } from '../../host.js';
import type { Budget } from './budget.js';
import type { NetworkLedger } from './ledger.js';

/**
 * What is known about a request that failed. `not-sent`: surely never reached the server. `answered`: the server said
 * no, so nothing happened there. `unknown`: it may have been done; a write must be looked up before it is sent again.
 */
export type Outcome = 'not-sent' | 'unknown' | 'answered';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type QueryValue = string | number | boolean;

export interface HttpRequest {
  readonly method: HttpMethod;
  /** Below the connection's base address, for example `/issues.json`; no query, no `..`. */
  readonly path: string;
  /** A list becomes one parameter per element; undefined is left out. */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>;
  /** Sent as JSON. Not together with `body`. */
  readonly json?: unknown;
  /** Sent as it is; say its `content-type` in `headers`. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Done twice is the same as done once, so it may be sent again blindly. Default: only GET and HEAD. */
  readonly idempotent?: boolean;
  /** `json` (default): a 2xx answer with a body that is not JSON is an error. `text`: any text is fine. */
  readonly expect?: 'json' | 'text';
  readonly signal?: AbortSignal;
  /** Decoded bytes. Default: the client's. */
  readonly maxBodyBytes?: number;
  /** Sendings at most, the first included; 1 = never again. Default: the client's retry policy. */
  readonly maxAttempts?: number;
  /** Told instead of the client's own listener. */
  readonly onWait?: (notice: WaitNotice) => void;
}

export interface HttpAnswer {
  /** 200-299, or 304 where the request was conditional. */
  readonly status: number;
  /** Names in lower case; several values of one name joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the answer has no body or was asked for as text. */
  readonly json: unknown;
  readonly text: string;
  /** The server's clock, ms since 1970 (from `Date`, second-grained); null where it does not say. */
  readonly serverTimeMs: number | null;
  /** Ours; also sent as `X-Request-Id`. */
  readonly requestId: string;
  /** From the first sending to the end of the answer, waits included. */
  readonly durationMs: number;
}

export type WaitReason = 'rate-limit' | 'retry';

/** Nothing is sent until then; a signal ends the wait at once. */
export interface WaitNotice {
  /** Ms since 1970, our clock. */
  readonly untilMs: number;
  readonly why: WaitReason;
  readonly host: string;
  /** For `retry`: the code of the error that made it necessary. */
  readonly code?: string;
}

/** One sending, for counters and the log. Holds no header, no query and no body. */
export interface Exchange {
  readonly connectionId: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly method: HttpMethod;
  readonly host: string;
  readonly path: string;
  readonly status: number | null;
  /** Code of the error, null where it went well. */
  readonly code: string | null;
  readonly outcome: Outcome | 'ok';
  readonly durationMs: number;
  /** Decoded bytes of the answer that were read. */
  readonly bytes: number;
}

export interface NetworkSettings {
  /** `http://[user:password@]host:port`; wins over the system's. */
  readonly proxyUrl?: string;
  /** Hosts that are reached directly, in the form of NO_PROXY; goes with `proxyUrl`. */
  readonly noProxy?: string;
  /** Certificates (PEM, one or more) trusted beside the usual ones. */
  readonly caPem?: string;
  readonly systemProxyEnv?: ProxyEnv;
}

/** The three variables as handed in by the host; nothing here reads `process.env`. */
export interface ProxyEnv {
  readonly HTTPS_PROXY?: string;
  readonly HTTP_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** The request as the connector's authentication may see it. */
export interface AuthRequest {
  readonly method: HttpMethod;
  readonly url: string;
}

export interface RetryPolicy {
  /** Sendings of one request at most, the first included. */
  readonly maxAttempts: number;
  /** Back-off before the second sending is drawn from 0 to this; doubles each time. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A tracker that asks for more patience than this gets none: the request fails as `rate-limited`. */
  readonly maxWaitMs: number;
}

export interface HttpClientOptions {
  readonly connectionId: string;
  readonly baseUrl: string;
  /** Lets `http:` through for hosts that are not this machine. */
  readonly allowInsecureHttp?: boolean;
  /** One sending with its whole answer. Default 30,000. */
  readonly timeoutMs?: number;
  readonly network?: NetworkSettings;
  /** Headers that prove who asks; called before each sending. Their values count as secrets. */
  readonly auth?: (request: AuthRequest) => Readonly<Record<string, string>>;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: NetworkLedger;
  /** Everything that must never be seen in a message or log. */
  readonly secrets?: readonly string[];
  /** Default 64 MB. */
  readonly maxBodyBytes?: number;
  readonly userAgent: string;
  readonly retry?: Partial<RetryPolicy>;
  /** Takes the place of the network, for the simulation and tests. */
  readonly transport?: AxiosAdapter;
  readonly onWait?: (notice: WaitNotice) => void;
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface HttpClient {
  /** Throws only `HttpError`; `context.outcome` tells what is known of the request. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Text without this client's secrets. */
  redact(text: string): string;
  /** Closes idle connections and refuses further requests. */
  close(): void;
}
