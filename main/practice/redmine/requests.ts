/** What arrived at the server, for tests that count calls. */

export interface LoggedRequest {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly target: string;
  /** Null until answered, and for good where the connection was cut. */
  status: number | null;
}

const keptEntries = 5_000;

export class RequestCounters {
  total = 0;
  /** POST, PUT, PATCH and DELETE. */
  writes = 0;
  /** By method and route, as `GET /issues/:id`. */
  readonly byRoute = new Map<string, number>();
  /** The newest 5,000. */
  log: LoggedRequest[] = [];

  count(method: string, target: string, route: string): LoggedRequest {
    this.total += 1;
    if (method !== 'GET' && method !== 'HEAD') this.writes += 1;
    this.byRoute.set(route, (this.byRoute.get(route) ?? 0) + 1);
    const entry: LoggedRequest = { method, target, status: null };
    this.log.push(entry);
    if (this.log.length > 2 * keptEntries) this.log = this.log.slice(-keptEntries);
    return entry;
  }

  of(route: string): number {
    return this.byRoute.get(route) ?? 0;
  }

  reset(): void {
    this.total = 0;
    this.writes = 0;
    this.byRoute.clear();
    this.log = [];
  }
}
