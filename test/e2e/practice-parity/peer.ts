import type { Step } from './step.js';

/** One of the two servers under comparison, and what was learned of it. */
export interface Peer {
  readonly url: string;
  /** By login. */
  readonly keys: Readonly<Record<string, string>>;
  readonly learned: Map<string, string>;
  lastEtag: string;
}

export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

/** Sends the step and returns what of the answer must be the same on both servers. */
export async function perform(peer: Peer, step: Step): Promise<Seen> {
  const path = step.path.replace(/\{(\w+)\}/g, (_, name: string) => peer.learned.get(name) ?? '');
  const key = step.as === 'wrong-key' ? 'no-such-key' : peer.keys[step.as];
  const sent = step.rawBody ?? (step.body === undefined ? undefined : JSON.stringify(step.body));
  const response = await fetch(`${peer.url}${path}`, {
    method: step.method,
    redirect: 'manual',
    headers: {
      ...(key === undefined ? {} : { 'X-Redmine-API-Key': key }),
      ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(step.ifNoneMatch === true ? { 'If-None-Match': peer.lastEtag } : {}),
      ...step.headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const etag = response.headers.get('etag');
  peer.lastEtag = etag ?? '';
  return {
    status: response.status,
    headers: {
      'content-type': response.headers.get('content-type'),
      'cache-control': response.headers.get('cache-control'),
      'www-authenticate': response.headers.get('www-authenticate'),
      'retry-after': response.headers.get('retry-after'),
      'etag': etag === null ? null : etag.replace(/[0-9a-f]{32}/, '<md5>'),
      'location': response.headers.get('location')?.replace(peer.url, '<site>') ?? null,
    },
    body: step.looseText === true ? looseShape(text) : normalise(parse(text)),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function looseShape(text: string): unknown {
  const value = parse(text);
  if (typeof value === 'string') return value === '' ? 'empty' : 'a page';
  const { errors } = value as { errors?: readonly string[] };
  return errors === undefined ? value : { errors: errors.length };
}

/** Keeps everything but moments, keys and the one text that names the maker of the seed. */
function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? '<moment>' : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, unknown] => {
      if (name === 'api_key') return [name, '<key>'];
      if (name === 'description' && 'identifier' in value) return [name, '<text>'];
      return [name, normalise(inner)];
    }),
  );
}
