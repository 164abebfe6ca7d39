import { describe, expect, it } from 'vitest';
import { redmine } from '../../../../main/connectors/redmine/index.js';
import { startPracticeSite } from '../../../conformance/redmine-practice-site.js';
import { itemOf, readAll } from '../../../conformance/case.js';

const signal = new AbortController().signal;

describe('what the account may do', () => {
  it('follows the fields that the tracker uses, and the permissions of people who are no members', async () => {
    const { site, server, stop } = await startPracticeSite({ dateHeader: true });
    try {
      const scope = await site.newScope();
      server.state.setFieldUsed('Bug', 'due_date', false);
      const draft = { scope: scope.scope, fields: { type: scope.types[0] ?? null, subject: 'x' }, marker: null };
      const { item } = await site.open().create(draft, signal);
      expect(item.notEditable).toEqual({ dueDate: 'forbidden' });

      server.state.project(scope.scope).isPublic = true;
      server.state.store.touch();
      const outsider = site.open({ who: 'outsider' });
      const seen = await itemOf(outsider, item.ref);
      expect(seen.commentsComplete).toBe(false);
      expect(seen.notEditable['subject']).toBe('forbidden');
      expect((await outsider.discover(scope.scope, signal)).rights).toMatchObject({ edit: false, comment: true });
    } finally {
      await stop();
    }
  });

  it('is nothing in a closed project', async () => {
    const { site, server, stop } = await startPracticeSite({ dateHeader: true });
    try {
      const scope = await site.newScope();
      server.state.setProjectStatus(scope.scope, 5);
      const { rights, notices } = await site.open().discover(scope.scope, signal);
      expect(rights).toMatchObject({ create: false, edit: false, comment: false, editComments: false });
      expect(notices.join(' ')).toContain('closed');
    } finally {
      await stop();
    }
  });

  it('is read anew with every check', async () => {
    const { site, server, stop } = await startPracticeSite({ dateHeader: true });
    try {
      const scope = await site.newScope();
      const account = site.open();
      expect((await account.discover(scope.scope, signal)).rights.edit).toBe(true);
      server.state.setMember(scope.scope, 'alice', ['Reporter']);
      await account.check(signal);
      expect((await account.discover(scope.scope, signal)).rights.edit).toBe(false);
    } finally {
      await stop();
    }
  });
});

describe('the bound of calls', () => {
  it('is what is really asked', async () => {
    const { site, stop } = await startPracticeSite({ dateHeader: true });
    try {
      const { callBound } = site.manifest;
      const scope = await site.newScope();
      await site.fill(scope, 3);
      const account = site.open();
      let before = site.requests();
      const count = async (work: Promise<unknown>): Promise<number> => {
        await work;
        const asked = site.requests() - before;
        before = site.requests();
        return asked;
      };
      const fixed = (await count(account.check(signal))) + (await count(account.discover(scope.scope, signal)));
      // An administrator is asked for nothing about roles, but for fields and users.
      expect(fixed).toBe(callBound.fixed - 1);
      const { refs } = await readAll(account, scope, null);
      expect(await count(Promise.resolve())).toBe(1);
      expect(await count(account.getMany(refs, signal))).toBe(refs.length * callBound.detailPerItem);
      expect(await count(account.inScope(scope, refs, signal))).toBe(1);
      const [ref = ''] = refs;
      const fields = { type: scope.types[0] ?? null, subject: 'x' };
      expect(await count(account.create({ scope: scope.scope, fields, marker: 'a.b' }, signal))).toBe(callBound.create);
      expect(await count(account.update(ref, { subject: 'y' }, '0', signal))).toBe(callBound.update);
      for (const visibility of ['public', 'private'] as const) {
        expect(await count(account.addComment(ref, { body: 'z', visibility }, '0', signal))).toBe(callBound.comment);
      }
    } finally {
      await stop();
    }
  });
});

describe('a write whose preparation failed', () => {
  it('was not sent, whatever became of the preparation', async () => {
    const { site, server, stop } = await startPracticeSite({ dateHeader: true });
    try {
      const scope = await site.newScope();
      const draft = { scope: scope.scope, fields: { type: '1', subject: 'x' }, marker: null };
      server.faults.order({ fault: { kind: 'cut', when: 'after' }, times: Infinity });
      const thrown: unknown = await site
        .open()
        .create(draft, signal)
        .catch((error: unknown) => error);
      expect(thrown).toMatchObject({ code: 'connection-lost', context: { outcome: 'not-sent' } });
    } finally {
      await stop();
    }
  });
});

describe('a site', () => {
  it('keeps its id under another address, and another site has another', async () => {
    const one = await startPracticeSite({ dateHeader: true });
    const two = await startPracticeSite({ dateHeader: true });
    try {
      const project = two.server.state.project(1);
      Object.assign(project, { createdOnMs: project.createdOnMs + 1_000 });
      two.server.state.store.touch();
      const id = async ({ site }: typeof one, url = site.url): Promise<string> =>
        (await site.open({ url }).check(signal)).siteId;
      const first = await id(one);
      expect(await id(one, one.site.url.replace('127.0.0.1', 'localhost'))).toBe(first);
      expect(await id(two)).not.toBe(first);
      await one.site.newScope();
      expect(await id(one)).toBe(first);
      expect(first).toMatch(/^redmine-[0-9a-f]{32}$/);
    } finally {
      await one.stop();
      await two.stop();
    }
  });

  it('that has switched its API off is said to be so', async () => {
    const { site, server, stop } = await startPracticeSite({ dateHeader: true });
    try {
      server.state.store.settings.restApiEnabled = false;
      server.state.store.touch();
      const error: unknown = await site
        .open()
        .check(signal)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'forbidden', action: expect.stringContaining('REST web service') as string });
    } finally {
      await stop();
    }
  });

  it('is asked with the key in a header', () => {
    expect(redmine.authHeaders('abc')).toEqual({ 'X-Redmine-API-Key': 'abc' });
  });
});
