import { unzipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { calls, type CallName } from '../../../preload/contract/calls.js';
import { startOpenApp, type TestApp } from './app-kit.js';

let test: TestApp | null = null;
afterEach(async () => {
  await test?.app.close();
  test = null;
});

async function startPractice(): Promise<TestApp> {
  test = await startOpenApp();
  await test.call('practice.start', {});
  return test;
}

describe('the calls of a window', () => {
  it.each(Object.keys(calls) as CallName[])('%s is answered by somebody, whatever is asked', async (name) => {
    test = await startOpenApp();
    const answer = await test.app.dispatch(name, { wrong: true });
    expect(answer).toMatchObject({ ok: false, error: { code: 'input-invalid' } });
    const viewed = await test.app.dispatch(name, { wrong: true }, { role: 'viewer' });
    expect(viewed).toMatchObject({ error: { code: calls[name] === 'query' ? 'input-invalid' : 'forbidden' } });
  });

  it('lead from practice trackers to a first sync, its log, its exports and its bundle', async () => {
    const { app, call, fail, clock } = await startPractice();
    const name = 'practice';
    expect((await call('app.get', {})).practice).toBe(name);
    const { config } = await call('integration.get', { name });
    const { left, right, types } = config;
    expect(await call('integration.count', { left, right, types })).toMatchObject({ items: { left: 25, right: 0 } });
    const suggested = await call('integration.suggest', { left, right });
    expect(suggested.config.types).toEqual(types);
    expect(await call('integration.check', { draft: { config } })).toMatchObject({ problems: [] });
    const wrong = { ...config, fields: [{ left: 'nonsense', right: 'subject' }] };
    expect((await call('integration.check', { draft: { config: wrong } })).problems[0]?.path[0]).toBe('fields');
    const draft = await call('preview.draft', { config: { ...config, name: 'other' } });
    expect(draft.counts.creates.right).toBe(25);
    const preview = await call('preview.make', { name });
    expect((await call('preview.get', { id: preview.id })).hash).toBe(preview.hash);

    const ended: unknown[] = [];
    let progressed = 0;
    app.subscribe('run.ended', ({ outcome }) => ended.push(outcome));
    app.subscribe('run.progress', () => (progressed += 1));
    const { run } = await call('sync.run', { name, released: ['first-run'] });
    expect(ended).toEqual([run.outcome]);
    expect(progressed).toBeGreaterThan(0);
    expect(await call('run.current', {})).toEqual([]);
    expect(await fail('run.cancel', { runId: run.id })).toMatchObject({ code: 'run-unknown' });
    const detail = await call('run.get', { runId: run.id });
    expect(detail.outcomes['done']).toBeGreaterThan(25);
    const [days] = await call('run.days', { days: 3 });
    expect(days?.days.map(({ runs }) => runs)).toEqual([0, 0, 1]);

    const found = await call('log.search', { filter: { outcome: ['done'], kind: ['create'] }, limit: 10 });
    expect(found.total).toBe(25);
    expect(found.rows).toHaveLength(10);
    const text = found.rows[0]?.title.slice(5) ?? '';
    expect((await call('log.search', { filter: { text } })).total).toBeGreaterThan(0);

    const pairs = await call('integration.pairs', { name, limit: 5 });
    expect(pairs.total).toBe(25);
    const link = await call('item.open', { pairId: pairs.rows[0]?.pairId ?? '', side: 'right' });
    expect(link).toMatchObject({ opened: false });
    expect(link.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/issues\/\d+$/);

    const csv = await call('export.make', { format: 'csv' });
    const chunk = await call('export.read', { id: csv.id });
    expect(Buffer.from(chunk.base64, 'base64').toString().split('\r\n')[0]).toMatch(/^time,integration,run/);
    const bundle = await call('export.make', { format: 'bundle', runId: run.id });
    expect(bundle.refusals).toEqual([]);
    const zipped = await call('export.read', { id: bundle.id });
    const files = unzipSync(Buffer.from(zipped.base64, 'base64'));
    expect(Object.keys(files).sort()).toEqual(bundle.files.map((file) => file.name).sort());
    for (const { text: content } of bundle.files) expect(content).not.toContain('web-shop');
    clock.advance(60 * 60 * 1000);
    expect(await fail('export.read', { id: csv.id })).toMatchObject({ code: 'export-unknown' });
  });

  it('replace the recovery key, and keep schedules', async () => {
    const { app, call, fail, again } = await startPractice();
    const first = await call('privacy.recovery-key', {});
    const { recoveryKey } = await call('privacy.recovery-key', {});
    expect((await call('privacy.get', {})).parts.map(({ part }) => part)).toContain('keys');
    expect(
      await fail('schedule.set', { name: 'practice', schedule: { kind: 'cron', expression: 'x' }, paused: false }),
    ).toMatchObject({ code: 'input-invalid' });
    const schedule = { kind: 'every', minutes: 15 } as const;
    expect((await call('schedule.check', { schedule })).nextMs).toHaveLength(5);
    await call('schedule.set', { name: 'practice', schedule, paused: true });
    await app.close();
    const next = again();
    expect(await next.fail('workspace.unlock', { recoveryKey: first.recoveryKey })).toMatchObject({
      code: 'recovery-key-wrong',
    });
    await next.call('workspace.unlock', { recoveryKey });
    expect(await next.call('schedule.list', {})).toEqual([
      { integration: 'practice', schedule, paused: true, nextRunAtMs: null },
    ]);
    await next.app.close();
  });
});

describe('a schedule', () => {
  it('starts a run when it is due, and one for all that were missed', async () => {
    const { app, call, clock } = await startPractice();
    await call('sync.run', { name: 'practice', released: ['first-run'] });
    await call('schedule.set', { name: 'practice', schedule: { kind: 'every', minutes: 10 }, paused: false });
    const before = (await call('run.list', {})).length;
    const nextEnd = (): Promise<unknown> => new Promise((resolve) => app.subscribe('run.ended', resolve));
    let ended = nextEnd();
    clock.advance(10 * 60_000 + 30_000);
    await ended;
    expect(await call('run.list', {})).toHaveLength(before + 1);
    ended = nextEnd();
    clock.advance(8 * 60 * 60_000);
    await ended;
    await clock.untilAsleep((ms) => ms > 20_000);
    clock.advance(60_000);
    await clock.untilAsleep((ms) => ms > 20_000);
    expect(await call('run.list', {})).toHaveLength(before + 2);
  });
});
