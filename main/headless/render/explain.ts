import { sides } from '../../../preload/contract/values.js';
import type { ExplainedPair, Explanation } from '../../../preload/contract/views.js';
import { logRowText } from './log.js';
import type { Style } from './style.js';
import { count, oneLine, timeText } from './text.js';
import { reasonWords } from './words.js';

export function renderExplanation(explained: Explanation, style: Style): string {
  return explained.pairs.map((pair) => renderPair(pair, explained, style)).join('\n');
}

function renderPair(pair: ExplainedPair, { names }: Explanation, style: Style): string {
  const known = names[pair.integration] ?? {};
  const members = sides.map((side) => `${side} ${pair.keys[side] ?? pair.refs[side] ?? '(none yet)'}`).join(' ↔ ');
  const lines = [
    `${style.bold(members)}  ${style.dim(`${pair.integration}, pair ${pair.pairId}, ${pair.status}`)}`,
    ...(pair.ended === null ? [] : [`The pair has ended: ${reasonWords[pair.ended]}.`]),
    ...(pair.dirty ? ['It waits for the next sync.'] : []),
    ...pair.troubles.map(
      ({ subject, message, retryable }) =>
        `${style.red('Failed:')} ${subject}: ${oneLine(message)} ${style.dim(retryable ? '(is tried again)' : '(is tried again when something changes)')}`,
    ),
    ...(pair.conflicts.length === 0
      ? []
      : [`${count(pair.conflicts.length, 'conflict')} open: lockstep conflicts ${pair.integration}`]),
    '',
    ...(pair.history.length === 0 ? ['No run has changed it.'] : []),
    ...pair.history.map((row) => `${style.dim(timeText(row.atMs).slice(0, 10))} ${logRowText(row, known, style)}`),
  ];
  return `${lines.join('\n')}\n`;
}
