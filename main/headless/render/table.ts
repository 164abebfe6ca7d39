import { cut, displayWidth, padEnd } from './text.js';

export interface Column {
  readonly title: string;
  /** Gives way first where the lines are too long. */
  readonly flexible?: boolean;
}

const gap = 2;
const narrowest = 12;

/** Columns that fit their content; lines end without blanks. One string, with a line end. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  lineColumns: number,
): string {
  const natural = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const widths = fit(columns, natural, lineColumns);
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, index) => {
        const cell = cells[index] ?? '';
        const shown = displayWidth(cell) > width ? cut(cell, width) : cell;
        return index === widths.length - 1 ? shown : padEnd(shown, width + gap);
      })
      .join('')
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map((cells) => `${line(cells)}\n`).join('');
}

function fit(columns: readonly Column[], natural: readonly number[], lineColumns: number): readonly number[] {
  const tooMany = natural.reduce((sum, width) => sum + width + gap, -gap) - lineColumns;
  const flexible = columns.map((column, index) => (column.flexible === true ? (natural[index] ?? 0) : 0));
  const available = flexible.reduce((sum, width) => sum + width, 0);
  if (tooMany <= 0 || available === 0) return natural;
  return natural.map((width, index) => {
    const share = flexible[index] ?? 0;
    return share === 0 ? width : Math.max(Math.min(width, narrowest), width - Math.ceil((tooMany * share) / available));
  });
}
