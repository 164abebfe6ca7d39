/** Where the page's build left room for the nonce of this load. */
export const noncePlace = 'LOCKSTEP_NONCE';

/**
 * What the page may do, whichever host serves it: it loads its own files and nothing else. React Aria makes two style
 * elements; they carry the nonce.
 * @param connect `none` where it talks over Electron's channel, `self` where over HTTP to the host that serves it
 */
export function contentPolicy(nonce: string, connect: 'none' | 'self'): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // Styles that scripts set one by one go through the CSSOM, which no policy stops; attributes in HTML do not.
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src '${connect}'`,
    "object-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const mimeTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** Null for a file that no page of ours has. */
export function mimeTypeOf(name: string): string | null {
  return mimeTypes[name.slice(name.lastIndexOf('.') + 1)] ?? null;
}
