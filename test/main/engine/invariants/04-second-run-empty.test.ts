import { expect, it } from 'vitest';
import { MemoryPair } from '../../../fakes/memory-pair.js';

it('two runs with no change outside and nothing failed or waiting: the second plan is empty and writes nothing', async () => {
  const options = { derivedPriority: true, fixedFirstStatus: true };
  const pair = new MemoryPair({
    config: { policy: 'newest', newestElse: 'left', comments: { policy: 'left', deletions: 'delete' } },
    left: options,
    right: options,
  });
  const parent = pair.left.add({ subject: 'parent', description: 'two\nlines', due: '2026-02-01' });
  const child = pair.left.add({ subject: 'child', parent, priority: '5', assignee: 'ben' });
  const other = pair.right.add({ subject: 'other', status: 'done' });
  const comment = pair.left.comment(child, 'hello');
  pair.left.comment(parent, 'internal', 'ann', 'private');
  pair.right.comment(other, 'hello from the right');
  pair.tick();
  await pair.sync();
  pair.left.editComment(child, comment, { body: 'hello again' });
  pair.left.edit(child, { status: 'open' });
  pair.tick(200);
  await pair.sync({ full: true });
  for (const full of [false, true, true]) {
    pair.tick(200);
    const before = pair.writes();
    const report = await pair.sync({ full });
    expect(report.plan?.rows).toEqual([]);
    expect(pair.writes()).toBe(before);
    expect(report.run.outcome).toBe('done');
  }
});
