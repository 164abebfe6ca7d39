import type { IntegrationConfig } from '../../preload/contract/integration.js';
import { integrationSchema } from '../../preload/contract/integration.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import type { Settings } from '../../preload/contract/settings.js';
import type {
  AppView,
  ConflictView,
  IntegrationView,
  LogRowView,
  Names,
  PreviewView,
  RunDay,
  RunView,
  ScopeView,
  StatusView,
} from '../../preload/contract/views.js';

/** What the practice trackers could hold; every time hangs on `nowMs`. */
export const minuteMs = 60_000;
export const dayMs = 86_400_000;

export const titles = [
  '#12 Guest checkout without an account',
  '#14 Choose a delivery day',
  '#15 Pay by card, bank transfer or invoice',
  '#17 Basket is empty after the language is switched',
  '#18 VAT is rounded per line, not per order',
  '#21 Receipt page that offers an account',
];

export const names: Names = {
  subject: { name: 'Subject', options: { left: {}, right: {} } },
  description: { name: 'Description', options: { left: {}, right: {} } },
  status: {
    name: 'Status',
    options: {
      left: { 1: 'New', 2: 'In Progress', 3: 'Resolved', 5: 'Closed' },
      right: { 1: 'New', 2: 'In Progress', 3: 'Resolved', 5: 'Closed' },
    },
  },
  priority: {
    name: 'Priority',
    options: { left: { 2: 'Normal', 3: 'High', 4: 'Urgent' }, right: { 2: 'Normal', 3: 'High', 4: 'Urgent' } },
  },
  assignee: {
    name: 'Assignee',
    options: { left: { 5: 'Alice Moreau', 6: 'Bob Lindqvist' }, right: { 7: 'Alice Moreau', 8: 'Bob Lindqvist' } },
  },
};

export const config: IntegrationConfig = integrationSchema.parse({
  name: 'web-shop',
  left: { connection: 'shop-redmine', scope: 'web-shop' },
  right: { connection: 'agency-redmine', scope: 'shop-relaunch' },
  types: [
    { left: 'Bug', right: 'Bug' },
    { left: 'Feature', right: 'Feature' },
  ],
  fields: [
    { left: 'subject', right: 'subject' },
    { left: 'description', right: 'description', policy: 'left' },
    {
      left: 'status',
      right: 'status',
      policy: 'newest',
      newestElse: 'left',
      values: [
        { left: 'New', right: 'New' },
        { left: 'Closed', right: 'Closed' },
      ],
    },
    { left: 'priority', right: 'priority', direction: 'left-to-right' },
    { left: 'assignee', right: 'assignee' },
  ],
  users: [{ left: 'Alice Moreau', right: 'Alice Moreau' }],
});

export const scope: ScopeView = {
  id: '1',
  key: 'web-shop',
  name: 'Web shop',
  types: [
    { id: '1', name: 'Bug' },
    { id: '2', name: 'Feature' },
    { id: '3', name: 'Support' },
  ],
  fields: Object.entries(names).map(([id, { name, options }]) => ({
    id,
    name,
    type: id === 'description' ? 'rich-text' : id === 'subject' ? 'text' : id === 'assignee' ? 'user' : 'option',
    required: id === 'subject',
    writable: true,
    options:
      id === 'assignee' ? [] : Object.entries(options.left).map(([option, called]) => ({ id: option, name: called })),
  })),
  users: [
    { id: '5', name: 'Alice Moreau', login: 'alice' },
    { id: '6', name: 'Bob Lindqvist', login: 'bob' },
  ],
  markup: 'textile',
  markerField: null,
  missingRights: [],
  notices: [],
};

export function runView(nowMs: number, over: Partial<RunView> = {}): RunView {
  return {
    id: 'run-1',
    integration: 'web-shop',
    mode: 'sync',
    outcome: 'done',
    startedAtMs: nowMs - 12 * minuteMs,
    endedAtMs: nowMs - 12 * minuteMs + 8_400,
    counts: { done: 14 },
    brakes: [],
    message: null,
    checkedUpTo: {
      left: new Date(nowMs - 13 * minuteMs).toISOString(),
      right: new Date(nowMs - 13 * minuteMs).toISOString(),
    },
    ...over,
  };
}

export function integrationViews(nowMs: number): readonly IntegrationView[] {
  const view = (name: string, over: Partial<IntegrationView>): IntegrationView => ({
    name,
    left: 'shop-redmine / web-shop',
    right: 'agency-redmine / shop-relaunch',
    changedAtMs: nowMs - 9 * dayMs,
    lastRun: runView(nowMs, { integration: name }),
    openConflicts: 0,
    recovered: null,
    ...over,
  });
  return [
    view('web-shop', { openConflicts: 3, lastRun: runView(nowMs, { outcome: 'conflicts' }) }),
    view('support-desk', { left: 'support / inbox', right: 'shop-redmine / web-shop' }),
    view('mobile-app', {
      left: 'agency-redmine / mobile',
      right: 'shop-redmine / mobile',
      lastRun: runView(nowMs, { id: 'run-2', integration: 'mobile-app', outcome: 'braked', brakes: ['creates'] }),
    }),
  ];
}

