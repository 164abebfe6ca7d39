import { describe, expect, it, vi } from 'vitest';
import { MemoryPair } from '../../../fakes/memory-pair.js';
import { crashingSync } from '../../../simulation/killer.js';

// Hundreds of whole runs: a busy machine may take its time. A run without an end fails by its step limit instead.
vi.setConfig({ testTimeout: 120_000 });

const config = { policy: 'left', comments: { policy: 'left', deletions: 'delete' } };

function prepare(marker: boolean): MemoryPair {
  const pair = new MemoryPair({ config, marker });
  const parent = pair.left.add({ subject: 'parent', status: 'open' });
  const child = pair.left.add({ subject: 'child', parent, assignee: 'ann' });
  pair.right.add({ subject: 'from the right', priority: '4' });
  pair.left.comment(child, 'a remark');
  pair.tick();
  return pair;
}

async function secondRound(pair: MemoryPair): Promise<void> {
  await settle(pair);
  for (const row of pair.left.rows.values()) {
    if (row.fields['subject'] === 'from the right') pair.left.edit(row.ref, { subject: 'renamed', due: '2026-04-01' });
    if (row.fields['subject'] !== 'child') continue;
    pair.left.deleteComment(row.ref, row.comments[0]?.ref ?? '');
    pair.left.comment(row.ref, 'another');
  }
  pair.tick();
}

async function settle(pair: MemoryPair): Promise<void> {
  for (let run = 0; run < 3; run += 1) {
    pair.tick(200);
    await pair.sync({ full: true });
  }
}

const worlds = (pair: MemoryPair): unknown => [pair.picture('left'), pair.picture('right')];

describe('any prefix of a run, replayed any number of times, leads to the same trackers', () => {
  for (const marker of [true, false]) {
    for (const round of ['first', 'second'] as const) {
      it(`${marker ? 'with' : 'without'} markers, ${round} run`, async () => {
        const make = async (): Promise<MemoryPair> => {
          const pair = prepare(marker);
          if (round === 'second') await secondRound(pair);
          return pair;
        };
        const undisturbed = await make();
        await settle(undisturbed);
        const wanted = worlds(undisturbed);
        let crashes = 0;
        for (let step = 1; ; step += 1) {
          const pair = await make();
          const first = await crashingSync(pair, step, step % 2 === 0);
          if (first.crashes === 0) break;
          crashes += 1;
          for (const again of [step, step + 2]) await crashingSync(pair, again, step % 2 === 1);
          await settle(pair);
          expect(worlds(pair), `crash at step ${String(step)}`).toEqual(wanted);
          expect(pair.left.rows.size, 'items').toBe(3);
          expect(pair.right.rows.size, 'items').toBe(3);
        }
        expect(crashes).toBeGreaterThan(30);
      });
    }
  }
});
