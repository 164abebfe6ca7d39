import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../preload/contract/errors.js';
import type { PreviewView, SyncView } from '../../preload/contract/views.js';
import { expectCode, pairFile, startPracticeTerminal, type PracticeTerminal } from '../support/practice-terminal.js';

/** Each: its exit code, one JSON value, and an error that says what is wrong, where, and what to do. */
describe('bad input', () => {
  let world: PracticeTerminal;

  beforeAll(async () => {
    world = await startPracticeTerminal();
    await world.connect();
  });
  afterAll(() => world.stop());

  async function errorOf(
    argv: readonly string[],
    code: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<AppError> {
    const ended = expectCode(await world.terminal.run([...argv, '--json'], { env }), code);
    const { error } = JSON.parse(ended.stdout) as { readonly error: AppError };
    // The same in words for people.
    expect(ended.stderr).toContain(error.message.split('\n')[0]);
    expect(ended.stderr).toMatch(/What to do: \S/u);
    expect(error.action).toMatch(/\S/u);
    return error;
  }

  // Not those of the integration that is there: the two would collide.
  const types = [{ left: 'Feature', right: 'Feature' }];
  const adding = (url: string): readonly string[] => ['connection', 'add', 'new', '--url', url, '--timeout', '2000'];
  const secret = { LOCKSTEP_SECRET: 'some-token' };

  it.each([
    ['an address without https', 'tracker.example.com', 'address-invalid', /https:\/\//u],
    ['http to another machine', 'http://tracker.example.com', 'insecure-http', /https/u],
    ['a password in the address', 'https://ann:pw@tracker.example.com', 'address-invalid', /asked for/u],
    ['a host that is not there', 'https://tracker.invalid', 'host-unreachable', /./u],
  ])('%s', { timeout: 120_000 }, async (_name, url, code, action) => {
    const error = await errorOf(adding(url), 1, secret);
    expect(error.code).toBe(code);
    expect(error.action).toMatch(action);
  });

  it('is told before a secret is asked for, and before a workspace is made', { timeout: 120_000 }, async () => {
    const data = join(world.folder, 'not-made');
    const more = ['--data', data];
    const name = await errorOf(['connection', 'add', 'Bad Name', '--url', 'https://x.invalid', ...more], 2);
    expect(name.message).toContain('small letters');
    const setting = await errorOf([...adding('https://x.invalid'), '--set', 'markerFeld=x', ...more], 2);
    expect(setting.action).toContain('markerField');
    expect((await errorOf(['connection', 'add', 'x', ...more], 2)).message).toContain('--url');
    expect((await errorOf(['status', ...more], 1)).code).toBe('workspace-missing');
    // Nobody typed a secret, and it is the name that is told of.
    expect((await errorOf(['connection', 'add', 'left', '--url', world.sites.left.url], 1)).code).toBe('name-taken');
  });

  it('from a tracker: a wrong token, a page, 2 GB', { timeout: 300_000 }, async () => {
    const { left } = world.sites;
    expect((await errorOf(adding(left.url), 1, secret)).code).toBe('secret-rejected');
    const page = left.faults.answerHtml({ times: Infinity });
    expect((await errorOf(['connection', 'test', 'left'], 1)).code).toBe('answer-not-json');
    page.cancel();
    const huge = left.faults.order({ fault: { kind: 'huge', bytes: 2 * 1024 ** 3 }, times: Infinity });
    expect((await errorOf(['connection', 'test', 'left'], 1)).code).toBe('answer-too-large');
    huge.cancel();

    left.state.as('alice').create({ project_id: 1, subject: 'One' });
    const connections = await world.terminal.json<readonly { readonly name: string }[]>(['connection', 'list']);
    expect(connections.map(({ name }) => name)).toEqual(['left', 'right']);
  });

  it.each([
    [
      'broken YAML',
      (text: string) => text.replace('policy: ask', 'policy: [ask'),
      /bad\.yaml:\d+:\d+: This is not YAML/u,
      2,
    ],
    ['an unknown key', (text: string) => `${text}colour: red\n`, /bad\.yaml:\d+:1: colour/u, 2],
    [
      'an unknown field',
      (text: string) => text.replace('left: description', 'left: descripton'),
      /bad\.yaml:\d+:\d+: .*descripton/u,
      1,
    ],
    ['an unknown project', (text: string) => text.replace('scope: practice', 'scope: practise'), /practise/u, 1],
    [
      'an unknown connection',
      (text: string) => text.replace('connection: right', 'connection: rihgt'),
      /bad\.yaml:\d+:\d+: .*rihgt/u,
      1,
    ],
  ])('an integration file with %s', { timeout: 120_000 }, async (_name, spoil, message, code) => {
    const text = pairFile({ name: 'other', types });
    const file = world.file('bad.yaml', spoil(text));
    const error = await errorOf(['integration', 'add', file], code);
    expect(error.message).toMatch(message);
    const names = await world.terminal.json<readonly { readonly name: string }[]>(['integration', 'list']);
    expect(names.map(({ name }) => name)).toEqual(['pair']);
  });

  it('an option that the value map names wrongly', { timeout: 120_000 }, async () => {
    const values = [{ left: 'New', right: 'Brand new' }];
    const fields = [
      { left: 'subject', right: 'subject' },
      { left: 'status', right: 'status', values },
    ];
    const file = world.file('bad.yaml', pairFile({ name: 'other', types, fields }));
    const error = await errorOf(['integration', 'add', file], 1);
    expect(error.message).toMatch(/bad\.yaml:\d+:\d+: .*Brand new/u);
  });

  it('a plan file that is edited, foreign, of another integration', { timeout: 300_000 }, async () => {
    const { terminal, folder } = world;
    const path = join(folder, 'plan.json');
    const preview = await terminal.json<PreviewView>(['preview', 'pair', '--out', path]);
    expect(preview.rows.length).toBeGreaterThan(0);
    const plan = readFileSync(path, 'utf8');
    const sync = ['sync', 'pair', '--plan', path];
    const spoilt = async (text: string, code: number): Promise<AppError> => {
      writeFileSync(path, text);
      return errorOf(sync, code);
    };
    expect((await spoilt('{"half": ', 2)).message).toContain('is not JSON');
    expect((await spoilt(plan.replace('"leaveOut": false', '"leaveOut": "no"'), 2)).message).toContain('leaveOut');
    expect((await spoilt(plan.replace('"integration": "pair"', '"integration": "other"'), 2)).action).toContain(
      'other',
    );
    expect((await spoilt(plan.replace(preview.hash, 'x'.repeat(preview.hash.length)), 1)).code).toBe(
      'preview-outdated',
    );
    expect((await spoilt(plan.replace(preview.id, 'aaaaaaaaaaaaaaaa'), 1)).code).toBe('preview-unknown');
    expect(world.sites.right.state.store.issues.size).toBe(0);
    // Edits of values count for nothing: what is done is what was shown.
    writeFileSync(path, plan.replaceAll('"One"', '"Edited"'));
    expectCode(await terminal.run(sync), 0);
    expect([...world.sites.right.state.store.issues.values()].map(({ subject }) => subject)).toEqual(['One']);
    expect((await errorOf(sync, 1)).code).toBe('preview-unknown');
  });

  it('names of things that are not there', { timeout: 120_000 }, async () => {
    expect((await errorOf(['sync', 'piar'], 1)).action).toContain('pair');
    expect((await errorOf(['log', 'nothing'], 1)).code).toBe('run-unknown');
    expect((await errorOf(['explain', '#99999'], 1)).code).toBe('item-unknown');
    expect((await errorOf(['resolve', 'nothing', '--discard'], 1)).code).toBe('conflict-unknown');
    expect((await errorOf(['sync', 'pair', '--release', 'first-rnu'], 2)).message).toContain('first-run');
    expect((await errorOf(['snyc'], 2)).code).toBe('usage');
  });

  it(
    'at run time: an option without a twin and a right that is missing leave the rest alone',
    { timeout: 240_000 },
    async () => {
      const { left, right } = world.sites;
      const [issue] = left.state.store.issues.values();
      left.state
        .as('alice')
        .update(issue?.id ?? 0, { subject: 'One, renamed', priority_id: left.state.priorityId('High') });
      const values = [{ left: 'Normal', right: 'Normal' }];
      const fields = [
        { left: 'subject', right: 'subject' },
        { left: 'priority', right: 'priority', values },
      ];
      const file = world.file('pair.yaml', pairFile({ fields }));
      expectCode(await world.terminal.run(['integration', 'add', file, '--replace']), 0);
      const preview = await world.terminal.json<PreviewView>(['preview', 'pair']);
      const row = preview.rows.find(({ reason }) => reason === 'option-without-twin');
      expect(row?.note).toMatch(/High.*values|values.*High/su);
      expectCode(await world.terminal.run(['sync', 'pair', '--release', 'config-changed']), 0);
      expect([...right.state.store.issues.values()].map(({ subject }) => subject)).toEqual(['One, renamed']);

      right.faults.order({ method: 'PUT', fault: { kind: 'answer', status: 403 }, times: Infinity });
      left.state.as('alice').update(issue?.id ?? 0, { subject: 'One, again' });
      const ended = expectCode(await world.terminal.run(['sync', 'pair', '--json']), 1);
      right.faults.clear();
      expect((JSON.parse(ended.stdout) as SyncView).run.counts['failed']).toBe(1);
      const failed = await world.terminal.run(['log', 'pair', '--outcome', 'failed']);
      expect(failed.stdout).toMatch(/One, again.*may not|One, again.*403|One, again.*right/su);
    },
  );

  it('a data folder that is in use, has another passphrase, or damaged keys', { timeout: 240_000 }, async () => {
    const { terminal, sites, dataFolder } = world;
    const held = sites.left.faults.hold();
    const first = terminal.start(['connection', 'test', 'left']);
    await held.arrived;
    const locked = await errorOf(['status'], 5);
    expect(locked.message).toContain(`pid ${String(first.process.pid)}`);
    held.release();
    expectCode(await first.ended, 0);

    const wrong = await errorOf(['status'], 1, { LOCKSTEP_PASSPHRASE: 'not the passphrase' });
    expect(wrong.code).toBe('passphrase-wrong');
    expect((await errorOf(['status'], 1, { LOCKSTEP_PASSPHRASE: '' })).code).toBe('passphrase-missing');

    const { workspace } = JSON.parse(readFileSync(join(dataFolder, 'settings.json'), 'utf8')) as { workspace: string };
    const keys = join(dataFolder, 'workspaces', workspace, 'keys.json');
    const good = readFileSync(keys);
    for (const bad of ['', '{', good.toString().replaceAll(/"[A-Za-z0-9+/=_-]{40,}"/gu, '"AAAA"')]) {
      writeFileSync(keys, bad);
      const error = await errorOf(['status'], 1);
      expect(['keys-damaged', 'passphrase-wrong']).toContain(error.code);
    }
    writeFileSync(keys, good);
    expectCode(await terminal.run(['status']), 0);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a data folder that may not be written to',
    { timeout: 120_000 },
    async () => {
      const folder = join(world.folder, 'closed');
      writeFileSync(folder, '');
      chmodSync(folder, 0o400);
      const error = await errorOf([...adding(world.sites.left.url), '--data', join(folder, 'data')], 1, secret);
      expect(error.kind).toBe('storage');
    },
  );

  it('a data folder whose place is a file', { timeout: 120_000 }, async () => {
    const path = world.file('a-file', 'not a folder');
    const error = await errorOf([...adding(world.sites.left.url), '--data', path], 1, secret);
    expect(error.kind).toBe('storage');
    expect(readFileSync(path, 'utf8')).toBe('not a folder');
  });
});
