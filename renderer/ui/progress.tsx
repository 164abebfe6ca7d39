import type { ReactNode } from 'react';
import { useState } from 'react';
import { ProgressBar } from 'react-aria-components';
import type { ProgressView } from '../../preload/contract/progress.js';
import { clockTime, duration } from '../format/time.js';
import { lineText, number } from '../format/values.js';
import { phaseWords } from '../format/words.js';
import styles from './progress.module.css';
import { useSeconds } from './time.js';

/** Bar, what is being done, how far, and how long it will take: what anybody wants of something that takes long. */
export function ProgressLine({
  progress,
  startedAtMs,
  compact = false,
}: {
  readonly progress: ProgressView | null;
  readonly startedAtMs: number;
  readonly compact?: boolean;
}): ReactNode {
  const now = useSeconds();
  const remainingMs = useRemaining(progress, now);
  const known = progress !== null && progress.total !== null && progress.total > 0;
  const share = known ? Math.min(100, (progress.done * 100) / (progress.total ?? 1)) : 0;
  const what = progress === null ? 'Starting' : phaseWords[progress.phase] + sideWords(progress);
  const waiting = progress?.waiting ?? null;
  return (
    <div className={`${styles['progress'] ?? ''} ${compact ? (styles['compact'] ?? '') : ''}`}>
      <div className={styles['head']}>
        <span className={styles['what']}>{what}</span>
        <span className={styles['amount']}>{progress === null ? '' : amountWords(progress)}</span>
      </div>
      <ProgressBar aria-label={what} value={share} isIndeterminate={!known} className={styles['bar'] ?? ''} data-bar>
        {({ percentage, isIndeterminate }) =>
          isIndeterminate ? (
            <span className={styles['unknown']} />
          ) : (
            <span className={styles['fill']} style={{ width: `${String(percentage ?? 0)}%` }} />
          )
        }
      </ProgressBar>
      {compact ? null : (
        <div className={styles['foot']}>
          <span className={styles['item']}>
            {waiting === null
              ? lineText(progress?.item ?? '', 120)
              : `Waiting: ${lineText(waiting.why, 160)}, until ${clockTime(waiting.untilMs)}`}
          </span>
          <span>
            {now - startedAtMs < 1_000 ? '' : duration(now - startedAtMs)}
            {remainingMs === null ? '' : ` · about ${duration(remainingMs)} left`}
          </span>
        </div>
      )}
    </div>
  );
}

function sideWords({ side }: ProgressView): string {
  return side === null ? '' : ` (${side})`;
}

export function amountWords({ done, total }: ProgressView): string {
  if (total !== null && total > 0) return `${number(done)} of ${number(total)}`;
  return done > 0 ? number(done) : '';
}

/** By the pace since this phase began. */
function useRemaining(progress: ProgressView | null, now: number): number | null {
  const phase = progress === null ? '' : `${progress.phase} ${progress.side ?? ''}`;
  const [mark, setMark] = useState({ phase, done: progress?.done ?? 0, atMs: now });
  if (mark.phase !== phase) setMark({ phase, done: progress?.done ?? 0, atMs: now });
  if (progress?.total === null || progress === null || mark.phase !== phase) return null;
  const elapsedMs = now - mark.atMs;
  const done = progress.done - mark.done;
  return elapsedMs < 2_000 || done <= 0 ? null : ((progress.total - progress.done) * elapsedMs) / done;
}
