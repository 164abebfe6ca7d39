import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makePreview } from '../../main/engine/run.js';
import { MemoryPair } from '../fakes/memory-pair.js';
import { harshEditArbitrary, makeEdit } from './edits.js';

// Hundreds of whole runs: a busy machine may take its time. A run without an end fails by its step limit instead.
vi.setConfig({ testTimeout: 120_000 });

const rounds = fc.array(fc.array(harshEditArbitrary, { maxLength: 6 }), { minLength: 1, maxLength: 4 });

describe('a plan', () => {
  it('is the same, byte for byte, for the same input; and making it moves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, fc.constantFrom('left', 'ask', 'newest'), fc.boolean(), async (edits, policy, full) => {
        const pair = new MemoryPair({ config: { policy, comments: { deletions: 'delete' } } });
        for (const [index, round] of edits.entries()) {
          for (const edit of round) makeEdit(pair, edit);
          pair.tick();
          if (index < edits.length - 1) await pair.sync();
        }
        const before = JSON.stringify([pair.store.dump(), pair.writes()]);
        const first = await pair.preview(full);
        pair.store = pair.store.reopen();
        const second = await pair.preview(full);
        expect(JSON.stringify(second.plan)).toBe(JSON.stringify(first.plan));
        expect(second.hash).toBe(first.hash);
        expect(JSON.stringify([pair.store.dump(), pair.writes()])).toBe(before);
      }),
      { numRuns: 60 },
    );
  });

  it('is made in slices of at most 10 ms, by the injected clock', async () => {
    const pair = new MemoryPair();
    for (let n = 0; n < 400; n += 1) {
      pair.left.add({ subject: `left ${String(n)}` });
      pair.right.add({ subject: `right ${String(n)}` });
    }
    pair.tick(200);
    const deps = pair.deps();
    let nowMs = 0;
    let sliceMs = 0;
    let planning = false;
    const slices: number[] = [];
    // Whatever the planner asks for takes a tenth of a millisecond.
    const spend = <T>(result: T): T => {
      nowMs += 0.1;
      return result;
    };
    await makePreview(
      {
        ...deps,
        ids: {
          ...deps.ids,
          pairId: (side, ref) => spend(deps.ids.pairId(side, ref)),
          hash: (text) => spend(deps.ids.hash(text)),
        },
        clock: { ...deps.clock, monotonic: () => nowMs },
        onProgress: (progress) => {
          if (progress.phase === 'plan') [planning, sliceMs] = [true, nowMs];
        },
        pause: () => {
          if (planning) slices.push(nowMs - sliceMs);
          sliceMs = nowMs;
          return Promise.resolve();
        },
      },
      { runId: 'run', config: pair.config, full: false, released: [] },
      new AbortController().signal,
    );
    expect(slices.length).toBeGreaterThan(5);
    // A slice ends with the step that reaches the limit.
    expect(Math.max(...slices, nowMs - sliceMs)).toBeLessThanOrEqual(10 + 50 * 0.1);
  });
});
