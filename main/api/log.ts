import type { LogWindow } from '../../preload/contract/views.js';
import type { Program } from '../runner/program.js';
import type { FoundLogRow } from '../store/repositories/log-search.js';
import type { FeatureHandlers } from './dispatcher.js';
import { foundRowView, integrationNames, namesOfRows, searchRows, storedFilter } from './log-filter.js';

/** Matches of the last text search that are kept, so that scrolling through them reads nothing again. */
const keptMatches = 20_000;

export function logHandlers(program: Program): FeatureHandlers<'log.search'> {
  const { stored } = program;
  let last: { readonly key: string; readonly rows: readonly FoundLogRow[]; readonly total: number } | null = null;

  async function searchText(
    key: string,
    rows: AsyncIterable<readonly FoundLogRow[]>,
  ): Promise<NonNullable<typeof last>> {
    if (last?.key === key) return last;
    const kept: FoundLogRow[] = [];
    let total = 0;
    for await (const part of rows) {
      total += part.length;
      kept.push(...part.slice(0, keptMatches - kept.length));
    }
    last = { key, rows: kept, total };
    return last;
  }

  return {
    async 'log.search'({ filter, upTo, offset, limit }, { signal }) {
      const wanted = await storedFilter(program, filter);
      const text = filter.text?.trim() ?? '';
      const names = await integrationNames(program);
      const totalNow = await stored.logSearch.count(wanted);
      // Rows come on top: those that came since the first answer are passed over.
      const totalThen = Math.min(upTo === undefined ? totalNow : Number.parseInt(upTo, 10) || 0, totalNow);
      const view = async (total: number, rows: readonly FoundLogRow[]): Promise<LogWindow> => ({
        total,
        rows: rows.map((row) => foundRowView(row, names)),
        names: await namesOfRows(program, rows, names),
        upTo: String(totalThen),
      });
      if (text === '') {
        const from = offset + totalNow - totalThen;
        const { rows } = await stored.logSearch.window(wanted, from, limit);
        return view(totalThen, rows);
      }
      const key = JSON.stringify([filter, text, totalThen]);
      const found = await searchText(key, searchRows(program, wanted, text, signal));
      return view(found.total, found.rows.slice(offset, offset + limit));
    },
  };
}
