import type { ReactNode } from 'react';
import { useState } from 'react';
import type { LogFilterInput } from '../../../preload/contract/inputs.js';
import type { LogRowView, Names } from '../../../preload/contract/views.js';
import { appErrorOf } from '../../app/query.js';
import { exactTime, logTime } from '../../format/time.js';
import { fieldName, lineText, number } from '../../format/values.js';
import { kindWords, reasonWords, rowOutcomeTone, rowOutcomeWord } from '../../format/words.js';
import { Dot } from '../../ui/badge.js';
import { ArrowRight, ScrollText } from '../../ui/icon.js';
import { Empty, ErrorNote, Loading } from '../../ui/states.js';
import { ValueCell } from '../../ui/value.js';
import { VirtualRows } from '../../ui/virtual-rows.js';
import { LogDetail } from './log-detail.js';
import styles from './log.module.css';
import { useLogPages } from './pages.js';

/** Rows of the log that a filter lets through, any number of them, with the active one in full beside. */
export function LogRows({
  filter,
  label,
  empty,
  onTotal,
}: {
  readonly filter: LogFilterInput;
  readonly label: string;
  readonly empty: string;
  readonly onTotal?: (total: number | null) => ReactNode;
}): ReactNode {
  const log = useLogPages(filter);
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const withIntegration = filter.integration === undefined && filter.runId === undefined;
  const activeRow = open ? log.row(active) : undefined;
  if (log.total === null) {
    return (
      <div className={styles['pad']}>
        {log.error === null ? (
          <Loading lines={10} />
        ) : (
          <ErrorNote error={appErrorOf(log.error)} onRetry={log.refetch} />
        )}
      </div>
    );
  }
  return (
    <>
      {onTotal?.(log.total)}
      {log.total === 0 ? (
        <Empty icon={<ScrollText size={20} />} title="Nothing here">
          {empty}
        </Empty>
      ) : (
        <div className={styles['split']}>
          <VirtualRows
            label={label}
            count={log.total}
            columns={6}
            rowHeightPx={30}
            active={active}
            onActive={setActive}
            onOpen={() => {
              setOpen(true);
            }}
            onKey={(event) => {
              if (event.key === 'Escape') setOpen(false);
            }}
            onRange={log.onRange}
            header={
              <>
                <span role="columnheader" className={styles['time']}>
                  Time
                </span>
                <span role="columnheader" className={styles['outcome']}>
                  Outcome
                </span>
                <span role="columnheader" className={styles['title']}>
                  Item
                </span>
                <span role="columnheader" className={styles['change']}>
                  Change
                </span>
                <span role="columnheader" className={styles['values']}>
                  Before and after
                </span>
                <span role="columnheader" className={styles['why']}>
                  {withIntegration ? 'Integration' : 'Reason'}
                </span>
              </>
            }
          >
            {(index) => {
              const row = log.row(index);
              return row === undefined ? (
                <Waiting index={index} />
              ) : (
                <Cells row={row} names={log.names(row.integration)} withIntegration={withIntegration} />
              );
            }}
          </VirtualRows>
          {activeRow === undefined ? null : (
            <LogDetail
              row={activeRow}
              names={log.names(activeRow.integration)}
              onClose={() => {
                setOpen(false);
              }}
            />
          )}
        </div>
      )}
    </>
  );
}

function Cells({
  row,
  names,
  withIntegration,
}: {
  readonly row: LogRowView;
  readonly names: Names | undefined;
  readonly withIntegration: boolean;
}): ReactNode {
  const side = row.side ?? 'left';
  const valued = row.field !== null && row.kind !== 'event';
  const of = row.kind === 'create' && row.side !== null ? `on the ${row.side}` : fieldName(names, row.field);
  const change = `${kindWords[row.kind]} ${of}`;
  const last = withIntegration ? row.integration : row.reason === null ? '' : reasonWords[row.reason];
  return (
    <>
      <span role="gridcell" className={styles['time']} title={exactTime(row.atMs)}>
        {logTime(row.atMs)}
      </span>
      <span role="gridcell" className={styles['outcome']}>
        <Dot tone={rowOutcomeTone(row.outcome)}>{rowOutcomeWord(row.outcome)}</Dot>
      </span>
      <span role="gridcell" className={styles['title']} title={lineText(row.title)}>
        {lineText(row.title)}
      </span>
      <span role="gridcell" className={styles['change']} title={change}>
        {change}
      </span>
      <span role="gridcell" className={styles['values']}>
        {row.message !== null && (!valued || row.outcome === 'failed') ? (
          <span className={styles['cut']} title={lineText(row.message, 600)}>
            {lineText(row.message, 200)}
          </span>
        ) : valued ? (
          <>
            <ValueCell names={names} field={row.field} side={side} value={row.before} />
            <ArrowRight size={12} aria-label="to" role="img" />
            <ValueCell names={names} field={row.field} side={side} value={row.after} />
          </>
        ) : null}
      </span>
      <span role="gridcell" className={styles['why']} title={last}>
        {last}
      </span>
    </>
  );
}

/** In the place of a row that is on its way. Its number shows that the list moved. */
function Waiting({ index }: { readonly index: number }): ReactNode {
  return (
    <>
      <span role="gridcell" className={styles['time']}>
        {number(index + 1)}
      </span>
      <span role="gridcell" className={styles['title']}>
        <span className={styles['ghost']} />
      </span>
    </>
  );
}
