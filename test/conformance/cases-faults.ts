import { expect } from 'vitest';
import type { LockstepError } from '../../preload/contract/errors.js';
import { failure, itemOf, readAll } from './case.js';
import type { ConformanceCase } from './case.js';
import type { Bench, Faults } from './site.js';

function faultsOf(bench: Bench): Faults {
  if (bench.site.faults === undefined) throw new Error('no faults can be ordered here');
  return bench.site.faults;
}

const writing = { method: ['POST', 'PUT', 'PATCH'] };

/** Nobody knows whether the tracker did it: the engine looks it up. */
function expectUnknown(error: LockstepError): void {
  expect(error.context['outcome']).toBe('unknown');
}

const found = async ({ account, scope, signal }: Bench, sinceMs: number): Promise<readonly string[]> =>
  (await account.findCreated({ ...scope, marker: null, sinceMs, signal })).items.map((item) => item.ref);

export const faultCases: readonly ConformanceCase[] = [
  {
    name: 'too many requests: waited for as told, in seconds, as a date, and where nothing is told',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, given } = bench;
      const ref = await given();
      const waits = [{ kind: 'seconds', seconds: 7 }, { kind: 'date', seconds: 9 }, { kind: 'none' }] as const;
      for (const wait of waits) {
        const handle = faultsOf(bench).rateLimit(1, wait);
        expect((await readAll(account, scope, null)).refs).toEqual([ref]);
        expect(handle.fired).toBe(1);
      }
    },
  },
  {
    name: 'a write that was answered "too many requests" is sent again, once it may, and done once',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, signal, draft } = bench;
      await account.discover(scope.scope, signal);
      faultsOf(bench).rateLimit(1, { kind: 'seconds', seconds: 3 });
      const { item } = await account.create(draft(), signal);
      expect((await readAll(account, scope, null)).refs).toEqual([item.ref]);
    },
  },
  {
    name: 'a fault of the server that passes is not seen by a reading',
    needs: ['faults'],
    async run(bench) {
      const ref = await bench.given();
      const handle = faultsOf(bench).fail(2);
      expect((await itemOf(bench.account, ref)).ref).toBe(ref);
      expect(handle.fired).toBe(2);
    },
  },
  {
    name: 'a fault of the server that stays is transient, and never takes an item for gone',
    needs: ['faults'],
    async run(bench) {
      const ref = await bench.given();
      faultsOf(bench).fail(Infinity);
      const error = await failure(bench.account.getMany([ref], bench.signal), 'server-error');
      expect(error.retryable).toBe(true);
    },
  },
  {
    name: '404 and 410 prove that an item is gone, 403 hides it, and no other status says anything of it',
    needs: ['faults'],
    async run(bench) {
      const { account, site, signal, given } = bench;
      const ref = await given();
      await itemOf(account, ref);
      const answered = async <T>(status: number, work: () => Promise<T>): Promise<T> => {
        faultsOf(bench).fail(Infinity, status);
        try {
          return await work();
        } finally {
          faultsOf(bench).clear();
        }
      };
      const look = () => account.getMany([ref], signal);
      for (const [status, state] of [
        [404, 'gone'],
        [410, 'gone'],
        [403, 'not-visible'],
      ] as const) {
        expect(await answered(status, look)).toEqual([{ state, ref }]);
      }
      for (const [status, code] of [
        [400, 'rejected-by-tracker'],
        [401, 'secret-rejected'],
        [405, 'rejected-by-tracker'],
        [409, 'stale-revision'],
        [500, 'server-error'],
        [502, 'server-error'],
        [503, 'server-error'],
      ] as const) {
        await answered(status, () => failure(look(), code));
      }
      const write = () => account.update(ref, { [site.names.title]: 'x' }, '0', signal);
      for (const [status, code, kind] of [
        [404, 'gone', 'not-found'],
        [410, 'gone', 'not-found'],
        [403, 'forbidden', 'permission'],
      ] as const) {
        const error = await answered(status, () => failure(write(), code));
        expect(error.kind).toBe(kind);
        expect(error.context['outcome']).toBe('answered');
      }
      expect((await itemOf(account, ref)).fields[site.names.title]).not.toBe('x');
    },
  },
  {
    name: 'a reading that is cut off is asked again: before, after, in the middle of the answer',
    needs: ['faults'],
    async run(bench) {
      const ref = await bench.given();
      for (const when of ['before', 'after', 'mid-body'] as const) {
        const handle = faultsOf(bench).cut(when);
        expect((await readAll(bench.account, bench.scope, null)).refs).toEqual([ref]);
        expect(handle.fired).toBe(1);
      }
    },
  },
  {
    name: 'a create that is cut off before the server saw it is of unknown outcome, and is not found',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, signal, draft } = bench;
      await account.discover(scope.scope, signal);
      const sinceMs = Date.parse((await account.create(draft(), signal)).item.createdAt);
      const before = await found(bench, sinceMs);
      const handle = faultsOf(bench).cut('before', writing);
      expectUnknown(await failure(account.create(draft(), signal), 'connection-lost'));
      expect(handle.fired).toBe(1);
      expect(await found(bench, sinceMs)).toEqual(before);
    },
  },
  {
    name: 'a create whose answer is cut off is of unknown outcome, sent once, and found',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, signal, draft } = bench;
      await account.discover(scope.scope, signal);
      const sinceMs = Date.parse((await account.create(draft(), signal)).item.createdAt);
      for (const [index, when] of (['after', 'mid-body'] as const).entries()) {
        faultsOf(bench).cut(when, writing);
        expectUnknown(await failure(account.create(draft(), signal), 'connection-lost', 'answer-not-json'));
        expect(await found(bench, sinceMs)).toHaveLength(index + 2);
      }
    },
  },
  {
    name: 'a create of unknown outcome is found by its marker, and so is never made twice',
    needs: ['faults', 'marker'],
    async run(bench) {
      const { account, scope, signal, draft } = bench;
      await account.discover(scope.scope, signal);
      const sinceMs = Date.parse((await account.create(draft(), signal)).item.createdAt);
      faultsOf(bench).cut('after', writing);
      expectUnknown(await failure(account.create(draft({}, 'w.once'), signal), 'connection-lost'));
      const { items } = await account.findCreated({ ...scope, marker: 'w.once', sinceMs, signal });
      expect(items.map((item) => item.marker)).toEqual(['w.once']);
    },
  },
  {
    name: 'an update or comment whose answer is cut off is of unknown outcome, and was done once',
    needs: ['faults'],
    async run(bench) {
      const { account, site, signal, given } = bench;
      const ref = await given();
      faultsOf(bench).cut('after', writing);
      expectUnknown(await failure(account.update(ref, { [site.names.title]: 'Done' }, '0', signal), 'connection-lost'));
      faultsOf(bench).cut('after', writing);
      const comment = { body: 'Done', visibility: 'public' } as const;
      expectUnknown(await failure(account.addComment(ref, comment, '0', signal), 'connection-lost'));
      const item = await itemOf(account, ref);
      expect(item.fields[site.names.title]).toBe('Done');
      expect(item.comments.map((each) => each.body)).toEqual(['Done']);
    },
  },
  {
    name: 'a write that was done but could not be read back is of unknown outcome',
    needs: ['faults'],
    async run(bench) {
      const { account, site, signal, given } = bench;
      const ref = await given();
      await itemOf(account, ref);
      faultsOf(bench).answerHtml({ method: 'GET', times: Infinity });
      expectUnknown(await failure(account.update(ref, { [site.names.title]: 'Done' }, '0', signal), 'answer-not-json'));
      faultsOf(bench).clear();
      expect((await itemOf(account, ref)).fields[site.names.title]).toBe('Done');
    },
  },
  {
    name: 'a page for people instead of data is said to be one',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, signal } = bench;
      for (const work of [
        () => account.check(signal),
        () => account.discover(scope.scope, signal),
        () => readAll(account, scope, null),
        () => account.getMany(['1'], signal),
      ]) {
        faultsOf(bench).answerHtml({ times: Infinity });
        const error = await failure(work(), 'answer-not-json', 'not-this-tracker');
        expect(error.action).toBeTruthy();
        faultsOf(bench).clear();
      }
    },
  },
  {
    name: 'a listing that never ends is left',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, site } = bench;
      await site.fill(scope, site.manifest.capabilities.maxPageSize + 1);
      await readAll(account, scope, null);
      await faultsOf(bench).endless(scope);
      const before = site.requests();
      await failure(readAll(account, scope, null), 'endless-listing');
      expect(site.requests() - before).toBeLessThan(5);
    },
  },
  {
    name: 'an answer of 2 GB is not taken in',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, signal } = bench;
      await account.discover(scope.scope, signal);
      faultsOf(bench).huge(2 ** 31);
      await failure(readAll(account, scope, null), 'answer-too-large');
    },
  },
  {
    name: 'cancelled while the server is silent: ends at once, whatever was asked',
    needs: ['faults'],
    async run(bench) {
      const { account, scope, site, given } = bench;
      const ref = await given();
      const works: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
        (signal) => account.check(signal),
        (signal) => account.getMany([ref], signal),
        (signal) => account.inScope(scope, [ref], signal),
        (signal) => account.update(ref, { [site.names.title]: 'x' }, '0', signal),
        async (signal) => {
          for await (const _page of account.read({ ...scope, cursor: null, fields: [], signal })) continue;
        },
      ];
      for (const work of works) {
        const stop = new AbortController();
        const held = faultsOf(bench).hold({ times: Infinity });
        const ended = failure(work(stop.signal), 'cancelled');
        await held.arrived;
        const stoppedAtMs = performance.now();
        stop.abort();
        await ended;
        expect(performance.now() - stoppedAtMs).toBeLessThan(1_000);
        faultsOf(bench).clear();
      }
    },
  },
  {
    name: 'cancelled before it begins: nothing is sent',
    async run({ account, site, signal, given }) {
      const ref = await given();
      await itemOf(account, ref);
      const before = site.requests();
      const stopped = AbortSignal.abort();
      await failure(account.getMany([ref], stopped), 'cancelled');
      const error = await failure(account.update(ref, { [site.names.title]: 'x' }, '0', stopped), 'cancelled');
      expect(error.context['outcome']).toBe('not-sent');
      expect(site.requests()).toBe(before);
      expect(signal.aborted).toBe(false);
    },
  },
];
