import * as http from 'node:http';
import * as https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { endpointKey, portOf } from './egress.js';
import type { EgressGuard } from './egress.js';
import { faultOf, proxyRefusal } from './faults.js';
import { HttpError } from './http-error.js';
import type { Proxy } from './proxy.js';

/** How far one sending got. Filled in while it goes on. */
export interface SendState {
  /** A connection to the server (or a plain proxy) stood and was the request's. Before that no byte of it can arrive. */
  mayHaveArrived: boolean;
}

/** What axios calls in place of node:http; every byte of a client leaves through it. */
export interface Transport {
  request(options: http.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void): http.ClientRequest;
}

export interface Wire {
  transportFor(state: SendState): Transport;
  close(): void;
}

export interface WireOptions {
  readonly base: URL;
  readonly guard: EgressGuard;
  readonly proxy: Proxy | null;
  readonly ca: readonly string[] | undefined;
  /** For the proxy's answer to CONNECT. */
  readonly timeoutMs: number;
  readonly onContact: (host: string, role: 'tracker' | 'proxy') => void;
  readonly onRefused: (host: string, why: string) => void;
}

/**
 * Idle connections are closed after this. Servers close theirs after some seconds too, and a write that meets a closing
 * connection has an unknown outcome and must be looked up.
 */
const idleMs = 4_000;
const maxIdleSockets = 8;

/** Connections that stand: connected, and for TLS with the server's certificate proven. */
const standing = new WeakSet<Duplex>();

/** The sockets of one client: its agents, its proxy, and the egress guard at the last point before the network. */
export function createWire(options: WireOptions): Wire {
  const { base, proxy } = options;
  const secure = base.protocol === 'https:';
  const agents = createAgents(options);
  const host = endpointKey(base.hostname, portOf(base));

  return {
    transportFor: (state) => ({
      request(asked, onAnswer) {
        const asProtocol = asked.protocol ?? 'http:';
        const name = asked.hostname ?? asked.host ?? '';
        const port = Number(
          asked.port === undefined || asked.port === null || asked.port === '' ? portOf(base) : asked.port,
        );
        if (asProtocol !== base.protocol || !options.guard.allowsEndpoint(name, port)) {
          const where = endpointKey(name, port);
          options.onRefused(where, 'not of this connection');
          throw refused(where);
        }
        options.onContact(host, 'tracker');
        if (proxy !== null) options.onContact(endpointKey(proxy.host, proxy.port), 'proxy');
        const viaPlainProxy = proxy !== null && !secure;
        const request = (viaPlainProxy ? proxy.secure : secure) ? https.request : http.request;
        // Only what is named here goes on; nothing that axios or a polluted prototype may add.
        const made = request({
          protocol: viaPlainProxy ? proxy.url.protocol : base.protocol,
          hostname: viaPlainProxy ? proxy.host : name,
          port: viaPlainProxy ? proxy.port : port,
          method: asked.method ?? 'GET',
          path: viaPlainProxy ? `${base.origin}${asked.path ?? '/'}` : (asked.path ?? '/'),
          headers: viaPlainProxy ? forProxy(asked.headers, base, proxy) : asked.headers,
          agent: agents.main,
          insecureHTTPParser: false,
        } as http.RequestOptions);
        made.on('response', onAnswer);
        made.on('socket', (socket) => {
          watch(socket, () => {
            state.mayHaveArrived = true;
          });
        });
        return made;
      },
    }),
    close() {
      agents.close();
    },
  };
}

function forProxy(headers: http.RequestOptions['headers'], base: URL, proxy: Proxy): http.OutgoingHttpHeaders {
  return {
    ...(headers as http.OutgoingHttpHeaders | undefined),
    host: base.host,
    ...(proxy.authorization === null ? {} : { 'Proxy-Authorization': proxy.authorization }),
  };
}

function refused(where: string): HttpError {
  return new HttpError(
    'egress-refused',
    `A request to ${where} was stopped: it is no address of this connection.`,
    'not-sent',
    {
      action: 'Nothing was sent there.',
      context: { host: where },
    },
  );
}

/** Calls back as soon as the connection stands; at once where it already does. */
function watch(socket: Duplex, onStanding: () => void): void {
  if (standing.has(socket)) {
    onStanding();
    return;
  }
  socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', onStanding);
}

function markWhenStanding<S extends Duplex | null | undefined>(socket: S): S {
  if (socket) watch(socket, () => standing.add(socket));
  return socket;
}

type Made = (error: Error | null, socket: Duplex) => void;

