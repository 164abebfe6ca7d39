import type { RunState } from '../../engine/state.js';
import type { Database, Row } from '../database.js';
import { decodeJson } from './codec.js';

export interface RunRecord {
  readonly run: RunState;
  readonly integrationId: string;
  /** Its present name; that of then is in `run`. */
  readonly integrationName: string;
}

export interface RunQuery {
  readonly integrationId?: string;
  /** Only runs that started before, ms since 1970: where the page before ended. */
  readonly beforeMs?: number;
  /** Default 50. */
  readonly limit?: number;
}

export interface Runs {
  /** Newest first. */
  list(query?: RunQuery): Promise<readonly RunRecord[]>;
  get(id: string): Promise<RunRecord | null>;
  /** Runs that never ended, oldest first: their process did, unless they are running now. */
  unfinished(integrationId?: string): Promise<readonly RunRecord[]>;
}

export interface RunRow extends Row {
  readonly body: Uint8Array;
  readonly integration: string;
  readonly name: string;
}

export function createRuns(database: Database): Runs {
  const recordOf = ({ body, integration, name }: RunRow): RunRecord => ({
    run: decodeJson(body) as RunState,
    integrationId: integration,
    integrationName: name,
  });
  return {
    async list({ integrationId, beforeMs, limit = 50 } = {}) {
      const rows = await database.read<RunRow>('run.list', [integrationId ?? null, beforeMs ?? null, limit]);
      return rows.map(recordOf);
    },
    async get(id) {
      const [row] = await database.read<RunRow>('run.get', [id]);
      return row === undefined ? null : recordOf(row);
    },
    async unfinished(integrationId) {
      return (await database.read<RunRow>('run.open', [integrationId ?? null])).map(recordOf);
    },
  };
}
