import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connector, ScopeSchema } from '../connectors/contract.js';
import type { WaitNotice } from '../connectors/http/index.js';
import type { EngineDeps, OpenSide, Progress } from '../engine/ports.js';
import { createEngineIds } from '../ids.js';
import { createEngineStore } from '../store/repositories/engine-store.js';
import type { IntegrationRecord } from '../store/repositories/integrations.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { SideScope } from '../../preload/contract/integration.js';
import { sides, type Side, type Sided } from '../../preload/contract/values.js';
import type { OpenConnection } from './network.js';
import type { Program } from './program.js';

/** Both connections of an integration, opened; and the engine's ports bound to it. */
export interface OpenIntegration {
  readonly deps: EngineDeps;
  /** What both sides offered when they were last asked; null before. */
  schemas(): Sided<ScopeSchema> | null;
  close(): void;
}

/** @throws LockstepError `connection-unknown`, `secret-missing`, `secret-unreadable`, each naming the side */
export async function openIntegration(
  program: Program,
  integration: Pick<IntegrationRecord, 'id' | 'config'>,
  onProgress: (progress: Progress) => void,
): Promise<OpenIntegration> {
  const { workspace, host } = program;
  const told = { last: idleProgress };
  const report = (progress: Progress): void => {
    told.last = progress;
    onProgress(progress);
  };
  const connected = await openSides(program, integration.config, (side, notice) => {
    onProgress({ ...told.last, side, waiting: { why: waitWords(notice), untilMs: notice.untilMs } });
  });
  const seen: Partial<Record<Side, ScopeSchema>> = {};
  const openSide = (side: Side): OpenSide => {
    const { opened, connectionId, timeoutMs } = connected[side];
    const { capabilities, callBound } = opened.manifest;
    const connector = rememberSchema(opened.connector, (schema) => {
      seen[side] = schema;
    });
    return { connector, connectionId, capabilities, callBound, readerVersion: opened.readerVersion, timeoutMs };
  };
  return {
    deps: {
      store: createEngineStore(workspace.database, integration.id),
      sides: { left: openSide('left'), right: openSide('right') },
      ids: createEngineIds({
        workspaceId: workspace.id,
        integrationId: integration.id,
        key: workspace.vault.derive('engine-ids'),
        random: host.random,
      }),
      clock: host.clock,
      onProgress: report,
      pause: () => nextTurn(),
    },
    schemas: () =>
      seen.left === undefined || seen.right === undefined ? null : { left: seen.left, right: seen.right },
    close() {
      for (const side of sides) connected[side].opened.close();
    },
  };
}

const idleProgress: Progress = { phase: 'preflight', side: null, done: 0, total: null, item: null, waiting: null };

export interface ConnectedSide {
  readonly opened: OpenConnection;
  readonly connectionId: string;
  readonly timeoutMs: number;
}

/** Both sides' connections, whatever the integration's name; the caller closes them. */
export async function openSides(
  program: Program,
  config: Sided<SideScope>,
  onWait: (side: Side, notice: WaitNotice) => void = () => undefined,
): Promise<Sided<ConnectedSide>> {
  const open = async (side: Side): Promise<ConnectedSide> => {
    const name = config[side].connection;
    const record = await program.stored.connections.byName(name);
    if (record === null) {
      const known = (await program.stored.connections.list()).map((connection) => connection.name);
      throw new LockstepError('connection-unknown', `There is no connection "${name}" (${side} side).`, {
        action:
          known.length === 0
            ? 'Add it with: lockstep connection add'
            : `Use one of these, or add it: ${known.join(', ')}.`,
        context: { side, connection: name },
      });
    }
    const target = await program.target(record);
    const opened = program.network.open(target, (notice) => {
      onWait(side, notice);
    });
    return { opened, connectionId: record.id, timeoutMs: target.network.timeoutMs };
  };
  const left = await open('left');
  try {
    return { left, right: await open('right') };
  } catch (thrown) {
    left.opened.close();
    throw thrown;
  }
}

function rememberSchema(connector: Connector, keep: (schema: ScopeSchema) => void): Connector {
  return {
    ...connector,
    async discover(scope, signal) {
      const schema = await connector.discover(scope, signal);
      keep(schema);
      return schema;
    },
  };
}

function waitWords({ why, host, code }: WaitNotice): string {
  return why === 'rate-limit' ? `the limit of ${host}` : `${host} again${code === undefined ? '' : ` (${code})`}`;
}
