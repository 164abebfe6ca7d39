import { describe, expect, it } from 'vitest';
import { mapLimit } from '../../../main/connectors/map-limit.js';

describe('mapLimit', () => {
  it('keeps the order and the limit', async () => {
    let running = 0;
    let most = 0;
    const open: (() => void)[] = [];
    const work = mapLimit([1, 2, 3, 4, 5], 2, async (value, index) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => open.push(resolve));
      running -= 1;
      return value * 10 + index;
    });
    for (let done = 0; done < 5; done += 1) {
      while (open.length === 0) await Promise.resolve();
      open.pop()?.();
    }
    expect(await work).toEqual([10, 21, 32, 43, 54]);
    expect(most).toBe(2);
  });

  it('begins nothing new after a failure, lets end what runs, and throws the first', async () => {
    const begun: number[] = [];
    let ended = false;
    const work = mapLimit([1, 2, 3, 4], 2, async (value) => {
      begun.push(value);
      if (value === 1) throw new Error('first');
      for (let turns = 0; turns < 10; turns += 1) await Promise.resolve();
      ended = true;
      throw new Error('second');
    });
    await expect(work).rejects.toThrow('first');
    expect(begun).toEqual([1, 2]);
    expect(ended).toBe(true);
  });

  it('does nothing with nothing', async () => {
    expect(await mapLimit([], 3, async () => 1)).toEqual([]);
  });
});
