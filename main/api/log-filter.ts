import type { LogFilter } from '../../preload/contract/inputs.js';
import type { LogRowView, Names } from '../../preload/contract/views.js';
import { readMappingFacts } from '../runner/mapping-facts.js';
import type { Program } from '../runner/program.js';
import type { FoundLogRow, LogFilter as StoredFilter } from '../store/repositories/log-search.js';
import { findIntegration } from './integrations.js';
import { logRowView } from './run-view.js';

/** A window's filter in the words of the store; the text is asked for apart. */
export async function storedFilter(program: Program, filter: LogFilter): Promise<StoredFilter> {
  const { integration, runId, item, field, side, outcome, kind, fromMs, toMs } = filter;
  return {
    ...(integration === undefined ? {} : { integrationId: (await findIntegration(program, integration)).id }),
    ...(runId === undefined ? {} : { runId }),
    ...(item === undefined ? {} : { item }),
    ...(field === undefined ? {} : { field }),
    ...(side === undefined ? {} : { side }),
    ...(outcome === undefined || outcome.length === 0 ? {} : { outcome }),
    ...(kind === undefined || kind.length === 0 ? {} : { kind }),
    ...(fromMs === undefined ? {} : { fromMs }),
    // The store's limit is a part of what it finds.
    ...(toMs === undefined ? {} : { toMs: toMs - 1 }),
  };
}

/** Rows of all runs that fit, newest first, in parts: values are read from the runs' files. */
export async function* searchRows(
  { stored }: Program,
  filter: StoredFilter,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<readonly FoundLogRow[]> {
  let before: FoundLogRow['place'] | null = null;
  do {
    signal.throwIfAborted();
    const found = await stored.logSearch.search(filter, {
      text,
      limit: rowsAtOnce,
      scanLimit: rowsAtOnce,
      ...(before === null ? {} : { before }),
    });
    yield found.rows;
    before = found.next;
  } while (before !== null);
}

const rowsAtOnce = 2_000;

export async function integrationNames({ stored }: Program): Promise<ReadonlyMap<string, string>> {
  return new Map((await stored.integrations.list()).map(({ id, name }) => [id, name]));
}

export function foundRowView(row: FoundLogRow, names: ReadonlyMap<string, string>): LogRowView {
  return logRowView(row, names.get(row.integrationId) ?? '(removed)');
}

/** What people call fields and options, of the integrations that these rows belong to. */
export async function namesOfRows(
  { stored }: Program,
  rows: readonly FoundLogRow[],
  names: ReadonlyMap<string, string>,
): Promise<Readonly<Record<string, Names>>> {
  const found: Record<string, Names> = {};
  for (const id of new Set(rows.map(({ integrationId }) => integrationId))) {
    found[names.get(id) ?? '(removed)'] ??= (await readMappingFacts(stored.meta, id))?.names ?? {};
  }
  return found;
}
