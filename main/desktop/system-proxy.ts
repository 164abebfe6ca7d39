import { LockstepError } from '../../preload/contract/errors.js';
import type { Session } from 'electron';

/**
 * The system's proxy on the way to an address, as `http://host:port`; null for none. Chromium reads the system's
 * settings, PAC scripts included.
 * @throws LockstepError `proxy-refused` where only a kind of proxy is offered that the HTTP client cannot use (SOCKS)
 */
export async function resolveSystemProxy(session: Pick<Session, 'resolveProxy'>, url: string): Promise<string | null> {
  return readProxyList(await session.resolveProxy(url));
}

/** The first way of a list as PAC scripts write it: `PROXY a:8080; HTTPS b:443; DIRECT`. */
export function readProxyList(list: string): string | null {
  const ways = list
    .split(';')
    .map((way) => way.trim())
    .filter((way) => way !== '');
  for (const way of ways) {
    const [kind = '', host = ''] = way.split(/\s+/u);
    if (kind.toUpperCase() === 'DIRECT') return null;
    if (kind.toUpperCase() === 'PROXY' || kind.toUpperCase() === 'HTTP') return `http://${host}`;
    if (kind.toUpperCase() === 'HTTPS') return `https://${host}`;
  }
  // Going directly instead would go around what the house has decided.
  if (ways.length > 0) {
    throw new LockstepError(
      'proxy-refused',
      `The system asks for a proxy of a kind that Lockstep cannot use: ${list}.`,
      {
        action: 'Name an HTTP proxy in the settings.',
      },
    );
  }
  return null;
}
