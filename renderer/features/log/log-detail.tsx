import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FieldValue, Side } from '../../../preload/contract/values.js';
import type { LogRowView, Names } from '../../../preload/contract/views.js';
import { duration, exactTime } from '../../format/time.js';
import { fieldName, lineText, valueText } from '../../format/values.js';
import { kindWords, reasonWords, rowOutcomeTone, rowOutcomeWord } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { DetailPane } from '../../ui/detail-pane.js';
import { TextDiff } from '../../ui/diff.js';
import { Facts } from '../../ui/page.js';
import { Notice } from '../../ui/states.js';
import { ValueBlock } from '../../ui/value.js';
import { OpenItem } from './open-item.js';

/** One row of the log in full: the answer to "why did this change?". */
export function LogDetail({
  row,
  names,
  onClose,
}: {
  readonly row: LogRowView;
  readonly names: Names | undefined;
  readonly onClose: () => void;
}): ReactNode {
  const navigate = useNavigate();
  const side = row.side ?? 'left';
  const other = side === 'left' ? 'right' : 'left';
  const value = (at: Side, of: FieldValue): ReactNode => (
    <ValueBlock names={names} field={row.field} side={at} value={of} />
  );
  const before = valueText(names, row.field, side, row.before);
  const after = valueText(names, row.field, side, row.after);
  const item = row.refs.left ?? row.refs.right;
  return (
    <DetailPane
      title={lineText(row.title, 200)}
      onClose={onClose}
      actions={
        row.pairId === null ? undefined : (
          <>
            {item === null ? null : (
              <Button
                small
                onPress={() => void navigate({ to: '/log', search: { item, integration: row.integration } })}
              >
                All about this item
              </Button>
            )}
            {(['left', 'right'] as const).map((at) =>
              row.refs[at] === null || row.pairId === null ? null : <OpenItem key={at} pairId={row.pairId} side={at} />,
            )}
          </>
        )
      }
    >
      <p>
        <Badge tone={rowOutcomeTone(row.outcome)}>{rowOutcomeWord(row.outcome)}</Badge> {kindWords[row.kind]}{' '}
        {fieldName(names, row.field)}
        {row.side === null ? '' : ` on the ${row.side}`}
      </p>
      {row.message === null ? null : (
        <Notice tone={row.outcome === 'failed' ? 'warn' : 'quiet'}>{lineText(row.message, 2_000)}</Notice>
      )}
      {row.field === null ? null : (
        <Facts
          rows={[
            ['Before', value(side, row.before)],
            ['After', value(side, row.after)],
            ['Other side, at the sync before', value(other, row.sourceBefore)],
            ['Other side, then', value(other, row.source)],
          ]}
        />
      )}
      {before !== '' && after !== '' && before.length + after.length > 60 ? (
        <>
          <h3>What changed</h3>
          <TextDiff before={before} after={after} />
        </>
      ) : null}
      <Facts
        rows={[
          ...(row.reason === null ? [] : [['Why', reasonWords[row.reason]] as const]),
          ['When', exactTime(row.atMs)],
          ...(row.durationMs === null ? [] : [['Took', duration(row.durationMs)] as const]),
          ...(row.code === null ? [] : [['Code', <code key="code">{row.code}</code>] as const]),
          ['Left', row.refs.left ?? 'none'],
          ['Right', row.refs.right ?? 'none'],
          [
            'Run',
            <Link key="run" to="/runs/$runId" params={{ runId: row.runId }}>
              {row.integration}, row {row.seq}
            </Link>,
          ],
        ]}
      />
    </DetailPane>
  );
}
