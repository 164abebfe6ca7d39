import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Preview } from '../../main/engine/run-types.js';
import type { Side } from '../../preload/contract/values.js';
import { MemoryPair } from '../fakes/memory-pair.js';
import { editArbitrary, harshEditArbitrary, makeEdit } from './edits.js';

// Hundreds of whole runs: a busy machine may take its time. A run without an end fails by its step limit instead.
vi.setConfig({ testTimeout: 120_000 });

const rounds = fc.array(fc.array(editArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 6 });
const harshRounds = fc.array(fc.array(harshEditArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 5 });
const deletions = { deletions: 'delete' };

/** People set another date on either side of the first pair. */
function editBothSides(pair: MemoryPair): void {
  const found = pair.store
    .dump()
    .pairs.find(({ refs }) => pair.left.rows.has(refs.left ?? '') && pair.right.rows.has(refs.right ?? ''));
  if (found === undefined) return;
  const day = String(10 + (pair.writes() % 19));
  pair.left.edit(found.refs.left ?? '', { due: `2026-03-${day}` });
  pair.right.edit(found.refs.right ?? '', { due: `2026-04-${day}` });
}

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

  it('ends in equal sides when everything asked is answered, whatever was deleted (policy ask)', async () => {
    const tally = { items: 0, apart: 0, answers: 0 };
    await fc.assert(
      fc.asyncProperty(
        harshRounds,
        fc.infiniteStream(fc.constantFrom<Side>('left', 'right')),
        async (edits, answers) => {
          const pair = new MemoryPair({ config: { policy: 'ask', comments: { policy: 'ask', ...deletions } } });
          // Few items, so that the sides meet often.
          for (const subject of ['one', 'two']) pair.left.comment(pair.left.add({ subject }), 'remark');
          await pair.sync();
          for (const round of edits) {
            for (const edit of round) makeEdit(pair, { ...edit, pick: edit.pick % 2, value: edit.value % 186 });
            editBothSides(pair);
            pair.tick();
            await pair.sync();
          }
          for (let turn = 0; turn < 4; turn += 1) {
            await settle(pair);
            for (const conflict of await pair.store.openConflicts()) {
              if (conflict.kind === 'loser') continue;
              tally.answers += 1;
              await pair.resolve(conflict, { side: answers.next().value === 'right' ? 'right' : 'left' });
            }
          }
          await settle(pair);
          const open = await pair.store.openConflicts();
          expect(open.filter((conflict) => conflict.kind !== 'loser')).toEqual([]);
          expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
          tally.items += pair.left.rows.size;
          tally.apart += pair.refused().size;
        },
      ),
      { numRuns: 60 },
    );
    expect(tally.answers).toBeGreaterThan(20);
    expect(tally.apart * 2).toBeLessThan(tally.items);
  });

  it('executed as stored previews, with rows left out, ends where plain runs end', async () => {
    await fc.assert(
      fc.asyncProperty(harshRounds, fc.infiniteStream(fc.nat(5)), async (edits, draw) => {
        const pair = new MemoryPair({ config: { policy: 'right', comments: { policy: 'right', ...deletions } } });
        for (const round of edits) {
          for (const edit of round) makeEdit(pair, edit);
          pair.tick();
          const preview = JSON.parse(JSON.stringify(await pair.preview(draw.next().value === 0))) as Preview;
          const leftOut = preview.plan.rows.filter(() => draw.next().value === 0).map((row) => row.seq);
          const report = await pair.execute(preview, leftOut);
          const done = new Set(report.plan?.rows.map((row) => row.seq));
          expect(leftOut.filter((seq) => done.has(seq))).toEqual([]);
        }
        await settle(pair);
        expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
        const before = pair.writes();
        await pair.sync({ full: true });
        expect(pair.writes()).toBe(before);
      }),
      { numRuns: 60 },
    );
  });
});
