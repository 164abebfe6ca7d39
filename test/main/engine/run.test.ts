import { describe, expect, it } from 'vitest';
import { MemoryPair } from '../../fakes/memory-pair.js';

describe('a run', () => {
  it('brings items, parents and comments over, and the second run writes nothing', async () => {
    const pair = new MemoryPair();
    const parent = pair.left.add({ subject: 'parent', description: 'text' });
    const child = pair.left.add({ subject: 'child', parent, status: 'open', assignee: 'ben' });
    pair.left.comment(child, 'hello');
    pair.right.add({ subject: 'from the right' });
    pair.tick();
    const first = await pair.sync();
    expect(first.run.outcome).toBe('done');
    expect(pair.picture('right')).toEqual(pair.picture('left'));
    expect(Object.keys(pair.picture('left'))).toHaveLength(3);
    const before = pair.writes();
    pair.tick();
    const second = await pair.sync({ released: [] });
    expect(second.plan?.rows).toEqual([]);
    expect(pair.writes()).toBe(before);
  });

  it('is stopped by the first-run brake before any write', async () => {
    const pair = new MemoryPair();
    pair.left.add({ subject: 'a' });
    const report = await pair.sync({ released: [] });
    expect(report.run.outcome).toBe('braked');
    expect(report.brakes.map((brake) => brake.name)).toEqual(['first-run']);
    expect(pair.writes()).toBe(0);
    await pair.sync({ released: ['first-run'] });
    expect(pair.picture('right')).toEqual(pair.picture('left'));
  });
});
