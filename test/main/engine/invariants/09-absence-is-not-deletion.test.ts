import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../../../preload/contract/errors.js';
import { MemoryPair } from '../../../fakes/memory-pair.js';

async function inStep(rights = {}) {
  const pair = new MemoryPair({
    config: { policy: 'left', comments: { policy: 'left', deletions: 'delete' } },
    left: { rights },
  });
  const left = pair.left.add({ subject: 'one' });
  const comment = pair.left.comment(left, 'text');
  await pair.sync();
  const right = [...pair.right.rows.keys()][0] ?? '';
  pair.tick(200);
  await pair.sync();
  return { pair, left, right, comment };
}

const statusOf = (pair: MemoryPair): string | undefined => pair.store.dump().pairs[0]?.status;

describe('absence is not deletion', () => {
  it('an item that cannot be seen any more leads to nothing, and goes on when it is back', async () => {
    const { pair, left, right } = await inStep();
    pair.left.hidden.add(left);
    pair.right.edit(right, { subject: 'edited meanwhile' });
    pair.tick(200);
    const before = pair.left.writes + pair.right.writes;
    await pair.sync({ full: true });
    expect(pair.writes()).toBe(before);
    expect(statusOf(pair)).toBe('active');
    pair.left.hidden.delete(left);
    pair.tick(200);
    await pair.sync();
    expect(pair.left.row(left).fields['subject']).toBe('edited meanwhile');
  });

  it('an item that cannot be seen does not end its pair', async () => {
    const { pair, left } = await inStep();
    pair.left.hidden.add(left);
    pair.tick(200);
    const report = await pair.sync({ full: true });
    expect(report.plan?.rows.map((row) => row.reason)).toEqual(['not-visible-left']);
    expect(statusOf(pair)).toBe('active');
  });

  it('an item that left the scope rests', async () => {
    const { pair, left } = await inStep();
    pair.left.move(left, 'elsewhere');
    pair.tick(200);
    const before = pair.writes();
    await pair.sync({ full: true });
    expect(pair.writes()).toBe(before);
    expect(statusOf(pair)).toBe('resting');
  });

  it('an item whose reading fails stays as it is', async () => {
    const { pair, left } = await inStep();
    pair.left.edit(left, { subject: 'two' });
    pair.left.unreadable.add(left);
    pair.tick(200);
    await pair.sync({ full: true });
    expect(statusOf(pair)).toBe('active');
    expect(pair.right.rows.size).toBe(1);
  });

  it('an empty listing stops the run, again and again, until the user releases it', async () => {
    const { pair } = await inStep();
    pair.left.listsNothing = true;
    for (let run = 0; run < 2; run += 1) {
      pair.tick(200);
      const report = await pair.sync({ full: true, released: [] });
      expect(report.run.brakes).toEqual(['empty-listing']);
    }
    pair.left.listsNothing = false;
    pair.tick(200);
    expect((await pair.sync({ full: true, released: [] })).run.outcome).toBe('done');
    expect(statusOf(pair)).toBe('active');
  });

  it('nothing is read of another site, so that nothing of ours is taken for gone there', async () => {
    const { pair } = await inStep();
    const rows = new Map(pair.left.rows);
    const site = pair.left.siteId;
    pair.left.siteId = 'another';
    for (const ref of rows.keys()) pair.left.remove(ref);
    pair.tick(200);
    expect((await pair.sync({ full: true, released: [] })).run.brakes).toEqual(['other-site']);
    pair.left.siteId = site;
    for (const [ref, row] of rows) pair.left.restore(ref, row);
    pair.tick(200);
    expect((await pair.sync({ full: true, released: [] })).run.outcome).toBe('done');
    expect(statusOf(pair)).toBe('active');
  });

  it('a comment that is not listed is only gone where every comment would be', async () => {
    const { pair, left, right, comment } = await inStep({ seePrivateComments: false });
    pair.left.deleteComment(left, comment);
    pair.tick(200);
    await pair.sync({ full: true });
    expect(pair.right.row(right).comments).toHaveLength(1);
  });

  it('a deleted item ends its pair; its twin stays, and no new one is made', async () => {
    const { pair, left, right } = await inStep();
    pair.left.remove(left);
    pair.tick(200);
    await pair.sync({ full: true });
    expect(statusOf(pair)).toBe('ended');
    pair.right.edit(right, { subject: 'lives on' });
    pair.tick(200);
    await pair.sync({ full: true });
    expect(pair.right.rows.size).toBe(1);
    expect(pair.left.rows.size).toBe(0);
  });

  it('a read error of one item never becomes a deletion of a comment', async () => {
    const { pair, left, right } = await inStep();
    pair.around = (side, { request, when }) => {
      if (side === 'left' && request === 'get' && when === 'before') throw new LockstepError('server-error', 'down');
    };
    pair.left.edit(left, { subject: 'two' });
    pair.tick(200);
    await pair.sync({ full: true });
    pair.around = () => undefined;
    expect(pair.right.row(right).comments).toHaveLength(1);
  });
});
