import type { ReactNode } from 'react';
import type { PreviewView } from '../../../preload/contract/views.js';
import { sides } from '../../../preload/contract/values.js';
import { counted, number } from '../../format/values.js';
import styles from './preview.module.css';

/** How much would be written where, at what cost. */
export function Totals({ preview }: { readonly preview: PreviewView }): ReactNode {
  const { counts, forecast } = preview;
  return (
    <dl className={styles['totals']}>
      {sides.map((side) => (
        <div key={side}>
          <dt>On the {side}</dt>
          <dd>
            <b>{number(counts.creates[side])}</b> new, <b>{number(counts.sets[side])}</b>{' '}
            {counts.sets[side] === 1 ? 'field' : 'fields'}, <b>{number(counts.comments[side])}</b>{' '}
            {counts.comments[side] === 1 ? 'comment' : 'comments'}
          </dd>
          <dd className={styles['soft']}>
            about {counted(forecast.requests[side], 'request')}, at most{' '}
            {counted(forecast.notified[side], 'person', 'people')} notified
          </dd>
        </div>
      ))}
      <div>
        <dt>Not written</dt>
        <dd>
          <b>{number(counts.conflicts)}</b> {counts.conflicts === 1 ? 'conflict' : 'conflicts'},{' '}
          <b>{number(counts.skipped)}</b> left alone
        </dd>
        <dd className={styles['soft']}>{counted(counts.pairs, 'pair')} looked at</dd>
      </div>
    </dl>
  );
}
