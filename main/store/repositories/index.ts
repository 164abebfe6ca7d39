import type { Database } from '../database.js';
import { type Conflicts, createConflicts } from './conflicts.js';
import { type Connections, createConnections } from './connections.js';
import { createIntegrations, type Integrations } from './integrations.js';
import { createLog, type Log } from './log.js';
import { createLogSearch, type LogSearch } from './log-search.js';
import {
  type Acts,
  createActs,
  createLedger,
  createMeta,
  type Ledger,
  type Meta,
  readCounts,
  type StoredCounts,
} from './notes.js';
import { createPairs, type Pairs } from './pairs.js';
import { createPreviews, type Previews } from './previews.js';
import { createRetention, type Retention } from './retention.js';
import { createRuns, type Runs } from './runs.js';

/** Everything that a workspace keeps, beside what the engine asks for (`createEngineStore`). */
export interface Repositories {
  readonly connections: Connections;
  readonly integrations: Integrations;
  readonly pairs: Pairs;
  readonly runs: Runs;
  readonly log: Log;
  readonly logSearch: LogSearch;
  readonly conflicts: Conflicts;
  readonly previews: Previews;
  readonly acts: Acts;
  readonly ledger: Ledger;
  readonly meta: Meta;
  readonly retention: Retention;
  counts(): Promise<StoredCounts>;
}

export function createRepositories(database: Database): Repositories {
  return {
    connections: createConnections(database),
    integrations: createIntegrations(database),
    pairs: createPairs(database),
    runs: createRuns(database),
    log: createLog(database),
    logSearch: createLogSearch(database),
    conflicts: createConflicts(database),
    previews: createPreviews(database),
    acts: createActs(database),
    ledger: createLedger(database),
    meta: createMeta(database),
    retention: createRetention(database),
    counts: () => readCounts(database),
  };
}
