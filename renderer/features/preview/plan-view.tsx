import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import type { BrakeName, PlanRow } from '../../../preload/contract/plan.js';
import type { PreviewView } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { tellEnd } from '../../app/sync.js';
import { useRunning } from '../../app/live.js';
import { counted, fieldName, lineText, number } from '../../format/values.js';
import { kindTones, kindWords, reasonWords } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Confirm } from '../../ui/dialog.js';
import { Checkbox, Select, TextField } from '../../ui/field.js';
import { Check, CircleCheck, RefreshCw } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { Empty, ErrorNote, Notice } from '../../ui/states.js';
import { Time } from '../../ui/time.js';
import { toastError } from '../../ui/toast.js';
import { ValueCell } from '../../ui/value.js';
import { VirtualRows } from '../../ui/virtual-rows.js';
import { Brakes } from './brakes.js';
import { planLines, together, writes, type PlanFilter, type PlanLine } from './plan-lines.js';
import { RowDetail } from './row-detail.js';
import { Totals } from './totals.js';
import styles from './preview.module.css';

const filters: readonly { readonly id: PlanFilter['show']; readonly name: string }[] = [
  { id: 'all', name: 'Everything' },
  { id: 'writes', name: 'What is written' },
  { id: 'creates', name: 'New items' },
  { id: 'sets', name: 'Changed fields' },
  { id: 'comments', name: 'Comments' },
  { id: 'conflicts', name: 'Conflicts' },
  { id: 'skipped', name: 'Left alone' },
  { id: 'left-out', name: 'Left out by me' },
];

