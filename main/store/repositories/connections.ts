import { LockstepError } from '../../../preload/contract/errors.js';
import type { Database, Row } from '../database.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonRecord = Readonly<Record<string, JsonValue>>;

export interface ConnectionInput {
  /** Never changes; the name may. */
  readonly id: string;
  readonly name: string;
  readonly tracker: string;
  readonly url: string;
  /** The tracker's own settings, by the ids of its manifest. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Time limit, proxy, certificates. */
  readonly network: JsonRecord;
}

export interface ConnectionRecord extends ConnectionInput {
  /** Ms since 1970; null where none was given. */
  readonly secretSinceMs: number | null;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export interface SealedSecret {
  /** As the vault sealed it; the store cannot open it. */
  readonly sealed: Uint8Array;
  readonly sinceMs: number;
}

export interface Connections {
  /** By name. */
  list(): Promise<readonly ConnectionRecord[]>;
  byName(name: string): Promise<ConnectionRecord | null>;
  byId(id: string): Promise<ConnectionRecord | null>;
  /**
   * Adds it, or changes the one of this id; its secret stays unless another is given with it.
   * @throws LockstepError `usage` where the name belongs to another connection
   */
  put(connection: ConnectionInput, atMs: number, secret?: SealedSecret): Promise<void>;
  putSecret(id: string, secret: SealedSecret): Promise<void>;
  sealedSecret(id: string): Promise<Uint8Array | null>;
  remove(id: string): Promise<void>;
}

interface ConnectionRow extends Row {
  readonly uid: string;
  readonly name: string;
  readonly tracker: string;
  readonly url: string;
  readonly settings: string;
  readonly network: string;
  readonly secret_since: number | null;
  readonly created_at: number;
  readonly changed_at: number;
}

export function createConnections(database: Database): Connections {
  const read = async (statement: string, ...params: readonly string[]): Promise<readonly ConnectionRecord[]> =>
    (await database.read<ConnectionRow>(statement, params)).map(connectionOf);
  const one = async (statement: string, param: string): Promise<ConnectionRecord | null> =>
    (await read(statement, param))[0] ?? null;
  const byName = (name: string): Promise<ConnectionRecord | null> => one('connection.by-name', name);

  return {
    list: () => read('connection.list'),
    byName,
    byId: (id) => one('connection.by-uid', id),

    async put(connection, atMs, secret) {
      const { id, name, tracker, url, settings, network } = connection;
      const holder = await byName(name);
      if (holder !== null && holder.id !== id) {
        throw new LockstepError('usage', `There is a connection "${name}" already.`, {
          action: 'Choose another name.',
        });
      }
      await database.write(
        [
          ['connection.put', [id, name, tracker, url, JSON.stringify(settings), JSON.stringify(network), atMs]],
          ...(secret === undefined ? [] : [['connection.put-secret', [id, secret.sealed, secret.sinceMs]] as const]),
        ],
        'durable',
      );
    },

    putSecret: (id, { sealed, sinceMs }) =>
      database.write([['connection.put-secret', [id, sealed, sinceMs]]], 'durable'),

    async sealedSecret(id) {
      const [row] = await database.read<{ readonly secret: Uint8Array | null }>('connection.secret', [id]);
      return row?.secret ?? null;
    },

    remove: (id) => database.write([['connection.remove', [id]]], 'durable'),
  };
}

function connectionOf(row: ConnectionRow): ConnectionRecord {
  return {
    id: row.uid,
    name: row.name,
    tracker: row.tracker,
    url: row.url,
    settings: JSON.parse(row.settings) as ConnectionRecord['settings'],
    network: JSON.parse(row.network) as JsonRecord,
    secretSinceMs: row.secret_since,
    createdAtMs: row.created_at,
    changedAtMs: row.changed_at,
  };
}