export function runDays(nowMs: number, seed: number): readonly RunDay[] {
  return Array.from({ length: 30 }, (_, index): RunDay => {
    const day = new Date(nowMs - (29 - index) * dayMs).toISOString().slice(0, 10);
    const rest = (index * (7 + seed) + seed) % 13;
    if ((index + seed) % 9 === 4) return { day, runs: 0, changes: 0, failures: 0, worst: null };
    const worst = index === 11 && seed === 0 ? 'failures' : (index + seed) % 8 === 6 ? 'conflicts' : 'done';
    return { day, runs: 24 + rest, changes: rest * rest + 1, failures: worst === 'failures' ? 2 : 0, worst };
  });
}

const row = (seq: number, over: Partial<PlanRow>): PlanRow => ({
  seq,
  pairId: `pair-${String(seq)}`,
  side: 'right',
  refs: { left: '12', right: '40' },
  title: titles[0] ?? '',
  kind: 'set',
  field: 'status',
  before: '1',
  after: '2',
  sourceBefore: '1',
  source: '2',
  loser: null,
  reason: 'changed-left',
  half: false,
  commentId: null,
  note: null,
  ...over,
});

export const planRows: readonly PlanRow[] = [
  row(0, { pairId: 'a', title: titles[1] ?? '' }),
  row(1, {
    pairId: 'a',
    title: titles[1] ?? '',
    field: 'assignee',
    before: null,
    after: '8',
    sourceBefore: null,
    source: '6',
  }),
  row(2, {
    pairId: 'b',
    title: titles[2] ?? '',
    field: 'description',
    before: 'Invoice only for returning customers.',
    after: 'Invoice only for returning customers. The limit is 500, and a new customer pays by card or transfer.',
    sourceBefore: 'Invoice only for returning customers.',
    source: 'Invoice only for returning customers. The limit is 500, and a new customer pays by card or transfer.',
  }),
  row(3, {
    pairId: 'c',
    title: titles[3] ?? '',
    kind: 'create',
    field: null,
    before: null,
    after: null,
    sourceBefore: null,
    source: null,
    refs: { left: '17', right: null },
    reason: 'new-item',
  }),
  row(4, {
    pairId: 'c',
    title: titles[3] ?? '',
    field: 'subject',
    before: null,
    after: 'Basket is empty after the language is switched',
    sourceBefore: null,
    source: 'Basket is empty after the language is switched',
    reason: 'new-item',
  }),
  row(5, {
    pairId: 'c',
    title: titles[3] ?? '',
    field: 'priority',
    before: null,
    after: '4',
    sourceBefore: null,
    source: '4',
    reason: 'new-item',
  }),
  row(6, {
    pairId: 'd',
    title: titles[4] ?? '',
    kind: 'conflict',
    field: 'priority',
    side: 'left',
    before: '3',
    after: null,
    sourceBefore: '2',
    source: '4',
    reason: 'both-changed-ask',
  }),
  row(7, {
    pairId: 'e',
    title: titles[5] ?? '',
    kind: 'add-comment',
    side: 'left',
    field: 'comment',
    before: null,
    after: 'Pick-up points can wait for the next round.',
    sourceBefore: null,
    source: 'Pick-up points can wait for the next round.',
    reason: 'new-comment',
  }),
  row(8, {
    pairId: 'f',
    title: titles[0] ?? '',
    kind: 'skip',
    field: 'assignee',
    before: null,
    after: null,
    source: '6',
    reason: 'user-without-twin',
    note: 'Chloé Bernard has no twin on the right.',
  }),
];

export function preview(nowMs: number, over: Partial<PreviewView> = {}): PreviewView {
  return {
    id: 'preview-1',
    hash: 'hash',
    integration: 'web-shop',
    madeAtMs: nowMs - 20_000,
    expiresAtMs: nowMs + dayMs,
    rows: planRows,
    counts: {
      creates: { left: 0, right: 1 },
      sets: { left: 0, right: 5 },
      comments: { left: 1, right: 0 },
      conflicts: 1,
      skipped: 1,
      pairs: 6,
    },
    brakes: [
      {
        name: 'first-run',
        saw: '1 item would be created and 5 fields set, and nothing was written here before.',
        releasable: true,
      },
    ],
    notices: [],
    forecast: { requests: { left: 2, right: 14 }, notified: { left: 2, right: 5 } },
    names,
    ...over,
  };
}

