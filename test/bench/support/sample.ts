import type { Base, BaseField, LogEntry, PairState } from '../../../main/engine/state.js';
import type { FieldValue } from '../../../preload/contract/values.js';
import { createWriter, seeded } from './words.js';

/** Twenty fields of an issue, as two trackers would hold them: one long text, a title, options, people, dates, sets. */
export type SampleFields = Readonly<Record<string, FieldValue>>;

const statuses = ['1', '2', '3', '4', '5', '6'];
const labels = ['ui', 'api', 'crash', 'billing', 'import', 'search', 'mobile', 'docs'];

export interface Sample {
  readonly fields: (n: number) => SampleFields;
  /** The same item as the other tracker holds it: other ids, same texts. */
  readonly mirrored: (fields: SampleFields) => SampleFields;
  readonly text: (words: number) => string;
  readonly pick: (below: number) => number;
}

export function createSample(seed = 1): Sample {
  const pick = seeded(seed);
  const text = createWriter(pick);
  const day = (): string => `20${String(24 + pick(3))}-${two(1 + pick(12))}-${two(1 + pick(28))}`;
  return {
    pick,
    text,
    fields: (n) => ({
      type: String(1 + pick(3)),
      subject: text(8),
      description: text(90),
      status: statuses[pick(statuses.length)] ?? '1',
      priority: String(1 + pick(5)),
      assignee: pick(4) === 0 ? null : String(100 + pick(60)),
      reporter: String(100 + pick(60)),
      category: pick(2) === 0 ? null : String(1 + pick(12)),
      version: pick(2) === 0 ? null : String(1 + pick(30)),
      parent: pick(5) === 0 ? String(1 + pick(Math.max(1, n))) : null,
      start_date: day(),
      due_date: pick(2) === 0 ? null : day(),
      done_ratio: 10 * pick(11),
      estimated_hours: pick(3) === 0 ? null : pick(80) / 2,
      labels: Array.from({ length: pick(4) }, () => labels[pick(labels.length)] ?? ''),
      environment: text(5),
      cf_1: text(3),
      cf_2: String(pick(1_000_000)),
      cf_3: pick(2) === 1,
      cf_4: `REQ-${String(pick(100_000))}`,
    }),
    mirrored: (fields) => ({
      ...fields,
      status: String(10_000 + Number(fields['status'])),
      assignee: fields['assignee'] === null ? null : `5f${String(fields['assignee'])}a0c1e2`,
      reporter: `5f${String(fields['reporter'])}a0c1e2`,
      parent: fields['parent'] === null ? null : String(500_000 + Number(fields['parent'])),
    }),
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function baseOf(fields: SampleFields, revision: string): Base {
  const held = Object.entries(fields).map(([id, value]): [string, BaseField] => [id, { value }]);
  return {
    fields: Object.fromEntries(held),
    notEditable: {},
    revision,
    stamp: `2026-03-01T10:00:00Z/${revision}`,
  };
}

/** A pair in step, with both bases. */
export function samplePair(sample: Sample, n: number): PairState {
  const fields = sample.fields(n);
  return {
    id: samplePairId(n),
    refs: { left: String(n), right: String(500_000 + n) },
    keys: { left: `#${String(n)}`, right: `OPS-${String(n)}` },
    status: 'active',
    ended: null,
    origin: 'left',
    dirty: false,
    bases: {
      left: baseOf(fields, String(1_000_000 + n)),
      right: baseOf(sample.mirrored(fields), String(2_000_000 + n)),
    },
    comments: [],
    troubles: [],
    decisions: {},
    flips: [],
  };
}

/** 16 characters, as real ones have, and as little to be compressed. */
export function samplePairId(n: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  const pick = seeded(n + 77);
  return Array.from({ length: 16 }, () => letters.charAt(pick(32))).join('');
}

/** A row of a run's log about this pair: mostly short values, now and then a long text. */
export function sampleEntry(sample: Sample, runId: string, n: number, atMs: number): LogEntry {
  const { pick, text } = sample;
  const kinds = ['subject', 'status', 'status', 'status', 'assignee', 'due_date', 'done_ratio', 'description'];
  const field = kinds[pick(kinds.length)] ?? 'status';
  const value = (): FieldValue =>
    field === 'description' ? text(40) : field === 'subject' ? text(8) : String(pick(1000));
  const [before, after] = [value(), value()];
  const toRight = pick(3) > 0;
  const failed = pick(50) === 0;
  return {
    runId,
    pairId: samplePairId(n),
    side: toRight ? 'right' : 'left',
    kind: 'set',
    field,
    outcome: failed ? 'failed' : pick(40) === 0 ? 'dropped' : 'done',
    reason: toRight ? 'changed-left' : 'changed-right',
    before,
    after,
    sourceBefore: before,
    source: after,
    refs: { left: String(n), right: String(500_000 + n) },
    title: `#${String(n)} ${text(6)}`,
    message: failed ? 'The tracker refused it: status is invalid.' : null,
    code: failed ? 'remote-invalid' : null,
    atMs,
    durationMs: 20 + pick(400),
  };
}
