/** Reads Redmine's own log (log/production.log of an instance): what was really asked of it, whoever asked. */

export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Login of the user that the request's key belonged to; null where it was refused before that, or anonymous. */
  readonly login: string | null;
  /** Status of the answer; null while none was given. */
  readonly status: number | null;
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isWrite(request: LoggedRequest): boolean {
  return !readingMethods.has(request.method);
}

// Rails tags each line with the request's id: "I, [time #pid]  INFO -- : [id] Started GET "/x" for 127.0.0.1 at ...".
// Threads write in between each other's lines, so the lines of a request are put together by that id. Rails takes the
// id from an X-Request-Id header where there is one, hence not always a UUID.
const line = /^I, \[[^\]]*\] +INFO -- : \[([\w@-]+)\] +(Started|Current user:|Completed) (.*)$/;
const started = /^([A-Z]+) "([^"]*)" for /;

/** Every request in the log's text, in order of arrival. */
export function parseRedmineLog(text: string): readonly LoggedRequest[] {
  const requests: { method: string; path: string; login: string | null; status: number | null }[] = [];
  const open = new Map<string, (typeof requests)[number]>();
  for (const row of text.split('\n')) {
    const match = line.exec(row);
    if (match === null) continue;
    const [, id = '', event = '', rest = ''] = match;
    if (event === 'Started') {
      const start = started.exec(rest);
      if (start === null) throw new Error(`a line of Redmine's log that this does not know: ${row}`);
      const request = { method: start[1] ?? '', path: start[2] ?? '', login: null, status: null };
      requests.push(request);
      open.set(id, request);
      continue;
    }
    const request = open.get(id);
    if (request === undefined) continue;
    if (event === 'Completed') request.status = Number(rest.slice(0, 3));
    else request.login = rest.startsWith('anonymous') ? null : (/^(.*) \(id=\d+\)$/.exec(rest)?.[1] ?? null);
  }
  return requests;
}
