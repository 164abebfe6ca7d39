import { LockstepError } from '../../../preload/contract/errors.js';
import type { IntegrationConfig } from '../../../preload/contract/integration.js';
import type { Database, Row } from '../database.js';
import { previewRunId } from './previews.js';

export interface IntegrationInput {
  /** Never changes; ids of pairs are derived from it. */
  readonly id: string;
  readonly config: IntegrationConfig;
  /** The file as its user wrote it, comments included. */
  readonly source: string;
}

export interface IntegrationRecord extends IntegrationInput {
  /** That of the configuration. */
  readonly name: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export interface Integrations {
  /** By name. */
  list(): Promise<readonly IntegrationRecord[]>;
  byName(name: string): Promise<IntegrationRecord | null>;
  byId(id: string): Promise<IntegrationRecord | null>;
  /** Id of the integration of this name that was removed last, or null. Added again it must have its old pair ids. */
  removedId(name: string): Promise<string | null>;
  /**
   * Adds it, or changes the one of this id.
   * @throws LockstepError `usage` where the name belongs to another integration
   */
  put(integration: IntegrationInput, atMs: number): Promise<void>;
  /**
   * With its pairs, conflicts and previews. Its runs stay until their time is over. Its pair ids are unknown again, so
   * that markers which are still out in a tracker are seen as those of pairs that the store does not remember.
   */
  remove(id: string, atMs: number): Promise<void>;
}

interface IntegrationRow extends Row {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly config: string;
  readonly source: string;
  readonly created_at: number;
  readonly changed_at: number;
}

export function createIntegrations(database: Database): Integrations {
  const read = (statement: string, ...params: readonly string[]): Promise<readonly IntegrationRow[]> =>
    database.read<IntegrationRow>(statement, params);
  const one = async (statement: string, param: string): Promise<IntegrationRecord | null> => {
    const [row] = await read(statement, param);
    return row === undefined ? null : integrationOf(row);
  };
  const byName = (name: string): Promise<IntegrationRecord | null> => one('integration.by-name', name);

  return {
    list: async () => (await read('integration.list')).map(integrationOf),
    byName,
    byId: (id) => one('integration.by-uid', id),

    async removedId(name) {
      const [row] = await database.read<{ readonly uid: string }>('integration.removed', [name]);
      return row?.uid ?? null;
    },

    async put({ id, config, source }, atMs) {
      const { name } = config;
      const holder = await byName(name);
      if (holder !== null && holder.id !== id) {
        throw new LockstepError('usage', `There is an integration "${name}" already.`, {
          action: 'Choose another name, or replace that one.',
        });
      }
      await database.write([['integration.put', [id, name, JSON.stringify(config), source, atMs]]], 'durable');
    },

    async remove(id, atMs) {
      const [row] = await read('integration.by-uid', id);
      if (row === undefined) return;
      const previews = await database.read<{ readonly uid: string }>('preview.of-integration', [row.id]);
      for (const { uid } of previews) await database.removeRun(previewRunId(uid));
      await database.write(
        [
          ...previews.map(({ uid }) => ['preview.remove', [uid]] as const),
          // Pairs last: the others are found by them.
          ['integration.drop-bases', [row.id]],
          ['integration.drop-comments', [row.id]],
          ['integration.drop-text-uses', [row.id]],
          ['integration.forget-pairs', [row.id]],
          ['integration.drop-pairs', [row.id]],
          ['integration.drop-staged', [row.id]],
          ['integration.drop-intents', [row.id]],
          ['integration.drop-conflicts', [row.id]],
          ['integration.drop-state', [row.id]],
          ['integration.remove', [row.id, atMs]],
        ],
        'durable',
      );
    },
  };
}

function integrationOf(row: IntegrationRow): IntegrationRecord {
  return {
    id: row.uid,
    name: row.name,
    config: JSON.parse(row.config) as IntegrationConfig,
    source: row.source,
    createdAtMs: row.created_at,
    changedAtMs: row.changed_at,
  };
}
