import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StoreOptions } from '../../../main/store/open-store.js';
import { migrations, statements, testKey, workspaceId } from './store-kit.js';

const program = fileURLToPath(new URL('store-process.mjs', import.meta.url));
export const workerFile = new URL('../../../out/main/store-worker.js', import.meta.url);

/** The kit's store on the real disk. */
export function diskOptions(folder: string, create = true): StoreOptions {
  return { folder, workspaceId, key: testKey, statements, migrations, create, appVersion: '1.0.0' };
}

export function assertBuilt(): void {
  if (!existsSync(workerFile)) throw new Error('There is no built worker. First: npm run build');
}

export function makeDataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lockstep-store-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export interface StoreProcess {
  readonly pid: number;
  /** Of the batches that were acknowledged up to now, the highest. */
  acknowledged(): number;
  /** Resolves once this many more batches were acknowledged. */
  acknowledgedMore(count: number): Promise<void>;
  /** kill -9; resolves when the process is no more. */
  kill(): Promise<void>;
}

/** Starts a process that holds the store; resolves when it is open. */
export async function startStoreProcess(folder: string, write: boolean): Promise<StoreProcess> {
  assertBuilt();
  const { key, ...rest } = diskOptions(folder);
  const child: ChildProcess = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr, pid } = child;
  if (stdin === null || stdout === null || stderr === null || pid === undefined) throw new Error('it did not start');
  let complaint = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_code, signal) => {
      resolve(signal);
    });
  });
  let highest = 0;
  let count = 0;
  const waiting = new Set<{ readonly at: number; readonly resolve: () => void }>();
  const opened = new Promise<void>((resolve) => {
    createInterface(stdout).on('line', (line) => {
      if (line === 'open') {
        resolve();
        return;
      }
      highest = Math.max(highest, Number(line));
      count += 1;
      for (const waiter of waiting) if (count >= waiter.at) waiter.resolve();
    });
  });
  stdin.end(
    JSON.stringify({
      worker: fileURLToPath(workerFile),
      write,
      options: { ...rest, key: Buffer.from(key).toString('base64') },
    }),
  );
  /** The process is to live on until `event`. */
  const orEnded = async (event: Promise<void>): Promise<void> => {
    const early = ended.then(() => {
      throw new Error(`The process ended by itself: ${complaint}`);
    });
    await Promise.race([event, early]);
    early.catch(() => undefined);
  };
  await orEnded(opened);
  return {
    pid,
    acknowledged: () => highest,
    acknowledgedMore: (more) =>
      orEnded(
        new Promise((resolve) => {
          waiting.add({ at: count + more, resolve });
        }),
      ),
    async kill() {
      child.kill('SIGKILL');
      const signal = await ended;
      if (signal !== 'SIGKILL') throw new Error(`The process ended by itself: ${complaint}`);
    },
  };
}
