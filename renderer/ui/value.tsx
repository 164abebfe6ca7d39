import type { ReactNode } from 'react';
import type { FieldValue, Side } from '../../preload/contract/values.js';
import type { Names } from '../../preload/contract/views.js';
import { lineText, safeText, valueText } from '../format/values.js';
import styles from './value.module.css';

interface ValueProps {
  readonly names: Names | undefined;
  readonly field: string | null;
  readonly side: Side;
  readonly value: FieldValue;
}

/** A value in a cell: one line, cut, an empty one told from a missing one. */
export function ValueCell({ names, field, side, value }: ValueProps): ReactNode {
  const text = valueText(names, field, side, value);
  if (text === '') return <span className={styles['none']}>empty</span>;
  return (
    <span className={styles['line']} title={text.length > 12 ? safeText(text, 600) : undefined}>
      {lineText(text, 160)}
    </span>
  );
}

/** A value in full, line ends kept. */
export function ValueBlock({ names, field, side, value }: ValueProps): ReactNode {
  const text = valueText(names, field, side, value);
  return text === '' ? <span className={styles['none']}>empty</span> : <div className={styles['block']}>{text}</div>;
}
