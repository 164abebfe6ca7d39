import { expect, it } from 'vitest';
import { writingKinds } from '../../../../preload/contract/plan.js';
import { MemoryPair } from '../../../fakes/memory-pair.js';

it('every change carries its reason and both values before', async () => {
  const pair = new MemoryPair({ config: { policy: 'right', comments: { policy: 'right' } } });
  const left = pair.left.add({ subject: 'one', priority: '2', due: '2026-02-01' });
  const comment = pair.left.comment(left, 'first text');
  pair.tick();
  const first = await pair.sync();
  for (const row of first.plan?.rows ?? []) expect(row.reason, row.kind).toMatch(/^new-(item|comment)$/u);
  const right = [...pair.right.rows.keys()][0] ?? '';
  pair.left.edit(left, { subject: 'from the left', priority: '5', due: null });
  pair.left.editComment(left, comment, { body: 'second text' });
  pair.right.edit(right, { subject: 'from the right' });
  pair.tick(200);
  const report = await pair.sync({ full: true });
  const told = (report.plan?.rows ?? []).map(({ side, kind, field, reason, before, after, sourceBefore, source }) => ({
    ...{ side, kind, field, reason, before, after, sourceBefore, source },
  }));
  const expected = [
    { side: 'left', kind: 'set', field: 'subject', reason: 'both-changed-policy-right', before: 'from the left', after: 'from the right', sourceBefore: 'one', source: 'from the right' }, // prettier-ignore
    { side: 'right', kind: 'set', field: 'priority', reason: 'changed-left', before: '2', after: '5', sourceBefore: '2', source: '5' }, // prettier-ignore
    { side: 'right', kind: 'set', field: 'due', reason: 'changed-left', before: '2026-02-01', after: null, sourceBefore: '2026-02-01', source: null }, // prettier-ignore
    { side: 'right', kind: 'edit-comment', field: 'comment', reason: 'changed-left', before: 'first text', after: 'second text', sourceBefore: 'first text', source: 'second text' }, // prettier-ignore
  ];
  expect(told).toEqual(expected);
  const logged = pair.store
    .dump()
    .log.filter((entry) => entry.runId === report.run.id && writingKinds.some((kind) => kind === entry.kind))
    .map(({ side, kind, field, reason, before, after, sourceBefore, source }) => ({
      ...{ side, kind, field, reason, before, after, sourceBefore, source },
    }));
  expect(logged).toHaveLength(4);
  expect(logged).toEqual(expect.arrayContaining(expected));
});
