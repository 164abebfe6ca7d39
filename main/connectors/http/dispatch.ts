import axios from 'axios';
import type { AxiosAdapter, AxiosInstance } from 'axios';
import type { Clock } from '../../host.js';
import { closeBody, readBody } from './body.js';
import { faultOf } from './faults.js';
import { HttpError } from './http-error.js';
import type { SendState, Wire } from './sockets.js';
import type { HttpMethod } from './types.js';

/** One sending. */
export interface Sending {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly maxBodyBytes: number;
}

export interface Arrived {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Decoded bytes that were read. */
  readonly bytes: number;
  /** The body was longer than allowed and is not whole. */
  readonly cut: boolean;
  readonly latencyMs: number;
}

export interface Dispatcher {
  /** Whatever the status. Throws only `HttpError`: faults of the network, `timeout`, `cancelled`. */
  send(sending: Sending): Promise<Arrived>;
}

export interface DispatcherOptions {
  readonly wire: Wire;
  readonly clock: Clock;
  /** `name:port` of the tracker, and of a proxy that sees plain requests. */
  readonly host: string;
  readonly plainProxyHost: string | null;
  readonly transport: AxiosAdapter | undefined;
}

/** Enough to read what an error says; nobody needs a whole page of it. */
const maxRefusalBytes = 256 * 1024;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, wire } = options;
  const client = createAxios(options.transport);

  async function exchange(
    sending: Sending,
    state: SendState,
    signal: AbortSignal,
    startedMs: number,
  ): Promise<Arrived> {
    // A transport that was handed in says nothing of how far it got; only its error codes can.
    if (options.transport !== undefined) state.mayHaveArrived = true;
    const answer = await client.request<unknown>({
      method: sending.method,
      url: sending.url.href,
      headers: { ...sending.headers },
      data: sending.body,
      signal,
      transport: wire.transportFor(state),
    });
    const latencyMs = clock.monotonic() - startedMs;
    const headers = plainHeaders(answer.headers);
    const fine = answer.status >= 200 && answer.status < 300;
    const limit = fine ? sending.maxBodyBytes : Math.min(sending.maxBodyBytes, maxRefusalBytes);
    const common = { status: answer.status, headers, latencyMs };
    if (fine && sending.method !== 'HEAD' && Number(headers['content-length'] ?? 0) > limit) {
      closeBody(answer.data);
      return { ...common, text: '', bytes: 0, cut: true };
    }
    return { ...common, ...(await readBody(answer.data, limit, headers['content-type'])) };
  }

  return {
    async send(sending) {
      const { signal, timeoutMs } = sending;
      const state: SendState = { mayHaveArrived: false };
      const fault = options.plainProxyHost ?? options.host;
      if (signal?.aborted === true) throw cancelledError(options.host, 'not-sent');
      const stop = new AbortController();
      const timer = new AbortController();
      let ended: 'timeout' | 'cancelled' | null = null;
      const end = (why: 'timeout' | 'cancelled'): void => {
        ended ??= why;
        stop.abort();
      };
      const onAbort = (): void => {
        end('cancelled');
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      clock.sleep(timeoutMs, timer.signal).then(
        () => {
          end('timeout');
        },
        () => undefined,
      );
      // A transport that does not listen to the signal must not hold the caller.
      const stopped = new Promise<never>((_, reject) => {
        stop.signal.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
      });
      try {
        return await Promise.race([exchange(sending, state, stop.signal, clock.monotonic()), stopped]);
      } catch (thrown) {
        const outcome = state.mayHaveArrived ? 'unknown' : 'not-sent';
        // Widened by hand: the compiler does not see that the callbacks above assign it.
        const why = ended as 'timeout' | 'cancelled' | null;
        if (why === 'cancelled') throw cancelledError(options.host, outcome);
        if (why === 'timeout') {
          throw new HttpError(
            'timeout',
            `${options.host} did not answer within ${formatSeconds(timeoutMs)}.`,
            outcome,
            {
              action: "Check the network; if the tracker is slow, raise the connection's timeout.",
              context: { timeoutMs },
            },
          );
        }
        throw faultOf(thrown, {
          host: fault,
          isProxy: options.plainProxyHost !== null,
          mayHaveArrived: state.mayHaveArrived,
        });
      } finally {
        signal?.removeEventListener('abort', onAbort);
        timer.abort();
      }
    },
  };
}

export function cancelledError(host: string, outcome: 'not-sent' | 'unknown' | 'answered'): HttpError {
  return new HttpError('cancelled', `The request to ${host} was cancelled.`, outcome);
}

/** Redirects, proxies, time-outs and limits are ours; axios is left with HTTP itself. */
function createAxios(transport: AxiosAdapter | undefined): AxiosInstance {
  return axios.create({
    adapter: transport ?? 'http',
    responseType: 'stream',
    maxRedirects: 0,
    proxy: false,
    timeout: 0,
    maxContentLength: -1,
    maxBodyLength: -1,
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [],
  });
}

function plainHeaders(headers: unknown): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) {
    const lower = name.toLowerCase();
    // A session cookie is a secret that nobody here needs.
    if (lower === 'set-cookie') continue;
    if (typeof value === 'string' || typeof value === 'number') plain[lower] = String(value);
    else if (Array.isArray(value)) plain[lower] = value.join(', ');
  }
  return plain;
}

function formatSeconds(ms: number): string {
  const seconds = ms / 1_000;
  return seconds === 1 ? '1 second' : `${String(seconds)} seconds`;
}
