import type { IncomingMessage } from 'node:http';

/** What of a request tells who sent it. */
export type Sender = Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'>;

export interface Refusal {
  readonly status: 400 | 403 | 421;
  /** For the log. */
  readonly reason: 'host' | 'origin' | 'site' | 'target';
}

/**
 * Whether this request may come from our own page, or from a program of this machine's user; null where it may.
 *
 * Any page in the user's browser can send requests to 127.0.0.1, and any name on the internet can be made to point there
 * (DNS rebinding). Both show: the name in `Host`, the page in `Origin` and in `Sec-Fetch-Site`. Browsers send an `Origin`
 * with everything but plain GETs, so everything but those must have one. Another port is another origin, but the same
 * site: only `same-origin` will do.
 * @param origin our own, for example `http://127.0.0.1:4100`
 */
export function refusalOf(request: Sender, origin: string): Refusal | null {
  const { method = '', url = '', headersDistinct: headers } = request;
  const hosts = headers['host'] ?? [];
  if (hosts.length !== 1 || hosts[0] !== new URL(origin).host) return { status: 421, reason: 'host' };
  if (!url.startsWith('/')) return { status: 400, reason: 'target' };
  const origins = headers['origin'] ?? [];
  const needsOrigin = method !== 'GET' && method !== 'HEAD';
  if (origins.some((given) => given !== origin) || (needsOrigin && origins.length !== 1)) {
    return { status: 403, reason: 'origin' };
  }
  const sites = headers['sec-fetch-site'] ?? [];
  if (sites.some((site) => site !== 'same-origin' && site !== 'none') && !opensThePage(request)) {
    return { status: 403, reason: 'site' };
  }
  return null;
}

/**
 * A link to the page itself, from wherever: it shows what anyone may see, in a tab of its own, and no page can look into
 * that (`frame-ancestors`, COOP).
 */
function opensThePage({ method, url, headersDistinct: headers }: Sender): boolean {
  return (
    method === 'GET' &&
    url === '/' &&
    headers['sec-fetch-mode']?.join() === 'navigate' &&
    headers['sec-fetch-dest']?.join() === 'document'
  );
}
