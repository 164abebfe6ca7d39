import type { ReactNode } from 'react';
import type { Tone } from '../format/words.js';
import styles from './badge.module.css';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  return <span className={`${styles['badge'] ?? ''} ${styles[tone] ?? ''}`}>{children}</span>;
}

/** A coloured dot before a word: a state in a dense list. */
export function Dot({ tone, children }: { readonly tone: Tone; readonly children?: ReactNode }): ReactNode {
  return (
    <span className={styles['dotted']}>
      <span className={`${styles['dot'] ?? ''} ${styles[`dot-${tone}`] ?? ''}`} aria-hidden data-bar />
      {children}
    </span>
  );
}

export function Count({ children }: { readonly children: number }): ReactNode {
  return <span className={styles['count']}>{children.toLocaleString('en')}</span>;
}
