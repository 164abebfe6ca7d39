import type { PlanRow } from '../../../preload/contract/plan.js';
import type { Names, PreviewView } from '../../../preload/contract/views.js';
import { otherSide, sides } from '../../../preload/contract/values.js';
import type { Style } from './style.js';
import { count, cut, oneLine, timeText } from './text.js';
import { goOnText } from './sync.js';
import { fieldName, valueText } from './values.js';
import { kindWords, reasonWords } from './words.js';

/** Pairs that a preview lists one by one; the exported file has all of them. */
const shownPairs = 60;

/** The whole preview for people: totals, brakes, then item by item. */
export function renderPreview(preview: PreviewView, style: Style): string {
  const lines = [
    `${style.bold(`Preview of ${preview.integration}`)}  ${style.dim(`made ${timeText(preview.madeAtMs)}, good until ${timeText(preview.expiresAtMs)}`)}`,
    ...summaryLines(preview),
    ...preview.notices.map((notice) => `${style.yellow('Note:')} ${oneLine(notice)}`),
    ...preview.brakes.map(
      ({ name, saw, releasable }) =>
        `${style.red(`Brake ${name}:`)} ${oneLine(saw)}${releasable ? '' : ' (cannot be released)'}`,
    ),
  ];
  const pairs = groupByPair(preview.rows.filter((row) => row.kind !== 'refresh'));
  if (pairs.length > 0) lines.push('');
  for (const rows of pairs.slice(0, shownPairs)) lines.push(...pairLines(rows, preview.names, style));
  if (pairs.length > shownPairs)
    lines.push(style.dim(`... and ${count(pairs.length - shownPairs, 'more item')}; --out FILE writes all of them.`));
  if (pairs.length > 0) lines.push('', goOnText(preview.integration, preview.brakes));
  return `${lines.join('\n')}\n`;
}

export function summaryLines(preview: Pick<PreviewView, 'counts' | 'forecast'>): readonly string[] {
  const { counts, forecast } = preview;
  const lines = sides.map((side) => {
    const parts = [
      ...(counts.creates[side] > 0 ? [`create ${count(counts.creates[side], 'item')}`] : []),
      ...(counts.sets[side] > 0 ? [`set ${count(counts.sets[side], 'field')}`] : []),
      ...(counts.comments[side] > 0 ? [count(counts.comments[side], 'comment')] : []),
    ];
    if (parts.length === 0) return `${side.padEnd(5)}  nothing to write`;
    const notified =
      forecast.notified[side] > 0 ? `; ${count(forecast.notified[side], 'person', 'people')} may be notified` : '';
    return `${side.padEnd(5)}  ${parts.join(', ')}  (about ${count(forecast.requests[side], 'request')}${notified})`;
  });
  const rest = [
    ...(counts.conflicts > 0 ? [count(counts.conflicts, 'conflict')] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped.toLocaleString('en')} seen and left alone`] : []),
  ];
  return rest.length === 0 ? lines : [...lines, rest.join(', ')];
}

function groupByPair(rows: readonly PlanRow[]): readonly (readonly PlanRow[])[] {
  const groups = new Map<string, PlanRow[]>();
  for (const row of rows) {
    const group = groups.get(row.pairId);
    if (group === undefined) groups.set(row.pairId, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function pairLines(rows: readonly PlanRow[], names: Names, style: Style): readonly string[] {
  const first = rows[0];
  if (first === undefined) return [];
  return [style.bold(cut(oneLine(first.title), 100)), ...rows.map((row) => `  ${rowText(row, names, style)}`)];
}

/** One row in words: what, where, from what to what, why. */
export function rowText(row: PlanRow, names: Names, style: Style): string {
  const why = style.dim(`(${reasonWords[row.reason]}${row.note === null ? '' : `: ${oneLine(row.note)}`})`);
  const what = `${row.side.padEnd(5)}  `;
  const name = fieldName(names, row.field);
  const value = (at: PlanRow['before'], side = row.side): string => valueText(names, row.field, side, at);
  switch (row.kind) {
    case 'create':
      return `${what}${style.green('new item')}  ${why}`;
    case 'set':
      // Every field of a new item is new; saying so again and again would hide the values.
      if (row.reason === 'new-item') return `${what}  ${name}: ${value(row.after)}`;
      return `${what}${name}: ${value(row.before)} → ${value(row.after)}  ${why}`;
    case 'conflict':
      return `${what}${style.yellow('conflict')} ${name}: here ${value(row.before)}, there ${value(row.source, otherSide(row.side))}  ${why}`;
    case 'add-comment':
    case 'edit-comment':
      return `${what}${kindWords[row.kind]}: ${value(row.after)}  ${why}`;
    case 'match':
    case 'refresh':
    case 'unpair':
    case 'rest':
    case 'wake':
    case 'hide-comment':
    case 'delete-comment':
    case 'drop-comment':
    case 'skip':
      return `${what}${kindWords[row.kind]}${name === '' ? '' : ` ${name}`}  ${why}`;
  }
}
