import { shell } from 'electron';
import type { AppLog } from '../logging/app-log.js';

export interface Destinations {
  /** Addresses of the workspace's connections. */
  readonly connections: readonly string[];
  /** Whole addresses that the program itself names (documentation of trackers). */
  readonly pages: readonly string[];
}

/**
 * The one way out of the app into the user's browser. A link may come out of a tracker's text: it is followed only to a
 * host that its user connected, or to a page that the program itself names; over http only where the connection does.
 * @returns whether it was opened
 */
export async function openLink(url: string, destinations: () => Promise<Destinations>, log: AppLog): Promise<boolean> {
  const target = readLink(url);
  const allowed = target !== null && leadsTo(target, await destinations());
  if (!allowed) {
    log.write('warning', 'link-refused', { host: target?.host ?? null });
    return false;
  }
  await shell.openExternal(target.href);
  return true;
}

function readLink(url: string): URL | null {
  if (url.length > longestLink || !URL.canParse(url)) return null;
  const target = new URL(url);
  const isWeb = target.protocol === 'https:' || target.protocol === 'http:';
  // A name before the host makes a link look as if it led elsewhere.
  return isWeb && target.username === '' && target.password === '' ? target : null;
}

const longestLink = 4_000;

function leadsTo(target: URL, { connections, pages }: Destinations): boolean {
  if (pages.includes(target.href)) return true;
  return connections.some((address) => {
    if (!URL.canParse(address)) return false;
    const own = new URL(address);
    return own.host === target.host && (own.protocol === target.protocol || target.protocol === 'https:');
  });
}
