import { expect, it } from 'vitest';
import { MemoryPair } from '../../../fakes/memory-pair.js';

const kinds: Readonly<Record<string, readonly string[]>> = {
  'create': ['create'],
  'update': ['update'],
  'add-comment': ['add-comment'],
  'edit-comment': ['edit-comment', 'hide-comment'],
  'delete-comment': ['delete-comment'],
};

it('no request that writes leaves before its intent is durable', async () => {
  const pair = new MemoryPair({ config: { policy: 'left', comments: { policy: 'left', deletions: 'delete' } } });
  const seen = new Set<string>();
  const bare: string[] = [];
  pair.around = async (side, { when, request, writes, ref }) => {
    if (!writes || when === 'after') return;
    seen.add(request);
    // What a power loss at this moment would leave.
    const intents = await pair.store.reopenAfterPowerLoss().openIntents();
    const its = intents.filter((intent) => intent.side === side && intent.ref === ref);
    // Collected, since a run survives what a request throws.
    const fitting = its.filter((intent) => kinds[request]?.includes(intent.kind));
    if (fitting.length !== 1) bare.push(request);
  };
  const item = pair.left.add({ subject: 'one' });
  const comment = pair.left.comment(item, 'hello');
  const other = pair.left.comment(item, 'secret soon');
  const third = pair.left.comment(item, 'gone soon');
  await pair.sync();
  pair.left.edit(item, { subject: 'two' });
  pair.left.editComment(item, comment, { body: 'hello again' });
  pair.left.editComment(item, other, { visibility: 'private' });
  pair.left.deleteComment(item, third);
  pair.tick(200);
  await pair.sync({ full: true });
  expect(bare).toEqual([]);
  expect([...seen].sort()).toEqual(Object.keys(kinds).sort());
});
