import type { RunOutcomeName, RunView } from '../../../preload/contract/views.js';
import { renderTable } from './table.js';
import { count, durationText, oneLine, timeText } from './text.js';

export const outcomeWords: Readonly<Record<RunOutcomeName, string>> = {
  done: 'done',
  failures: 'finished with failures',
  conflicts: 'done, conflicts wait',
  braked: 'stopped by a brake',
  cancelled: 'cancelled',
  failed: 'failed',
  running: 'running',
};

export function renderRuns(runs: readonly RunView[], columns: number): string {
  if (runs.length === 0) return 'Nothing has run yet.\n';
  return renderTable(
    [
      { title: 'RUN' },
      { title: 'INTEGRATION' },
      { title: 'STARTED' },
      { title: 'TOOK' },
      { title: 'OUTCOME' },
      { title: 'CHANGES', flexible: true },
    ],
    runs.map((run) => [
      run.id,
      run.integration,
      timeText(run.startedAtMs),
      run.endedAtMs === null ? '-' : durationText(run.endedAtMs - run.startedAtMs),
      outcomeWords[run.outcome],
      run.message === null ? changesText(run) : oneLine(run.message),
    ]),
    columns,
  );
}

/** `2 items created, 5 updated, 1 comment`. */
export function changesText({ counts }: RunView): string {
  const of = (name: string): number => counts[name] ?? 0;
  const parts = [
    ...(of('created') > 0 ? [`${count(of('created'), 'item')} created`] : []),
    ...(of('updated') > 0 ? [`${count(of('updated'), 'item')} updated`] : []),
    ...(of('comments') > 0 ? [count(of('comments'), 'comment')] : []),
    ...(of('adopted') > 0 ? [`${String(of('adopted'))} found again`] : []),
    ...(of('dropped') > 0 ? [`${String(of('dropped'))} changed meanwhile`] : []),
    ...(of('failed') > 0 ? [`${String(of('failed'))} failed`] : []),
    ...(of('review') > 0 ? [`${String(of('review'))} to review`] : []),
  ];
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}
