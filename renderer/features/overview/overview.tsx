import { utcOffsetMinutes } from '../../clock.js';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { IntegrationView, RunDay, RunningView, ScheduleView } from '../../../preload/contract/views.js';
import { stateOf } from '../../app/health.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { useSync } from '../../app/sync.js';
import { counted, lineText, number } from '../../format/values.js';
import { scheduleWords } from '../../format/words.js';
import { Badge } from '../../ui/badge.js';
import { Button, ButtonLink, IconButton } from '../../ui/button.js';
import {
  ArrowLeftRight,
  CircleCheck,
  Eye,
  Pause,
  Pencil,
  Play,
  Plus,
  RefreshCw,
  ScrollText,
  TriangleAlert,
  X,
} from '../../ui/icon.js';
import { MoreMenu } from '../../ui/menu.js';
import { Page } from '../../ui/page.js';
import { ProgressLine } from '../../ui/progress.js';
import { Answer, Empty, ErrorNote } from '../../ui/states.js';
import { RunStrip } from '../../ui/strip.js';
import { Time } from '../../ui/time.js';
import { toastError } from '../../ui/toast.js';
import { Ways } from '../start/welcome.js';
import styles from './overview.module.css';

export function Overview(): ReactNode {
  const integrations = useCall('integration.list', {});
  const app = useCall('app.get', {});
  const isAdmin = app.data?.role !== 'viewer';
  const some = (integrations.data?.length ?? 0) > 0;
  return (
    <Page
      title="Overview"
      actions={
        isAdmin && some ? (
          <ButtonLink to="/integrations/new" search={{}} icon={<Plus size={15} aria-hidden />}>
            New integration
          </ButtonLink>
        ) : undefined
      }
    >
      <Answer of={integrations}>
        {(list) =>
          list.length === 0 ? <Beginning isAdmin={isAdmin} /> : <Integrations list={list} isAdmin={isAdmin} />
        }
      </Answer>
    </Page>
  );
}

/** The workspace is open and there is no integration yet. */
function Beginning({ isAdmin }: { readonly isAdmin: boolean }): ReactNode {
  const connections = useCall('connection.list', {});
  const practice = useCommand('practice.start');
  const navigate = useNavigate();
  if (!isAdmin) {
    return (
      <Empty icon={<ArrowLeftRight size={20} />} title="No integration yet">
        An admin has to make one first.
      </Empty>
    );
  }
  if ((connections.data?.length ?? 0) >= 2) {
    return (
      <Empty
        icon={<ArrowLeftRight size={20} />}
        title="Two trackers are connected"
        actions={
          <ButtonLink look="primary" to="/integrations/new" search={{}} icon={<Plus size={15} aria-hidden />}>
            New integration
          </ButtonLink>
        }
      >
        Now say which of their items belong together. Nothing is written before you have seen what.
      </Empty>
    );
  }
  return (
    <div className={styles['beginning']}>
      <p className={styles['soft']}>
        {(connections.data?.length ?? 0) === 1
          ? 'One tracker is connected. An integration keeps two in step: connect another one.'
          : 'An integration keeps items of two trackers in step. Begin in one of two ways.'}
      </p>
      <Ways
        isPending={practice.isPending}
        onChoose={(way) => {
          if (way === 'connect') void navigate({ to: '/connections', search: { add: true } });
          else
            practice.mutate(
              {},
              {
                onSuccess: ({ integration }) =>
                  void navigate({ to: '/integrations/$name/preview', params: { name: integration }, search: {} }),
              },
            );
        }}
      />
      {practice.isError ? <ErrorNote error={appErrorOf(practice.error)} /> : null}
    </div>
  );
}

function Integrations({
  list,
  isAdmin,
}: {
  readonly list: readonly IntegrationView[];
  readonly isAdmin: boolean;
}): ReactNode {
  const running = useCall('run.current', {});
  const schedules = useCall('schedule.list', {});
  const days = useCall('run.days', { days: 30, utcOffsetMinutes: utcOffsetMinutes() });
  const paused = (name: string): boolean => schedules.data?.find((one) => one.integration === name)?.paused === true;
  const runOf = (name: string): RunningView | null => running.data?.find((one) => one.integration === name) ?? null;
  const wanting = list.filter((one) => stateOf(one, runOf(one.name), paused(one.name)).advice !== null);
  return (
    <>
      <Health list={list} wanting={wanting.length} />
      <ul className={styles['list']} aria-label="Integrations">
        {list.map((one) => (
          <IntegrationCard
            key={one.name}
            integration={one}
            run={runOf(one.name)}
            schedule={schedules.data?.find(({ integration }) => integration === one.name) ?? null}
            days={days.data?.find(({ integration }) => integration === one.name)?.days ?? null}
            isAdmin={isAdmin}
          />
        ))}
      </ul>
    </>
  );
}

function Health({ list, wanting }: { readonly list: readonly IntegrationView[]; readonly wanting: number }): ReactNode {
  const conflicts = list.reduce((sum, { openConflicts }) => sum + openConflicts, 0);
  return (
    <div className={styles['health']} data-tone={wanting === 0 ? 'good' : 'warn'}>
      {wanting === 0 ? <CircleCheck size={20} aria-hidden /> : <TriangleAlert size={20} aria-hidden />}
      <div>
        <p className={styles['healthWords']}>
          {wanting === 0
            ? 'Everything is in step'
            : `${counted(wanting, 'integration needs', 'integrations need')} your attention`}
        </p>
        <p className={styles['soft']}>
          {counted(list.length, 'integration')}
          {conflicts === 0 ? ', no conflicts' : `, ${counted(conflicts, 'conflict')}`}
        </p>
      </div>
      {conflicts > 0 ? (
        <ButtonLink to="/conflicts" search={{}}>
          Decide {counted(conflicts, 'conflict')}
        </ButtonLink>
      ) : null}
    </div>
  );
}

