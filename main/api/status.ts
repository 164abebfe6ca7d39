import { createEngineStore } from '../store/repositories/engine-store.js';
import type { Program } from '../runner/program.js';
import type { FeatureHandlers } from './dispatcher.js';

export function statusHandlers(program: Program): FeatureHandlers<'status.get'> {
  const { stored, workspace, host, network } = program;
  return {
    async 'status.get'() {
      const status = await workspace.database.status();
      const keys = workspace.vault.status();
      const connections = new Map((await stored.connections.list()).map(({ id, name }) => [id, name]));
      const recovered = [...(status.recovered?.why ?? [])];
      for (const { id, name } of await stored.integrations.list()) {
        const why = (await createEngineStore(workspace.database, id).state()).recovered;
        if (why !== null && !recovered.includes(why)) recovered.push(`${name}: ${why}`);
      }
      return {
        dataFolder: host.dataFolder,
        workspace: workspace.id,
        mode: status.mode,
        recovered,
        setAside: status.setAside,
        schemaVersion: status.schemaVersion,
        databaseBytes: status.databaseBytes,
        journalBytes: status.journalBytes,
        generations: status.generations,
        runs: { files: status.segments.runs, bytes: status.segments.bytes },
        counts: { ...(await stored.counts()) },
        keys: {
          state: keys.state,
          damaged: keys.damaged,
          slots: keys.slots.map(({ id, kind, createdAtMs }) => ({ kind, createdAtMs, usedNow: id === keys.openedBy })),
        },
        hosts: network.ledgerEntries().map(({ connectionId, refusedBecause: _why, ...entry }) => ({
          ...entry,
          connection: connections.get(connectionId) ?? connectionId,
        })),
      };
    },
  };
}
