/**
 * The first line of a mirrored comment. It names the author and carries a code by which the comment is found again
 * after a crash or a restore: the id of its comment pair. It is no part of the comment's value.
 */

const pattern =
  /^(?<author>.{1,200}) wrote on (?<time>\d{4}-\d{2}-\d{2} \d{2}:\d{2}) UTC \(ref (?<code>[a-z2-7]{16})\):$/u;

export interface Header {
  readonly line: string;
  readonly code: string;
}

/** `createdAt` is ISO 8601; the time is shown to the minute. */
export function writeHeader(authorName: string, createdAt: string, code: string): string {
  const time = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const author = authorName.replace(/\s+/gu, ' ').trim().slice(0, 100) || 'Somebody';
  return `${author} wrote on ${time} UTC (ref ${code}):`;
}

export function withHeader(header: string | null, body: string): string {
  return header === null ? body : `${header}\n\n${body}`;
}

/** The header of a body that begins with one, and the rest. */
export function splitHeader(body: string): { readonly header: Header | null; readonly rest: string } {
  const end = body.indexOf('\n');
  const line = (end === -1 ? body : body.slice(0, end)).trimEnd();
  const code = pattern.exec(line)?.groups?.['code'];
  if (code === undefined) return { header: null, rest: body };
  return { header: { line, code }, rest: end === -1 ? '' : trimBody(body.slice(end + 1)) };
}

/** Blank lines around a comment carry nothing, and trackers strip them. */
export function trimBody(body: string): string {
  return body.replace(/^(?:[ \t]*\n)+/u, '').trimEnd();
}

/** A comment's value: its body less the header line that carries the code of its own comment pair. */
export function valueOf(body: string, code: string | null): string {
  const split = splitHeader(body);
  return trimBody(code !== null && split.header?.code === code ? split.rest : body);
}
