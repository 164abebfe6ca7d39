import type { PairState, PairStatus } from '../../engine/state.js';
import type { Database } from '../database.js';
import { statusToNumber } from './pair-codec.js';
import { readPairsByUid } from './pair-rows.js';

export interface FoundPair {
  readonly integrationId: string;
  readonly pair: PairState;
}

export interface Pairs {
  /** Pairs whose id, ref or key is this, on any side; those that ended come last. At most 100. */
  find(text: string, integrationId?: string): Promise<readonly FoundPair[]>;
  /** Those of an integration, the youngest first. */
  page(query: PairQuery): Promise<{ readonly total: number; readonly pairs: readonly PairState[] }>;
}

export interface PairQuery {
  readonly integrationId: string;
  /** Part of a key or ref of either side. */
  readonly text?: string | undefined;
  readonly status?: PairStatus | undefined;
  readonly dirty?: boolean | undefined;
  readonly offset: number;
  readonly limit: number;
}

const mostFound = 100;

export function createPairs(database: Database): Pairs {
  return {
    async find(text, integrationId) {
      type Found = { readonly uid: string; readonly integration: string; readonly integration_row: number };
      const rows = await database.read<Found>('pair.find', [integrationId ?? null, text, mostFound]);
      const found: FoundPair[] = [];
      for (const { uid, integration, integration_row: row } of rows) {
        const [pair] = await readPairsByUid(database, row, [uid]);
        if (pair !== undefined) found.push({ integrationId: integration, pair });
      }
      return found;
    },

    async page({ integrationId, text, status, dirty, offset, limit }) {
      const asked = [
        integrationId,
        text ?? null,
        status === undefined ? null : statusToNumber(status),
        dirty === undefined ? null : Number(dirty),
      ];
      const [count] = await database.read<{ readonly pairs: number }>('pair.page-count', asked);
      type Found = { readonly uid: string; readonly integration_row: number };
      const rows = await database.read<Found>('pair.page', [...asked, limit, offset]);
      const [first] = rows;
      const uids = rows.map(({ uid }) => uid);
      const read = first === undefined ? [] : await readPairsByUid(database, first.integration_row, uids);
      const byId = new Map(read.map((pair) => [pair.id, pair]));
      return { total: count?.pairs ?? 0, pairs: uids.flatMap((uid) => byId.get(uid) ?? []) };
    },
  };
}
