import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { protocol, type Session } from 'electron';
import { contentPolicy, mimeTypeOf, noncePlace } from '../page/content-policy.js';

/** The page's origin. A scheme of its own: `file:` would have rights that no page of ours needs. */
export const pageOrigin = 'app://lockstep';
export const pageAddress = `${pageOrigin}/index.html`;

/** Before the app is ready: Electron takes it only then. */
export function registerAppScheme(): void {
  // Neither bypassCSP nor corsEnabled, service workers or streams: the page is a few files, and talks over the bridge.
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
}

export interface PageFiles {
  /** Absolute. */
  readonly folder: string;
  /** What the build put there, relative, with `/`. Nothing else is served, whatever lies in the folder. */
  readonly files: readonly string[];
  /** Unguessable, another one at each call. */
  readonly nonce: () => string;
}

/** Answers the window's own requests. An address is looked up in the list, never made into a path. */
export function serveApp(session: Session, { folder, files, nonce }: PageFiles): void {
  const known = new Map(files.map((file) => [`/${file}`, join(folder, file)]));
  session.protocol.handle('app', async (request) => {
    if (request.method !== 'GET') return refuse(405);
    const url = URL.canParse(request.url) ? new URL(request.url) : null;
    if (url?.host !== 'lockstep' || url.username !== '' || url.password !== '') return refuse(404);
    const name = url.pathname === '/' ? '/index.html' : url.pathname;
    const path = known.get(name);
    if (path === undefined) return refuse(404);
    const content = await readFile(path);
    const type = mimeTypeOf(name) ?? 'application/octet-stream';
    if (!type.startsWith('text/html')) return new Response(content, { headers: pageHeaders(type) });
    const fresh = nonce();
    const page = content.toString('utf8').replaceAll(noncePlace, fresh);
    return new Response(page, {
      headers: {
        ...pageHeaders(type),
        'content-security-policy': contentPolicy(fresh, 'none'),
        'cache-control': 'no-store',
      },
    });
  });
}

/** The page's policy lets it load nothing from elsewhere; this holds where the policy would not (a prefetch, a bug of ours). */
export function keepOffTheNetwork(session: Session, onRefused: (url: string) => void): void {
  session.webRequest.onBeforeRequest((request, answer) => {
    const allowed = /^(app:\/\/lockstep\/|devtools:|data:)/u.test(request.url);
    if (!allowed) onRefused(request.url);
    answer({ cancel: !allowed });
  });
}

function pageHeaders(contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function refuse(status: number): Response {
  return new Response(null, { status, headers: pageHeaders('text/plain') });
}
