import type { PlanRow, RowKind } from '../../../preload/contract/plan.js';
import { writingKinds } from '../../../preload/contract/plan.js';
import { fieldName, lineText, valueText } from '../../format/values.js';
import type { Names } from '../../../preload/contract/views.js';

/** A line of the list: an item's heading, or one of its rows. */
export type PlanLine =
  | { readonly kind: 'item'; readonly pairId: string; readonly title: string; readonly rows: readonly PlanRow[] }
  | { readonly kind: 'row'; readonly row: PlanRow };

export interface PlanFilter {
  readonly text: string;
  readonly show: 'all' | 'writes' | 'creates' | 'sets' | 'comments' | 'conflicts' | 'skipped' | 'left-out';
}

const commentKinds: readonly RowKind[] = [
  'add-comment',
  'edit-comment',
  'hide-comment',
  'delete-comment',
  'drop-comment',
];

export function writes(row: PlanRow): boolean {
  return writingKinds.includes(row.kind);
}

/** Items in the plan's order, each with those of its rows that the filter lets through. */
export function planLines(
  rows: readonly PlanRow[],
  filter: PlanFilter,
  names: Names,
  leftOut: ReadonlySet<number>,
): readonly PlanLine[] {
  const needle = filter.text.trim().toLowerCase();
  const groups = new Map<string, PlanRow[]>();
  for (const row of rows) {
    if (!shows(row, filter.show, leftOut) || !contains(row, needle, names)) continue;
    const group = groups.get(row.pairId);
    if (group === undefined) groups.set(row.pairId, [row]);
    else group.push(row);
  }
  return [...groups].flatMap(([pairId, of]): readonly PlanLine[] => [
    { kind: 'item', pairId, title: of[0]?.title ?? '', rows: of },
    ...of.map((row): PlanLine => ({ kind: 'row', row })),
  ]);
}

function shows(row: PlanRow, show: PlanFilter['show'], leftOut: ReadonlySet<number>): boolean {
  switch (show) {
    case 'all':
      return row.kind !== 'refresh';
    case 'writes':
      return writes(row);
    case 'creates':
      return row.kind === 'create';
    case 'sets':
      return row.kind === 'set';
    case 'comments':
      return commentKinds.includes(row.kind);
    case 'conflicts':
      return row.kind === 'conflict';
    case 'skipped':
      return row.kind === 'skip';
    case 'left-out':
      return leftOut.has(row.seq);
  }
}

function contains(row: PlanRow, needle: string, names: Names): boolean {
  if (needle === '') return true;
  const other = row.side === 'left' ? 'right' : 'left';
  return [
    row.title,
    fieldName(names, row.field),
    lineText(valueText(names, row.field, row.side, row.before), 2_000),
    lineText(valueText(names, row.field, row.side, row.after), 2_000),
    lineText(valueText(names, row.field, other, row.source), 2_000),
  ].some((text) => text.toLowerCase().includes(needle));
}

/** Rows that cannot be done without this one: all of a new item's, where the row makes it. */
export function together(row: PlanRow, rows: readonly PlanRow[]): readonly number[] {
  if (row.kind !== 'create') return [row.seq];
  return rows.filter((other) => other.pairId === row.pairId && writes(other)).map(({ seq }) => seq);
}
