import type { Phase, Progress } from '../engine/ports.js';
import type { Clock } from '../host.js';
import type { Io, Output } from './io.js';
import { cut, durationText, oneLine } from './render/text.js';

export interface ProgressView {
  update(progress: Progress): void;
  /** Removes the line that is redrawn. Idempotent. */
  end(): void;
}

const phaseWords: Readonly<Record<Phase, string>> = {
  preflight: 'Checking',
  lookups: 'Looking up',
  read: 'Reading',
  plan: 'Planning',
  brakes: 'Checking the plan',
  apply: 'Writing',
  commit: 'Closing',
};

const redrawMs = 100;
const plainEveryMs = 5_000;
const barWidth = 20;

/** A bar that is redrawn on a terminal; elsewhere a line at each phase and every five seconds. */
export function createProgressView(io: Pick<Io, 'clock' | 'every'>, output: Output): ProgressView {
  const rate = createRate(io.clock);
  let last: Progress | null = null;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let shownPhase = '';
  let hasLine = false;

  function line(progress: Progress): string {
    const words = [phaseWords[progress.phase], ...(progress.side === null ? [] : [progress.side])].join(' ');
    if (progress.waiting !== null) return `${words}  ${waitingText(progress.waiting, io.clock.now())}`;
    const { perSecond, remainingMs } = rate.of(progress);
    const parts = [words, ...amounts(progress, output.isTty)];
    if (perSecond !== null) parts.push(`${perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1)}/s`);
    if (remainingMs !== null) parts.push(`${durationText(remainingMs)} left`);
    if (progress.item !== null) parts.push(oneLine(progress.item));
    return parts.join('  ');
  }

  function draw(progress: Progress): void {
    shownAtMs = io.clock.monotonic();
    if (!output.isTty) {
      output.write(`${line(progress)}\n`);
      return;
    }
    output.write(`\r\u001b[2K${cut(line(progress), output.columns - 1)}`);
    hasLine = true;
  }

  // A wait that counts down, and a rate that falls while nothing comes, are shown without an event.
  const stop = output.isTty
    ? io.every(1_000, () => {
        if (last !== null) draw(last);
      })
    : (): void => undefined;

  return {
    update(progress) {
      last = progress;
      rate.note(progress);
      const phase = `${progress.phase} ${progress.side ?? ''} ${progress.waiting?.why ?? ''}`;
      const sinceMs = io.clock.monotonic() - shownAtMs;
      if (phase === shownPhase && sinceMs < (output.isTty ? redrawMs : plainEveryMs)) return;
      shownPhase = phase;
      draw(progress);
    },
    end() {
      stop();
      if (hasLine) output.write('\r\u001b[2K');
      hasLine = false;
      last = null;
    },
  };
}

function amounts(progress: Progress, withBar: boolean): readonly string[] {
  const { done, total } = progress;
  if (total === null) return done === 0 ? [] : [done.toLocaleString('en')];
  if (total === 0) return [];
  const share = Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const numbers = `${done.toLocaleString('en')}/${total.toLocaleString('en')}`;
  return [...(withBar ? [bar] : []), numbers, `${Math.floor(share * 100).toFixed(0)} %`];
}

function waitingText(waiting: NonNullable<Progress['waiting']>, nowMs: number): string {
  const until = new Date(waiting.untilMs).toISOString().slice(11, 19);
  return `waiting: ${waiting.why}, until ${until} UTC (${durationText(waiting.untilMs - nowMs)})`;
}

interface Rate {
  note(progress: Progress): void;
  of(progress: Progress): { readonly perSecond: number | null; readonly remainingMs: number | null };
}

/** Amounts of the last half minute of a phase: old ones say nothing of a tracker that has become slow. */
function createRate(clock: Pick<Clock, 'monotonic'>): Rate {
  const windowMs = 30_000;
  let phase = '';
  let marks: { readonly atMs: number; readonly done: number }[] = [];
  return {
    note(progress) {
      const now = `${progress.phase} ${progress.side ?? ''}`;
      const newest = marks.at(-1);
      if (now !== phase || (newest !== undefined && progress.done < newest.done)) {
        phase = now;
        marks = [];
      }
      const atMs = clock.monotonic();
      // Four marks a second are enough; the newest always holds the present amount.
      const before = marks.at(-2);
      if (before !== undefined && atMs - before.atMs < 250) marks.pop();
      marks.push({ atMs, done: progress.done });
      const oldest = atMs - windowMs;
      while (marks.length > 2 && (marks[1]?.atMs ?? 0) < oldest) marks.shift();
    },
    of(progress) {
      const first = marks[0];
      if (first === undefined) return { perSecond: null, remainingMs: null };
      const elapsedMs = clock.monotonic() - first.atMs;
      const amount = progress.done - first.done;
      if (elapsedMs < 1_000 || amount <= 0) return { perSecond: null, remainingMs: null };
      const perSecond = (amount * 1000) / elapsedMs;
      const left = progress.total === null ? null : Math.max(0, progress.total - progress.done);
      return { perSecond, remainingMs: left === null ? null : (left * 1000) / perSecond };
    },
  };
}
