import type { LogEntry, LogOutcome } from '../../engine/state.js';
import type { FieldValue, Side } from '../../../preload/contract/values.js';
import type { Database, Row, Scalar } from '../database.js';
import { type LogPlace, type LogRow, readValues, type SlimRow } from './log.js';

/** What is left out is not asked. Times are ms since 1970, both included. */
export interface LogFilter {
  readonly integrationId?: string;
  readonly runId?: string;
  /** A pair's id, or a ref or key of one of its items. */
  readonly item?: string;
  readonly side?: Side;
  /** One of them. */
  readonly kind?: LogEntry['kind'] | readonly LogEntry['kind'][];
  /** Mapping id or `comment`. */
  readonly field?: string;
  readonly outcome?: LogOutcome | readonly LogOutcome[];
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface FoundLogRow extends LogRow {
  readonly integrationId: string;
  readonly place: LogPlace;
}

export interface LogWindow {
  /** All rows that fit the filter. */
  readonly total: number;
  readonly rows: readonly FoundLogRow[];
}

export interface TextSearch {
  /** Any letters, in capitals or not; in titles, values, messages, refs. */
  readonly text: string;
  /** `next` of the part before. */
  readonly before?: LogPlace;
  /** Matches that are enough. Default 100. */
  readonly limit?: number;
  /** Rows that are looked at before it comes back, matches or not. Default 20,000. */
  readonly scanLimit?: number;
}

export interface TextFound {
  readonly rows: readonly FoundLogRow[];
  /** Rows looked at in this part. */
  readonly scanned: number;
  /** Where to go on; null at the end of the log. */
  readonly next: LogPlace | null;
}

/** The log over all runs, newest first. */
export interface LogSearch {
  /**
   * Rows from `offset` on. Where only integration and run are asked for, no row is looked at but those that are given;
   * else all are counted once, and again when the log has changed. See docs/performance.md.
   */
  window(filter: LogFilter, offset: number, limit: number): Promise<LogWindow>;
  count(filter: LogFilter): Promise<number>;
  /** Values are not in the database: this reads the runs' files, part by part. */
  search(filter: LogFilter, search: TextSearch): Promise<TextFound>;
}

interface FoundRow extends SlimRow {
  readonly integration: string;
}

interface RunCount extends Row {
  readonly id: number;
  readonly rows: number;
}

function totalOf(counts: readonly RunCount[]): number {
  return counts.reduce((sum, { rows }) => sum + rows, 0);
}

/** Filters of which it is remembered how many rows of each run fit. */
const rememberedFilters = 4;

/** Rows of which the values are read at once in a search: bounds what is held. */
const searchStep = 2_000;

export function createLogSearch(database: Database): LogSearch {
  const subjectsOf = async ({ item }: LogFilter): Promise<string | null> => {
    if (item === undefined) return null;
    const rows = await database.read<{ readonly id: number }>('log-search.subjects', [item]);
    return JSON.stringify(rows.map(({ id }) => id));
  };

  const paramsOf = (filter: LogFilter, subjects: string | null, before: LogPlace | null): readonly Scalar[] => [
    filter.integrationId ?? null,
    filter.runId ?? null,
    filter.fromMs ?? null,
    filter.toMs ?? null,
    filter.side ?? null,
    listOf(filter.kind),
    filter.field ?? null,
    listOf(filter.outcome),
    subjects,
    before?.run ?? null,
    before?.seq ?? null,
  ];

  const readWindow = async (params: readonly Scalar[], limit: number, offset: number): Promise<readonly FoundRow[]> =>
    database.read<FoundRow>(params[8] === null ? 'log-search.window' : 'log-search.window-of-subjects', [
      ...params,
      limit,
      offset,
    ]);

  const fill = async (rows: readonly FoundRow[]): Promise<readonly FoundLogRow[]> => {
    const filled = await readValues(database, rows);
    return filled.map((row, index) => ({
      ...row,
      integrationId: rows[index]?.integration ?? '',
      place: { run: rows[index]?.run_row ?? 0, seq: row.seq },
    }));
  };

  const remembered = new Map<string, readonly RunCount[]>();

  /** Rows that fit, by run, newest first. */
  const countByRun = async (filter: LogFilter, subjects: string | null): Promise<readonly RunCount[]> => {
    const { integrationId = null, runId = null } = filter;
    if (!asksOfRows(filter)) return database.read<RunCount>('log-search.run-sizes', [integrationId, runId]);
    const params = paramsOf(filter, subjects, null);
    // Somebody who scrolls asks for the same again and again; to look at all rows each time would be felt.
    const key = JSON.stringify([params, await database.read('log-search.version')]);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const statement = subjects === null ? 'log-search.counts' : 'log-search.counts-of-subjects';
    const counts = await database.read<RunCount>(statement, params);
    remembered.set(key, counts);
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedFilters && oldest !== undefined) remembered.delete(oldest);
    return counts;
  };

  return {
    async count(filter) {
      return totalOf(await countByRun(filter, await subjectsOf(filter)));
    },

    async window(filter, offset, limit) {
      const subjects = await subjectsOf(filter);
      const counts = await countByRun(filter, subjects);
      let before = 0;
      for (const { id, rows } of counts) {
        if (offset < before + rows) {
          const from = { run: id, seq: Number.MAX_SAFE_INTEGER };
          // Without a question to rows there are as many before the place as its number says: none is passed over.
          const skip = offset - before;
          const [place, passed] = asksOfRows(filter) ? [from, skip] : [{ run: id, seq: rows - skip }, 0];
          const found = await readWindow(paramsOf(filter, subjects, place), limit, passed);
          return { total: totalOf(counts), rows: await fill(found) };
        }
        before += rows;
      }
      return { total: before, rows: [] };
    },

    async search(filter, { text, before, limit = 100, scanLimit = 20_000 }) {
      const wanted = foldText(text);
      const subjects = await subjectsOf(filter);
      const found: FoundLogRow[] = [];
      let place = before ?? null;
      let scanned = 0;
      while (scanned < scanLimit) {
        const step = Math.min(searchStep, scanLimit - scanned);
        const rows = await readWindow(paramsOf(filter, subjects, place), step, 0);
        for (const row of await fill(rows)) {
          scanned += 1;
          place = row.place;
          if (!holdsText(row.entry, wanted)) continue;
          found.push(row);
          if (found.length === limit) return { rows: found, scanned, next: place };
        }
        if (rows.length < step) return { rows: found, scanned, next: null };
      }
      return { rows: found, scanned, next: place };
    },
  };
}

/** Whether rows have to be looked at to know how many there are. */
function asksOfRows({ item, side, kind, field, outcome, fromMs, toMs }: LogFilter): boolean {
  return [item, side, kind, field, outcome, fromMs, toMs].some((asked) => asked !== undefined);
}

function listOf(asked: string | readonly string[] | undefined): string | null {
  return asked === undefined ? null : JSON.stringify([asked].flat());
}

/** Ways to write one text (capitals, composed letters) come to one. */
function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function holdsText(entry: LogEntry, wanted: string): boolean {
  const { title, message, before, after, sourceBefore, source, refs } = entry;
  const holds = (value: FieldValue): boolean =>
    Array.isArray(value)
      ? value.some((member: string) => holds(member))
      : value !== null && foldText(String(value)).includes(wanted);
  return [title, message, after, before, source, sourceBefore, refs.left, refs.right].some(holds);
}
