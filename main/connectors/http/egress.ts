import { isIP } from 'node:net';
import { LockstepError } from '../../../preload/contract/errors.js';
import { HttpError } from './http-error.js';
import type { HttpRequest } from './types.js';

/** The only place that a connection's requests may go to. */
export interface EgressGuard {
  /** Scheme, host and port. */
  readonly origin: string;
  /** `name:port`. */
  readonly host: string;
  /** The address of a request; error `egress-refused` where it would leave the base address. */
  resolve(path: string, query: HttpRequest['query']): URL;
  allows(url: URL): boolean;
  /** The same question at the level of sockets, where only a name and a port are known. */
  allowsEndpoint(host: string, port: number): boolean;
}

/**
 * A connection's address as typed by a user. Errors: `address-invalid`, `insecure-http`. The result has no query, no
 * fragment, and a path that ends in `/`.
 */
export function parseBaseUrl(text: string, allowInsecureHttp: boolean): URL {
  const trimmed = text.trim();
  const action = 'Write it as in the browser, for example https://tracker.example.com or https://example.com/redmine.';
  if (!/^https?:\/\//i.test(trimmed)) {
    throw new LockstepError('address-invalid', 'The address does not start with https://.', { action });
  }
  if (!URL.canParse(trimmed)) throw new LockstepError('address-invalid', 'This is not an address.', { action });
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '') {
    throw new LockstepError('address-invalid', 'The address holds a user name or a password.', {
      action: 'Leave them out of the address; the secret of a connection is asked for by itself.',
    });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new LockstepError('address-invalid', 'The address has a part after "?" or "#".', {
      action: 'Give the address of the tracker itself, not of a page in it.',
    });
  }
  if (url.protocol === 'http:' && !allowInsecureHttp && !isLoopback(url.hostname)) {
    throw new LockstepError('insecure-http', `${url.host} would be reached without encryption (http:).`, {
      action: 'Use https:. If the tracker has none and the network is trusted, allow http for this connection.',
      context: { host: hostOf(url) },
    });
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** This machine itself, by name or address. `host` as in `URL.hostname` (IPv6 in brackets or not). */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1') return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  // An IPv4 address in IPv6 clothes: 127.0.0.0/8 is 7f00 to 7fff.
  return /^::ffff:(?:127\.\d+\.\d+\.\d+|7f[0-9a-f]{2}:[0-9a-f]{1,4})$/.test(name);
}

/** `name:port`, the port also where it is the scheme's own. */
export function hostOf(url: URL): string {
  return `${url.hostname}:${String(portOf(url))}`;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function createEgressGuard(base: URL): EgressGuard {
  const endpoint = endpointKey(base.hostname, portOf(base));
  return {
    origin: base.origin,
    host: hostOf(base),
    resolve: (path, query) => resolveBelow(base, path, query),
    allows: (url) => url.origin === base.origin && url.username === '' && url.password === '',
    allowsEndpoint: (host, port) => endpointKey(host, port) === endpoint,
  };
}

/** `name:port` in one form, IPv6 addresses in brackets. */
export function endpointKey(host: string, port: number): string {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return `${bare.includes(':') ? `[${bare}]` : bare}:${String(port)}`;
}

/**
 * Ids that a tracker gave us end up in paths. One that holds `..`, `//`, a query or a control character would ask for
 * something else than what the code says, so it is refused rather than escaped or cleaned.
 */
function resolveBelow(base: URL, path: string, query: HttpRequest['query']): URL {
  const relative = path.replace(/^\//, '');
  const url = new URL(base.href);
  const harmless = isHarmlessPath(relative);
  if (harmless) url.pathname = base.pathname + relative;
  if (!harmless || url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new HttpError(
      'egress-refused',
      `A request was stopped because its path leaves ${hostOf(base)}.`,
      'not-sent',
      {
        action: 'Nothing was sent. Please report this: it is a fault of Lockstep or an unusual id from the tracker.',
        context: { host: hostOf(base) },
      },
    );
  }
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const each of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(each));
  }
  return url;
}

function isHarmlessPath(relative: string): boolean {
  // The first segment alone could be read as a scheme.
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative)) return false;
  if (relative.split('/').slice(0, -1).includes('')) return false;
  let decoded: string;
  try {
    decoded = decodeURIComponent(relative);
  } catch {
    return false;
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f?#]/.test(relative) || /[\u0000-\u001f\u007f\\]/.test(decoded)) return false;
  // Decoded, because the URL parser and many servers take encoded dots and slashes for real ones.
  return !decoded.split('/').some((segment) => segment === '.' || segment === '..');
}
