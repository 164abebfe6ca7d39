import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryPair } from '../fakes/memory-pair.js';
import { editArbitrary, makeEdit } from './edits.js';

const rounds = fc.array(fc.array(editArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 6 });
const deletions = { deletions: 'delete' };

async function settle(pair: MemoryPair): Promise<void> {
  for (let run = 0; run < 4; run += 1) {
    pair.tick(200);
    await pair.sync({ full: true });
  }
}

describe('random edits on both sides', () => {
  for (const policy of ['left', 'right'] as const) {
    it(`end in equal sides and an empty plan (policy ${policy})`, async () => {
      const tally = { items: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(rounds, async (edits) => {
          const pair = new MemoryPair({ config: { policy, comments: { policy, ...deletions } } });
          for (const round of edits) {
            for (const edit of round) makeEdit(pair, edit);
            pair.tick();
            await pair.sync();
          }
          await settle(pair);
          expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
          tally.items += pair.left.rows.size;
          tally.refused += pair.refused().size;
          const before = pair.writes();
          const last = await pair.sync({ full: true });
          expect(last.plan?.rows.filter((row) => row.kind !== 'skip')).toEqual([]);
          expect(pair.writes()).toBe(before);
        }),
        { numRuns: 60 },
      );
      // What a closed parent forbids is rare; nearly everything must really be equal.
      expect(tally.refused * 20).toBeLessThan(tally.items);
    });
  }

  it('ends in equal sides with derived priorities, a fixed first status and policy newest', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (edits) => {
        const options = { derivedPriority: true, fixedFirstStatus: true };
        const pair = new MemoryPair({
          config: { policy: 'newest', newestElse: 'left', comments: { policy: 'left', ...deletions } },
          left: options,
          right: options,
        });
        for (const round of edits) {
          for (const edit of round) makeEdit(pair, edit);
          pair.tick();
          await pair.sync();
        }
        await settle(pair);
        expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
      }),
      { numRuns: 60 },
    );
  });
});
