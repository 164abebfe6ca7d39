import type { FieldValue } from '../../preload/contract/values.js';
import type { LogRowView } from '../../preload/contract/views.js';

const columns: readonly (readonly [title: string, cell: (row: LogRowView) => FieldValue])[] = [
  ['time', ({ atMs }) => new Date(atMs).toISOString()],
  ['integration', ({ integration }) => integration],
  ['run', ({ runId }) => runId],
  ['row', ({ seq }) => seq],
  ['left item', ({ refs }) => refs.left],
  ['right item', ({ refs }) => refs.right],
  ['title', ({ title }) => title],
  ['side', ({ side }) => side],
  ['kind', ({ kind }) => kind],
  ['field', ({ field }) => field],
  ['outcome', ({ outcome }) => outcome],
  ['reason', ({ reason }) => reason],
  ['before', ({ before }) => before],
  ['after', ({ after }) => after],
  ['source before', ({ sourceBefore }) => sourceBefore],
  ['source', ({ source }) => source],
  ['code', ({ code }) => code],
  ['message', ({ message }) => message],
  ['duration ms', ({ durationMs }) => durationMs],
];

export const csvHead = csvLine(columns.map(([title]) => title));

/** RFC 4180. */
export function csvRow(row: LogRowView): string {
  return csvLine(columns.map(([, cell]) => cellText(cell(row))));
}

export function jsonRow(row: LogRowView): string {
  return `${JSON.stringify(row)}\n`;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** What a spreadsheet would take for a formula gets an apostrophe in front; it could call programs and addresses. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function cellText(value: FieldValue): string {
  if (value === null) return '';
  return Array.isArray(value) ? value.join('; ') : String(value);
}
