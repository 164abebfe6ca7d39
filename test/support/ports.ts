/** Ports for servers that are slow to start: claimed, so that two test processes on one machine never take the same. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const claims = join(tmpdir(), 'lockstep-test-ports');

// Below the range that systems hand to outgoing connections (from 32768 on Linux): a port out of that range could be
// taken by any client in the seconds that a server needs to come up.
const firstPort = 21_000;
const lastPort = 21_999;

export interface ClaimedPort {
  readonly port: number;
  release(): void;
}

/** Claims a free port on 127.0.0.1 for this process. */
export async function claimPort(): Promise<ClaimedPort> {
  mkdirSync(claims, { recursive: true });
  for (let port = firstPort; port <= lastPort; port += 1) {
    const file = join(claims, String(port));
    if (!takeClaim(file)) continue;
    if (await isFree(port)) return { port, release: () => rmSync(file, { force: true }) };
    rmSync(file, { force: true });
  }
  throw new Error(`no free port from ${String(firstPort)} to ${String(lastPort)}`);
}

function takeClaim(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch {
    // Left behind by a process that was killed? Then it goes away now, and this port is another caller's to take.
    const owner = Number(readOwner(file));
    if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
    return false;
  }
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
