import type { Host } from '../app-host.js';
import type { ConnectionRecord } from '../store/repositories/connections.js';
import { createRepositories, type Repositories } from '../store/repositories/index.js';
import type { Workspace } from '../workspace.js';
import { unsealTarget } from './connection-secrets.js';
import { createNetwork, type Network, type Target } from './network.js';
import { createRunQueue, type RunQueue } from './run-queue.js';

/** One open workspace and what works on it: what the calls' handlers are given. */
export interface Program {
  readonly host: Host;
  readonly workspace: Workspace;
  readonly stored: Repositories;
  readonly network: Network;
  readonly queue: RunQueue;
  /** A connection with its secret in the clear. Errors `secret-missing`, `secret-unreadable`. */
  target(record: ConnectionRecord): Promise<Target>;
}

export async function createProgram(host: Host, workspace: Workspace): Promise<Program> {
  const stored = createRepositories(workspace.database);
  return {
    host,
    workspace,
    stored,
    network: createNetwork(host, stored.ledger, await stored.ledger.entries()),
    queue: createRunQueue(),
    target: (record) => unsealTarget(stored.connections, workspace.vault, record),
  };
}
