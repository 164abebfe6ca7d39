import type { RunRecord } from '../store/repositories/runs.js';
import type { LogRow } from '../store/repositories/log.js';
import type { RunState } from '../engine/state.js';
import type { LogRowView, RunView } from '../../preload/contract/views.js';

export function runView({ run, integrationName }: RunRecord): RunView {
  return runStateView(run, integrationName);
}

export function runStateView(run: RunState, integration: string): RunView {
  const { id, mode, outcome, startedAtMs, endedAtMs, counts, brakes, message, checkedUpTo } = run;
  return { id, integration, mode, outcome, startedAtMs, endedAtMs, counts, brakes, message, checkedUpTo };
}

export function logRowView({ seq, runId, entry }: LogRow, integration: string): LogRowView {
  const { atMs, pairId, side, refs, title, kind, field, outcome, reason, before, after, sourceBefore, source } = entry;
  const { code, message, durationMs } = entry;
  return {
    seq,
    runId,
    atMs,
    integration,
    pairId,
    side,
    refs,
    title,
    kind,
    field,
    outcome,
    reason,
    before,
    after,
    // Of a new comment: the ref that the engine knows it by.
    sourceBefore: kind === 'add-comment' ? null : sourceBefore,
    source,
    code,
    message,
    durationMs,
  };
}
