import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../../../preload/contract/views.js';
import { done, startPracticeCommands, type PracticeCommands } from './terminal-kit.js';

const setUpMs = 60_000;

describe('what leaves the program on the command line', () => {
  let world: PracticeCommands;
  let runId = '';

  beforeAll(async () => {
    world = await startPracticeCommands();
    const early = await world.run('support-bundle', 'practice', '-o', world.path('early.zip'));
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('has not run yet') as string });
    done(await world.run('sync', 'practice', '--release', 'first-run'));
    const runs = JSON.parse(done(await world.run('runs', '--json')).stdout) as readonly RunView[];
    runId = runs[0]?.id ?? '';
  }, setUpMs);
  afterAll(() => world.stop());

  it('support-bundle tells what is in it, then writes it, without anything of the user', async () => {
    const { stdout } = done(await world.run('support-bundle', 'practice', '-o', world.path('bundle.zip')));
    expect(stdout).toContain(`Support bundle of run ${runId}`);
    expect(stdout).toMatch(/^log\.jsonl +[\d.]+ KB +.*\d+ values/mu);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`Wrote ${world.path('bundle.zip')}.`);
    const files = unzipSync(world.read('bundle.zip') ?? new Uint8Array());
    expect(Object.keys(files).sort()).toEqual([
      'app-log.jsonl',
      'configuration.json',
      'log.jsonl',
      'run.json',
      'versions.json',
    ]);
    const { sites } = world.pair;
    const subject = [...sites.left.state.store.issues.values()][0]?.subject ?? '';
    expect(subject.length).toBeGreaterThan(5);
    for (const [name, content] of Object.entries(files)) {
      const text = Buffer.from(content).toString();
      for (const mine of [subject, runId, sites.left.url, sites.left.seed.apiKey, 'web-shop', '127.0.0.1']) {
        expect(text, name).not.toContain(mine);
      }
    }
  });

  it('support-bundle --json prints one value: run, files and what was replaced', async () => {
    const { stdout } = done(await world.run('support-bundle', runId, '-o', world.path('json.zip'), '--json'));
    const told = JSON.parse(stdout) as {
      readonly bytes: number;
      readonly files: readonly { readonly name: string; readonly replaced: Readonly<Record<string, number>> }[];
    };
    expect(told).toMatchObject({ run: runId, file: world.path('json.zip'), replaced: { id: 1 } });
    expect(told.bytes).toBe(world.read('json.zip')?.length);
    expect(told.files.find(({ name }) => name === 'versions.json')?.replaced).toEqual({});
    expect(told.files.find(({ name }) => name === 'log.jsonl')?.replaced['value']).toBeGreaterThan(20);
  });

  it('support-bundle leaves a file alone that is there, and needs a name', async () => {
    world.write('mine.zip', 'mine');
    const refused = await world.run('support-bundle', 'practice', '-o', world.path('mine.zip'), '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'file-unwritable' } });
    expect(world.read('mine.zip')?.toString()).toBe('mine');
    expect(await world.run('support-bundle', 'practice')).toMatchObject({ code: 2, stdout: '' });
  });

  it('support-bundle writes nothing where the run or the folder is unknown', async () => {
    const unknown = await world.run('support-bundle', 'nonsense', '-o', world.path('none.zip'));
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('nonsense') as string });
    expect(world.read('none.zip')).toBeNull();
    const nowhere = await world.run('support-bundle', 'practice', '-o', world.path('no/folder/b.zip'));
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('no such file or folder') as string });
  });

  it('log --csv prints a table of the run, or writes it', async () => {
    const { stdout } = done(await world.run('log', 'practice', '--csv'));
    const lines = stdout.split('\r\n');
    expect(lines[0]).toMatch(/^time,integration,run,row,/u);
    expect(lines.length).toBeGreaterThan(50);
    expect(stdout).toContain(`practice,${runId}`);
    const written = done(await world.run('log', runId, '--csv', '-o', world.path('log.csv')));
    expect(written.stdout).toMatch(/^Wrote [\d,]+ rows to .*log\.csv\.\n$/u);
    expect(world.read('log.csv')?.toString()).toBe(stdout);
    expect(world.read('log.csv.part')).toBeNull();

    const some = done(await world.run('log', runId, '--csv', '--field', 'subject', '--outcome', 'failed')).stdout;
    expect(some.split('\r\n').slice(1)).toEqual(['']);
    // As every file that a command makes but a bundle: written again in the same place.
    done(await world.run('log', runId, '--csv', '--outcome', 'failed', '-o', world.path('log.csv')));
    expect(world.read('log.csv')?.toString().split('\r\n')).toHaveLength(2);
  });

  it('log names what is wrong with its options before it asks for anything', async () => {
    expect((await world.run('log', 'practice', '--csv', '--json')).code).toBe(2);
    expect((await world.run('log', 'practice', '-o', world.path('rows.txt'))).code).toBe(2);
    expect(await world.run('log', 'practice', '--outcome', 'wrong')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('adopted') as string,
    });
    expect(await world.run('log', 'nonsense', '--csv')).toMatchObject({ code: 1, stdout: '' });
  });
});
