import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlanFile, writePlanFile } from '../../../main/headless/plan-file.js';
import { LockstepError } from '../../../preload/contract/errors.js';
import type { PlanRow } from '../../../preload/contract/plan.js';
import type { PreviewView } from '../../../preload/contract/views.js';

const row = (seq: number): PlanRow => ({
  seq,
  pairId: `pair${String(seq)}`,
  side: 'right',
  refs: { left: String(seq), right: null },
  title: `#${String(seq)} An issue`,
  kind: 'create',
  field: null,
  before: null,
  after: null,
  sourceBefore: null,
  source: null,
  loser: null,
  reason: 'new-item',
  half: false,
  commentId: null,
  note: null,
});

const none = { left: 0, right: 0 };
const preview: PreviewView = {
  id: 'previewid',
  hash: 'hash',
  integration: 'pair',
  madeAtMs: 0,
  expiresAtMs: 86_400_000,
  rows: [0, 1, 2].map(row),
  counts: { pairs: 3, creates: { left: 0, right: 3 }, sets: none, comments: none, conflicts: 0, skipped: 0 },
  brakes: [],
  notices: [],
  forecast: { requests: { left: 0, right: 3 }, notified: none },
  names: {},
};
const text = writePlanFile(preview);
interface Written {
  rows: { seq: number; leaveOut: boolean }[];
}
const written = (): Written & Record<string, unknown> => JSON.parse(text) as Written & Record<string, unknown>;

describe('a plan file', () => {
  it('comes back as what it was, with the rows that were left out', () => {
    expect(readPlanFile('plan.json', text)).toEqual({
      id: 'previewid',
      hash: 'hash',
      integration: 'pair',
      leaveOut: [],
    });
    const edited = written();
    edited.rows = edited.rows.map((one) => ({ ...one, leaveOut: one.seq === 1 }));
    expect(readPlanFile('plan.json', JSON.stringify(edited)).leaveOut).toEqual([1]);
  });

  it('is refused with rows taken out, doubled or added', () => {
    for (const change of [
      (rows: Written['rows']) => rows.slice(1),
      (rows: Written['rows']) => [...rows.slice(1), ...rows.slice(1, 2)],
      (rows: Written['rows']) => [...rows, { seq: 9, leaveOut: false }],
      () => [],
    ]) {
      const edited = written();
      edited.rows = change(edited.rows);
      expect(() => readPlanFile('plan.json', JSON.stringify(edited))).toThrow(/plan\.json holds \d rows/u);
    }
  });

  it('takes no edit but leaveOut: any other is refused, or changes nothing of what is carried out', () => {
    const original = readPlanFile('plan.json', text);
    const keys = Object.keys(written());
    const rowKeys = Object.keys(written().rows[0] ?? {}).filter((key) => key !== 'leaveOut');
    const edit = fc.oneof(
      fc.tuple(fc.constantFrom(...keys), fc.jsonValue()).map(([key, value]) => {
        const edited = written();
        edited[key] = value;
        return edited;
      }),
      fc.tuple(fc.constantFrom(...rowKeys), fc.nat(2), fc.jsonValue()).map(([key, index, value]) => {
        const edited = written();
        edited.rows = edited.rows.map((one, at) => (at === index ? { ...one, [key]: value } : one));
        return edited;
      }),
    );
    fc.assert(
      fc.property(edit, (edited) => {
        let read;
        try {
          read = readPlanFile('plan.json', JSON.stringify(edited));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(LockstepError);
          expect((thrown as LockstepError).code).toBe('plan-file-invalid');
          return;
        }
        // Id, hash and name decide which stored preview is meant; a wrong one names none, or is refused by its hash.
        expect(read.leaveOut).toEqual(original.leaveOut);
      }),
    );
  });

  it('says what is wrong with a file of something else', () => {
    expect(() => readPlanFile('x.json', 'nonsense')).toThrow(/x\.json is not JSON/u);
    expect(() => readPlanFile('x.json', '[]')).toThrow(/is not a preview of Lockstep/u);
    expect(() => readPlanFile('x.json', text.replace('"format": 1', '"format": 2'))).toThrow(/at format/u);
  });
});
