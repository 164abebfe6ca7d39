import type { Clock, Random } from '../../host.js';
import type { Faults } from './faults.js';
import type { RequestCounters } from './requests.js';
import { seedPractice, type PracticeSeed, type SeedKind } from './seed.js';
import { listen } from './server.js';
import { PracticeState } from './state.js';
import type { Settings } from './store.js';

export type { Fault, FaultHandle, FaultOrder, RetryAfter } from './faults.js';
export type { RequestCounters } from './requests.js';
export { seedPractice, type PracticeSeed, type SeedKind } from './seed.js';
export { PracticeState } from './state.js';

export interface PracticeOptions {
  /** 0, the default, takes any free port of 127.0.0.1. */
  readonly port?: number;
  readonly clock: Clock;
  /** For API keys. */
  readonly random: Random;
  /** `empty` (default) has project, people and configuration; `demo` also some 25 issues. */
  readonly seed?: SeedKind;
  readonly identifier?: string;
  /** Apart on two sites, so that an id of one side is never mistaken for one of the other. */
  readonly firstIssueId?: number;
  readonly firstUserId?: number;
  readonly settings?: Partial<Settings>;
  /** Whether answers carry `Date`, as behind a web server; Redmine's own server sends none. Default true. */
  readonly dateHeader?: boolean;
}

export interface PracticeRedmine {
  readonly url: string;
  readonly port: number;
  readonly seed: PracticeSeed;
  /** The site by hand: people, rights, workflow, fields, issues. */
  readonly state: PracticeState;
  readonly requests: RequestCounters;
  readonly faults: Faults;
  /** Puts another site behind the same address. */
  replaceState(state: PracticeState): void;
  stop(): Promise<void>;
}

/** Starts a small server that speaks Redmine 5.0's REST API (JSON), with its state in memory. */
export async function startPracticeRedmine(options: PracticeOptions): Promise<PracticeRedmine> {
  const state = new PracticeState(options.clock, options.random, options);
  Object.assign(state.store.settings, options.settings ?? {});
  const seed = seedPractice(state, options.seed ?? 'empty', options.identifier);
  const site = { store: state.store, state };
  const http = await listen(site, {
    port: options.port ?? 0,
    clock: options.clock,
    dateHeader: options.dateHeader ?? true,
  });
  return {
    url: http.url,
    port: http.port,
    seed: { url: http.url, ...seed },
    get state() {
      return site.state;
    },
    requests: http.requests,
    faults: http.faults,
    replaceState: (other) => {
      site.state = other;
      site.store = other.store;
    },
    stop: () => http.stop(),
  };
}
