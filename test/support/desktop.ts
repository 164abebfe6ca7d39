/** The real desktop host with the real preload, in a temporary data folder, on the double of Electron. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Bridge } from '../../preload/contract/events.js';
import type * as Fakes from '../fakes/electron.js';
import { projectRoot } from './temp-tree.js';

export type Electron = typeof Fakes;

export interface Desktop {
  readonly electron: Electron;
  /** The page's `window.lockstep`. */
  readonly bridge: Bridge;
  readonly folder: string;
  readonly window: InstanceType<Electron['BrowserWindow']>;
  readonly session: InstanceType<Electron['FakeSession']>;
  /** Lines of the app log so far. */
  log(): readonly Record<string, unknown>[];
  /** Quits, and waits until it is done. */
  quit(): Promise<void>;
}

export interface DesktopOptions {
  /** Of an earlier start; default: a new one. */
  readonly folder?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Before anything starts. */
  readonly prepare?: (electron: Electron) => void;
}

const failures = ['unhandledRejection', 'uncaughtException'] as const;

export function makeDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lockstep-desktop-'));
}

export const pageText =
  '<!doctype html><meta property="csp-nonce" nonce="LOCKSTEP_NONCE"><script src="./a.js"></script>';

/** What a package holds, with a small page in it. */
function makeRoot(folder: string): string {
  const root = join(folder, 'app');
  for (const name of ['main', 'assets', 'preload', 'renderer/assets'])
    mkdirSync(join(root, 'out', name), { recursive: true });
  const unpacked = ['out/main/store-worker.js', 'out/assets/sql-wasm.wasm'];
  for (const name of unpacked) copyFileSync(join(projectRoot, name), join(root, name));
  const hashOf = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(root, name)))
      .digest('hex');
  const hashes = Object.fromEntries(unpacked.map((name) => [name, hashOf(name)]));
  writeFileSync(join(root, 'out/renderer/index.html'), pageText);
  writeFileSync(join(root, 'out/renderer/a.js'), 'export {};');
  writeFileSync(join(root, 'out/renderer/assets/b.css'), '');
  writeFileSync(join(root, 'out/renderer/not-listed.js'), '');
  const renderer = ['a.js', 'assets/b.css', 'index.html'];
  writeFileSync(join(root, 'out/assets/files.json'), JSON.stringify({ renderer, unpacked: hashes }));
  return root;
}

export async function startApp(options: DesktopOptions = {}): Promise<Desktop> {
  const folder = options.folder ?? makeDataFolder();
  const before = new Map(failures.map((name) => [name, process.listeners(name as 'uncaughtException')]));
  vi.resetModules();
  const electron = await import('../fakes/electron.js');
  electron.world.appPath = existsSync(join(folder, 'app')) ? join(folder, 'app') : makeRoot(folder);
  options.prepare?.(electron);
  await import('../../preload/index.js');
  const { startDesktop } = await import('../../main/desktop/desktop.js');
  const dataFolder = join(folder, 'data');
  const env = { LOCKSTEP_DATA: dataFolder, XDG_CONFIG_HOME: join(folder, 'config'), ...options.env };
  await startDesktop({ args: options.args ?? [], env, platform: 'linux' });
  return {
    electron,
    folder,
    bridge: electron.world.exposed.get('lockstep') as Bridge,
    get window() {
      const opened = electron.world.windows.at(-1);
      if (opened === undefined) throw new Error('no window was opened');
      return opened;
    },
    session: electron.session.fromPartition('lockstep'),
    log: () => readLog(join(dataFolder, 'logs')),
    async quit() {
      const gone = new Promise<void>((resolve) => electron.app.once('will-quit', () => resolve()));
      electron.app.quit();
      await gone;
      for (const name of failures) {
        for (const listener of process.listeners(name as 'uncaughtException')) {
          if (before.get(name)?.includes(listener) !== true) process.off(name, listener);
        }
      }
    },
  };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function readLog(folder: string): readonly Record<string, unknown>[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );
}
