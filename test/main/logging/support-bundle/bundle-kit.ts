import fc from 'fast-check';
import type { LogEntry, RunState } from '../../../../main/engine/state.js';
import type { BundleParts } from '../../../../main/logging/support-bundle/make.js';
import { createSlices, type Slices } from '../../../../main/logging/support-bundle/slices.js';
import { integrationSchema } from '../../../../preload/contract/integration.js';
import type { FieldValue } from '../../../../preload/contract/values.js';

/** Parts of a bundle into which every kind of thing that must not leave was put. */
export interface Planted {
  readonly parts: BundleParts;
  /** Everything that must not be found in it. */
  readonly canaries: readonly string[];
}

export const plainSlices: Slices = createSlices(() => Promise.resolve());

export const logEntry: LogEntry = {
  runId: 'run',
  pairId: null,
  side: 'left',
  kind: 'set',
  field: null,
  outcome: 'done',
  reason: 'changed-right',
  before: null,
  after: null,
  sourceBefore: null,
  source: null,
  refs: { left: null, right: null },
  title: '',
  message: null,
  code: null,
  atMs: 1_900_000_000_000,
  durationMs: 12,
};

const run: RunState = {
  id: 'run',
  integration: 'integration',
  startedAtMs: 1_900_000_000_000,
  endedAtMs: 1_900_000_004_000,
  mode: 'sync',
  outcome: 'failures',
  counts: { created: 1, updated: 2, failed: 1 },
  brakes: ['creates'],
  message: null,
  checkedUpTo: { left: null, right: null },
};

export const versions = {
  lockstep: '1.0.0',
  node: '20.19.0',
  platform: 'linux',
  architecture: 'x64',
  host: 'desktop',
  storeFormat: 3,
};

export function partsOf(changes: Partial<BundleParts>): BundleParts {
  return { versions, run, rows: [], rowsLeftOut: 0, config: null, appLog: '', ...changes };
}

export function rowsOf(entries: readonly Partial<LogEntry>[]): BundleParts['rows'] {
  return entries.map((entry, seq) => ({ seq, entry: { ...logEntry, ...entry } }));
}

/** Long enough to prove something, and in no bundle by chance: nine letters beside whatever people write. */
const nonce = fc.string({
  unit: fc.constantFrom(...'b c d g h j k m p q v w x z'.split(' ')),
  minLength: 9,
  maxLength: 9,
});
const odd = fc.string({ unit: 'grapheme', maxLength: 12 });
const plainText = fc.tuple(odd, nonce, odd).map(([before, middle, after]) => `${before}${middle}${after}`);
const mail = nonce.map((word) => `${word}@example.com`);
const host = nonce.map((word) => `${word}.example.org`);
const address = nonce.map((word) => `https://${word}.example.org/issues/7?key=${word}`);
const canary = fc.oneof({ weight: 5, arbitrary: plainText }, mail, host, address);

/** Of `planted`; each thing has a canary of its own, dealt out in order. */
export const planted: fc.Arbitrary<Planted> = fc
  .record({
    texts: fc.uniqueArray(canary, { minLength: 41, maxLength: 41 }),
    slug: nonce,
    number: fc.integer({ min: 100_000_000, max: 999_999_999 }),
  })
  .map(({ texts, slug, number }) => {
    let next = 0;
    const deal = (): string => texts[next++] ?? 'not so many were made';
    const values: readonly FieldValue[] = [deal(), [deal(), deal()], deal(), deal()];
    const rows = rowsOf([
      { pairId: deal(), field: deal(), title: deal(), refs: { left: deal(), right: deal() } },
      { message: deal(), code: deal(), before: values[0] ?? null, after: values[1] ?? null },
      { kind: 'add-comment', sourceBefore: values[2] ?? null, source: values[3] ?? null, title: deal() },
    ]);
    const name = (): string => deal().trim().slice(0, 200);
    const pair = (): { left: string; right: string } => ({ left: name(), right: name() });
    const config = integrationSchema.parse({
      name: slug,
      left: { connection: name(), scope: name() },
      right: { connection: name(), scope: name() },
      types: [pair()],
      match: pair(),
      fields: [{ ...pair(), values: [pair()] }],
      users: [pair()],
    });
    const appLog = [
      JSON.stringify({ time: '2031-01-01T00:00:00.000Z', level: 'info', event: deal(), host: deal(), path: deal() }),
      JSON.stringify({ level: 'error', event: 'call-failed', message: deal(), stack: deal(), [deal()]: deal() }),
      JSON.stringify({ event: 'request', nested: { [deal()]: [deal(), { name: deal() }] }, item: number }),
      `not JSON: ${deal()}`,
      '["a list"]',
    ].join('\n');
    const parts = partsOf({
      run: { ...run, id: deal(), message: deal(), integration: deal() },
      ...{ rows, config, appLog },
    });
    if (next > texts.length) throw new Error(`${String(next)} canaries are needed.`);
    return { parts, canaries: [...texts.slice(0, next), slug, String(number)] };
  });
