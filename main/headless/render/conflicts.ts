import { sides, type FieldValue, type Side } from '../../../preload/contract/values.js';
import type { ConflictList, ConflictView, Names } from '../../../preload/contract/views.js';
import type { Style } from './style.js';
import { oneLine, timeText } from './text.js';
import { fieldName, valueText } from './values.js';

export function renderConflicts({ conflicts, names }: ConflictList, style: Style): string {
  if (conflicts.length === 0) return 'Nothing waits for you.\n';
  return conflicts.map((conflict) => renderConflict(conflict, names[conflict.integration] ?? {}, style)).join('\n');
}

function renderConflict(conflict: ConflictView, names: Names, style: Style): string {
  const value = (side: Side, of: FieldValue): string => valueText(names, conflict.field, side, of);
  const head = `${style.bold(conflict.id)}  ${oneLine(conflict.title)}  ${style.dim(`${conflict.integration}, ${timeText(conflict.atMs)}`)}`;
  const both = sides.map((side) => `  ${side.padEnd(5)}  ${value(side, conflict[side])}`);
  const lines = [head, `  ${question(conflict, names)}`];
  if (conflict.kind === 'ask' || conflict.kind === 'match')
    lines.push(...both, `  base   ${value('left', conflict.base)}`);
  if (conflict.kind === 'loser') lines.push(...both);
  if (conflict.kind === 'review' && conflict.candidates.length > 0) {
    lines.push(`  candidates: ${conflict.candidates.join(', ')}`);
  }
  lines.push(style.dim(`  lockstep resolve ${conflict.id} ${answers(conflict)}`));
  return `${lines.join('\n')}\n`;
}

function question(conflict: ConflictView, names: Names): string {
  const field = fieldName(names, conflict.field);
  switch (conflict.kind) {
    case 'ask':
    case 'match':
      return `Both sides have their own ${field}. Which one counts?`;
    case 'loser':
      return `The ${field} of the ${conflict.loserSide ?? 'other'} side was overwritten. It is kept here until you discard it.`;
    case 'gone':
      return 'Deleted on one side, edited on the other. Left and right are no longer in step.';
    case 'review':
      return 'A create was interrupted, and more than one item may be what it made. Which one is it?';
    default:
      return conflict.kind;
  }
}

function answers(conflict: ConflictView): string {
  switch (conflict.kind) {
    case 'loser':
      return `--take ${conflict.loserSide ?? 'left'} (bring it back) | --discard`;
    case 'review':
      return `--take ${[...conflict.candidates, 'new'].join(' | ')}`;
    case 'gone':
      return '--take left|right (end the pair) | --discard';
    default:
      return '--take left|right|VALUE';
  }
}
