import { describe, expect, it } from 'vitest';
import { paginate } from '../../../../main/connectors/http/index.js';
import type { Page } from '../../../../main/connectors/http/index.js';

type Fetch = (next: string | number | null) => Page<string>;

async function readAll(fetch: Fetch, maxPages?: number): Promise<string[]> {
  const items: string[] = [];
  const pages = paginate<string>({
    listing: 'issues',
    fetch: (next) => Promise.resolve(fetch(next)),
    idOf: (id) => id,
    ...(maxPages === undefined ? {} : { maxPages }),
  });
  for await (const page of pages) items.push(...page.items);
  return items;
}

const endless = expect.objectContaining({ code: 'endless-listing' }) as Error;

/** `count` items in pages of 100, by offset. */
function listing(count: number, total: (offset: number) => number | null): Fetch {
  return (next) => {
    const offset = Number(next ?? 0);
    const items = Array.from({ length: Math.min(100, count - offset) }, (_, index) => String(offset + index));
    return { items, total: total(offset), next: offset + 100 < count ? offset + 100 : null };
  };
}

describe('paginate', () => {
  it('reads to the end', async () => {
    expect(await readAll(listing(1_050, () => 1_050))).toHaveLength(1_050);
    expect(await readAll(listing(1_050, () => null))).toHaveLength(1_050);
    expect(await readAll(() => ({ items: [], total: 0, next: null }))).toEqual([]);
  });

  it('lets a listing grow while it is read', async () => {
    expect(await readAll(listing(1_900, (offset) => 1_000 + offset))).toHaveLength(1_900);
  });

  it.each<[string, Fetch]>([
    ['the same page again', (next) => ({ items: ['1', '2'], total: null, next: Number(next ?? 0) + 1 })],
    ['the same single item again', (next) => ({ items: ['1'], total: null, next: Number(next ?? 0) + 1 })],
    ['the same token again', (next) => ({ items: next === null ? ['1'] : ['2'], total: null, next: 'again' })],
    ['a circle of tokens', (next) => ({ items: [], total: null, next: next === 'a' ? 'b' : 'a' })],
    ['more than it speaks of', listing(1_000_000, () => 200)],
    ['a total that runs ahead', listing(1_000_000, (offset) => offset + 200)],
  ])('notices %s', async (_name, fetch) => {
    await expect(readAll(fetch)).rejects.toThrow(endless);
  });

  it('notices empty pages without end', async () => {
    await expect(readAll((next) => ({ items: [], total: null, next: Number(next ?? 0) + 1 }), 500)).rejects.toThrow(
      'more than 500 pages',
    );
  });

  it('forgives one item that is met again because the list moved', async () => {
    const pages: Record<string, Page<string>> = {
      null: { items: ['a'], total: null, next: 1 },
      1: { items: ['a'], total: null, next: 2 },
      2: { items: ['b'], total: null, next: null },
    };
    expect(await readAll((next) => pages[String(next)] ?? { items: [], total: null, next: null })).toEqual([
      'a',
      'a',
      'b',
    ]);
  });

  it('does not take 1 and "1" for the same token', async () => {
    const steps: (string | number | null)[] = [1, '1', null];
    let count = 0;
    await readAll(() => ({ items: [String(count)], total: null, next: steps[count++] ?? null }));
    expect(count).toBe(3);
  });
});
