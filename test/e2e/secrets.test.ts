import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView, SyncView } from '../../preload/contract/views.js';
import {
  bytesUnder,
  expectCode,
  pairFile,
  startPracticeTerminal,
  type PracticeTerminal,
} from '../support/practice-terminal.js';
import type { Ended } from '../support/terminal.js';

const random = (): string => randomBytes(9).toString('hex');
const passphrase = `canary passphrase "${random()}" ü`;
const proxyPassword = `canary:${random()}/ä`;
const wrongToken = `canary-wrong-${random()}`;

/** Everything that the program prints, and every byte that it keeps, after a life of good and bad days. */
describe('secrets', () => {
  let world: PracticeTerminal;
  const printed: string[] = [];
  const secrets = new Map<string, string>([
    ['passphrase', passphrase],
    ['password of the proxy', proxyPassword],
    ['wrong token', wrongToken],
  ]);

  async function run(argv: readonly string[], code: number, env: Record<string, string> = {}): Promise<Ended> {
    const ended = expectCode(await world.terminal.run(argv, { env }), code);
    printed.push(ended.stdout, ended.stderr);
    return ended;
  }

  beforeAll(async () => {
    world = await startPracticeTerminal({ passphrase });
    for (const side of ['left', 'right'] as const) secrets.set(`token of ${side}`, world.sites[side].seed.apiKey);
  });
  afterAll(() => world.stop());

  it('live a whole life', { timeout: 600_000 }, async () => {
    const { sites, terminal, folder } = world;
    const token = sites.left.seed.apiKey;
    const add = ['connection', 'add', 'left', '--url', sites.left.url];

    // The first command makes the workspace and shows its recovery key: the one place where a secret is printed.
    sites.left.faults.order({ fault: { kind: 'answer', status: 200, body: `<p>you sent ${token}</p>` }, times: 1 });
    const first = expectCode(await terminal.run([...add], { env: { LOCKSTEP_SECRET: token } }), 1);
    const recoveryKey = /^ {4}(\S+)$/mu.exec(first.stderr)?.[1] ?? '';
    expect(recoveryKey).toMatch(/^[A-Z0-9-]{40,}$/u);
    secrets.set('recovery key', recoveryKey);
    secrets.set('recovery key in one', recoveryKey.replaceAll('-', ''));
    printed.push(first.stdout, first.stderr.replace(recoveryKey, ''));

    await run(add, 1, { LOCKSTEP_SECRET: wrongToken });
    await run([...add, '--json'], 1, { LOCKSTEP_SECRET: wrongToken });
    const behind = `http://ann:${encodeURIComponent(proxyPassword)}@127.0.0.1:9`;
    const far = ['connection', 'add', 'far', '--url', 'https://tracker.invalid', '--timeout', '1000'];
    await run(far, 1, { LOCKSTEP_SECRET: wrongToken, LOCKSTEP_PROXY: behind });
    await run([...far, '--no-check'], 0, { LOCKSTEP_SECRET: wrongToken, LOCKSTEP_PROXY: behind });
    await run(['connection', 'test', 'far'], 1);
    for (const side of ['left', 'right'] as const) {
      const ended = expectCode(await world.addConnection(side, '--set', 'markerField=External ID'), 0);
      printed.push(ended.stdout, ended.stderr);
    }
    await run(['connection', 'list', '--json'], 0);
    await run(['connection', 'test', 'left', '--scope', 'practice'], 0);
    await run(['integration', 'add', world.file('pair.yaml', pairFile())], 0);

    const people = sites.left.state.as('alice');
    for (const subject of ['One', 'Two', 'Three']) people.create({ project_id: 1, subject });
    await run(['preview', 'pair', '--out', join(folder, 'plan.json'), '--json'], 0);

    // Refusals, pages and answers that hold the token, in the middle of a sync.
    const echo = `<html>${token} ${sites.right.seed.apiKey}</html>`;
    sites.right.faults.order({ method: 'POST', fault: { kind: 'answer', status: 422, body: echo }, times: 1 });
    const refusal = JSON.stringify({ errors: [`X-Redmine-API-Key ${sites.right.seed.apiKey} may not`] });
    sites.right.faults.order({
      method: 'POST',
      fault: { kind: 'answer', status: 422, contentType: 'application/json', body: refusal },
      times: 1,
    });
    await run(['sync', 'pair', '--release', 'first-run'], 1);
    sites.left.faults.order({ path: /^\/issues\.json/u, fault: { kind: 'answer', status: 200, body: echo }, times: 9 });
    await run(['sync', 'pair', '--full', '--json'], 1);
    sites.left.faults.clear();

    // Killed in the middle of a write.
    const held = sites.right.faults.hold({ method: 'POST' }, 'after');
    people.create({ project_id: 1, subject: 'Four' });
    const killed = terminal.start(['sync', 'pair']);
    await held.arrived;
    killed.process.kill('SIGKILL');
    const dead = await killed.ended;
    printed.push(dead.stdout, dead.stderr);
    sites.right.faults.clear();

    const { run: last } = JSON.parse((await run(['sync', 'pair', '--json'], 0)).stdout) as SyncView;
    expect(last.outcome).toBe('done');
    // The two that were refused wait until something changes about them.
    expect(sites.right.state.store.issues.size).toBe(2);
    const runs = JSON.parse((await run(['runs', '--json'], 0)).stdout) as readonly RunView[];
    for (const { id } of runs) await run(['log', id, '--json'], 0);
    await run(['explain', '1'], 0);
    await run(['integration', 'export', 'pair'], 0);
    await run(['status', '--json'], 0);
    await run(['status'], 1, { LOCKSTEP_PASSPHRASE: `${passphrase} not` });
  });

  it('stand in no output', () => {
    expect(printed.length).toBeGreaterThan(30);
    expect(findings(new Map([['output', Buffer.from(printed.join('\n'))]]))).toEqual([]);
  });

  it('stand in no byte of the data folder, in no usual form', () => {
    const files = bytesUnder(world.folder);
    expect([...files.keys()].some((path) => path.includes('/logs/'))).toBe(true);
    expect([...files.keys()].some((path) => path.includes('/state/'))).toBe(true);
    expect(findings(files)).toEqual([]);
  });

  it('would be found: each form of each is seen where it is put', () => {
    for (const [name, secret] of secrets) {
      for (const [form, bytes] of formsOf(secret)) {
        expect(
          findings(new Map([['planted', Buffer.concat([Buffer.from('xx'), bytes])]])).length,
          `${name} ${form}`,
        ).toBeGreaterThan(0);
      }
    }
  });

  it('are refused in the command line, where every user of the machine sees them', async () => {
    const argv = ['connection', 'add', 'x', '--url', 'https://tracker.invalid', '--proxy'];
    for (const proxy of ['http://ann:visible@proxy:3128', 'ann:visible@proxy:3128', 'http://ann:vis ible@pro xy']) {
      const ended = expectCode(await world.terminal.run([...argv, proxy]), 2);
      expect(ended.stderr).toContain('LOCKSTEP_PROXY');
      expect(ended.stderr).not.toContain('vis');
    }
    const help = await world.terminal.run(['connection', 'add', '--help']);
    expect(help.stdout).not.toMatch(/--(token|secret|password|passphrase|key) /u);
  });

  /** `<file>: <secret> as <form>` for each that is there. */
  function findings(files: ReadonlyMap<string, Buffer>): readonly string[] {
    return [...files].flatMap(([path, bytes]) =>
      [...secrets].flatMap(([name, secret]) =>
        formsOf(secret).flatMap(([form, wanted]) => (bytes.includes(wanted) ? [`${path}: ${name} as ${form}`] : [])),
      ),
    );
  }
});

function formsOf(secret: string): readonly (readonly [string, Buffer])[] {
  const bytes = Buffer.from(secret);
  // Base64 of something longer that holds the secret: by where it begins in a group of three bytes.
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/u, '');
    return ['base64 inside', Buffer.from(text.slice(before === 0 ? 0 : before + 1, -1))] as const;
  });
  return [
    ['text', bytes],
    ['UTF-16', Buffer.from(secret, 'utf16le')],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['base64url', Buffer.from(bytes.toString('base64url'))],
    ['URL', Buffer.from(encodeURIComponent(secret))],
    ['JSON', Buffer.from(JSON.stringify(secret).slice(1, -1))],
    ['ASCII JSON', Buffer.from(asciiJson(secret))],
    ...inside,
  ];
}

function asciiJson(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u0080-\uffff]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
