/** One request of the parity suite. It is sent to both servers, in the same order, from the same beginning. */
export interface Step {
  /** What is at stake; part of the test's name. */
  readonly why: string;
  /** A login of the seed, `anonymous`, or `wrong-key`. */
  readonly as: string;
  readonly method: string;
  /** Path and query, already escaped; `{name}` becomes what the suite has learned under that name. */
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly rawBody?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer's words may differ: only status, headers and number of complaints are compared. */
  readonly looseText?: true;
  /** Sends the ETag of the answer before as If-None-Match. */
  readonly ifNoneMatch?: true;
}

type Extra = Partial<Omit<Step, 'why' | 'as' | 'method' | 'path'>>;

export function get(as: string, path: string, why: string, extra: Extra = {}): Step {
  return { as, method: 'GET', path, why, ...extra };
}

export function post(as: string, issue: unknown, why: string, extra: Extra = {}): Step {
  return { as, method: 'POST', path: '/issues.json', body: { issue }, why, ...extra };
}

export function put(as: string, id: number, issue: unknown, why: string, extra: Extra = {}): Step {
  return { as, method: 'PUT', path: `/issues/${id}.json`, body: { issue }, why, ...extra };
}

export function remove(as: string, id: number, why: string): Step {
  return { as, method: 'DELETE', path: `/issues/${id}.json`, why };
}

export function putNote(as: string, id: number | string, journal: unknown, why: string): Step {
  return { as, method: 'PUT', path: `/journals/${id}.json`, body: { journal }, why };
}

/** Reads an issue back with all that can be included. */
export function look(as: string, id: number, why: string): Step {
  const include = 'journals,children,allowed_statuses,attachments,relations,watchers';
  return get(as, `/issues/${id}.json?include=${include}`, why);
}

/** The order of last changes: shows which issues a request has touched, finer than the whole seconds of answers. */
export function order(why: string): Step {
  return get('admin', '/issues.json?status_id=*&sort=updated_on:desc&limit=100', why);
}

/** A listing by one filter, of closed issues too. */
export function filter(as: string, query: string, why: string): Step {
  return get(as, `/issues.json?status_id=*&${query}`, why);
}
