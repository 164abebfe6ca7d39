import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import type { Schedule } from '../../../preload/contract/settings.js';
import type { ScheduleView } from '../../../preload/contract/views.js';
import { appErrorOf, useCall, useCommand } from '../../app/query.js';
import { exactTime } from '../../format/time.js';
import { Button } from '../../ui/button.js';
import { Select, Switch, TextField } from '../../ui/field.js';
import { Part } from '../../ui/page.js';
import { Answer, ErrorNote } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import styles from './integration.module.css';

const typingMs = 300;

export function ScheduleTab({ name, readOnly }: { readonly name: string; readonly readOnly: boolean }): ReactNode {
  const schedules = useCall('schedule.list', {});
  return (
    <Answer of={schedules}>
      {(list) => {
        const view = list.find(({ integration }) => integration === name) ?? {
          integration: name,
          schedule: { kind: 'manual' } as const,
          paused: false,
          nextRunAtMs: null,
        };
        return <ScheduleForm key={JSON.stringify([view.schedule, view.paused])} view={view} readOnly={readOnly} />;
      }}
    </Answer>
  );
}

function ScheduleForm({ view, readOnly }: { readonly view: ScheduleView; readonly readOnly: boolean }): ReactNode {
  const { schedule: saved } = view;
  const set = useCommand('schedule.set');
  const [kind, setKind] = useState(saved.kind);
  const [minutes, setMinutes] = useState(saved.kind === 'every' ? String(saved.minutes) : '15');
  const [expression, setExpression] = useState(saved.kind === 'cron' ? saved.expression : '0 7-19 * * 1-5');
  const [paused, setPaused] = useState(view.paused);
  const every = Number(minutes);
  const everyOk = Number.isInteger(every) && every >= 1 && every <= 10_080;
  const schedule: Schedule =
    kind === 'manual' ? { kind } : kind === 'every' ? { kind, minutes: everyOk ? every : 15 } : { kind, expression };
  const [asked, setAsked] = useState(schedule);
  const words = JSON.stringify(schedule);
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(JSON.parse(words) as Schedule);
    }, typingMs);
    return () => {
      clearTimeout(timer);
    };
  }, [words]);
  const check = useCall(
    'schedule.check',
    { schedule: asked },
    { keepPrevious: true, enabled: asked.kind !== 'cron' || asked.expression.trim() !== '' },
  );
  const problem = kind === 'every' && !everyOk ? 'A whole number from 1 to 10080.' : (check.data?.problem ?? null);
  const isChanged = JSON.stringify([schedule, paused]) !== JSON.stringify([saved, view.paused]);
  return (
    <Part
      title="When it runs"
      hint="While the program runs. What was missed, in sleep for example, is made up for once."
    >
      <Form
        className={styles['schedule'] ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          if (problem !== null || readOnly) return;
          set.mutate(
            { name: view.integration, schedule, paused },
            {
              onSuccess: () => {
                toast({ tone: 'good', title: 'Schedule kept' });
              },
            },
          );
        }}
      >
        <Select
          label="Run"
          isDisabled={readOnly}
          value={kind}
          onChange={setKind}
          options={[
            { id: 'manual', name: 'By hand' },
            { id: 'every', name: 'Every so many minutes' },
            { id: 'cron', name: 'By a cron expression' },
          ]}
        />
        {kind === 'every' ? (
          <TextField
            label="Minutes"
            isDisabled={readOnly}
            inputMode="numeric"
            value={minutes}
            onChange={setMinutes}
            error={problem ?? undefined}
          />
        ) : null}
        {kind === 'cron' ? (
          <TextField
            label="Cron expression"
            mono
            isDisabled={readOnly}
            value={expression}
            onChange={setExpression}
            error={problem ?? undefined}
            help="Minute, hour, day of the month, month, day of the week."
          />
        ) : null}
        {kind === 'manual' ? null : (
          <Switch isDisabled={readOnly} isSelected={paused} onChange={setPaused}>
            Paused
          </Switch>
        )}
        {kind !== 'manual' && !paused && problem === null && (check.data?.nextMs.length ?? 0) > 0 ? (
          <div>
            <h3>Next</h3>
            <ul className={styles['next']}>
              {check.data?.nextMs.map((atMs) => (
                <li key={atMs}>{exactTime(atMs)}</li>
              ))}
            </ul>
          </div>
        ) : null}
        {set.isError ? <ErrorNote error={appErrorOf(set.error)} /> : null}
        {readOnly ? null : (
          <div>
            <Button
              look={isChanged ? 'primary' : 'plain'}
              type="submit"
              isDisabled={!isChanged || problem !== null}
              isPending={set.isPending}
            >
              Save
            </Button>
          </div>
        )}
      </Form>
    </Part>
  );
}
