import { hostOf } from './egress.js';
import type { EgressGuard } from './egress.js';
import { HttpError } from './http-error.js';
import type { HttpMethod } from './types.js';

export interface Hop {
  readonly status: number;
  readonly location: string | undefined;
  readonly from: URL;
  readonly method: HttpMethod;
  /** Followed so far. */
  readonly hops: number;
}

const maxHops = 5;
/** More than any host has (RFC 1035: 253), and the port; what is longer was not made to be read. */
const maxShownLength = 270;

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * Where a redirect leads, if it may be followed: within the connection's own origin, for a request that only reads.
 * Otherwise error `redirect-refused`; `onForeign` is told of the host that nothing is sent to.
 */
export function followRedirect(hop: Hop, guard: EgressGuard, onForeign: (host: string) => void): URL {
  const { from, method } = hop;
  const context = { host: guard.host, status: hop.status };
  const reads = method === 'GET' || method === 'HEAD';
  // 302 and 303 are also what a page answers to a form that it took.
  const outcome = reads || (hop.status !== 302 && hop.status !== 303) ? 'answered' : 'unknown';
  const make = (message: string, action: string): HttpError =>
    new HttpError('redirect-refused', message, outcome, { action, context });

  if (hop.location === undefined || !URL.canParse(hop.location, from.href)) {
    throw make(`${guard.host} sends on to nowhere.`, 'Is this the address of the tracker?');
  }
  const target = new URL(hop.location, from);
  if (!guard.allows(target)) {
    onForeign(cut(target.host === '' ? target.protocol : hostOf(target)));
    // Only the origin is shown: the rest of such an address often carries a one-time secret.
    const where = cut(target.origin === 'null' ? target.protocol : target.origin);
    const sameName = target.hostname === from.hostname;
    throw make(
      `${guard.host} sends on to ${where}, and Lockstep does not follow to another address.`,
      `If ${where} is the tracker's right address, enter it in the connection.${sameName ? '' : ' If it is a login page, the tracker lets nobody in this way.'}`,
    );
  }
  if (!reads) {
    throw make(
      `${guard.host} sends a writing request on to another page.`,
      'Check the address of the connection, with its path.',
    );
  }
  if (hop.hops >= maxHops) throw make(`${guard.host} sends on in circles.`, 'Is this the address of the tracker?');
  target.hash = '';
  return target;
}

function cut(text: string): string {
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)} ...` : text;
}
