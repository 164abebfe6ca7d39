/** Shorter secrets are not searched for: they would blacken half of every text. */
const minSecretLength = 4;
const placeholder = '[secret]';

/**
 * The text without the secrets, in whichever form they stand there (plain, in a URL, in JSON, in HTML, in base64 alone or
 * as part of something longer), and without what looks like a credential even if nobody named it.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret.length >= minSecretLength).flatMap(formsOf));
  // Longest first: a form may be part of another one.
  const ordered = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const known = ordered.reduce((rest, form) => rest.replaceAll(form, placeholder), text);
  return patterns.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), known);
}

/** The parts of header values that are secrets: `Bearer x` gives `x`, `Basic x` gives `x` and what it decodes to. */
export function secretsOfHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(headers).flatMap((value) => {
    const [, scheme, rest] = /^(\w+) +(.+)$/.exec(value) ?? [];
    if (scheme === undefined || rest === undefined) return [value];
    if (scheme.toLowerCase() !== 'basic') return [value, rest];
    const decoded = Buffer.from(rest, 'base64').toString('utf8');
    return [value, rest, decoded, decoded.slice(decoded.indexOf(':') + 1)];
  });
}

/** A text as it may stand in another one: plain, in an address, in JSON, in HTML, in hex, in base64. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const url = encodeURIComponent(secret);
  return [
    secret,
    url,
    url.toLowerCase(),
    url.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    secret.replaceAll('&', '&amp;').replaceAll("'", '&#39;'),
    bytes.toString('hex'),
    ...base64Forms(bytes),
  ].filter((form) => form.length >= minSecretLength);
}

/** Base64 of something that contains the bytes holds one of three strings, by where they start. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The characters at both ends also depend on the neighbours.
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const inner = encoded.slice(start, end);
    // A short inner part would hit ordinary words.
    return inner.length < 6 ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Every repetition before the fixed part is bounded: a text that a server made for it must not take minutes. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b((?:proxy-)?authorization["']?\s{0,20}[:=]\s{0,20}["']?)(?:\w{1,40} {1,20})?[^\s"',;]+/gi, `$1${placeholder}`],
  [/\b(bearer|basic)( {1,20})[\w.~+/=-]{8,}/gi, `$1$2${placeholder}`],
  [/\b((?:x-[\w-]{0,40}(?:key|token)|(?:set-)?cookie)["']?\s{0,20}[:=]\s{0,20}["']?)[^\s"',;]+/gi, `$1${placeholder}`],
  [
    /\b((?:api_?key|access_?token|refresh_?token|private_?token|client_?secret|password|passwd)["']?\s{0,20}[:=]\s{0,20}["']?)[^\s"'&,;]+/gi,
    `$1${placeholder}`,
  ],
  [/([?&]key=)[^\s"'&]+/gi, `$1${placeholder}`],
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@]{1,500}@/gi, `$1${placeholder}@`],
];