export function conflictViews(nowMs: number): readonly ConflictView[] {
  const view = (id: string, over: Partial<ConflictView>): ConflictView => ({
    id,
    integration: 'web-shop',
    pairId: `pair-${id}`,
    kind: 'ask',
    field: 'priority',
    title: titles[4] ?? '',
    left: '3',
    right: '4',
    base: '2',
    loserSide: null,
    candidates: [],
    atMs: nowMs - 14 * minuteMs,
    runId: 'run-1',
    ...over,
  });
  return [
    view('c1', {
      field: 'description',
      title: titles[2] ?? '',
      base: 'Invoice only for returning customers. See the table that Chloé made.',
      left: 'Invoice only for returning customers, up to 500. See the table that Chloé made.',
      right: 'Invoice for customers who paid twice before. See the table that Chloé made last week.',
    }),
    view('c2', {}),
    view('c3', {
      kind: 'loser',
      field: 'subject',
      title: titles[1] ?? '',
      loserSide: 'right',
      left: 'Choose a delivery day',
      right: 'Pick a day for the delivery',
      base: 'Delivery day',
    }),
  ];
}

/** One row of a log of any length, by its number: nothing of it is kept. */
export function logRow(index: number, nowMs: number): LogRowView {
  const outcomes = ['done', 'done', 'done', 'adopted', 'skipped', 'failed', 'parked'] as const;
  const outcome = outcomes[(index * 5) % outcomes.length] ?? 'done';
  return {
    seq: index,
    runId: 'run-1',
    atMs: nowMs - index * 1_700,
    integration: 'web-shop',
    pairId: `pair-${String(index % 97)}`,
    side: index % 2 === 0 ? 'right' : 'left',
    refs: { left: String(12 + (index % 97)), right: String(40 + (index % 97)) },
    title: `${titles[index % titles.length] ?? ''} (${String(index)})`,
    kind: index % 11 === 3 ? 'create' : 'set',
    field: index % 11 === 3 ? null : index % 3 === 0 ? 'status' : 'priority',
    outcome,
    reason: outcome === 'skipped' ? 'not-editable' : index % 2 === 0 ? 'changed-left' : 'changed-right',
    before: '2',
    after: '3',
    sourceBefore: '2',
    source: '3',
    code: outcome === 'failed' ? 'forbidden' : null,
    message: outcome === 'failed' ? 'The account may not edit this issue.' : null,
    durationMs: 120,
  };
}

export const settings: Settings = {
  theme: 'light',
  startAtLogin: false,
  keepInTray: true,
  notifications: { failures: true, conflicts: true, done: false },
  retentionDays: 90,
  proxy: { mode: 'system' },
  caPem: '',
};

export function appView(over: Partial<AppView> = {}): AppView {
  return {
    host: 'desktop',
    version: '0.1.0',
    role: 'admin',
    platform: 'linux',
    dataFolder: '/home/sam/.local/share/lockstep',
    workspace: { state: 'open', problem: null, keyStore: 'secure', slots: ['safeStorage', 'recovery'] },
    can: { notify: true, startAtLogin: true, keepInTray: true, saveFiles: true },
    practice: null,
    ...over,
  };
}

export function status(nowMs: number): StatusView {
  return {
    dataFolder: '/home/sam/.local/share/lockstep',
    workspace: 'w1',
    mode: 'normal',
    recovered: [],
    setAside: [],
    schemaVersion: 1,
    databaseBytes: 8_400_000,
    journalBytes: 120_000,
    generations: [{ generation: 7, snapshotBytes: 8_400_000, journalBytes: 120_000 }],
    runs: { files: 214, bytes: 31_000_000 },
    counts: { pairs: 214 },
    keys: {
      state: 'secure',
      damaged: false,
      slots: [
        { kind: 'safeStorage', createdAtMs: nowMs - 40 * dayMs, usedNow: true },
        { kind: 'recovery', createdAtMs: nowMs - 40 * dayMs, usedNow: false },
      ],
    },
    hosts: [
      {
        host: 'redmine.shop.example',
        connection: 'shop-redmine',
        role: 'tracker',
        firstMs: nowMs - 40 * dayMs,
        lastMs: nowMs - 12 * minuteMs,
        contacts: 18_402,
        refusals: 0,
      },
      {
        host: 'issues.agency.example',
        connection: 'agency-redmine',
        role: 'tracker',
        firstMs: nowMs - 40 * dayMs,
        lastMs: nowMs - 12 * minuteMs,
        contacts: 17_961,
        refusals: 3,
      },
    ],
  };
}
