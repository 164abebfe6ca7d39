import { createHash } from 'node:crypto';

import type { Json } from './coerce.js';
import type { User } from './records.js';
import type { PracticeStore } from './store.js';

export interface ApiRequest {
  /** PATCH comes as PUT, which Redmine treats alike. */
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  /** Null for an anonymous request, and for one with a key that nobody has: Redmine does not tell these apart. */
  readonly user: User | null;
  /** Empty where the request had no JSON body. */
  readonly body: Json;
  /** `http://host:port`, as the client wrote it. */
  readonly origin: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Handler = (store: PracticeStore, request: ApiRequest, parts: readonly string[]) => Answer;

/** A JSON answer with the weak ETag that Redmine gives to everything it serves with success. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = JSON.stringify(value);
  const isFine = status < 300;
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      ...(isFine ? { ETag: `W/"${createHash('md5').update(body).digest('hex')}"` } : {}),
      'Cache-Control': isFine ? 'max-age=0, private, must-revalidate' : 'no-cache',
      ...headers,
    },
    body,
  };
}

export function complain(complaints: readonly string[]): Answer {
  return json(422, { errors: complaints });
}

/** An answer without a body: what the API gives for 401, 403 and 404. */
export function head(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache', ...headers }, body: '' };
}

export function noContent(): Answer {
  return { status: 204, headers: { 'Cache-Control': 'no-cache' }, body: '' };
}

/** Asks for credentials; with the API switched off there is nothing to ask for. */
export function deny(store: PracticeStore, user: User | null): Answer {
  if (user !== null || !store.settings.restApiEnabled) return head(403);
  return head(401, { 'WWW-Authenticate': 'Basic realm="Redmine API"' });
}

export function html(status: number, title: string): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  };
}

export function emptyHtml(status: number): Answer {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: '' };
}

/** `limit` is 1 to 100, 25 by default; `offset` wins over `page`. Anything else counts as not given. */
export function pageOf(params: URLSearchParams): { readonly offset: number; readonly limit: number } {
  const number = (name: string): number => Number.parseInt(params.get(name) ?? '', 10) || 0;
  const asked = number('limit');
  const limit = asked < 1 ? 25 : Math.min(asked, 100);
  const offset = params.get('offset') ? number('offset') : params.get('page') ? (number('page') - 1) * limit : 0;
  return { offset: Math.max(offset, 0), limit };
}

export function listing<T>(
  name: string,
  items: readonly T[],
  params: URLSearchParams,
  render: (item: T) => unknown,
): Answer {
  const { offset, limit } = pageOf(params);
  const page = items.slice(offset, offset + limit).map(render);
  return json(200, { [name]: page, total_count: items.length, offset, limit });
}

export function includesOf(params: URLSearchParams): ReadonlySet<string> {
  return new Set((params.get('include') ?? '').split(',').map((part) => part.trim()));
}