function IntegrationCard({
  integration,
  run,
  schedule,
  days,
  isAdmin,
}: {
  readonly integration: IntegrationView;
  readonly run: RunningView | null;
  readonly schedule: ScheduleView | null;
  readonly days: readonly RunDay[] | null;
  readonly isAdmin: boolean;
}): ReactNode {
  const { name, lastRun, openConflicts } = integration;
  const navigate = useNavigate();
  const pairs = useCall('integration.pairs', { name, limit: 1 });
  const setSchedule = useCommand('schedule.set');
  const cancel = useCommand('run.cancel');
  const sync = useSync();
  const state = stateOf(integration, run, schedule?.paused === true);
  const previewFirst = lastRun === null || lastRun.outcome === 'braked' || integration.recovered !== null;
  const openPreview = (): void => void navigate({ to: '/integrations/$name/preview', params: { name }, search: {} });
  const pause = (): void => {
    if (schedule === null) return;
    setSchedule.mutate(
      { name, schedule: schedule.schedule, paused: !schedule.paused },
      {
        onError: (thrown) => {
          toastError(`${name}: the schedule was not changed`, appErrorOf(thrown));
        },
      },
    );
  };
  const isScheduled = schedule !== null && schedule.schedule.kind !== 'manual';
  return (
    <li className={styles['card']}>
      <div className={styles['cardHead']}>
        <div className={styles['names']}>
          <Link to="/integrations/$name" params={{ name }} search={{}} className={styles['name'] ?? ''}>
            {name}
          </Link>
          <span className={styles['sides']}>
            {lineText(integration.left, 60)} <ArrowLeftRight size={13} aria-label="and" role="img" />{' '}
            {lineText(integration.right, 60)}
          </span>
        </div>
        <Badge tone={state.tone}>{state.words}</Badge>
        {isAdmin ? (
          <div className={styles['acts']}>
            {run !== null ? (
              <Button
                icon={<X size={15} aria-hidden />}
                isDisabled={run.cancelling}
                onPress={() => {
                  cancel.mutate({ runId: run.runId });
                }}
              >
                {run.cancelling ? 'Cancelling' : 'Cancel'}
              </Button>
            ) : previewFirst ? (
              <Button look="primary" icon={<Eye size={15} aria-hidden />} onPress={openPreview}>
                Preview
              </Button>
            ) : (
              <>
                <IconButton
                  label="Preview: see what a run would do"
                  icon={<Eye size={16} aria-hidden />}
                  onPress={openPreview}
                />
                <Button
                  look="primary"
                  icon={<RefreshCw size={15} aria-hidden />}
                  onPress={() => {
                    sync(name);
                  }}
                >
                  Sync now
                </Button>
              </>
            )}
            <MoreMenu
              label={`More for ${name}`}
              entries={[
                {
                  id: 'edit',
                  name: 'Edit mapping',
                  icon: <Pencil size={15} />,
                  onAction: () =>
                    void navigate({ to: '/integrations/$name', params: { name }, search: { tab: 'mapping' } }),
                },
                {
                  id: 'log',
                  name: 'Show in the log',
                  icon: <ScrollText size={15} />,
                  onAction: () => void navigate({ to: '/log', search: { integration: name } }),
                },
                ...(isScheduled
                  ? [
                      {
                        id: 'pause',
                        name: schedule.paused ? 'Resume schedule' : 'Pause schedule',
                        icon: schedule.paused ? <Play size={15} /> : <Pause size={15} />,
                        onAction: pause,
                      },
                    ]
                  : []),
              ]}
            />
          </div>
        ) : null}
      </div>
      {run === null ? null : (
        <Link to="/runs/$runId" params={{ runId: run.runId }} className={styles['live'] ?? ''}>
          <ProgressLine compact progress={run.progress} startedAtMs={run.startedAtMs} />
        </Link>
      )}
      {state.advice === null ? null : <p className={styles['advice']}>{lineText(state.advice, 240)}</p>}
      <dl className={styles['facts']}>
        <Fact name="Last run">
          {lastRun === null ? (
            '—'
          ) : (
            <Link to="/runs/$runId" params={{ runId: lastRun.id }} className={styles['plain'] ?? ''}>
              <Time atMs={lastRun.endedAtMs ?? lastRun.startedAtMs} />
            </Link>
          )}
        </Fact>
        <Fact name="Next run">
          {schedule === null ? (
            '—'
          ) : schedule.nextRunAtMs === null ? (
            schedule.paused ? (
              'Paused'
            ) : (
              'By hand'
            )
          ) : (
            <span title={scheduleWords(schedule.schedule)}>
              <Time atMs={schedule.nextRunAtMs} />
            </span>
          )}
        </Fact>
        <Fact name="Pairs">{pairs.data === undefined ? '—' : number(pairs.data.total)}</Fact>
        <Fact name="Conflicts">
          {openConflicts === 0 ? (
            '0'
          ) : (
            <Link to="/conflicts" search={{ integration: name }}>
              {number(openConflicts)}
            </Link>
          )}
        </Fact>
        <div className={styles['strip']}>
          <dt>Last 30 days</dt>
          <dd>{days === null ? null : <RunStrip days={days} />}</dd>
        </div>
      </dl>
    </li>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