/** The plan, item by item and field by field, with all that decides whether it is carried out. */
export function PlanView({
  preview,
  subtitle,
  onAgain,
  isDraft,
}: {
  readonly preview: PreviewView;
  readonly subtitle: ReactNode;
  readonly onAgain: () => void;
  /** Of a mapping that is not saved: it can be looked at, not carried out. */
  readonly isDraft: boolean;
}): ReactNode {
  const { rows, names, brakes } = preview;
  const app = useCall('app.get', {});
  const [filter, setFilter] = useState<PlanFilter>({ text: '', show: 'all' });
  const [leftOut, setLeftOut] = useState<ReadonlySet<number>>(new Set());
  const [released, setReleased] = useState<ReadonlySet<BrakeName>>(new Set());
  const [active, setActive] = useState(-1);
  const [asking, setAsking] = useState(false);
  const lines = useMemo(() => planLines(rows, filter, names, leftOut), [rows, filter, names, leftOut]);
  const writing = useMemo(() => rows.filter(writes), [rows]);
  const doing = writing.length - writing.filter(({ seq }) => leftOut.has(seq)).length;
  const held = brakes.filter(({ name, releasable }) => releasable && !released.has(name));
  const apply = useApply(preview);
  const canApply = !isDraft && app.data?.role !== 'viewer';

  const leave = (seqs: readonly number[], out: boolean): void => {
    setLeftOut((before) => {
      const after = new Set(before);
      for (const seq of seqs) {
        if (out) after.add(seq);
        else after.delete(seq);
      }
      return after;
    });
  };

  const activeLine = lines[active];
  return (
    <Page
      fill
      title={isDraft ? 'Preview of the draft' : 'Preview'}
      subtitle={
        <>
          {subtitle} · made <Time atMs={preview.madeAtMs} /> · nothing is written yet
        </>
      }
      actions={
        <>
          <Button icon={<RefreshCw size={15} aria-hidden />} onPress={onAgain}>
            Look again
          </Button>
          {canApply ? (
            <Button
              look="primary"
              icon={<Check size={15} aria-hidden />}
              isDisabled={held.length > 0 || rows.length === 0}
              isPending={apply.isPending}
              onPress={() => {
                setAsking(true);
              }}
            >
              {apply.isPending ? 'Running…' : doing === 0 ? 'Carry out' : `Carry out ${counted(doing, 'change')}`}
            </Button>
          ) : null}
        </>
      }
    >
      <div className={styles['top']}>
        {apply.error === null ? null : (
          <ErrorNote error={apply.error} {...(apply.error.code === 'preview-outdated' ? { onRetry: onAgain } : {})} />
        )}
        {brakes.length === 0 ? null : (
          <Brakes
            brakes={brakes}
            released={released}
            canRelease={canApply}
            onRelease={(name, on) => {
              setReleased((before) => {
                const after = new Set(before);
                if (on) after.add(name);
                else after.delete(name);
                return after;
              });
            }}
          />
        )}
        {preview.notices.map((notice) => (
          <Notice key={notice}>{lineText(notice, 500)}</Notice>
        ))}
        <Totals preview={preview} />
      </div>
      {rows.length === 0 ? (
        <Empty icon={<CircleCheck size={20} />} title="Both sides are in step">
          A run would change nothing.
        </Empty>
      ) : (
        <>
          <div className={styles['bar']}>
            <TextField
              bare
              label="Search the plan"
              placeholder="Search items, fields, values"
              value={filter.text}
              onChange={(text) => {
                setFilter({ ...filter, text });
                setActive(-1);
              }}
            />
            <Select
              bare
              label="Show"
              options={filters}
              value={filter.show}
              onChange={(show) => {
                setFilter({ ...filter, show });
                setActive(-1);
              }}
            />
            <span className={styles['shown']} role="status">
              {counted(lines.filter(({ kind }) => kind === 'item').length, 'item')}
              {leftOut.size === 0 ? '' : `, ${counted(leftOut.size, 'row')} left out`}
            </span>
            {leftOut.size === 0 ? null : (
              <Button
                small
                onPress={() => {
                  setLeftOut(new Set());
                }}
              >
                Take all in again
              </Button>
            )}
          </div>
          <div className={styles['split']}>
            <VirtualRows
              label="Plan"
              count={lines.length}
              columns={6}
              rowHeightPx={34}
              active={active}
              onActive={setActive}
              onKey={(event) => {
                if (event.key !== 'x' || activeLine === undefined) return;
                const of = lineRows(activeLine).filter(writes);
                leave(
                  of.flatMap((row) => together(row, rows)),
                  of.some(({ seq }) => !leftOut.has(seq)),
                );
              }}
              header={
                <>
                  <span role="columnheader" className={styles['what']}>
                    Change
                  </span>
                  <span role="columnheader" className={styles['value']}>
                    Left
                  </span>
                  <span role="columnheader" className={styles['value']}>
                    At the last sync
                  </span>
                  <span role="columnheader" className={styles['value']}>
                    Right
                  </span>
                  <span role="columnheader" className={styles['value']}>
                    Result
                  </span>
                  <span role="columnheader" className={styles['reason']}>
                    Reason
                  </span>
                </>
              }
              rowClass={(index) => {
                const line = lines[index];
                if (line?.kind === 'item') return styles['itemRow'] ?? '';
                return line !== undefined && leftOut.has(line.row.seq) ? (styles['out'] ?? '') : '';
              }}
            >
              {(index) => {
                const line = lines[index];
                if (line === undefined) return null;
                return line.kind === 'item' ? (
                  <ItemLine
                    line={line}
                    leftOut={leftOut}
                    onLeave={(out) => {
                      leave(
                        line.rows.filter(writes).flatMap((row) => together(row, rows)),
                        out,
                      );
                    }}
                    canLeave={canApply}
                  />
                ) : (
                  <RowLine
                    row={line.row}
                    preview={preview}
                    isOut={leftOut.has(line.row.seq)}
                    canLeave={canApply}
                    onLeave={(out) => {
                      leave(together(line.row, rows), out);
                    }}
                  />
                );
              }}
            </VirtualRows>
            {activeLine?.kind === 'row' ? (
              <RowDetail
                row={activeLine.row}
                names={names}
                onClose={() => {
                  setActive(-1);
                }}
              />
            ) : null}
          </div>
        </>
      )}
      <Confirm
        title={doing === 0 ? 'Carry out this plan?' : `Carry out ${counted(doing, 'change')}?`}
        action="Carry out"
        look="primary"
        isOpen={asking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => {
          setAsking(false);
          apply.start([...leftOut]);
        }}
      >
        <p>
          Exactly this plan is carried out
          {leftOut.size === 0 ? '' : `, less the ${counted(leftOut.size, 'row')} that you left out`}. What changed in
          the meantime is left for the next run.
        </p>
        <p>
          About {number(preview.forecast.requests.left + preview.forecast.requests.right)} requests;{' '}
          {counted(preview.forecast.notified.left + preview.forecast.notified.right, 'person', 'people')} may be
          notified at most.
        </p>
      </Confirm>
    </Page>
  );
}

const lineRows = (line: PlanLine): readonly PlanRow[] => (line.kind === 'item' ? line.rows : [line.row]);

function ItemLine({
  line,
  leftOut,
  onLeave,
  canLeave,
}: {
  readonly line: Extract<PlanLine, { kind: 'item' }>;
  readonly leftOut: ReadonlySet<number>;
  readonly onLeave: (out: boolean) => void;
  readonly canLeave: boolean;
}): ReactNode {
  const writing = line.rows.filter(writes);
  const out = writing.filter(({ seq }) => leftOut.has(seq)).length;
  return (
    <span role="gridcell" aria-colspan={6} className={styles['item']}>
      <Tick
        label={`Carry out all of ${lineText(line.title, 80)}`}
        isShown={canLeave && writing.length > 0}
        isSelected={out === 0}
        isIndeterminate={out > 0 && out < writing.length}
        onChange={(on) => {
          onLeave(!on);
        }}
      />
      <span className={styles['title']} title={lineText(line.title)}>
        {lineText(line.title)}
      </span>
    </span>
  );
}