function createAgents(options: WireOptions): { readonly main: http.Agent; close(): void } {
  const { base, guard, proxy } = options;
  const secure = base.protocol === 'https:';
  const throughProxy = proxy !== null && !secure;
  const tunnels = new Set<http.ClientRequest>();

  /** The last look before a socket is opened: whoever got hold of an agent, it opens connections to nowhere else. */
  function assertEndpoint(host: string | null | undefined, port: number | string | null | undefined): void {
    const allowed = throughProxy
      ? endpointKey(host ?? '', Number(port)) === endpointKey(proxy.host, proxy.port)
      : guard.allowsEndpoint(host ?? '', Number(port));
    if (allowed) return;
    const where = endpointKey(host ?? '', Number(port));
    options.onRefused(where, 'not of this connection');
    throw refused(where);
  }

  class PlainAgent extends http.Agent {
    override createConnection(asked: http.ClientRequestArgs, made?: Made): Duplex | null | undefined {
      assertEndpoint(asked.host, asked.port);
      return markWhenStanding(super.createConnection(asked, made));
    }
    override keepSocketAlive(socket: Duplex): boolean {
      // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression -- a falsy answer means: close it
      const keep = super.keepSocketAlive(socket) as unknown;
      return keep === true && limitIdleTime(socket);
    }
    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      wakeUp(socket);
      super.reuseSocket(socket, request);
    }
  }

  class SecureAgent extends https.Agent {
    override createConnection(asked: https.RequestOptions, made?: Made): Duplex | null | undefined {
      assertEndpoint(asked.host, asked.port);
      if (proxy === null || throughProxy) return markWhenStanding(super.createConnection(asked, made));
      const fail = (error: Error): void => {
        made?.(error, undefined as unknown as Duplex);
      };
      openTunnel(proxy, endpointKey(asked.host ?? '', Number(asked.port)), options, tunnels, (error, socket) => {
        if (socket === null) {
          fail(error ?? new Error('no tunnel'));
          return;
        }
        const inner = tls.connect({ ...(asked as tls.ConnectionOptions), socket });
        made?.(null, markWhenStanding(inner));
      });
      return undefined;
    }
    override keepSocketAlive(socket: Duplex): boolean {
      // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression -- a falsy answer means: close it
      const keep = super.keepSocketAlive(socket) as unknown;
      return keep === true && limitIdleTime(socket);
    }
    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      wakeUp(socket);
      super.reuseSocket(socket, request);
    }
  }

  const common = { keepAlive: true, maxFreeSockets: maxIdleSockets };
  const useTls = throughProxy ? proxy.secure : secure;
  const main = useTls ? new SecureAgent({ ...common, ...tlsOptions(options.ca) }) : new PlainAgent(common);
  return {
    main,
    close() {
      main.destroy();
      for (const tunnel of tunnels) tunnel.destroy();
    },
  };
}

/** Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED in somebody's environment cannot turn the check off. */
function tlsOptions(ca: readonly string[] | undefined): https.AgentOptions {
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: [...ca] }) };
}

/** An agent is typed for any stream, and given what it connected itself: sockets. */
function asSocket(stream: Duplex): Socket {
  if (stream instanceof Socket) return stream;
  throw new TypeError('an agent was given a stream that is no socket');
}

function limitIdleTime(socket: Duplex): true {
  const own = asSocket(socket);
  const { timeout: hintMs } = own;
  own.setTimeout(hintMs === undefined || hintMs === 0 ? idleMs : Math.min(hintMs, idleMs));
  return true;
}

function wakeUp(socket: Duplex): void {
  asSocket(socket).setTimeout(0);
}

/** Asks the proxy for a tunnel (RFC 9110 9.3.6) to `target`, `name:port`. */
function openTunnel(
  proxy: Proxy,
  target: string,
  options: WireOptions,
  tunnels: Set<http.ClientRequest>,
  onOpen: (error: HttpError | null, socket: Socket | null) => void,
): void {
  const proxyHost = endpointKey(proxy.host, proxy.port);
  const ask = proxy.secure ? https.request : http.request;
  const request = ask({
    protocol: proxy.url.protocol,
    hostname: proxy.host,
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: { host: target, ...(proxy.authorization === null ? {} : { 'Proxy-Authorization': proxy.authorization }) },
    ...tlsOptions(options.ca),
  } as https.RequestOptions);
  tunnels.add(request);
  const end = (error: HttpError | null, socket: Socket | null): void => {
    if (!tunnels.delete(request)) {
      socket?.destroy();
      return;
    }
    if (socket === null) request.destroy();
    onOpen(error, socket);
  };
  request.setTimeout(options.timeoutMs, () => {
    request.destroy(Object.assign(new Error('proxy does not answer'), { code: 'ETIMEDOUT' }));
  });
  request.on('error', (error) => {
    // Whatever happens here, the request itself has not left.
    end(faultOf(error, { host: proxyHost, isProxy: true, mayHaveArrived: false }), null);
  });
  request.on('connect', (answer, socket, head) => {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300 && head.length === 0) {
      socket.setTimeout(0);
      end(null, socket);
      return;
    }
    socket.destroy();
    end(proxyRefusal(proxyHost, status), null);
  });
  // An answer to CONNECT that Node does not take for one.
  request.on('response', (answer) => {
    answer.resume();
    end(proxyRefusal(proxyHost, answer.statusCode ?? 0), null);
  });
  request.end();
}
