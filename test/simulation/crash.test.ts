import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { LockstepError } from '../../preload/contract/errors.js';
import { MemoryPair } from '../fakes/memory-pair.js';
import { crashingSync, type Outcome } from './killer.js';
import { editArbitrary, makeEdit, type Edit } from './edits.js';

// Hundreds of whole runs: a busy machine may take its time. A run without an end fails by its step limit instead.
vi.setConfig({ testTimeout: 120_000 });

async function settle(pair: MemoryPair): Promise<void> {
  for (let run = 0; run < 4; run += 1) {
    pair.tick(200);
    await pair.sync({ full: true });
  }
}

function expectNoDoubles(pair: MemoryPair): void {
  for (const side of ['left', 'right'] as const) {
    const rows = [...pair.tracker(side).rows.values()];
    const codes = rows
      .flatMap((row) => row.comments.map((comment) => /\(ref ([a-z2-7]{16})\)/u.exec(comment.body)?.[1]))
      .filter((code) => code !== undefined);
    expect(new Set(codes).size, 'mirrored comments').toBe(codes.length);
  }
  expect(pair.left.rows.size).toBe(pair.right.rows.size);
}

type Mode = 'sync' | 'full' | 'preview';

const round = fc.record({
  edits: fc.array(editArbitrary, { maxLength: 5 }),
  steps: fc.integer({ min: 1, max: 60 }),
  powerLoss: fc.boolean(),
  waitSeconds: fc.integer({ min: 0, max: 6 }),
  mode: fc.constantFrom<Mode>('sync', 'sync', 'full', 'preview'),
});
type Round = {
  readonly edits: readonly Edit[];
  readonly steps: number;
  readonly powerLoss: boolean;
  readonly waitSeconds: number;
  readonly mode: Mode;
};

const config = { policy: 'left', comments: { policy: 'left', deletions: 'delete' } };

async function play(pair: MemoryPair, rounds: readonly Round[]): Promise<Outcome> {
  const total = { crashes: 0, inFlight: 0 };
  for (const { edits, steps, powerLoss, waitSeconds, mode } of rounds) {
    for (const edit of edits) makeEdit(pair, edit);
    pair.tick(1 + waitSeconds);
    const outcome = await crashingSync(pair, steps, powerLoss, async () => {
      if (mode === 'preview') await pair.execute(await pair.preview());
      else await pair.sync({ full: mode === 'full' });
    });
    total.crashes += outcome.crashes;
    total.inFlight += outcome.inFlight;
  }
  return total;
}

describe('a crash at any await', () => {
  for (const marker of [true, false]) {
    it(`makes no duplicate and loses nothing (${marker ? 'with' : 'without'} the marker)`, async () => {
      const total = { crashes: 0, inFlight: 0 };
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
          const pair = new MemoryPair({ config, marker });
          const played = await play(pair, rounds);
          total.crashes += played.crashes;
          total.inFlight += played.inFlight;
          await settle(pair);
          expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
          expectNoDoubles(pair);
          const conflicts = await pair.store.openConflicts();
          expect(conflicts.filter((conflict) => conflict.kind === 'review')).toEqual([]);
          const before = pair.writes();
          await pair.sync({ full: true });
          expect(pair.writes()).toBe(before);
        }),
        { numRuns: 80 },
      );
      expect(total.crashes).toBeGreaterThan(40);
      expect(total.inFlight).toBeGreaterThan(10);
    });
  }

  it('lost answers without a crash are looked up before the run ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(editArbitrary, { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.boolean(),
        async (edits, nth, arrived, marker) => {
          const pair = new MemoryPair({ config, marker });
          for (const edit of edits) makeEdit(pair, edit);
          pair.tick();
          let writes = 0;
          pair.around = (_side, event) => {
            if (!event.writes || event.when !== (arrived ? 'after' : 'before')) return;
            writes += 1;
            if (writes === nth) throw new LockstepError('timeout', 'no answer', { context: { outcome: 'unknown' } });
          };
          await pair.sync();
          expect(await pair.store.openIntents()).toEqual([]);
          pair.around = () => undefined;
          await settle(pair);
          expect(pair.settledPicture('right')).toEqual(pair.settledPicture('left'));
          expectNoDoubles(pair);
        },
      ),
      { numRuns: 80 },
    );
  });
});
