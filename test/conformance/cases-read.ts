import { expect } from 'vitest';
import { itemOf, overJson, readAll } from './case.js';
import type { ConformanceCase } from './case.js';

const hourMs = 3_600_000;

export const readCases: readonly ConformanceCase[] = [
  {
    name: 'an empty scope has no heads and a cursor',
    async run({ account, scope }) {
      const listing = await readAll(account, scope, null);
      expect(listing.heads).toEqual([]);
      expect((await readAll(account, scope, overJson(listing.cursor))).heads).toEqual([]);
    },
  },
  {
    name: 'two full readings are equal, closed items and every page included',
    async run({ site, account, scope, signal, given }) {
      await site.fill(scope, site.manifest.capabilities.maxPageSize + 3);
      const closed = await given();
      await account.update(closed, { [site.names.state]: site.names.closedState }, '0', signal);
      await site.tick();
      const first = await readAll(account, scope, null);
      const second = await readAll(site.open(), scope, null);
      expect(first.pages.length).toBeGreaterThan(1);
      expect(new Set(first.refs).size).toBe(first.refs.length);
      expect(first.refs).toHaveLength(site.manifest.capabilities.maxPageSize + 4);
      expect(first.refs).toContain(closed);
      expect(second.refs).toEqual(first.refs);
    },
  },
  {
    name: 'only the types asked for are listed',
    async run({ account, scope, given }) {
      const [one, two] = scope.types;
      const first = await given({ type: one ?? null });
      const second = await given({ type: two ?? null });
      expect((await readAll(account, { ...scope, types: [two ?? ''] }, null)).refs).toEqual([second]);
      expect((await readAll(account, { ...scope, types: [one ?? ''] }, null)).refs).toEqual([first]);
      expect((await readAll(account, { ...scope, types: [] }, null)).refs).toEqual([]);
    },
  },
  {
    name: 'what came since the cursor of the empty scope is everything',
    needs: ['deltas'],
    async run({ site, account, scope, given }) {
      const before = await readAll(account, scope, null);
      const refs = [await given(), await given(), await given()];
      const since = await readAll(account, scope, overJson(before.cursor));
      expect(since.refs).toEqual(refs);
      expect((await readAll(site.open(), scope, null)).refs).toEqual(refs);
    },
  },
  {
    name: 'from the last cursor come only items of the boundary, with the stamp they had',
    needs: ['deltas', 'time'],
    async run({ site, account, scope, given }) {
      const old = await given();
      site.time?.advance(hourMs);
      const recent = await given();
      await site.tick();
      const first = await readAll(account, scope, null);
      const again = await readAll(site.open(), scope, overJson(first.cursor));
      expect(first.refs).toEqual([old, recent]);
      expect(again.refs).toEqual([recent]);
      site.time?.advance(hourMs);
      const later = await readAll(account, scope, overJson(again.cursor));
      expect(later.refs).toEqual([recent]);
      expect((await readAll(account, scope, overJson(later.cursor))).refs).toEqual([]);
    },
  },
  {
    name: 'a stamp stays while nothing changes and goes with every change, also within one second',
    async run({ site, account, scope, signal, given }) {
      const ref = await given();
      const stampIn = async (): Promise<string | null> => {
        const fresh = site.open();
        await fresh.check(signal);
        await readAll(fresh, scope, null);
        await site.tick();
        return (await readAll(fresh, scope, null)).heads.find((head) => head.ref === ref)?.stamp ?? null;
      };
      const atOnce = (await readAll(account, scope, null)).heads[0]?.stamp ?? null;
      expect(atOnce).toBeNull();
      const first = await stampIn();
      expect(first).not.toBeNull();
      expect(await stampIn()).toBe(first);
      await account.update(ref, { [site.names.title]: 'Changed' }, '0', signal);
      expect((await readAll(account, scope, null)).heads[0]?.stamp ?? null).not.toBe(first);
      const second = await stampIn();
      expect(second).not.toBeNull();
      expect(second).not.toBe(first);
    },
  },
  {
    name: 'items with one time of change across the border of two pages are all listed, once',
    async run({ site, account, scope }) {
      const count = 2 * site.manifest.capabilities.maxPageSize + 1;
      await site.fill(scope, count);
      const listing = await readAll(account, scope, null);
      expect(listing.pages).toHaveLength(3);
      expect(new Set(listing.refs).size).toBe(count);
      expect(listing.refs).toHaveLength(count);
    },
  },
  {
    name: 'an item edited between two pages is neither lost nor doubled, and comes again in the next reading',
    needs: ['deltas'],
    async run({ site, account, stranger, scope, signal }) {
      const size = site.manifest.capabilities.maxPageSize;
      await site.fill(scope, size + 2);
      const whole = (await readAll(account, scope, null)).refs;
      const [early, late] = [whole[3] ?? '', whole[size + 1] ?? ''];
      let pages = 0;
      const listing = await readAll(account, scope, null, async () => {
        pages += 1;
        if (pages > 1) return;
        await stranger.update(early, { [site.names.title]: 'Early' }, '0', signal);
        await stranger.update(late, { [site.names.title]: 'Late' }, '0', signal);
      });
      expect(listing.refs).toEqual(whole);
      expect((await readAll(account, scope, overJson(listing.cursor))).refs).toEqual(
        expect.arrayContaining([early, late]),
      );
    },
  },
  {
    name: 'a reading goes on from the cursor of any page, in another process',
    async run({ site, account, scope }) {
      const size = site.manifest.capabilities.maxPageSize;
      await site.fill(scope, 2 * size + 5);
      const whole = await readAll(account, scope, null);
      for (const [index, page] of whole.pages.entries()) {
        if (index === whole.pages.length - 1) continue;
        const rest = await readAll(site.open(), scope, overJson(page.cursor));
        expect(rest.refs).toEqual(whole.refs.slice((index + 1) * size));
        expect(Object.keys(rest.cursor)).toEqual(Object.keys(whole.cursor));
      }
    },
  },
  {
    name: 'a cursor from the year 2999, of another kind or of nonsense is answered with everything',
    async run({ site, account, scope, given }) {
      const ref = await given();
      const { cursor } = await readAll(account, scope, null);
      const cursors = [
        Object.fromEntries(
          Object.entries(cursor).map(([key, value]) => [
            key,
            typeof value === 'string' ? value.replace(/^\d{4}/, '2999') : value,
          ]),
        ),
        { since: '2999-01-01T00:00:00Z', ceiling: null, afterId: null },
        { page: 'gibberish', offset: -1 },
        {},
      ];
      if (site.time !== undefined) site.time.advance(hourMs);
      for (const strange of cursors) expect((await readAll(site.open(), scope, strange)).refs).toEqual([ref]);
    },
  },
  {
    name: 'a head carries the marker',
    needs: ['marker'],
    async run({ account, scope, signal, draft, given }) {
      const { item } = await account.create(draft({}, 'workspace.pair-1'), signal);
      const plain = await given();
      const { heads } = await readAll(account, scope, null);
      expect(heads.find((head) => head.ref === item.ref)?.marker).toBe('workspace.pair-1');
      expect(heads.find((head) => head.ref === plain)?.marker).toBeNull();
    },
  },
  {
    name: 'values that the schema does not know are kept as they are',
    needs: ['putUnknown'],
    async run({ site, account, scope, signal, given }) {
      const ref = await given();
      await account.discover(scope.scope, signal);
      const held = (await site.putUnknown?.(ref)) ?? {};
      expect(Object.keys(held)).not.toEqual([]);
      expect((await itemOf(account, ref)).fields).toMatchObject(held);
      expect((await readAll(account, scope, null)).refs).toEqual([ref]);
    },
  },
];
