import type { ReactNode } from 'react';
import type { RunDay } from '../../preload/contract/views.js';
import { counted, number } from '../format/values.js';
import { outcomeTones, outcomeWords, type Tone } from '../format/words.js';
import styles from './strip.module.css';

const barPx = 6;
const gapPx = 2;
const heightPx = 26;

/** One bar a day: its height by the number of changes, its colour by the worst outcome. A table says the same in words. */
export function RunStrip({ days }: { readonly days: readonly RunDay[] }): ReactNode {
  const most = Math.max(1, ...days.map(({ changes }) => changes));
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const changes = days.reduce((sum, day) => sum + day.changes, 0);
  const failed = days.filter(({ worst }) => worst === 'failures' || worst === 'failed').length;
  const words = `${counted(days.length, 'day')}: ${counted(runs, 'run')}, ${counted(changes, 'change')}, failures on ${counted(failed, 'day')}`;
  return (
    <svg
      className={styles['strip']}
      width={days.length * (barPx + gapPx) - gapPx}
      height={heightPx}
      role="img"
      aria-label={words}
      data-bar
    >
      {days.map((day, index) => {
        const tall = day.runs === 0 ? 3 : 5 + Math.round((Math.sqrt(day.changes) / Math.sqrt(most)) * (heightPx - 5));
        return (
          <rect
            key={day.day}
            x={index * (barPx + gapPx)}
            y={heightPx - tall}
            width={barPx}
            height={tall}
            rx={1.5}
            className={styles[toneOf(day)]}
          >
            <title>{dayWords(day)}</title>
          </rect>
        );
      })}
    </svg>
  );
}

export function dayWords(day: RunDay): string {
  if (day.worst === null) return `${day.day}: no run`;
  const failures = day.failures === 0 ? '' : `, ${counted(day.failures, 'failure')}`;
  return `${day.day}: ${counted(day.runs, 'run')}, ${number(day.changes)} changed${failures} (${outcomeWords[day.worst].toLowerCase()})`;
}

function toneOf({ worst }: RunDay): Tone {
  return worst === null ? 'quiet' : outcomeTones[worst];
}
