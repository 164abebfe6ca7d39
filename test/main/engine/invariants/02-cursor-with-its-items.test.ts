import { expect, it } from 'vitest';
import type { EngineStore } from '../../../../main/engine/ports.js';
import { MemoryPair } from '../../../fakes/memory-pair.js';
import { sides } from '../../../../preload/contract/values.js';

/** Items that the cursor covers and nobody would look at any more. */
async function forgotten(pair: MemoryPair, store: EngineStore): Promise<readonly string[]> {
  const { cursors } = await store.state();
  const staged = new Set((await store.staged()).map((item) => item.side + item.ref));
  const lost: string[] = [];
  for (const side of sides) {
    const sinceMs = Number(cursors[side]?.['sinceMs'] ?? 0);
    const rows = [...pair.tracker(side).rows.values()].filter((row) => row.updatedAt <= sinceMs);
    const pairs = await store.pairsByRef(side, rows.map((row) => row.ref)); // prettier-ignore
    for (const row of rows) {
      const known = pairs.get(row.ref);
      const dirty = staged.has(side + row.ref) && (known === undefined || known.dirty);
      if (!dirty && known?.bases[side]?.revision !== String(row.journal)) lost.push(row.ref);
    }
  }
  return lost;
}

it('a cursor moves only in the batch that makes every item it covers dirty', async () => {
  const pair = new MemoryPair({ config: { policy: 'left' } });
  let moves = 0;
  pair.wrapStore = (store) => ({
    ...store,
    commit: async (ops, durability) => {
      const before = JSON.stringify((await store.state()).cursors);
      await store.commit(ops, durability);
      if (JSON.stringify((await store.state()).cursors) === before) return;
      moves += 1;
      expect(durability).toBe('durable');
      expect(await forgotten(pair, store)).toEqual([]);
    },
  });
  // Our own writes come after the reading's ceiling.
  pair.around = (_side, event) => {
    if (event.writes && event.when === 'before') pair.nowMs += 1000;
  };
  for (let n = 1; n <= 12; n += 1) pair.left.add({ subject: `left ${String(n)}` });
  for (let n = 1; n <= 7; n += 1) pair.right.add({ subject: `right ${String(n)}` });
  pair.tick(200);
  await pair.sync();
  for (const ref of [...pair.left.rows.keys()].slice(0, 13)) pair.left.edit(ref, { priority: '5' });
  for (const ref of [...pair.right.rows.keys()].slice(2, 9)) pair.right.edit(ref, { due: '2026-03-01' });
  pair.tick(200);
  await pair.sync();
  expect(moves).toBeGreaterThan(3);
});

it('an item that cannot be read is remembered as changed before the cursor moves over it', async () => {
  const pair = new MemoryPair({ config: { policy: 'left' } });
  const ref = pair.left.add({ subject: 'one' });
  await pair.sync();
  pair.left.edit(ref, { subject: 'two' });
  pair.tick(200);
  pair.left.unreadable.add(ref);
  const report = await pair.sync();
  expect(report.notices.join()).toContain('could not be read');
  pair.left.unreadable.clear();
  pair.tick(4000);
  await pair.sync();
  expect(pair.picture('right')).toEqual(pair.picture('left'));
});
