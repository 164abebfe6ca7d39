import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Clock, Random } from '../host.js';
import { createNodeFileSystem } from '../store/node-file-system.js';
import { openStore } from '../store/worker-client.js';
import type { Input, Io, Output } from './io.js';

/** The terminal, the environment and the clock of this process. */
export function createNodeIo(): Io {
  return {
    stdin: createInput(process.stdin),
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
    env: process.env,
    platform: process.platform,
    homeFolder: homedir(),
    clock: systemClock,
    random: systemRandom,
    fileSystem: createNodeFileSystem(),
    openStore,
    makeTemporaryFolder() {
      const path = mkdtempSync(join(tmpdir(), 'lockstep-'));
      return {
        path,
        remove() {
          rmSync(path, { recursive: true, force: true });
        },
      };
    },
    startProgram: (program, words) =>
      new Promise((resolve) => {
        const child = spawn(program, words, { detached: true, stdio: 'ignore' });
        child.once('error', () => {
          resolve(false);
        });
        child.once('spawn', () => {
          child.unref();
          resolve(true);
        });
      }),
    onInterrupt(listener) {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
    abort(exitCode) {
      process.exit(exitCode);
    },
    every(intervalMs, run) {
      const timer = setInterval(run, intervalMs);
      timer.unref();
      return () => {
        clearInterval(timer);
      };
    },
  };
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        clearTimeout(timer);
        reject(new LockstepError('cancelled', 'Cancelled while waiting.'));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      }, ms);
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
    });
  },
};

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  unit: () => randomBytes(4).readUInt32BE(0) / 2 ** 32,
};

function createOutput(stream: WriteStream): Output {
  let closed = false;
  // `lockstep log ... | head`: the reader has seen enough. That is no error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    get isTty() {
      return isTerminal(stream);
    },
    get columns() {
      return stream.columns > 0 ? stream.columns : 120;
    },
    write(text) {
      if (!closed) stream.write(text);
    },
  };
}

/** Takes isTTY as it is: undefined where the stream is a file or a pipe, whatever Node's types say. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY ?? false;
}

function createInput(stream: ReadStream): Input {
  const typedAhead: string[] = [];
  let lines: { readonly reader: Interface; readonly next: () => Promise<string | null> } | null = null;

  function openLines(): { readonly reader: Interface; readonly next: () => Promise<string | null> } {
    const reader = createInterface({ input: stream, terminal: false });
    const iterator = reader[Symbol.asyncIterator]();
    return {
      reader,
      next: async () => {
        const step = await iterator.next();
        return step.done === true ? null : step.value;
      },
    };
  }

  return {
    isTty: isTerminal(stream),
    readLine: () => (lines ??= openLines()).next(),
    readHidden: () => readHidden(stream, typedAhead),
    close() {
      lines?.reader.close();
      lines = null;
      stream.pause();
    },
  };
}

/**
 * Reads keys one by one: the terminal's own line editor would show them. What comes after the line's end in one piece
 * (two lines that were pasted) waits in `typedAhead`.
 */
function readHidden(stream: ReadStream, typedAhead: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    const finish = (end: () => void): void => {
      stream.off('data', onData);
      stream.setRawMode(false);
      stream.pause();
      end();
    };
    const takeTyped = (): boolean => {
      for (let key = typedAhead.shift(); key !== undefined; key = typedAhead.shift()) {
        if (key === '\u0003') {
          finish(() => {
            reject(new LockstepError('cancelled', 'Cancelled.'));
          });
          return true;
        }
        if (key === '\r' || key === '\n' || key === '\u0004') {
          finish(() => {
            resolve(typed.join(''));
          });
          return true;
        }
        if (key === '\u007f' || key === '\b') typed.pop();
        else typed.push(key);
      }
      return false;
    };
    const onData = (chunk: Buffer): void => {
      typedAhead.push(...chunk.toString('utf8').replaceAll('\r\n', '\n'));
      takeTyped();
    };
    stream.setRawMode(true);
    if (takeTyped()) return;
    stream.resume();
    stream.on('data', onData);
  });
}
