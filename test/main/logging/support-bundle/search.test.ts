import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSearch } from '../../../../main/logging/support-bundle/search.js';

/** Few letters, so that needles share beginnings and stand in the text often. */
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '😀'), maxLength });

it('finds what `includes` finds, one needle after another', () => {
  fc.assert(
    fc.property(fc.array(text(9), { maxLength: 8 }), text(60), (needles, hay) => {
      const search = createSearch(new Set(needles));
      expect(search.isIn(hay)).toBe(needles.some((needle) => needle !== '' && hay.includes(needle)));
    }),
    { numRuns: 500 },
  );
});
