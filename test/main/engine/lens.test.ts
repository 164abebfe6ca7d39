import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityLens, itemLens, putValue, tableLens, toPairValue, type Lens } from '../../../main/engine/lens.js';
import { otherSide, type FieldValue, type Side } from '../../../preload/contract/values.js';

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const value = fc.option(word, { nil: null });
const side = fc.constantFrom<Side>('left', 'right');
const table = fc.array(fc.record({ left: word, right: word }), { maxLength: 6 });

const items = itemLens(
  (_side, ref) => (ref === 'e' ? null : ref),
  (_side, pairId) => (pairId === 'd' ? null : pairId),
);
const lens: fc.Arbitrary<Lens> = fc.oneof(
  fc.constant(identityLens),
  fc.constant(items),
  table.map((rows) => tableLens(rows, 'option-without-twin')),
);

function related(of: Lens, at: Side, here: FieldValue, there: FieldValue): boolean {
  return of.related(at === 'left' ? { left: here, right: there } : { left: there, right: here });
}

describe('a mapping is a lens', () => {
  it('put(get(x), x) = x: what a side holds stays when the other side says what it means already', () => {
    fc.assert(
      fc.property(lens, side, value, (of, at, x) => {
        const seen = of.view(at, x);
        if (seen.ok) expect(putValue(of, at, seen.value, x)).toEqual({ ok: true, value: x });
      }),
    );
  });

  it('get(put(y, x)) means y, or the loss is reported', () => {
    fc.assert(
      fc.property(lens, side, value, value, (of, at, x, y) => {
        const put = putValue(of, at, y, x);
        if (put.ok) expect(related(of, at, put.value, y)).toBe(true);
        else expect(put.reason).toMatch(/without-twin$/u);
      }),
    );
  });

  it('get(put(y, x)) = y where no value stands in two rows', () => {
    const bijection = fc
      .shuffledSubarray(['a', 'b', 'c', 'd', 'e'])
      .chain((lefts) =>
        fc
          .shuffledSubarray(['p', 'q', 'r', 's', 't'], { minLength: 5 })
          .map((rights) => lefts.map((left, index) => ({ left, right: rights[index] ?? '' }))),
      );
    fc.assert(
      fc.property(bijection, side, value, fc.constantFrom('a', 'p', 'b', 'q', null), (rows, at, x, y) => {
        const of = tableLens(rows, 'option-without-twin');
        const put = putValue(of, at, y, x);
        if (put.ok) expect(of.view(at, put.value)).toEqual({ ok: true, value: y });
      }),
    );
  });

  it('a right value of two left ones leaves either alone, and is written as the first', () => {
    const of = tableLens([{ left: 'New', right: 'Open' }, { left: 'Triaged', right: 'Open' }], 'option-without-twin'); // prettier-ignore
    expect(putValue(of, 'left', 'Open', 'Triaged')).toEqual({ ok: true, value: 'Triaged' });
    expect(putValue(of, 'left', 'Open', 'Closed')).toEqual({ ok: true, value: 'New' });
  });

  it('a reference to an item that has no twin yet names its pair', () => {
    expect(items.view('left', 'd')).toEqual({ ok: true, value: toPairValue('d') });
    expect(putValue(items, otherSide('left'), 'e', null).ok).toBe(false);
  });
});
