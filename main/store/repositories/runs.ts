import type { RunOutcome, RunState } from '../../engine/state.js';
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

/** How many runs began on one day. */
export type DayOfRuns = Readonly<Partial<Record<RunOutcome, number>>>;

export interface Runs {
  /** Newest first. */
  list(query?: RunQuery): Promise<readonly RunRecord[]>;
  get(id: string): Promise<RunRecord | null>;
  /** When the oldest of them started, ms since 1970; null where nothing ran. */
  oldestMs(): Promise<number | null>;
  /** Runs that never ended, oldest first: their process did, unless they are running now. */
  unfinished(integrationId?: string): Promise<readonly RunRecord[]>;
  /**
   * Runs by the day that they began on, of every integration that had one.
   * @param dayStartsMs where each day begins and the last one ends, ascending, ms since 1970: days of the user's zone
   * are not all of one length
   * @returns by integration id, one entry a day
   */
  perDay(dayStartsMs: readonly number[]): Promise<ReadonlyMap<string, readonly DayOfRuns[]>>;
}

export interface RunRow extends Row {
  readonly body: Uint8Array;
  readonly integration: string;
  readonly name: string;
}

interface DayRow extends Row {
  readonly integration: string;
  readonly day: number;
  readonly outcome: string;
  readonly runs: number;
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
    async oldestMs() {
      const [row] = await database.read<{ readonly at: number | null }>('run.oldest');
      return row?.at ?? null;
    },
    async unfinished(integrationId) {
      return (await database.read<RunRow>('run.open', [integrationId ?? null])).map(recordOf);
    },
    async perDay(dayStartsMs) {
      const [firstMs, endMs] = [dayStartsMs[0], dayStartsMs.at(-1)];
      const found = new Map<string, DayOfRuns[]>();
      if (firstMs === undefined || endMs === undefined) return found;
      const rows = await database.read<DayRow>('run.per-day', [JSON.stringify(dayStartsMs), firstMs, endMs]);
      for (const { integration, day, outcome, runs } of rows) {
        const days = found.get(integration) ?? Array.from({ length: dayStartsMs.length - 1 }, () => ({}));
        days[day] = { ...days[day], [outcome]: runs };
        found.set(integration, days);
      }
      return found;
    },
  };
}
