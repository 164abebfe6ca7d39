import { otherSide, type FieldValue, type Side } from '../../../preload/contract/values.js';
import type { LogRowView, Names, RunView } from '../../../preload/contract/views.js';
import { changesText, outcomeWords } from './runs.js';
import type { Style } from './style.js';
import { cut, oneLine, timeText } from './text.js';
import { fieldName, valueText } from './values.js';
import { kindWords, reasonWords } from './words.js';

export function renderLogHead(run: RunView, style: Style): string {
  const upTo = run.checkedUpTo;
  const checked =
    upTo.left === null && upTo.right === null
      ? ''
      : `Checked up to: left ${upTo.left ?? '-'}, right ${upTo.right ?? '-'}\n`;
  const message = run.message === null ? '' : `${oneLine(run.message)}\n`;
  return [
    `${style.bold(`Run ${run.id}`)} of ${run.integration}: ${outcomeWords[run.outcome]}, ${changesText(run)}\n`,
    `${timeText(run.startedAtMs)} to ${timeText(run.endedAtMs)}\n`,
    checked,
    message,
    '\n',
  ].join('');
}

export function renderLogRows(rows: readonly LogRowView[], names: Names, style: Style): string {
  return rows.map((row) => `${logRowText(row, names, style)}\n`).join('');
}

/** One row: when, where, what, from what to what, why, and what became of it. */
export function logRowText(row: LogRowView, names: Names, style: Style): string {
  const at = style.dim(timeText(row.atMs).slice(11));
  if (row.kind === 'event') return `${at}  ${oneLine(row.message ?? '')}`;
  const item = cut(oneLine(row.title), 50);
  const why = row.reason === null ? '' : style.dim(`  (${reasonWords[row.reason]})`);
  const trouble = row.message === null ? '' : `  ${style.yellow(oneLine(row.message))}`;
  const outcome = row.outcome === 'done' ? '' : `  ${outcomeStyle(row.outcome, style)(row.outcome)}`;
  return `${at}  ${(row.side ?? '').padEnd(5)}  ${item}: ${whatText(row, names)}${why}${outcome}${trouble}`;
}

function whatText(row: LogRowView, names: Names): string {
  const side: Side = row.side ?? 'left';
  const value = (of: FieldValue): string => valueText(names, row.field, side, of);
  const name = fieldName(names, row.field);
  if (row.kind === 'set') return `${name} ${value(row.before)} → ${value(row.after)}`;
  if (row.kind === 'add-comment' || row.kind === 'edit-comment') return `${kindWords[row.kind]} ${value(row.after)}`;
  if (row.kind === 'conflict') {
    return `conflict ${name}: here ${value(row.before)}, there ${valueText(names, row.field, otherSide(side), row.source)}`;
  }
  return `${kindWords[row.kind]}${name === '' || name === 'comment' ? '' : ` ${name}`}`;
}

function outcomeStyle(outcome: string, style: Style): (text: string) => string {
  return outcome === 'failed' ? style.red : outcome === 'adopted' ? style.green : style.yellow;
}
