import { randomBytes } from 'node:crypto';
import { createNodeFileSystem } from './node-file-system.js';
import { createNodeProcesses } from './node-processes.js';
import type { StoreHost } from './open-store.js';

/** The real world for the store, in whichever thread it runs. */
export function createNodeStoreHost(): StoreHost {
  return {
    fileSystem: createNodeFileSystem(),
    random: {
      bytes: (length) => new Uint8Array(randomBytes(length)),
      unit: () => randomBytes(4).readUInt32BE(0) / 2 ** 32,
    },
    now: () => Date.now(),
    processes: createNodeProcesses(),
    timers: {
      defer(run) {
        setImmediate(run);
      },
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => {
          clearTimeout(timer);
        };
      },
    },
  };
}
