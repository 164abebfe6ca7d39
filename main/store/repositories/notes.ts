import type { Database, Row, Scalar } from '../database.js';
import { decodeJson, encodeJson } from './codec.js';
import type { JsonRecord } from './connections.js';

/** What the user did, as distinct from what a run did. */
export type ActKind =
  | 'configuration-changed'
  | 'plan-approved'
  | 'brake-released'
  | 'conflict-resolved'
  | 'secret-replaced'
  | 'export-made';

export interface Act {
  readonly atMs: number;
  readonly kind: ActKind;
  readonly integrationId: string | null;
  /** Never a secret. */
  readonly detail: JsonRecord;
}

export interface Acts {
  add(act: Act): Promise<void>;
  /** Newest first. `before` is the `number` of the last one of the page before. */
  list(query?: {
    readonly integrationId?: string;
    readonly before?: number;
    readonly limit?: number;
  }): Promise<readonly (Act & { readonly number: number })[]>;
}

interface ActRow extends Row {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly integration: string | null;
  readonly body: Uint8Array;
}

export function createActs(database: Database): Acts {
  return {
    add: ({ atMs, kind, integrationId, detail }) =>
      database.write([['act.add', [atMs, kind, integrationId, encodeJson(detail)]]], 'durable'),
    async list({ integrationId, before, limit = 100 } = {}) {
      const rows = await database.read<ActRow>('act.list', [integrationId ?? null, before ?? null, limit]);
      return rows.map(({ id, at, kind, integration, body }) => ({
        number: id,
        atMs: at,
        kind: kind as ActKind,
        integrationId: integration,
        detail: decodeJson(body) as JsonRecord,
      }));
    },
  };
}

/** Of one host, connection and role: `LedgerEntry` of the HTTP client. */
export interface StoredLedgerEntry {
  readonly host: string;
  readonly connectionId: string;
  readonly role: 'tracker' | 'proxy' | 'foreign';
  /** Ms since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly contacts: number;
  readonly refusals: number;
  readonly refusedBecause: string | null;
}

export interface Ledger {
  /** By host, connection, role. */
  entries(): Promise<readonly StoredLedgerEntry[]>;
  /** Each takes the place of what was kept of its host, connection and role. */
  put(entries: readonly StoredLedgerEntry[]): Promise<void>;
}

interface LedgerRow extends Row {
  readonly host: string;
  readonly connection: string;
  readonly role: string;
  readonly first_at: number;
  readonly last_at: number;
  readonly contacts: number;
  readonly refusals: number;
  readonly refused_because: string | null;
}

export function createLedger(database: Database): Ledger {
  return {
    async entries() {
      return (await database.read<LedgerRow>('ledger.list')).map((row) => ({
        host: row.host,
        connectionId: row.connection,
        role: row.role as StoredLedgerEntry['role'],
        firstMs: row.first_at,
        lastMs: row.last_at,
        contacts: row.contacts,
        refusals: row.refusals,
        refusedBecause: row.refused_because,
      }));
    },
    async put(entries) {
      if (entries.length === 0) return;
      await database.write(
        entries.map((entry) => [
          'ledger.put',
          [
            entry.host,
            entry.connectionId,
            entry.role,
            entry.firstMs,
            entry.lastMs,
            entry.contacts,
            entry.refusals,
            entry.refusedBecause,
          ],
        ]),
        'relaxed',
      );
    },
  };
}

/** Small things by name, for which a table would be too much. */
export interface Meta {
  get(name: string): Promise<string | null>;
  put(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export function createMeta(database: Database): Meta {
  return {
    async get(name) {
      const [row] = await database.read<{ readonly value: string }>('meta.get', [name]);
      return row?.value ?? null;
    },
    put: (name, value) => database.write([['meta.put', [name, value]]], 'durable'),
    remove: (name) => database.write([['meta.drop', [name]]], 'durable'),
  };
}

/** Numbers of rows. */
export interface StoredCounts {
  readonly connections: number;
  readonly integrations: number;
  /** That have not ended. */
  readonly pairs: number;
  readonly endedPairs: number;
  readonly dirtyPairs: number;
  readonly staged: number;
  readonly openIntents: number;
  readonly openConflicts: number;
  readonly runs: number;
  readonly logRows: number;
  readonly longTexts: number;
  readonly previews: number;
}

export async function readCounts(database: Database): Promise<StoredCounts> {
  const [row] = await database.read('status.counts');
  const countOf = (column: string): number => numberOf(row?.[column] ?? 0);
  return {
    connections: countOf('connections'),
    integrations: countOf('integrations'),
    pairs: countOf('pairs'),
    endedPairs: countOf('ended_pairs'),
    dirtyPairs: countOf('dirty_pairs'),
    staged: countOf('staged'),
    openIntents: countOf('open_intents'),
    openConflicts: countOf('open_conflicts'),
    runs: countOf('runs'),
    logRows: countOf('log_rows'),
    longTexts: countOf('long_texts'),
    previews: countOf('previews'),
  };
}

function numberOf(value: Scalar): number {
  return typeof value === 'number' ? value : 0;
}
