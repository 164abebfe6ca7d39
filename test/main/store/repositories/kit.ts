import { freshIntegrationState } from '../../../../main/engine/state.js';
import type { Preview } from '../../../../main/engine/run-types.js';
import type { FileSystem } from '../../../../main/host.js';
import type { Database } from '../../../../main/store/database.js';
import { migrations } from '../../../../main/store/migrations/index.js';
import { openInThread } from '../../../../main/store/open-store.js';
import { createRepositories, type Repositories } from '../../../../main/store/repositories/index.js';
import { statements } from '../../../../main/store/statements/index.js';
import { integrationSchema, type IntegrationConfig } from '../../../../preload/contract/integration.js';
import { present } from '../../../support/engine-fixtures.js';
import { MemoryFileSystem } from '../../../fakes/memory-file-system.js';
import { FakeProcesses, folder, testHost, testKey, workspaceId } from '../store-kit.js';

export interface OpenedWorkspace {
  readonly database: Database;
  readonly repositories: Repositories;
  readonly fileSystem: MemoryFileSystem;
  /** The next process, after this one was killed. */
  reopen(): Promise<OpenedWorkspace>;
}

/** The real core in memory, with the program's own statements and migrations. */
export async function openWorkspace(fileSystem = new MemoryFileSystem()): Promise<OpenedWorkspace> {
  const database = await openDatabase(fileSystem);
  return {
    database,
    repositories: createRepositories(database),
    fileSystem,
    reopen: () => openWorkspace(fileSystem.afterCrash('killed', () => 0)),
  };
}

let nextPid = 1;

export function openDatabase(fileSystem: FileSystem): Promise<Database> {
  nextPid += 1;
  const options = { folder, workspaceId, key: testKey, statements, migrations, create: true, appVersion: '1.0.0' };
  return openInThread(options, testHost(fileSystem, new FakeProcesses().start(nextPid)));
}

export function aConfig(name: string): IntegrationConfig {
  return integrationSchema.parse({
    name,
    left: { connection: 'office', scope: 'helpdesk' },
    right: { connection: 'factory', scope: 'it' },
    types: [{ left: 'Bug', right: 'Bug' }],
    fields: [{ left: 'subject', right: 'subject' }],
  });
}

export async function putIntegrations(repositories: Repositories, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await repositories.integrations.put({ id, config: aConfig(`name-${id}`), source: '' }, 1000);
}

export function aPreview(id: string, change: Partial<Preview> = {}): Preview {
  return {
    id,
    integration: 'helpdesk',
    madeAtMs: 1_772_000_000_000,
    plan: {
      rows: [],
      counts: {
        creates: { left: 0, right: 1 },
        sets: { left: 0, right: 0 },
        comments: { left: 0, right: 0 },
        conflicts: 0,
        skipped: 0,
        pairs: 1,
      },
    },
    brakes: [],
    notices: [],
    forecast: { requests: { left: 0, right: 3 }, notified: { left: 0, right: 1 } },
    hash: `hash-${id}`,
    configFingerprint: 'f',
    generation: 4,
    staged: [present('left', '1')],
    fresh: [],
    state: freshIntegrationState,
    ...change,
  };
}
