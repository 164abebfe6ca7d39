import type { Brake } from '../../../preload/contract/plan.js';
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
  if (run.outcome === 'braked') {
    lines.push(`Nothing was written. Look at it with: lockstep preview ${run.integration}`);
    lines.push(goOnText(run.integration, brakes));
  }
  if (openConflicts > 0)
    lines.push(`${count(openConflicts, 'conflict')} for you to decide: lockstep conflicts ${run.integration}`);
  if ((run.counts['failed'] ?? 0) > 0) lines.push(`What failed and why: lockstep log ${run.id} --outcome failed`);
  if (run.outcome !== 'braked') lines.push(style.dim(`Every change: lockstep log ${run.id}`));
  return `${lines.join('\n')}\n`;
}

/** The command that goes on past these brakes. One that cannot be released wants a preview that somebody looked at. */
export function goOnText(integration: string, brakes: readonly Brake[]): string {
  if (brakes.every(({ releasable }) => releasable)) {
    const names = brakes.map(({ name }) => name);
    const release = names.length === 0 ? '' : ` --release ${[...new Set(names)].join(',')}`;
    return `If that is what you want: lockstep sync ${integration}${release}`;
  }
  return `If that is what you want: lockstep preview ${integration} --out plan.json, then lockstep sync ${integration} --plan plan.json`;
}
