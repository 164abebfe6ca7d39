import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitCode } from '../../../../main/headless/exit-codes.js';
import type { Io, Output } from '../../../../main/headless/io.js';
import { createNodeIo } from '../../../../main/headless/node-io.js';
import { runTerminal } from '../../../../main/headless/terminal.js';
import { startPracticePair, type PracticePair } from '../../../../main/practice/pair.js';
import { createNodeStoreHost } from '../../../../main/store/node-host.js';
import { openInThread } from '../../../../main/store/open-store.js';

export interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Command lines in this process, over a data folder of their own and two practice trackers. */
export interface PracticeCommands {
  readonly pair: PracticePair;
  run(...argv: readonly string[]): Promise<Ran>;
  /** Of a file beside the data folder. */
  path(name: string): string;
  /** Null where there is no such file. */
  read(name: string): Buffer | null;
  write(name: string, text: string): void;
  stop(): Promise<void>;
}

/** With both connections and the integration, and nothing run yet. */
export async function startPracticeCommands(): Promise<PracticeCommands> {
  const node = createNodeIo();
  const pair = await startPracticePair({ ...node, portBase: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-commands-'));
  const path = (name: string): string => join(folder, name);
  const env = { LOCKSTEP_DATA: path('data'), LOCKSTEP_PASSPHRASE: 'a passphrase for tests' };

  async function runWith(more: Io['env'], argv: readonly string[]): Promise<Ran> {
    let stdout = '';
    let stderr = '';
    const output = (take: (text: string) => void): Output => ({ isTty: false, columns: 120, write: take });
    const code = await runTerminal(argv, {
      ...node,
      env: { ...env, ...more },
      stdin: {
        isTty: false,
        readLine: () => Promise.resolve(null),
        readHidden: () => Promise.reject(new Error('Nobody types.')),
        close: () => undefined,
      },
      stdout: output((text) => (stdout += text)),
      stderr: output((text) => (stderr += text)),
      openStore: (options) => openInThread(options, createNodeStoreHost()),
      onInterrupt: () => () => undefined,
    });
    return { code, stdout, stderr };
  }

  const world: PracticeCommands = {
    pair,
    run: (...argv) => runWith({}, argv),
    path,
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name)) : null),
    write(name, text) {
      writeFileSync(path(name), text);
    },
    async stop() {
      await pair.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const { name, url, settings = {}, secret } of pair.connections) {
    const set = Object.entries(settings).flatMap(([id, value]) => ['--set', `${id}=${value}`]);
    done(await runWith({ LOCKSTEP_SECRET: secret }, ['connection', 'add', name, '--url', url, ...set]));
  }
  world.write('pair.yaml', pair.file);
  done(await world.run('integration', 'add', path('pair.yaml')));
  return world;
}

/** Throws with all that the command printed where it did not go well. */
export function done(ran: Ran): Ran {
  if (ran.code === 0) return ran;
  throw new Error(`exit code ${String(ran.code)}:\n${ran.stdout}\n${ran.stderr}`);
}
