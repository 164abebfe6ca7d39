import type { Clock } from '../host.js';
import type { HttpClient } from './http/index.js';

/** What every tracker's connector gets to work with. The client is bound to the connection's address and secret. */
export interface ConnectorDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
}
