import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../main/store/database.js';
import { migrations } from '../../../main/store/migrations/index.js';
import { createNodeStoreHost } from '../../../main/store/node-host.js';
import { openInThread, type StoreHost, type StoreOptions } from '../../../main/store/open-store.js';
import { statements } from '../../../main/store/statements/index.js';

export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export function storeOptions(folder: string, create: boolean): StoreOptions {
  const key = new Uint8Array(32).fill(7);
  return { folder, workspaceId: 'bench', key, statements, migrations, create, appVersion: 'bench' };
}

/** The real store on the real disk, in this thread. */
export function openDatabase(folder: string, host: StoreHost = createNodeStoreHost()): Promise<Database> {
  return openInThread(storeOptions(folder, true), host);
}
