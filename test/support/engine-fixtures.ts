import type { Item } from '../../main/connectors/contract.js';
import type {
  Base,
  CommentPair,
  Conflict,
  Intent,
  LogEntry,
  PairState,
  RunState,
  StagedItem,
} from '../../main/engine/state.js';
import type { Side } from '../../preload/contract/values.js';

/** Plain data of the engine with every part filled in, for tests that only care for some of it. */

export function aBase(change: Partial<Base> = {}): Base {
  return {
    fields: { subject: { value: 'Printer is on fire' }, priority: { value: '2' }, done_ratio: { value: 30 } },
    notEditable: {},
    revision: '17',
    stamp: '2026-03-01T10:00:00Z/17',
    ...change,
  };
}

export function aPair(id: string, change: Partial<PairState> = {}): PairState {
  return {
    id,
    refs: { left: `l-${id}`, right: `r-${id}` },
    keys: { left: `#l-${id}`, right: `#r-${id}` },
    status: 'active',
    ended: null,
    origin: 'left',
    dirty: false,
    bases: { left: aBase(), right: aBase({ revision: '4', stamp: null }) },
    comments: [],
    troubles: [],
    decisions: {},
    flips: [],
    ...change,
  };
}

export function aCommentPair(id: string, change: Partial<CommentPair> = {}): CommentPair {
  return {
    id,
    refs: { left: `cl-${id}`, right: `cr-${id}` },
    origin: 'left',
    header: `[${id}] Anna wrote`,
    bases: {
      left: { body: 'Has anybody called the fire brigade?', visibility: 'public' },
      right: { body: 'Has anybody called the fire brigade?', visibility: 'public' },
    },
    ended: false,
    ...change,
  };
}

export function anItem(ref: string, change: Partial<Item> = {}): Item {
  return {
    ref,
    key: `#${ref}`,
    url: `http://tracker.test/issues/${ref}`,
    scope: '1',
    fields: { type: '1', subject: 'Printer is on fire', description: null, labels: ['hot', 'paper'] },
    raws: {},
    notEditable: { done_ratio: 'derived' },
    fieldTimes: { subject: '2026-03-01T10:00:00Z' },
    revision: '17',
    stamp: `stamp-${ref}`,
    createdAt: '2026-03-01T09:00:00Z',
    createdBy: '5',
    private: false,
    marker: null,
    comments: [],
    commentsComplete: true,
    ...change,
  };
}

export function present(side: Side, ref: string, change: Partial<Item> = {}): StagedItem {
  return { side, ref, seen: 'present', item: anItem(ref, change) };
}

export function anIntent(id: string, change: Partial<Intent> = {}): Intent {
  return {
    id,
    runId: 'run1',
    pairId: 'p1',
    side: 'right',
    kind: 'create',
    ref: null,
    rows: [],
    sent: { subject: 'Printer is on fire', labels: ['hot'] },
    before: {},
    sinceRevision: '0',
    marker: 'w1.p1',
    commentId: null,
    sentAtMs: 1_772_000_000_123,
    dueAtMs: 1_772_000_030_123,
    ...change,
  };
}

export function aConflict(id: string, change: Partial<Conflict> = {}): Conflict {
  return {
    id,
    pairId: 'p1',
    kind: 'ask',
    field: 'subject',
    title: 'Printer is on fire',
    left: 'Printer burns',
    right: 'Printer was burning',
    base: 'Printer is on fire',
    loserSide: null,
    candidates: [],
    atMs: 1_772_000_000_000,
    runId: 'run1',
    state: 'open',
    ...change,
  };
}

export function aRun(id: string, change: Partial<RunState> = {}): RunState {
  return {
    id,
    integration: 'helpdesk',
    startedAtMs: 1_772_000_000_000,
    endedAtMs: null,
    mode: 'sync',
    outcome: 'running',
    counts: {},
    brakes: [],
    message: null,
    checkedUpTo: { left: null, right: null },
    ...change,
  };
}

export function anEntry(runId: string, change: Partial<LogEntry> = {}): LogEntry {
  return {
    runId,
    pairId: 'p1',
    side: 'right',
    kind: 'set',
    field: 'subject',
    outcome: 'done',
    reason: 'changed-left',
    before: 'Printer is on fire',
    after: 'Printer was on fire',
    sourceBefore: 'Printer is on fire',
    source: 'Printer was on fire',
    refs: { left: '1', right: '2' },
    title: '#1 Printer was on fire',
    message: null,
    code: null,
    atMs: 1_772_000_000_500,
    durationMs: 42,
    ...change,
  };
}
