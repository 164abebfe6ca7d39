import type { PairState } from '../../engine/state.js';
import type { Database } from '../database.js';
import { readPairsByUid } from './pair-rows.js';

export interface FoundPair {
  readonly integrationId: string;
  readonly pair: PairState;
}

export interface Pairs {
  /** Pairs whose id, ref or key is this, on any side; those that ended come last. At most 100. */
  find(text: string, integrationId?: string): Promise<readonly FoundPair[]>;
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
  };
}