function RowLine({
  row,
  preview,
  isOut,
  canLeave,
  onLeave,
}: {
  readonly row: PlanRow;
  readonly preview: PreviewView;
  readonly isOut: boolean;
  readonly canLeave: boolean;
  readonly onLeave: (out: boolean) => void;
}): ReactNode {
  const { names } = preview;
  const { side, field } = row;
  const other = side === 'left' ? 'right' : 'left';
  const valued = field !== null && row.kind !== 'create' && row.kind !== 'match';
  const name = fieldName(names, field);
  const cell = (at: 'left' | 'right'): ReactNode =>
    valued ? <ValueCell names={names} field={field} side={at} value={at === side ? row.before : row.source} /> : null;
  return (
    <>
      <span role="gridcell" className={styles['what']}>
        <Tick
          label={`${kindWords[row.kind]} ${name}`}
          isShown={canLeave && writes(row)}
          isSelected={!isOut}
          onChange={(on) => {
            onLeave(!on);
          }}
        />
        <Badge tone={kindTones[row.kind]}>{kindWords[row.kind]}</Badge>
        <span className={styles['field']}>{row.kind === 'create' ? `on the ${side}` : name}</span>
      </span>
      <span role="gridcell" className={styles['value']}>
        {cell('left')}
      </span>
      <span role="gridcell" className={`${styles['value'] ?? ''} ${styles['base'] ?? ''}`}>
        {valued ? <ValueCell names={names} field={field} side={other} value={row.sourceBefore} /> : null}
      </span>
      <span role="gridcell" className={styles['value']}>
        {cell('right')}
      </span>
      <span role="gridcell" className={`${styles['value'] ?? ''} ${styles['result'] ?? ''}`}>
        {valued && writes(row) ? (
          <>
            <Side side={side} />
            <ValueCell names={names} field={field} side={side} value={row.after} />
          </>
        ) : row.kind === 'create' ? (
          <>
            <Side side={side} /> new item
          </>
        ) : row.kind === 'conflict' ? (
          'waits for you'
        ) : null}
      </span>
      <span role="gridcell" className={styles['reason']} title={reasonWords[row.reason]}>
        {reasonWords[row.reason]}
      </span>
    </>
  );
}

export function Side({ side }: { readonly side: 'left' | 'right' }): ReactNode {
  return (
    <span className={styles['side']} title={`Written on the ${side}`}>
      <span aria-hidden>{side === 'left' ? 'L' : 'R'}</span>
      <span className={styles['hidden']}>on the {side}: </span>
    </span>
  );
}

/** A tick of its own: in a grid with an active row, only the row takes the focus. */
function Tick({
  label,
  isShown,
  isSelected,
  isIndeterminate = false,
  onChange,
}: {
  readonly label: string;
  readonly isShown: boolean;
  readonly isSelected: boolean;
  readonly isIndeterminate?: boolean;
  readonly onChange: (on: boolean) => void;
}): ReactNode {
  if (!isShown) return <span className={styles['noTick']} />;
  return (
    <span
      className={styles['tick']}
      onClick={(event) => {
        event.stopPropagation();
      }}
    >
      <Checkbox label={label} isSelected={isSelected} isIndeterminate={isIndeterminate} onChange={onChange} />
    </span>
  );
}

/**
 * Carries a preview out as it is, and goes to its run as soon as there is one. Its brakes are released by its user's
 * approval, which the screen asks for one by one.
 */
function useApply(preview: PreviewView): {
  readonly isPending: boolean;
  readonly error: ReturnType<typeof appErrorOf> | null;
  readonly start: (leaveOut: readonly number[]) => void;
} {
  const run = useCommand('sync.plan');
  const navigate = useNavigate();
  const name = preview.integration;
  const running = useRunning(name);
  const runId = run.isPending ? running?.runId : undefined;
  useEffect(() => {
    if (runId !== undefined) void navigate({ to: '/runs/$runId', params: { runId } });
  }, [runId, navigate]);
  return {
    isPending: run.isPending,
    error: run.isError ? appErrorOf(run.error) : null,
    start: (leaveOut) => {
      run.mutateAsync({ name, previewId: preview.id, hash: preview.hash, leaveOut: [...leaveOut] }).then(
        (view) => {
          tellEnd(view, navigate);
          void navigate({ to: '/runs/$runId', params: { runId: view.run.id } });
        },
        (thrown: unknown) => {
          toastError(`${name} could not run`, appErrorOf(thrown));
        },
      );
    },
  };
}
