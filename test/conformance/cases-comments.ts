import { expect } from 'vitest';
import { failure, itemOf, lasting, readAll } from './case.js';
import type { ConformanceCase } from './case.js';

const longText = `${'A line with some words in it.\n'.repeat(2_300)}end`;
const texts = [
  'Plain',
  'Two\nlines\n\nand more',
  'Emoji 😀👩‍👩‍👧, é, ‏عربي עברית',
  '  spaces around  ',
  'h1. No heading',
  longText,
];

export const commentCases: readonly ConformanceCase[] = [
  {
    name: 'a comment is added, told by its ref, and in the item',
    async run({ site, account, signal, given }) {
      const ref = await given();
      let { revision } = await itemOf(account, ref);
      const refs: string[] = [];
      for (const body of texts) {
        const before = site.writes();
        const result = await account.addComment(ref, { body, visibility: 'public' }, revision, signal);
        expect(site.writes()).toBe(before + 1);
        const { item, commentRef } = result;
        revision = item.revision;
        if (typeof commentRef !== 'string') throw new Error('no ref of the new comment');
        refs.push(commentRef);
        expect(item.comments.find((comment) => comment.ref === commentRef)).toMatchObject({
          body,
          visibility: 'public',
          authorId: site.accountId('account'),
        });
        expect(result.changes).toEqual([]);
      }
      const item = await itemOf(site.open(), ref);
      expect(item.comments.map((comment) => comment.ref)).toEqual(refs);
      expect(item.comments.map((comment) => comment.body)).toEqual(texts);
      expect(item.commentsComplete).toBe(true);
    },
  },
  {
    name: 'of two equal comments, and of a stranger who says the same, each has its own ref',
    async run({ site, account, stranger, signal, given }) {
      const ref = await given();
      const same = { body: 'Same words', visibility: 'public' } as const;
      const theirs = await stranger.addComment(ref, same, '0', signal);
      const first = await account.addComment(ref, same, '0', signal);
      const second = await account.addComment(ref, same, first.item.revision, signal);
      const refs = [theirs.commentRef, first.commentRef, second.commentRef];
      expect(new Set(refs).size).toBe(3);
      const { comments } = await itemOf(account, ref);
      expect(comments.map((comment) => comment.ref)).toEqual(refs);
      expect(comments.map((comment) => comment.authorId)).toEqual(
        (['stranger', 'account', 'account'] as const).map((who) => site.accountId(who)),
      );
    },
  },
  {
    name: 'an edited comment keeps its ref, its author and its neighbours',
    needs: ['commentEdit'],
    async run({ account, stranger, signal, given }) {
      const ref = await given();
      const public_ = { visibility: 'public' } as const;
      const mine = await account.addComment(ref, { body: 'Mine', ...public_ }, '0', signal);
      const theirs = await stranger.addComment(ref, { body: 'Theirs', ...public_ }, '0', signal);
      const before = await itemOf(account, ref);
      for (const [comment, body] of [
        [mine.commentRef ?? '', 'Mine,\nedited'],
        [theirs.commentRef ?? '', 'Theirs, edited by us'],
      ] as const) {
        const { item } = await account.editComment(ref, comment, { body }, before.revision, signal);
        expect(item.comments.find((each) => each.ref === comment)?.body).toBe(body);
      }
      const after = await itemOf(account, ref);
      expect(after.comments.map(({ body: _, ...rest }) => rest)).toEqual(
        before.comments.map(({ body: _, ...rest }) => rest),
      );
      expect({ ...lasting(after), comments: [] }).toEqual({ ...lasting(before), comments: [] });
    },
  },
  {
    name: 'an edit of a comment that no cursor sees is said to be so',
    needs: ['commentEdit', 'time'],
    async run({ site, account, stranger, scope, signal, given }) {
      const ref = await given();
      const { commentRef } = await stranger.addComment(ref, { body: 'One', visibility: 'public' }, '0', signal);
      site.time?.advance(3_600_000);
      const { cursor } = await readAll(account, scope, (await readAll(account, scope, null)).cursor);
      await stranger.editComment(ref, commentRef ?? '', { body: 'Two' }, '0', signal);
      const { refs } = await readAll(account, scope, cursor);
      const isBlind = site.manifest.capabilities.cursorBlindTo.includes('edited comments');
      expect(refs).toEqual(isBlind ? [] : [ref]);
    },
  },
  {
    name: 'an edit of a comment without the right to is an error of kind permission, and changes nothing',
    needs: ['commentEdit'],
    async run({ site, account, signal, given }) {
      const ref = await given();
      const { commentRef } = await account.addComment(ref, { body: 'Mine', visibility: 'public' }, '0', signal);
      const limited = site.open({ who: 'limited' });
      for (const work of [
        () => limited.editComment(ref, commentRef ?? '', { body: 'Theirs' }, '0', signal),
        () => limited.deleteComment(ref, commentRef ?? '', '0', signal),
      ]) {
        const error = await failure(work(), 'forbidden');
        expect(error.kind).toBe('permission');
        expect(error.action).toBeTruthy();
        expect(error.context['outcome']).toBe('answered');
      }
      expect((await itemOf(account, ref)).comments.map((comment) => comment.body)).toEqual(['Mine']);
    },
  },
  {
    name: 'a deleted comment is away, and a deletion that came too late is none the worse',
    needs: ['commentDelete'],
    async run({ account, signal, given }) {
      const ref = await given();
      const one = await account.addComment(ref, { body: 'One', visibility: 'public' }, '0', signal);
      const two = await account.addComment(ref, { body: 'Two', visibility: 'public' }, one.item.revision, signal);
      const after = await account.deleteComment(ref, one.commentRef ?? '', two.item.revision, signal);
      expect(after.item.comments.map((comment) => comment.body)).toEqual(['Two']);
      const again = await account.deleteComment(ref, one.commentRef ?? '', two.item.revision, signal);
      expect(again.item.comments.map((comment) => comment.body)).toEqual(['Two']);
      await failure(account.editComment(ref, one.commentRef ?? '', { body: 'x' }, two.item.revision, signal), 'gone');
    },
  },
  {
    name: 'a new comment is never taken for one that was deleted',
    needs: ['commentDelete'],
    async run({ site, account, stranger, signal, given }) {
      const ref = await given();
      const one = await account.addComment(ref, { body: 'One', visibility: 'public' }, '0', signal);
      await account.deleteComment(ref, one.commentRef ?? '', one.item.revision, signal);
      await site.tick();
      const two = await stranger.addComment(ref, { body: 'Two', visibility: 'public' }, '0', signal);
      expect(two.commentRef).not.toBe(one.commentRef);
      expect(two.item.revision).not.toBe(one.item.revision);
    },
  },
  {
    name: 'a private comment is private, and may become public and private again',
    needs: ['commentVisibility'],
    async run({ site, account, signal, given }) {
      const ref = await given();
      const added = await account.addComment(ref, { body: 'Hush', visibility: 'private' }, '0', signal);
      const comment = added.commentRef ?? '';
      const limited = site.open({ who: 'limited' });
      const seen = async (): Promise<number> => (await itemOf(limited, ref)).comments.length;
      expect(added.item.comments).toMatchObject([{ body: 'Hush', visibility: 'private' }]);
      expect(await seen()).toBe(0);
      for (const [visibility, count] of [
        ['public', 1],
        ['private', 0],
      ] as const) {
        const { item } = await account.editComment(ref, comment, { visibility }, added.item.revision, signal);
        expect(item.comments).toMatchObject([{ ref: comment, body: 'Hush', visibility }]);
        expect(await seen()).toBe(count);
      }
    },
  },
  {
    name: 'who does not see private comments does not claim to see all',
    needs: ['commentVisibility'],
    async run({ site, account, signal, given }) {
      const ref = await given();
      await account.addComment(ref, { body: 'Hush', visibility: 'private' }, '0', signal);
      const item = await itemOf(site.open({ who: 'limited' }), ref);
      expect(item.comments).toEqual([]);
      expect(item.commentsComplete).toBe(false);
    },
  },
  {
    name: 'a private comment is not sent at all where the tracker would make it public',
    needs: ['commentVisibility', 'forbidPrivateComments'],
    async run({ site, account, scope, signal, given }) {
      const ref = await given();
      const { commentRef } = await account.addComment(ref, { body: 'Open', visibility: 'public' }, '0', signal);
      await site.forbidPrivateComments?.(scope);
      const fresh = site.open();
      const before = site.writes();
      const hush = { body: 'Hush', visibility: 'private' } as const;
      const error = await failure(fresh.addComment(ref, hush, '0', signal), 'forbidden');
      expect(error.context['outcome']).toBe('not-sent');
      await failure(fresh.editComment(ref, commentRef ?? '', hush, '0', signal), 'forbidden');
      expect(site.writes()).toBe(before);
    },
  },
  {
    name: 'a comment without text is refused, not sent',
    async run({ site, account, signal, given }) {
      const ref = await given();
      const before = site.writes();
      const { context } = await failure(
        account.addComment(ref, { body: ' \n ', visibility: 'public' }, '0', signal),
        'rejected-by-tracker',
      );
      expect(context['outcome']).toBe('not-sent');
      expect(site.writes()).toBe(before);
    },
  },
];
