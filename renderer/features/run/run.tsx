import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useParam } from '../../app/address.js';
import type { RunDetail, RunningView } from '../../../preload/contract/views.js';
import { useCall, useCommand } from '../../app/query.js';
import { duration } from '../../format/time.js';
import { lineText, number } from '../../format/values.js';
import {
  brakeWords,
  outcomeTones,
  outcomeWords,
  phases,
  phaseWords,
  rowOutcomes,
  rowOutcomeWord,
} from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button, ButtonLink } from '../../ui/button.js';
import { Check, Download, Eye, OctagonPause, ScrollText, X } from '../../ui/icon.js';
import { Page } from '../../ui/page.js';
import { ProgressLine } from '../../ui/progress.js';
import { Answer, Notice } from '../../ui/states.js';
import { Time } from '../../ui/time.js';
import { ExportDialog } from '../log/export-dialog.js';
import { LogRows } from '../log/log-rows.js';
import styles from './run.module.css';

const modeWords = { sync: 'Sync', full: 'Full sync', plan: 'Approved plan' } as const;

/** One run: live while it goes on, then what it did. */
export function Run(): ReactNode {
  const runId = useParam('runId');
  const detail = useCall('run.get', { runId });
  const current = useCall('run.current', {});
  const running = current.data?.find((run) => run.runId === runId) ?? null;
  if (detail.data === undefined) {
    return (
      <Page title="Run">
        <Answer of={detail}>{() => null}</Answer>
      </Page>
    );
  }
  return <RunScreen key={runId} detail={detail.data} running={running} />;
}

function RunScreen({
  detail,
  running,
}: {
  readonly detail: RunDetail;
  readonly running: RunningView | null;
}): ReactNode {
  const { run } = detail;
  const cancel = useCommand('run.cancel');
  const navigate = useNavigate();
  const [exporting, setExporting] = useState(false);
  const isLive = running !== null;
  return (
    <Page
      fill
      title={
        <>
          {modeWords[run.mode]}{' '}
          <Badge tone={isLive ? 'accent' : outcomeTones[run.outcome]}>
            {isLive ? 'Running' : outcomeWords[run.outcome]}
          </Badge>
        </>
      }
      subtitle={
        <>
          <Link to="/integrations/$name" params={{ name: run.integration }} search={{}}>
            {run.integration}
          </Link>{' '}
          · started <Time atMs={run.startedAtMs} />
          {run.endedAtMs === null ? '' : ` · took ${duration(run.endedAtMs - run.startedAtMs)}`}
        </>
      }
      actions={
        isLive ? (
          <Button
            icon={<X size={15} aria-hidden />}
            isDisabled={running.cancelling}
            onPress={() => {
              cancel.mutate({ runId: run.id });
            }}
          >
            {running.cancelling ? 'Cancelling' : 'Cancel run'}
          </Button>
        ) : (
          <>
            {run.outcome === 'braked' ? (
              <ButtonLink
                look="primary"
                to="/integrations/$name/preview"
                params={{ name: run.integration }}
                search={{}}
                icon={<Eye size={15} aria-hidden />}
              >
                Preview and release
              </ButtonLink>
            ) : null}
            <Button
              icon={<Download size={15} aria-hidden />}
              onPress={() => {
                setExporting(true);
              }}
            >
              Export
            </Button>
            <Button
              icon={<ScrollText size={15} aria-hidden />}
              onPress={() => void navigate({ to: '/log', search: { run: run.id } })}
            >
              Search in the log
            </Button>
          </>
        )
      }
    >
      <div className={styles['top']}>{isLive ? <Live running={running} /> : <Ended detail={detail} />}</div>
      <LogRows
        filter={{ runId: run.id }}
        label="Changes of this run"
        empty={isLive ? 'Nothing is written yet.' : 'This run changed nothing.'}
      />
      <ExportDialog
        isOpen={exporting}
        onClose={() => {
          setExporting(false);
        }}
        filter={{ runId: run.id }}
        runId={run.id}
      />
    </Page>
  );
}

function Live({ running }: { readonly running: RunningView }): ReactNode {
  const at = running.progress === null ? -1 : phases.indexOf(running.progress.phase);
  return (
    <>
      <ProgressLine progress={running.progress} startedAtMs={running.startedAtMs} />
      <ol className={styles['phases']} aria-label="Phases">
        {phases.map((phase, index) => (
          <li
            key={phase}
            data-state={index < at ? 'done' : index === at ? 'now' : 'later'}
            aria-current={index === at ? 'step' : undefined}
          >
            {index < at ? (
              <Check size={13} aria-label="done" role="img" />
            ) : (
              <span className={styles['pip']} aria-hidden />
            )}
            {phaseWords[phase]}
          </li>
        ))}
      </ol>
    </>
  );
}

function Ended({ detail }: { readonly detail: RunDetail }): ReactNode {
  const { run, outcomes } = detail;
  const shown = rowOutcomes.filter((outcome) => (outcomes[outcome] ?? 0) > 0 && outcome !== 'note');
  return (
    <>
      {run.message === null ? null : (
        <Notice tone={run.outcome === 'failed' ? 'warn' : 'quiet'}>{lineText(run.message, 600)}</Notice>
      )}
      {detail.brakes.map(({ name, saw }) => (
        <Notice key={name} tone="warn">
          <OctagonPause size={14} className={styles['inline'] ?? ''} aria-hidden /> <b>{brakeWords[name].title}.</b>{' '}
          {lineText(saw, 300)}
        </Notice>
      ))}
      {detail.notices.map((notice) => (
        <Notice key={notice}>{lineText(notice, 400)}</Notice>
      ))}
      <dl className={styles['numbers']}>
        {shown.length === 0 ? (
          <div>
            <dt>Changes</dt>
            <dd>0</dd>
          </div>
        ) : (
          shown.map((outcome) => (
            <div key={outcome}>
              <dt>{rowOutcomeWord(outcome)}</dt>
              <dd>{number(outcomes[outcome] ?? 0)}</dd>
            </div>
          ))
        )}
        {(['left', 'right'] as const).map((side) => {
          const upTo = run.checkedUpTo[side];
          const atMs = upTo === null ? Number.NaN : Date.parse(upTo);
          return Number.isNaN(atMs) ? null : (
            <div key={side}>
              <dt>{side === 'left' ? 'Left' : 'Right'} checked up to</dt>
              <dd className={styles['word']}>
                <Time atMs={atMs} />
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}
