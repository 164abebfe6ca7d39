import type { SyncView } from '../../../preload/contract/views.js';
import { changesText, outcomeWords } from './runs.js';
import type { Style } from './style.js';
import { count, durationText, oneLine } from './text.js';

/** How a sync ended, and what the user may do next. */
export function renderSync({ run, brakes, notices, openConflicts }: SyncView, style: Style): string {
  const took = run.endedAtMs === null ? '' : ` in ${durationText(run.endedAtMs - run.startedAtMs)}`;
  const good = run.outcome === 'done' || run.outcome === 'conflicts';
  const outcome = (good ? style.green : style.red)(outcomeWords[run.outcome]);
  const lines = [
    `${style.bold(run.integration)}  ${outcome}${took}${run.outcome === 'braked' ? '' : `: ${changesText(run)}`}`,
    ...brakes.map(({ name, saw }) => `${style.red(`Brake ${name}:`)} ${oneLine(saw)}`),
    ...notices.map((notice) => `${style.yellow('Note:')} ${oneLine(notice)}`),
  ];
  const releasable = brakes.filter((brake) => brake.releasable).map(({ name }) => name);
  if (run.outcome === 'braked') {
    lines.push(`Nothing was written. Look at it with: lockstep preview ${run.integration}`);
    if (releasable.length === brakes.length) {
      lines.push(`If that is what you want: lockstep sync ${run.integration} --release ${releasable.join(',')}`);
    }
  }
  if (openConflicts > 0)
    lines.push(`${count(openConflicts, 'conflict')} for you to decide: lockstep conflicts ${run.integration}`);
  if ((run.counts['failed'] ?? 0) > 0) lines.push(`What failed and why: lockstep log ${run.id} --outcome failed`);
  lines.push(style.dim(`Every change: lockstep log ${run.id}`));
  return `${lines.join('\n')}\n`;
}
