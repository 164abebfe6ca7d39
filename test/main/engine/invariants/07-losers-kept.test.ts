import { describe, expect, it } from 'vitest';
import type { Conflict } from '../../../../main/engine/state.js';
import { MemoryPair } from '../../../fakes/memory-pair.js';

async function inStep(policy: 'left' | 'right' | 'newest' = 'left') {
  const pair = new MemoryPair({
    config: { policy, newestElse: 'left', comments: { policy: 'left', deletions: 'delete' } },
  });
  const left = pair.left.add({ subject: 'one' });
  const comment = pair.left.comment(left, 'text');
  await pair.sync();
  const right = [...pair.right.rows.keys()][0] ?? '';
  pair.tick(200);
  await pair.sync();
  return { pair, left, right, comment };
}

const losers = async (pair: MemoryPair): Promise<readonly Pick<Conflict, 'field' | 'left' | 'right' | 'loserSide'>[]> =>
  (await pair.store.openConflicts())
    .filter((conflict) => conflict.kind === 'loser')
    .map(({ field, left, right, loserSide }) => ({ field, left, right, loserSide }));

describe('a value that lost, or was overwritten, is kept until the user discards it', () => {
  for (const policy of ['left', 'right', 'newest'] as const) {
    it(`both sides changed, policy ${policy}`, async () => {
      const { pair, left, right } = await inStep(policy);
      pair.left.edit(left, { subject: 'L' });
      if (policy === 'newest') pair.tick(10);
      pair.right.edit(right, { subject: 'R' });
      pair.tick(200);
      await pair.sync();
      const loserSide = policy === 'left' ? 'right' : 'left';
      const kept = [{ field: 'subject', left: 'L', right: 'R', loserSide }];
      expect(await losers(pair)).toEqual(kept);
      pair.tick(200);
      await pair.sync({ full: true });
      expect(await losers(pair)).toEqual(kept);
      expect(pair.picture('left')).toEqual(pair.picture('right'));
    });
  }

  it('a person writes in the gap between our reading and our write, over a value that had lost already', async () => {
    const { pair, left, right } = await inStep();
    pair.left.edit(left, { subject: 'L' });
    pair.right.edit(right, { subject: 'R' });
    pair.tick(200);
    pair.around = (side, { when, request }) => {
      if (side === 'right' && request === 'update' && when === 'before') pair.right.edit(right, { subject: 'gap' });
    };
    await pair.sync();
    expect((await losers(pair)).map((loser) => loser.right).sort()).toEqual(['R', 'gap']);
    expect(pair.right.row(right).fields['subject']).toBe('L');
  });

  it('a comment edited on both sides, and one edited here and deleted there', async () => {
    const { pair, left, right, comment } = await inStep();
    const mirror = pair.right.row(right).comments[0];
    const header = mirror?.body.split('\n')[0] ?? '';
    pair.left.editComment(left, comment, { body: 'L' });
    pair.right.editComment(right, mirror?.ref ?? '', { body: `${header}\n\nR` });
    pair.tick(200);
    await pair.sync({ full: true });
    expect((await losers(pair)).map((loser) => loser.right)).toEqual(['R']);
    pair.left.deleteComment(left, comment);
    pair.right.editComment(right, mirror?.ref ?? '', { body: `${header}\n\nedited again` });
    pair.tick(200);
    await pair.sync({ full: true });
    expect((await losers(pair)).map((loser) => loser.right)).toEqual(['R', 'edited again']);
    expect(pair.right.row(right).comments).toEqual([]);
  });

  it('an edit in the gap after a lost answer is not taken for ours', async () => {
    const { pair, left, right, comment } = await inStep();
    const mirror = pair.right.row(right).comments[0];
    const header = mirror?.body.split('\n')[0] ?? '';
    pair.left.editComment(left, comment, { body: 'L' });
    pair.tick(200);
    pair.around = (side, { when, request }) => {
      if (side !== 'right' || request !== 'edit-comment' || when === 'after') return;
      pair.around = () => undefined;
      pair.right.editComment(right, mirror?.ref ?? '', { body: `${header}\n\nperson` });
      throw pair.lostAnswer();
    };
    await pair.sync({ full: true });
    pair.tick(200);
    await pair.sync({ full: true });
    expect(pair.left.row(left).comments.map(({ body }) => body)).toEqual(['L']);
    expect((await losers(pair)).map((loser) => loser.right)).toEqual(['person']);
  });
});
