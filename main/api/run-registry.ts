import { LockstepError } from '../../preload/contract/errors.js';
import type { Brake } from '../../preload/contract/plan.js';
import type { RunDay, RunDays, RunDetail, RunOutcomeName } from '../../preload/contract/views.js';
import type { Program } from '../runner/program.js';
import { changesOf } from '../runner/run-now.js';
import type { RunRecord } from '../store/repositories/runs.js';
import type { FeatureHandlers } from './dispatcher.js';
import { runView } from './run-view.js';

type Calls = 'run.get' | 'run.current' | 'run.cancel' | 'run.days';

const dayMs = 24 * 60 * 60 * 1000;
const runsAtOnce = 500;

export function runRegistryHandlers(program: Program): FeatureHandlers<Calls> {
  const { stored, runs, host } = program;
  return {
    async 'run.get'({ runId }) {
      const found = await stored.runs.get(runId);
      if (found === null) throw unknownRun(runId);
      const running = runs.list().find((view) => view.runId === runId) ?? null;
      return { run: runView(found), ...(await toldBy(program, found)), running };
    },

    'run.current': () => Promise.resolve(runs.list()),

    'run.cancel'({ runId }) {
      if (!runs.cancel(runId)) throw unknownRun(runId);
      return Promise.resolve({ runId });
    },

    async 'run.days'({ days, utcOffsetMinutes }) {
      const offsetMs = utcOffsetMinutes * 60_000;
      const lastDay = Math.floor((host.clock.now() + offsetMs) / dayMs);
      const firstDay = lastDay - days + 1;
      const found = new Map<string, Map<number, RunDay>>();
      for await (const record of runsSince(program, firstDay * dayMs - offsetMs)) {
        const day = Math.floor((record.run.startedAtMs + offsetMs) / dayMs);
        const own = found.get(record.integrationId) ?? new Map<number, RunDay>();
        found.set(record.integrationId, own.set(day, addRun(own.get(day) ?? emptyDay(day), record)));
      }
      const views: RunDays[] = [];
      for (const { id, name } of await stored.integrations.list()) {
        const own = found.get(id);
        const dayOf = (_: unknown, index: number): RunDay => own?.get(firstDay + index) ?? emptyDay(firstDay + index);
        views.push({ integration: name, days: Array.from({ length: days }, dayOf) });
      }
      return views;
    },
  };
}

export function unknownRun(runId: string): LockstepError {
  return new LockstepError('run-unknown', `There is no run "${runId}".`, {
    action: 'It ended, or its log is older than the settings let it be kept.',
  });
}

/** Newest first, page by page. */
async function* runsSince({ stored }: Program, sinceMs: number): AsyncGenerator<RunRecord> {
  let beforeMs: number | undefined;
  for (;;) {
    const page = await stored.runs.list({ limit: runsAtOnce, ...(beforeMs === undefined ? {} : { beforeMs }) });
    for (const record of page) {
      if (record.run.startedAtMs < sinceMs) return;
      yield record;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < runsAtOnce) return;
    beforeMs = last.run.startedAtMs;
  }
}

function emptyDay(day: number): RunDay {
  return { day: new Date(day * dayMs).toISOString().slice(0, 10), runs: 0, changes: 0, failures: 0, worst: null };
}

const fromBest: readonly RunOutcomeName[] = [
  'running',
  'done',
  'cancelled',
  'conflicts',
  'braked',
  'failures',
  'failed',
];

function addRun(day: RunDay, { run }: RunRecord): RunDay {
  const isWorse = day.worst === null || fromBest.indexOf(run.outcome) > fromBest.indexOf(day.worst);
  return {
    day: day.day,
    runs: day.runs + 1,
    changes: day.changes + changesOf(run.counts),
    failures: day.failures + (run.counts['failed'] ?? 0),
    worst: isWorse ? run.outcome : day.worst,
  };
}

/** What the run told about itself in its log, and how its rows ended. */
async function toldBy(
  { stored }: Program,
  { run }: RunRecord,
): Promise<Pick<RunDetail, 'brakes' | 'notices' | 'outcomes'>> {
  const events = await stored.log.page(run.id, { kind: 'event', limit: 1_000 });
  const brakes = run.brakes.map((name): Brake => {
    const event = events.find(({ entry }) => entry.code === name);
    const saw = event?.entry.message?.replace(/^brake [\w-]+: /u, '') ?? '';
    return { name, saw, releasable: name !== 'recovered' };
  });
  const notices = events.flatMap(({ entry }) => (entry.code === null && entry.message !== null ? [entry.message] : []));
  const outcomes: Record<string, number> = {};
  for (const outcome of ['done', 'adopted', 'failed', 'dropped', 'parked', 'skipped', 'note'] as const) {
    const rows = await stored.logSearch.count({ runId: run.id, outcome });
    if (rows > 0) outcomes[outcome] = rows;
  }
  return { brakes, notices, outcomes };
}
