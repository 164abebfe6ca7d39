import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineStore } from '../../main/engine/ports.js';
import { freshIntegrationState, type LogEntry, type PairState, type StoreOp } from '../../main/engine/state.js';
import { hasCode } from '../../preload/contract/errors.js';
import { aBase, aCommentPair, aConflict, aPair, aRun, anEntry, anIntent, present } from './engine-fixtures.js';

/** A store under test, and what its port alone cannot tell. */
export interface EngineStoreHarness {
  readonly store: EngineStore;
  /** Of another integration of the same workspace. */
  readonly other: EngineStore;
  /** All entries of a run, in their order. */
  log(runId: string): Promise<readonly LogEntry[]>;
  /** The store as the next process finds it after the present one was killed. */
  reopen(): Promise<EngineStore>;
}

const long = 'A long text. '.repeat(100);

/** What every engine store does, in memory or on disk. */
export function engineStoreContract(name: string, makeHarness: () => Promise<EngineStoreHarness>): void {
  describe(name, () => {
    let harness: EngineStoreHarness;
    let store: EngineStore;
    beforeEach(async () => {
      harness = await makeHarness();
      ({ store } = harness);
    });

    const commit = (...ops: readonly StoreOp[]): Promise<void> => store.commit(ops, 'durable');
    const putPairs = (...pairs: readonly PairState[]): Promise<void> =>
      commit(...pairs.map((pair): StoreOp => ({ op: 'put-pair', pair })));
    const pairOf = async (id: string): Promise<PairState | undefined> => (await store.pairs([id])).get(id);

    it('begins with a fresh state and nothing else', async () => {
      expect(await store.state()).toEqual(freshIntegrationState);
      expect(await store.dirtyPairs()).toEqual([]);
      expect(await store.activeRefs()).toEqual([]);
      expect(await store.staged()).toEqual([]);
      expect(await store.openIntents()).toEqual([]);
      expect(await store.openConflicts()).toEqual([]);
      expect(await store.pairKnown('p1')).toBe(false);
    });

    it('gives back the state that was put last', async () => {
      const state = {
        ...freshIntegrationState,
        cursors: { left: { since: '2026', page: 3 }, right: null },
        generation: 7,
      };
      await commit({ op: 'put-state', state: { ...state, generation: 6 } });
      await commit({ op: 'put-state', state });
      expect(await store.state()).toEqual(state);
    });

    describe('pairs', () => {
      it('gives back a pair with everything in it', async () => {
        const pair = aPair('p1', {
          status: 'ended',
          ended: { why: 'deleted-left', atMs: 1_772_000_000_000 },
          origin: 'match',
          dirty: true,
          bases: {
            left: aBase({
              fields: {
                subject: { value: 'x' },
                description: { value: long, raw: { hash: 'abc', reader: 3 } },
                notes: { value: null, raw: { hash: 'def', reader: 1 } },
                labels: { value: ['a', 'b'] },
                watchers: { value: ['5'], raw: { hash: 'ghi', reader: 2 } },
                private: { value: false },
                hours: { value: 0.25 },
                empty: { value: null },
              },
              notEditable: { hours: 'derived', private: 'forbidden' },
            }),
            right: null,
          },
          comments: [
            aCommentPair('c1'),
            aCommentPair('c2', {
              origin: 'right',
              header: null,
              ended: true,
              refs: { left: null, right: '77' },
              bases: { left: null, right: { body: long, visibility: 'private' } },
            }),
          ],
          troubles: [
            {
              subject: 'subject',
              side: 'right',
              code: 'forbidden',
              message: 'no',
              retryable: false,
              attempts: 2,
              notBeforeMs: 5,
              gate: 'g',
            },
          ],
          decisions: {
            subject: { take: { side: 'left' }, seen: { left: 'a', right: ['b'] } },
            item: { take: 'new', seen: { left: null, right: null } },
          },
          flips: [{ field: 'subject', writes: [{ side: 'left', value: '"a"', atMs: 1 }] }],
        });
        await putPairs(pair);
        expect(await pairOf('p1')).toEqual(pair);
      });

      it('replaces the pair and every part of it, also in the same batch', async () => {
        const full = aPair('p1', { comments: [aCommentPair('c1')], dirty: true });
        const bare = aPair('p1', { bases: { left: null, right: null }, refs: { left: 'l-p1', right: null } });
        await putPairs(full);
        await putPairs(bare);
        expect(await pairOf('p1')).toEqual(bare);
        await putPairs(full, bare);
        expect(await pairOf('p1')).toEqual(bare);
        await putPairs(bare, full);
        expect(await pairOf('p1')).toEqual(full);
      });

      it('keeps bases and comments right over many small changes', async () => {
        let pair = aPair('p1', { comments: [aCommentPair('c1')] });
        await putPairs(pair);
        for (let step = 0; step < 6; step += 1) {
          const text = step % 2 === 0 ? long + String(step) : 'short';
          const left = aBase({ fields: { description: { value: text } }, revision: String(step) });
          const bases = step % 3 === 0 ? { ...pair.bases, left } : { left, right: step % 3 === 1 ? null : left };
          pair = { ...pair, bases, comments: step === 3 ? [] : pair.comments, dirty: step % 2 === 0 };
          await putPairs(pair);
          expect(await pairOf('p1')).toEqual(pair);
        }
      });

      it('holds what came last of batches that were handed over at once', async () => {
        const versions = Array.from({ length: 20 }, (_, n) =>
          aPair('p1', { bases: { left: aBase({ revision: String(n % 3) }), right: null } }),
        );
        await Promise.all(versions.map((pair) => store.commit([{ op: 'put-pair', pair }], n(pair))));
        expect(await pairOf('p1')).toEqual(versions.at(-1));

        function n(pair: PairState): 'durable' | 'relaxed' {
          return pair.bases.left?.revision === '1' ? 'durable' : 'relaxed';
        }
      });

      it('finds pairs by ref on the side that was asked for', async () => {
        const [p1, p2] = [aPair('p1'), aPair('p2', { refs: { left: '7', right: null } })];
        await putPairs(p1, p2);
        const left = await store.pairsByRef('left', ['7', 'l-p1', 'l-p1', 'r-p1', 'nobody']);
        expect([...left.keys()].sort()).toEqual(['7', 'l-p1']);
        expect(left.get('7')).toEqual(p2);
        expect(left.get('l-p1')).toEqual(p1);
        expect([...(await store.pairsByRef('right', ['7', 'r-p1'])).keys()]).toEqual(['r-p1']);
        await putPairs({ ...p2, refs: { left: '8', right: null } });
        expect([...(await store.pairsByRef('left', ['7', '8'])).keys()]).toEqual(['8']);
      });

      it('prefers a pair that goes on to one that ended, and the latest otherwise', async () => {
        const ended = { status: 'ended', refs: { left: '7', right: null } } as const;
        await putPairs(aPair('p1', ended), aPair('p2', ended));
        expect((await store.pairsByRef('left', ['7'])).get('7')?.id).toBe('p2');
        await putPairs(aPair('p0', { status: 'resting', refs: { left: '7', right: null } }), aPair('p3', ended));
        expect((await store.pairsByRef('left', ['7'])).get('7')?.id).toBe('p0');
      });

      it('lists dirty pairs by id, whatever made them dirty', async () => {
        await putPairs(aPair('p3', { dirty: true }), aPair('p1'), aPair('p2'));
        await commit({ op: 'set-dirty', pairId: 'p1' }, { op: 'set-dirty', pairId: 'unknown' });
        expect((await store.dirtyPairs()).map(({ id }) => id)).toEqual(['p1', 'p3']);
        expect((await pairOf('p1'))?.dirty).toBe(true);
        await putPairs(aPair('p1'));
        expect((await store.dirtyPairs()).map(({ id }) => id)).toEqual(['p3']);
      });

      it('lists the refs of pairs that have not ended', async () => {
        await putPairs(
          aPair('p2', { status: 'frozen', refs: { left: null, right: '5' } }),
          aPair('p1', { status: 'resting' }),
          aPair('p3', { status: 'ended' }),
        );
        expect(await store.activeRefs()).toEqual([
          { id: 'p1', refs: { left: 'l-p1', right: 'r-p1' } },
          { id: 'p2', refs: { left: null, right: '5' } },
        ]);
      });

      it('keeps any text as it came', async () => {
        const odd = fc.string({ unit: 'binary', maxLength: 40 });
        const half = fc.constantFrom(
          '\ud83d',
          '\udd25\ud83d',
          '\u0001',
          '\u00010',
          '\u0000',
          '\u2028',
          '"',
          '\\',
          '__proto__',
        );
        const text = fc
          .tuple(fc.oneof(odd, half), fc.constantFrom('', long, 'x'.repeat(256), 'x'.repeat(255)))
          .map((parts) => parts.join(''));
        const value = fc.oneof(
          text,
          fc.constant(null),
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
          fc.boolean(),
          fc.array(text, { maxLength: 3 }),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.dictionary(text, value, { maxKeys: 5 }),
            text,
            fc.array(text, { maxLength: 3 }),
            async (values, revision, bodies) => {
              const fields = Object.fromEntries(Object.entries(values).map(([id, held]) => [id, { value: held }]));
              const base = aBase({ fields, revision });
              const comments = bodies.map((body, n) =>
                aCommentPair(`c${String(n)}`, {
                  header: body,
                  bases: { left: { body, visibility: 'public' }, right: null },
                }),
              );
              const pair = aPair('p1', { bases: { left: base, right: { ...base, stamp: null } }, comments });
              await putPairs(pair);
              expect(await pairOf('p1')).toEqual(pair);
            },
          ),
          { numRuns: 60 },
        );
      });

      it('knows pairs of the whole workspace, and gives only its own', async () => {
        await harness.other.commit(
          [{ op: 'put-pair', pair: aPair('q1', { refs: { left: '7', right: '8' }, dirty: true }) }],
          'durable',
        );
        expect(await store.pairKnown('q1')).toBe(true);
        expect(await store.pairsByRef('left', ['7'])).toEqual(new Map());
        expect(await store.pairs(['q1'])).toEqual(new Map());
        expect(await store.dirtyPairs()).toEqual([]);
        expect(await store.activeRefs()).toEqual([]);
      });

      it('does not know a pair that was only spoken of', async () => {
        await commit({ op: 'put-run', run: aRun('run1') }, { op: 'log', entry: anEntry('run1', { pairId: 'p9' }) });
        expect(await store.pairKnown('p9')).toBe(false);
        await putPairs(aPair('p9'));
        expect(await store.pairKnown('p9')).toBe(true);
      });
    });

    describe('staged items', () => {
      it('gives back what is staged, by side and ref', async () => {
        const unread = { side: 'left', ref: '9', seen: 'unread', item: null } as const;
        await commit(
          { op: 'stage', staged: present('right', '2') },
          { op: 'stage', staged: unread },
          {
            op: 'stage',
            staged: present('left', '2', { raws: { description: long }, fields: { type: '1', description: long } }),
          },
          { op: 'stage', staged: present('left', '1') },
        );
        await commit({ op: 'stage', staged: present('left', '1', { revision: '18' }) });
        await commit({ op: 'unstage', side: 'right', ref: '9' }, { op: 'unstage', side: 'right', ref: '2' });
        const staged = await store.staged();
        expect(staged.map(({ side, ref }) => side + ref)).toEqual(['left1', 'left2', 'left9']);
        expect(staged[0]).toEqual(present('left', '1', { revision: '18' }));
        expect(staged[1]?.item?.raws).toEqual({ description: long });
        expect(staged[2]).toEqual(unread);
      });

      it('stages many', async () => {
        const refs = Array.from({ length: 1_203 }, (_, n) => String(n + 1000));
        await commit(...refs.map((ref): StoreOp => ({ op: 'stage', staged: present('right', ref) })));
        expect((await store.staged()).map(({ ref }) => ref)).toEqual(refs);
        expect((await store.stamps('right', refs)).get('2202')).toBe('stamp-2202');
      });

      it('tells stamps: of what is staged, else of the base', async () => {
        await putPairs(
          aPair('p1', { refs: { left: '1', right: '11' } }),
          aPair('p2', { refs: { left: '2', right: '12' }, bases: { left: null, right: null } }),
          aPair('p3', { refs: { left: '3', right: '13' }, status: 'ended' }),
        );
        await commit(
          { op: 'stage', staged: present('left', '4') },
          { op: 'stage', staged: present('right', '11') },
          { op: 'stage', staged: { side: 'left', ref: '3', seen: 'unread', item: null } },
        );
        expect(await store.stamps('left', ['1', '2', '3', '4', '5'])).toEqual(
          new Map([
            ['1', aBase().stamp],
            ['2', null],
            ['3', null],
            ['4', 'stamp-4'],
          ]),
        );
        expect(await store.stamps('right', ['11', '13'])).toEqual(
          new Map([
            ['11', 'stamp-11'],
            ['13', null],
          ]),
        );
      });
    });

    it('keeps intents until they end', async () => {
      const [first, second] = [anIntent('i2'), anIntent('i1', { kind: 'update', ref: '5', commentId: 'c1' })];
      await commit({ op: 'open-intent', intent: first }, { op: 'open-intent', intent: second });
      expect(await store.openIntents()).toEqual([first, second]);
      await commit({ op: 'end-intent', id: 'i2' }, { op: 'end-intent', id: 'unknown' });
      expect(await store.openIntents()).toEqual([second]);
    });

    it('gives only conflicts that are open', async () => {
      const [first, second] = [
        aConflict('k2'),
        aConflict('k1', { kind: 'loser', loserSide: 'left', left: [long, 'b'] }),
      ];
      await commit({ op: 'put-conflict', conflict: first }, { op: 'put-conflict', conflict: second });
      expect(await store.openConflicts()).toEqual([first, second]);
      await commit({ op: 'put-conflict', conflict: { ...first, state: 'resolved' } });
      expect(await store.openConflicts()).toEqual([second]);
      await commit({ op: 'put-conflict', conflict: { ...first, left: 'new' } });
      expect(await store.openConflicts()).toEqual([{ ...first, left: 'new' }, second]);
    });

    describe('the log', () => {
      it('keeps entries in the order of their commits, each with all it says', async () => {
        const entries = Array.from({ length: 150 }, (_, n) =>
          anEntry('run1', {
            pairId: n % 3 === 0 ? null : `p${String(n % 7)}`,
            field: n % 2 === 0 ? 'subject' : null,
            after: n % 5 === 0 ? long + String(n) : n,
            atMs: n,
          }),
        );
        await commit({ op: 'log', entry: anEntry('run1', entries[0]) }, { op: 'put-run', run: aRun('run1') });
        await store.commit(
          entries.slice(1, 100).map((entry): StoreOp => ({ op: 'log', entry })),
          'relaxed',
        );
        for (const entry of entries.slice(100)) await store.commit([{ op: 'log', entry }], 'relaxed');
        expect(await harness.log('run1')).toEqual(entries);
      });

      it('tells runs apart', async () => {
        const entries = ['run1', 'run2', 'run1', 'run1', 'run2'].map((runId, atMs) => anEntry(runId, { atMs }));
        await commit(
          { op: 'put-run', run: aRun('run1') },
          { op: 'put-run', run: aRun('run2') },
          ...entries.map((entry): StoreOp => ({ op: 'log', entry })),
        );
        expect((await harness.log('run1')).map(({ atMs }) => atMs)).toEqual([0, 2, 3]);
        expect((await harness.log('run2')).map(({ atMs }) => atMs)).toEqual([1, 4]);
      });

      it('refuses an entry before its run, and nothing of that batch remains', async () => {
        await putPairs(aPair('p1'));
        const changed = aPair('p1', { bases: { left: aBase({ revision: '99' }), right: null }, dirty: true });
        const failing = commit(
          { op: 'put-pair', pair: changed },
          { op: 'stage', staged: present('left', '1') },
          { op: 'log', entry: anEntry('run9') },
        );
        await expect(failing).rejects.toSatisfy((thrown) => hasCode(thrown, 'internal'));
        expect(await pairOf('p1')).toEqual(aPair('p1'));
        expect(await store.staged()).toEqual([]);
        await putPairs(changed);
        expect(await pairOf('p1')).toEqual(changed);
      });
    });

    it('shares nothing with its caller', async () => {
      const fields = { subject: { value: 'before' } };
      const base = aBase({ fields });
      await putPairs(aPair('p1', { bases: { left: base, right: base } }));
      fields.subject.value = 'after';
      const read = await pairOf('p1');
      expect(read?.bases.left?.fields['subject']?.value).toBe('before');
      Object.assign(read?.bases.left?.fields['subject'] ?? {}, { value: 'later' });
      expect((await pairOf('p1'))?.bases.left?.fields['subject']?.value).toBe('before');
    });

    it('is the same after the process was killed', async () => {
      const pair = aPair('p1', {
        comments: [aCommentPair('c1', { bases: { left: { body: long, visibility: 'public' }, right: null } })],
        dirty: true,
      });
      await commit(
        { op: 'put-run', run: aRun('run1') },
        { op: 'put-pair', pair },
        { op: 'open-intent', intent: anIntent('i1') },
      );
      await store.commit(
        [
          { op: 'log', entry: anEntry('run1') },
          { op: 'stage', staged: present('left', '1') },
        ],
        'relaxed',
      );
      const again = await harness.reopen();
      expect(await again.dirtyPairs()).toEqual([pair]);
      expect(await again.openIntents()).toEqual([anIntent('i1')]);
      expect(await again.staged()).toEqual([present('left', '1')]);
      await again.commit(
        [
          { op: 'put-pair', pair: { ...pair, dirty: false } },
          { op: 'log', entry: anEntry('run1', { atMs: 2 }) },
        ],
        'durable',
      );
      expect((await again.pairs(['p1'])).get('p1')).toEqual({ ...pair, dirty: false });
    });
  });
}
