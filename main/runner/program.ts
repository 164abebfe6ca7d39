import type { Host } from '../app-host.js';
import type { ConnectionRecord } from '../store/repositories/connections.js';
import { createRepositories, type Repositories } from '../store/repositories/index.js';
import type { Workspace } from '../workspace.js';
import { unsealTarget } from './connection-secrets.js';
import { createNetwork, type Network, type Target } from './network.js';
import type { ProgramPorts } from './program-ports.js';
import { createRunQueue, type RunQueue } from './run-queue.js';
import { createRunRegistry, type RunRegistry } from './run-registry.js';
import { createRunNotices } from './run-notices.js';

/** One open workspace and what works on it: what the calls' handlers are given. */
export interface Program extends ProgramPorts {
  readonly host: Host;
  readonly workspace: Workspace;
  readonly stored: Repositories;
  readonly network: Network;
  readonly queue: RunQueue;
  readonly runs: RunRegistry;
  /** A connection with its secret in the clear. Errors `secret-missing`, `secret-unreadable`. */
  target(record: ConnectionRecord): Promise<Target>;
}

export async function createProgram(host: Host, workspace: Workspace, ports: ProgramPorts): Promise<Program> {
  const stored = createRepositories(workspace.database);
  return {
    ...ports,
    host,
    workspace,
    stored,
    network: createNetwork(host, () => ports.settings(), stored.ledger, await stored.ledger.entries()),
    queue: createRunQueue(),
    runs: createRunRegistry(host.clock, createRunNotices(host, ports)),
    target: async (record) => ({
      ...(await unsealTarget(stored.connections, workspace.vault, record)),
      ...(await systemRoute(host, ports, record.url)),
    }),
  };
}

/** The system's own proxy on the way to an address, where it counts and the host can tell. */
export async function systemRoute(
  host: Host,
  ports: Pick<ProgramPorts, 'settings'>,
  url: string,
): Promise<Pick<Target, 'systemProxy'>> {
  if (host.systemProxy === undefined || ports.settings().proxy.mode !== 'system') return {};
  return { systemProxy: await host.systemProxy(url) };
}
