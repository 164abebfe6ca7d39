import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock, systemRandom } from '../../main/headless/node-io.js';
import { startPracticeRedmine, type PracticeRedmine } from '../../main/practice/redmine/index.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import { createTerminal, type Ended, type Terminal } from './terminal.js';

/** The built program as a process, with a data folder of its own, beside two practice trackers of this process. */
export interface PracticeTerminal {
  readonly terminal: Terminal;
  readonly sites: Sided<PracticeRedmine>;
  /** Holds the data folder and the files of the test. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Writes a file into the folder. @returns its path */
  file(name: string, text: string): string;
  /** Both connections and the integration `pair`, added. */
  connect(options?: ConnectOptions): Promise<void>;
  addConnection(side: Side, ...more: readonly string[]): Promise<Ended>;
  stop(): Promise<void>;
}

export interface ConnectOptions {
  readonly marker?: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface PracticeTerminalOptions {
  readonly passphrase?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const project = 'practice';

export async function startPracticeTerminal(options: PracticeTerminalOptions = {}): Promise<PracticeTerminal> {
  const { passphrase = 'a passphrase for tests', env = {} } = options;
  const common = { clock: systemClock, random: systemRandom };
  const left = await startPracticeRedmine(common);
  const right = await startPracticeRedmine({ ...common, firstIssueId: 501, firstUserId: 41 });
  const sites = { left, right };
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-terminal-'));
  const dataFolder = join(folder, 'data');
  const terminal = createTerminal({ LOCKSTEP_DATA: dataFolder, LOCKSTEP_PASSPHRASE: passphrase, ...env });

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const addConnection = (side: Side, ...more: readonly string[]): Promise<Ended> =>
    terminal.run(['connection', 'add', side, '--url', sites[side].url, ...more], {
      env: { LOCKSTEP_SECRET: sites[side].seed.apiKey },
    });

  return {
    terminal,
    sites,
    folder,
    dataFolder,
    file,
    addConnection,
    async connect({ marker = false, config = {} } = {}) {
      const settings = marker ? ['--set', 'markerField=External ID'] : [];
      for (const side of sides) expectCode(await addConnection(side, ...settings), 0);
      expectCode(await terminal.run(['integration', 'add', file('pair.yaml', pairFile(config))]), 0);
    },
    async stop() {
      await Promise.all([left.stop(), right.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The integration `pair` of the two sites' projects as a file. @param config in the place of what it has, or beside */
export function pairFile(config: Readonly<Record<string, unknown>> = {}): string {
  const same = (name: string): { left: string; right: string } => ({ left: name, right: name });
  return stringify({
    name: 'pair',
    left: { connection: 'left', scope: project },
    right: { connection: 'right', scope: project },
    types: [same('Bug')],
    policy: 'ask',
    fields: ['subject', 'description', 'status', 'priority'].map(same),
    comments: { policy: 'left' },
    ...config,
  });
}

/** Throws with all that the command printed where it ended otherwise. */
export function expectCode(ended: Ended, code: number): Ended {
  if (ended.code === code) return ended;
  throw new Error(`exit code ${String(ended.code)}, not ${String(code)}:\n${ended.stdout}\n${ended.stderr}`);
}

/** Every file under a folder with its bytes, by path. */
export function bytesUnder(folder: string): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path, readFileSync(path));
  }
  return files;
}
