import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdTable, firstFrom } from '../../../../main/practice/redmine/id-table.js';

const id = fc.integer({ min: 1, max: 30 });
const acts = fc.array(
  fc.oneof(fc.record({ set: id, row: fc.string() }), fc.record({ remove: id }), fc.constant('clear' as const)),
  { maxLength: 60 },
);

describe('a table of rows by id', () => {
  it('finds from an id on what a look at every row would find, whatever was added and removed', () => {
    fc.assert(
      fc.property(acts, id, (steps, from) => {
        const table = new IdTable<string>();
        const plain = new Map<number, string>();
        for (const step of steps) {
          if (step === 'clear') {
            table.clear();
            plain.clear();
          } else if ('set' in step) {
            table.set(step.set, step.row);
            plain.set(step.set, step.row);
          } else expect(table.delete(step.remove)).toBe(plain.delete(step.remove));
        }
        const sorted = [...plain].sort(([a], [b]) => a - b);
        expect(table.from(from)).toEqual(sorted.filter(([key]) => key >= from).map(([, row]) => row));
        expect(table.lastId()).toBe(sorted.at(-1)?.[0] ?? 0);
        expect(new Map(table)).toEqual(plain);
        expect(firstFrom(sorted, from, ([key]) => key)).toBe(sorted.filter(([key]) => key < from).length);
      }),
    );
  });
});
