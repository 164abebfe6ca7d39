import { utcOffsetMinutes } from '../../clock.js';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import { useRunning } from '../../app/live.js';
import { useCall } from '../../app/query.js';
import { counted, lineText, number } from '../../format/values.js';
import { outcomeWords, scheduleWords } from '../../format/words.js';
import { Facts, Part } from '../../ui/page.js';
import { ProgressLine } from '../../ui/progress.js';
import { Notice } from '../../ui/states.js';
import { RunStrip } from '../../ui/strip.js';
import { Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';

const days = 30;

export function OverviewTab({ config }: { readonly config: IntegrationConfig }): ReactNode {
  const { name } = config;
  const running = useRunning(name);
  const list = useCall('integration.list', {});
  const schedules = useCall('schedule.list', {});
  const pairs = useCall('integration.pairs', { name, limit: 1 });
  const strip = useCall('run.days', { days, utcOffsetMinutes: utcOffsetMinutes() });
  const view = list.data?.find((one) => one.name === name);
  const schedule = schedules.data?.find(({ integration }) => integration === name);
  const ofDays = strip.data?.find(({ integration }) => integration === name)?.days ?? [];
  const ran = ofDays.filter(({ runs }) => runs > 0).reverse();
  const lastRun = view?.lastRun ?? null;
  return (
    <>
      {running === null ? null : <ProgressLine progress={running.progress} startedAtMs={running.startedAtMs} />}
      {view?.recovered == null ? null : <Notice tone="warn">{lineText(view.recovered, 400)}</Notice>}
      {lastRun?.message == null ? null : <Notice tone="warn">{lineText(lastRun.message, 400)}</Notice>}
      <Facts
        rows={[
          [
            'Last run',
            lastRun === null ? (
              'never'
            ) : (
              <>
                <Link to="/runs/$runId" params={{ runId: lastRun.id }}>
                  <Time atMs={lastRun.endedAtMs ?? lastRun.startedAtMs} />
                </Link>
                , {outcomeWords[lastRun.outcome].toLowerCase()}
              </>
            ),
          ],
          [
            'Next run',
            schedule?.nextRunAtMs == null ? (
              schedule?.paused === true ? (
                'paused'
              ) : (
                'by hand'
              )
            ) : (
              <Time key="next" atMs={schedule.nextRunAtMs} />
            ),
          ],
          ['Schedule', schedule === undefined ? 'By hand' : scheduleWords(schedule.schedule)],
          ['Pairs', pairs.data === undefined ? '…' : number(pairs.data.total)],
          [
            'Conflicts',
            view === undefined || view.openConflicts === 0 ? (
              'none'
            ) : (
              <Link key="conflicts" to="/conflicts" search={{ integration: name }}>
                {counted(view.openConflicts, 'conflict')}
              </Link>
            ),
          ],
          ['Fields', counted(config.fields.length, 'field')],
          ['Types', config.types.map(({ left, right }) => (left === right ? left : `${left} and ${right}`)).join(', ')],
          ['Changed', view === undefined ? '…' : <Time key="changed" atMs={view.changedAtMs} />],
        ]}
      />
      <Part title="Last 30 days">
        {ofDays.length === 0 ? null : <RunStrip days={ofDays} />}
        {ran.length === 0 ? (
          <p>No run yet.</p>
        ) : (
          <Table
            label="Days with runs"
            columns={[
              { name: 'Day' },
              { name: 'Runs', align: 'end' },
              { name: 'Changes', align: 'end' },
              { name: 'Failures', align: 'end' },
              { name: 'Worst' },
            ]}
          >
            {ran.slice(0, 7).map((day) => (
              <tr key={day.day}>
                <td>{day.day}</td>
                <td data-end>{number(day.runs)}</td>
                <td data-end>{number(day.changes)}</td>
                <td data-end>{number(day.failures)}</td>
                <td>{day.worst === null ? '' : outcomeWords[day.worst]}</td>
              </tr>
            ))}
          </Table>
        )}
      </Part>
    </>
  );
}
