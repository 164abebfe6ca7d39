import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { FileSystem, OpenFile } from '../host.js';
import { codeOf } from './io-errors.js';

const flags = { read: 'r', append: 'a+', create: 'ax+' } as const;

export function createNodeFileSystem(platform: NodeJS.Platform = process.platform): FileSystem {
  return {
    makeFolder(path) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    },
    list: (path) => withoutFile(() => readdirSync(path).sort()) ?? [],
    sizeOf: (path) => withoutFile(() => statSync(path).size),
    readFile: (path) => readFileSync(path),
    open: (path, mode) => openNodeFile(openExisting(path, mode)),
    rename(from, to) {
      renameWithRetries(from, to, platform);
    },
    remove(path) {
      rmSync(path, { force: true });
    },
    syncFolder(path) {
      // Windows has no handle for folders; NTFS writes names through its own journal.
      if (platform === 'win32') return;
      const folder = openSync(path, 'r');
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    },
  };
}

function openExisting(path: string, mode: keyof typeof flags): number {
  return openSync(path, flags[mode], 0o600);
}

function openNodeFile(descriptor: number): OpenFile {
  return {
    read(offset, length) {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    append(bytes) {
      // The system may take less than all of it at once (a full disk does).
      for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, null);
      }
    },
    sync() {
      fsyncSync(descriptor);
    },
    truncate(length) {
      ftruncateSync(descriptor, length);
    },
    size: () => fstatSync(descriptor).size,
    close() {
      closeSync(descriptor);
    },
  };
}

function withoutFile<T>(action: () => T): T | null {
  try {
    return action();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/**
 * On Windows a virus scanner or an indexer may hold a new file for a moment, and renaming it then fails. Waits in
 * between, up to about two seconds in all.
 */
function renameWithRetries(from: string, to: string, platform: NodeJS.Platform): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (thrown) {
      const mayPass = platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(thrown) ?? '');
      if (!mayPass || attempt > 20) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, attempt * 10);
    }
  }
}
