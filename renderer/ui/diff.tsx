import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { diffWords } from '../format/diff.js';
import styles from './diff.module.css';

/** What of `before` is gone and what of `after` is new, word by word. Not by colour alone. */
export function TextDiff({ before, after }: { readonly before: string; readonly after: string }): ReactNode {
  const parts = useMemo(() => diffWords(before, after), [before, after]);
  return (
    <div className={styles['text']}>
      {parts.map(({ kind, text }, index) => {
        if (kind === 'same') return <span key={index}>{text}</span>;
        return kind === 'added' ? (
          <ins key={index} className={styles['added']}>
            {text}
          </ins>
        ) : (
          <del key={index} className={styles['removed']}>
            {text}
          </del>
        );
      })}
    </div>
  );
}
