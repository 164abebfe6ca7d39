import { describe, expect, it } from 'vitest';
import type { Cursor, ReadPage } from '../../../../main/connectors/contract.js';
import { redmine } from '../../../../main/connectors/redmine/index.js';
import { hasCode } from '../../../../preload/contract/errors.js';
import { ManualClock } from '../http/manual-clock.js';
import { issue, stubHttp } from './support.js';
import type { StubAnswer } from './support.js';

const signal = new AbortController().signal;
const project = { id: 1, name: 'P', identifier: 'p', created_on: '2020-01-01T00:00:00Z' };

interface ListQuery {
  readonly afterId: number;
  readonly since: string | null;
  readonly limit: number;
}

/** A Redmine that is nothing but an issue list. */
function listingOf(answerTo: (query: ListQuery) => StubAnswer): {
  readonly clock: ManualClock;
  readonly queries: ListQuery[];
  read(cursor: Cursor | null): Promise<readonly ReadPage[]>;
} {
  const clock = new ManualClock();
  const queries: ListQuery[] = [];
  const { http } = stubHttp((request) => {
    if (request.path === '/projects/1.json') return { json: { project } };
    const query = request.query ?? {};
    const asked = {
      afterId: Number(String(query['issue_id'] ?? '>=1').slice(2)) - 1,
      since: query['updated_on'] === undefined ? null : String(query['updated_on']).slice(2),
      limit: Number(query['limit']),
    };
    queries.push(asked);
    return answerTo(asked);
  });
  const config = { id: 'c', tracker: 'redmine', url: 'https://x.test', settings: {} };
  const connector = redmine.open(config, { http, clock });
  return {
    clock,
    queries,
    read: async (cursor) => {
      const pages: ReadPage[] = [];
      const request = { scope: '1', types: ['1'], cursor, fields: [], signal };
      for await (const page of connector.read(request)) pages.push(page);
      return pages;
    },
  };
}

function page(ids: readonly number[], total: number, updatedOn = '2030-01-15T11:00:00Z'): StubAnswer['json'] {
  return { issues: ids.map((id) => issue({ id, updated_on: updatedOn })), total_count: total };
}

const range = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);

describe('reading', () => {
  it('takes the time of the first answer for the next cursor, and asks two minutes before it', async () => {
    const startMs = Date.parse('2030-01-15T12:00:00Z');
    const list = listingOf(() => ({ json: page([1], 1), serverTimeMs: startMs }));
    const [only] = await list.read(null);
    expect(only?.cursor).toEqual({ since: '2030-01-15T12:00:00Z', ceiling: null, afterId: null });
    await list.read(only?.cursor ?? null);
    expect(list.queries.map((query) => query.since)).toEqual([null, '2030-01-15T11:58:00Z']);
  });

  it('takes the newest change for it where the server does not tell its time, found before anything is listed', async () => {
    const many = listingOf(({ limit, afterId }) => {
      if (limit === 1) return { json: page([150], 150, '2030-01-15T11:30:00Z') };
      return { json: page(range(afterId + 1, Math.min(100, 150 - afterId)), 150 - afterId) };
    });
    const pages = await many.read(null);
    expect(pages.map((each) => each.cursor)).toEqual([
      { since: null, ceiling: '2030-01-15T11:30:00Z', afterId: 100 },
      { since: '2030-01-15T11:30:00Z', ceiling: null, afterId: null },
    ]);
    // The first page was asked for once more: the first answer came before the ceiling was known.
    expect(many.queries.map((query) => [query.limit, query.afterId])).toEqual([
      [100, 0],
      [1, 0],
      [100, 0],
      [100, 100],
    ]);
  });

  it('stays where it was where nothing changed and the server does not tell its time', async () => {
    const list = listingOf(() => ({ json: page([], 0) }));
    const cursor = { since: '2030-01-15T11:00:00Z', ceiling: null, afterId: null };
    expect((await list.read(cursor)).map((each) => each.cursor)).toEqual([cursor]);
    expect((await list.read(null)).map((each) => each.cursor)).toEqual([{ ...cursor, since: null }]);
  });

  it('never moves its cursor into the future by an item that lies there', async () => {
    const list = listingOf(() => ({ json: page([1], 1, '2999-01-01T00:00:00Z') }));
    const [only] = await list.read(null);
    expect(only?.cursor['since']).toBe(new Date(list.clock.now()).toISOString().replace('.000', ''));
  });

  it('begins anew where the server says that it is long before the cursor', async () => {
    const serverTimeMs = Date.parse('2030-01-15T10:00:00Z');
    const list = listingOf(() => ({ json: page([1], 1), serverTimeMs }));
    await list.read({ since: '2030-01-15T11:59:00Z', ceiling: null, afterId: null });
    expect(list.queries.map((query) => query.since)).toEqual(['2030-01-15T11:57:00Z', null]);
  });

  it.each([
    ['gives the same page again', (_: ListQuery) => page(range(1, 100), 500)],
    ['goes backwards', ({ afterId }: ListQuery) => page(afterId === 0 ? [1, 2, 3] : [3, 4], 10)],
    ['grows for ever', ({ afterId }: ListQuery) => page(range(afterId + 1, 100), 200)],
  ])('leaves a listing that %s', async (_, answer) => {
    const list = listingOf((query) => ({ json: answer(query), serverTimeMs: Date.parse('2030-01-15T12:00:00Z') }));
    const error: unknown = await list.read(null).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'endless-listing')).toBe(true);
    expect(list.queries.length).toBeLessThan(20);
  });
});

describe('an answer of another shape', () => {
  it('is said to be unexpected, with the place', async () => {
    const list = listingOf(() => ({ json: { issues: [{ id: 'x' }], total_count: 1 } }));
    const error: unknown = await list.read(null).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'answer-unexpected', context: { path: '/issues.json', at: 'issues.0.id' } });
  });
});
