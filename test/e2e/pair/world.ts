import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { sides, type Sided } from '../../../preload/contract/values.js';
import { startRedmine, type RedmineSeed, type RedmineServer } from '../../support/redmine-server.js';
import { createTerminal, type Terminal } from '../../support/terminal.js';

/** One real Redmine and its seeded project. */
export interface Site {
  readonly server: RedmineServer;
  readonly seed: RedmineSeed;
}

/** Two real Redmines, and a data folder in which a terminal keeps them in step. */
export interface World {
  readonly sites: Sided<Site>;
  readonly terminal: Terminal;
  readonly dataFolder: string;
  readonly name: string;
  dispose(): void;
}

export const mappedFields = [
  'subject',
  'description',
  'status',
  'priority',
  'assignee',
  'startDate',
  'dueDate',
  'doneRatio',
  'parent',
] as const;

/** Policies `left`, `right`, and `newest` with a named side, all in one integration. */
const policies: Readonly<Record<string, object>> = {
  description: { policy: 'right' },
  status: { policy: 'newest', newestElse: 'left' },
  priority: { policy: 'newest', newestElse: 'right' },
};

/** Brakes that stop a test's runs for good reasons: much happens at once in them. */
export const testBrakes = ['first-run', 'creates', 'closes', 'half-changed'].join(',');

export async function startServers(): Promise<Sided<RedmineServer>> {
  const [left, right] = await Promise.all([startRedmine(), startRedmine()]);
  // Other ids on the right, so that nothing fits by chance.
  await right.seed('other');
  return { left, right };
}

export interface WorldOptions {
  /** Identifier of the project on both sides; one that is there is made anew. */
  readonly project: string;
  readonly marker: boolean;
  /** Of one request; the default of connections where it is not given. */
  readonly timeoutMs?: number;
}

/** Makes clean projects on the servers, and a new data folder that knows them. */
export async function createWorld(servers: Sided<RedmineServer>, options: WorldOptions): Promise<World> {
  const { project, marker, timeoutMs } = options;
  const site = async (server: RedmineServer): Promise<Site> => ({ server, seed: await server.seed(project) });
  const sites = { left: await site(servers.left), right: await site(servers.right) };
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-pair-'));
  const dataFolder = join(folder, 'data');
  const terminal = createTerminal({ LOCKSTEP_DATA: dataFolder, LOCKSTEP_PASSPHRASE: 'a passphrase for tests' });
  const settings = [
    ...(marker ? ['--set', 'markerField=External ID'] : []),
    ...(timeoutMs === undefined ? [] : ['--timeout', String(timeoutMs)]),
  ];
  for (const side of sides) {
    const { server } = sites[side];
    const argv = ['connection', 'add', side, '--url', server.url, ...settings];
    await succeed(terminal, argv, { LOCKSTEP_SECRET: server.apiKey });
  }
  const file = join(folder, 'pair.yaml');
  writeFileSync(file, integrationFile(project, sites.left.seed));
  await succeed(terminal, ['integration', 'add', file]);
  return {
    sites,
    terminal,
    dataFolder,
    name: 'pair',
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function succeed(terminal: Terminal, argv: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const ended = await terminal.run(argv, { env });
  if (ended.code !== 0) throw new Error(`${argv.join(' ')}: ${ended.stdout}${ended.stderr}`);
}

function integrationFile(project: string, seed: RedmineSeed): string {
  const same = (name: string): { left: string; right: string } => ({ left: name, right: name });
  return stringify({
    name: 'pair',
    left: { connection: 'left', scope: project },
    right: { connection: 'right', scope: project },
    types: Object.keys(seed.trackers).map(same),
    policy: 'left',
    fields: mappedFields.map((id) => ({ ...same(id), ...policies[id] })),
    users: seed.users.map(({ name }) => same(name)),
    comments: { policy: 'left', deletions: 'delete' },
  });
}

export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}
