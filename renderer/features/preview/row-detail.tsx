import type { ReactNode } from 'react';
import type { PlanRow } from '../../../preload/contract/plan.js';
import type { Names } from '../../../preload/contract/views.js';
import { fieldName, lineText, valueText } from '../../format/values.js';
import { kindTones, kindWords, reasonWords } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { DetailPane } from '../../ui/detail-pane.js';
import { TextDiff } from '../../ui/diff.js';
import { Facts } from '../../ui/page.js';
import { Notice } from '../../ui/states.js';
import { ValueBlock } from '../../ui/value.js';

/** One change in full: both sides, the base, what comes of them, and why. */
export function RowDetail({
  row,
  names,
  onClose,
}: {
  readonly row: PlanRow;
  readonly names: Names;
  readonly onClose: () => void;
}): ReactNode {
  const { side, field, kind } = row;
  const other = side === 'left' ? 'right' : 'left';
  const value = (at: 'left' | 'right', of: PlanRow['before']): ReactNode => (
    <ValueBlock names={names} field={field} side={at} value={of} />
  );
  const before = valueText(names, field, side, row.before);
  const after = valueText(names, field, side, row.after);
  const long = kind === 'set' && before !== '' && after !== '' && before.length + after.length > 60;
  return (
    <DetailPane title={lineText(row.title, 160)} onClose={onClose}>
      <p>
        <Badge tone={kindTones[kind]}>{kindWords[kind]}</Badge> {fieldName(names, field)} on the {side}
      </p>
      <p>{reasonWords[row.reason]}</p>
      {row.note === null ? null : <Notice>{lineText(row.note, 600)}</Notice>}
      {field === null ? null : (
        <Facts
          rows={[
            [`${side === 'left' ? 'Left' : 'Right'} holds`, value(side, row.before)],
            [`${other === 'left' ? 'Left' : 'Right'} held at the last sync`, value(other, row.sourceBefore)],
            [`${other === 'left' ? 'Left' : 'Right'} holds`, value(other, row.source)],
            ...(kind === 'conflict' || kind === 'skip'
              ? []
              : [[`${side === 'left' ? 'Left' : 'Right'} will hold`, value(side, row.after)] as const]),
          ]}
        />
      )}
      {long ? (
        <>
          <h3>What changes</h3>
          <TextDiff before={before} after={after} />
        </>
      ) : null}
    </DetailPane>
  );
}
