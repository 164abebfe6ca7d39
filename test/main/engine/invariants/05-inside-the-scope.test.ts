import { describe, expect, it } from 'vitest';
import { MemoryPair } from '../../../fakes/memory-pair.js';

/** Two items in step; the left one edited in a field and by a comment, so that the right one is to be written to. */
async function edited(): Promise<{ readonly pair: MemoryPair; readonly left: string; readonly right: string }> {
  const pair = new MemoryPair({ config: { policy: 'left', types: [{ left: 'Bug', right: 'Bug' }] } });
  const left = pair.left.add({ subject: 'one' });
  await pair.sync();
  const right = [...pair.right.rows.keys()][0] ?? '';
  pair.tick(200);
  await pair.sync();
  pair.left.edit(left, { subject: 'two' });
  pair.left.comment(left, 'a remark');
  pair.tick(200);
  return { pair, left, right };
}

function watch(pair: MemoryPair, also: (request: string, when: string) => void = () => undefined): string[] {
  const outside: string[] = [];
  pair.around = (side, { when, request, writes, ref }) => {
    also(request, when);
    if (!writes || when === 'after' || ref === null) return;
    const row = pair.tracker(side).rows.get(ref);
    if (row?.scope !== 'scope' || row.fields['type'] !== 'bug') outside.push(`${request} ${ref}`);
  };
  return outside;
}

describe("no change touches an item outside the integration's scope and filter", () => {
  it('an item that was moved before the run', async () => {
    const { pair, right } = await edited();
    pair.right.move(right, 'elsewhere');
    const outside = watch(pair);
    await pair.sync();
    await pair.sync();
    expect(outside).toEqual([]);
    expect(pair.right.row(right).fields['subject']).toBe('one');
  });

  it('an item whose type left the filter', async () => {
    const { pair, right } = await edited();
    pair.right.row(right).fields['type'] = 'task';
    const outside = watch(pair);
    await pair.sync();
    expect(outside).toEqual([]);
    expect(pair.right.row(right).fields['subject']).toBe('one');
  });

  for (const [name, moment] of [
    ['after the scope was asked for', 'in-scope'],
    ['while the plan was made', 'list'],
  ] as const) {
    it(`an item that is moved ${name}`, async () => {
      const { pair, right } = await edited();
      const outside = watch(pair, (request, when) => {
        if (request === moment && when === 'after') pair.right.row(right).scope = 'elsewhere';
      });
      await pair.sync();
      expect(outside).toEqual([]);
      expect(pair.right.row(right).fields['subject']).toBe('one');
      expect(pair.right.row(right).comments).toEqual([]);
    });
  }

  it('no twin is made of an item that left the scope after a brake had stopped the run', async () => {
    for (const leave of ['move', 'remove'] as const) {
      const pair = new MemoryPair();
      const ref = pair.left.add({ subject: 'one' });
      pair.left.add({ subject: 'stays' });
      pair.tick(200);
      expect((await pair.sync({ released: [] })).run.brakes).toEqual(['first-run']);
      if (leave === 'move') pair.left.row(ref).scope = 'elsewhere';
      else pair.left.remove(ref);
      pair.tick(200);
      await pair.sync();
      expect(Object.keys(pair.picture('right'))).toEqual(['stays']);
    }
  });

  it('a stored preview makes nothing of what has since left the scope, gone or become private', async () => {
    const pair = new MemoryPair();
    const refs = ['moved', 'gone', 'private', 'stays'].map((subject) => pair.left.add({ subject }));
    const commented = pair.left.comment(refs[3] ?? '', 'becomes private');
    pair.tick(200);
    const preview = await pair.preview();
    pair.left.row(refs[0] ?? '').scope = 'elsewhere';
    pair.left.remove(refs[1] ?? '');
    pair.left.row(refs[2] ?? '').private = true;
    pair.left.editComment(refs[3] ?? '', commented, { visibility: 'private' });
    await pair.execute(preview);
    expect([...pair.right.rows.values()].map((row) => row.fields['subject'])).toEqual(['stays']);
    expect([...pair.right.rows.values()].flatMap((row) => row.comments)).toEqual([]);
  });
});
