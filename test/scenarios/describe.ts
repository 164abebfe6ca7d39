import type { Preview, RunReport } from '../../main/engine/run-types.js';
import type { LogEntry } from '../../main/engine/state.js';
import type { Brake, PlanRow } from '../../preload/contract/plan.js';
import { otherSide, sides, type FieldValue } from '../../preload/contract/values.js';
import type { MemoryPair } from '../fakes/memory-pair.js';

/** Runs as text that a person can check by eye. Nothing random is in it. */

export function describeReport(pair: MemoryPair, report: RunReport): string {
  const data = pair.store.dump();
  const log = data.log.filter((entry) => entry.runId === report.run.id);
  const open = data.conflicts.filter((conflict) => conflict.state === 'open');
  const lines = [
    `${report.run.mode}: ${report.run.outcome}`,
    ...section('brakes', report.brakes.map(brakeLine)),
    ...section('plan', (report.plan?.rows ?? []).map(rowLine)),
    ...section('log', log.map(logLine)),
    ...section(
      'open conflicts',
      open.map(
        ({ kind, field, title, left, right, base, candidates }) =>
          `${kind} ${field ?? 'item'} of "${title}": left ${show(left)}, right ${show(right)}, base ${show(base)}${candidates.length === 0 ? '' : `, candidates ${candidates.join(' ')}`}`,
      ),
    ),
    ...sides.flatMap((side) => section(side, itemLines(pair, side))),
  ];
  return readable(pair, lines);
}

export function describePreview(pair: MemoryPair, preview: Preview): string {
  const { requests, notified } = preview.forecast;
  const lines = [
    'preview',
    ...section('brakes', preview.brakes.map(brakeLine)),
    ...section('plan', preview.plan.rows.map(rowLine)),
    `  forecast: requests left ${String(requests.left)}, right ${String(requests.right)}; people left ${String(notified.left)}, right ${String(notified.right)}`,
  ];
  return readable(pair, lines);
}

function readable(pair: MemoryPair, lines: readonly string[]): string {
  const { ids } = pair.deps();
  const names = new Map<string, string>();
  for (const side of sides)
    for (let n = 1; n < 20; n += 1) {
      const ref = `${pair.tracker(side).options.name}${String(n)}`;
      names.set(ids.pairId(side, ref), `the pair of ${ref}`);
    }
  return `${lines.join('\n')}\n`
    .replace(/pair:([a-z2-7]{16})/gu, (_all, id: string) => names.get(id) ?? 'an unknown pair')
    .replace(/comment:[a-z2-7]{16}/gu, 'comment')
    .replace(/\(ref [a-z2-7]{16}\)/gu, '(ref ...)');
}

function section(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${name}`, ...lines.map((line) => `    ${line}`)];
}

function show(value: FieldValue): string {
  return value === null ? '-' : JSON.stringify(value);
}

function brakeLine(brake: Brake): string {
  return `${brake.name}${brake.releasable ? '' : ' (not releasable)'}: ${brake.saw}`;
}

function rowLine(row: PlanRow): string {
  const { side } = row;
  const source = otherSide(side);
  const where = `${row.refs.left ?? '.'} ${row.refs.right ?? '.'}`;
  const values =
    row.field === null && row.after === null
      ? ''
      : ` ${side} ${show(row.before)} => ${show(row.after)}, ${source} ${show(row.sourceBefore)} -> ${show(row.source)}`;
  const more = [row.half ? 'half' : '', row.loser === null ? '' : `loser ${show(row.loser)}`, row.note ?? ''];
  return `${String(row.seq)} ${where} ${row.kind} on ${side}${row.field === null ? '' : ` ${row.field}`}${values} (${row.reason})${more
    .filter((part) => part !== '')
    .map((part) => `; ${part}`)
    .join('')}`;
}

function logLine(entry: LogEntry): string {
  if (entry.kind === 'event') return `event: ${entry.message ?? ''}`;
  const where = `${entry.refs.left ?? '.'} ${entry.refs.right ?? '.'}`;
  const values = entry.field === null ? '' : ` ${show(entry.before)} => ${show(entry.after)}`;
  const message = entry.message === null ? '' : `; ${entry.message}`;
  return `${entry.outcome}: ${where} ${entry.kind} on ${entry.side ?? '-'}${entry.field === null ? '' : ` ${entry.field}`}${values} (${entry.reason ?? '-'})${message}`;
}

function itemLines(pair: MemoryPair, side: 'left' | 'right'): readonly string[] {
  return [...pair.tracker(side).rows.values()].flatMap((row) => {
    const values = Object.entries(row.fields).filter(([, value]) => value !== null);
    const flags = [row.scope === 'scope' ? '' : `in ${row.scope}`, row.private ? 'private' : ''];
    const head = [row.ref, ...values.map(([field, value]) => `${field}=${String(value)}`), ...flags];
    return [
      head.filter((part) => part !== '').join(' '),
      ...row.comments.map(
        (comment) => `  ${comment.visibility === 'private' ? '(private) ' : ''}${comment.body.replace(/\n+/gu, ' | ')}`,
      ),
    ];
  });
}
