import type { LogEntry } from '../../engine/state.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import type { Slices } from './slices.js';

/** Which number is larger and which date is later, and nothing more of either. */
export interface Ranks {
  /** From 0, among all different numbers or all different dates of the rows; null for what is neither. */
  of(value: FieldValue): number | null;
}

export async function rankValues(rows: readonly { readonly entry: LogEntry }[], slices: Slices): Promise<Ranks> {
  const numbers = new Set<number>();
  const dates = new Set<number>();
  for (const { entry } of rows) {
    await slices.before(costOfRow);
    for (const value of [entry.before, entry.after, entry.sourceBefore, entry.source]) {
      if (typeof value === 'number') numbers.add(value);
      const ms = dateMs(value);
      if (ms !== null) dates.add(ms);
    }
  }
  const rankOfNumber = rankOf(numbers);
  const rankOfDate = rankOf(dates);
  return {
    of(value) {
      if (typeof value === 'number') return rankOfNumber.get(value) ?? null;
      const ms = dateMs(value);
      return ms === null ? null : (rankOfDate.get(ms) ?? null);
    },
  };
}

const costOfRow = 256;

/** Typed arrays are sorted without a call for each comparison. */
function rankOf(values: ReadonlySet<number>): ReadonlyMap<number, number> {
  return new Map([...Float64Array.from(values).sort()].map((value, rank) => [value, rank]));
}

const datePattern = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/u;

function dateMs(value: FieldValue): number | null {
  if (typeof value !== 'string' || !datePattern.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}
