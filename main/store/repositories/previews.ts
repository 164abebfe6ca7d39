import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Preview } from '../../engine/run-types.js';
import { type Database, segmentValue } from '../database.js';
import { findIntegrationRow } from './engine-store.js';

/** A stored preview may be executed for so long. */
export const previewLifeMs = 24 * 60 * 60 * 1000;

export interface Previews {
  /** @param integrationId the unchanging one; where it is unknown that is `internal` */
  put(preview: Preview, integrationId: string): Promise<void>;
  /** Null where there is none of this id, or it is older than 24 hours. */
  get(id: string, nowMs: number): Promise<Preview | null>;
  /** Deletes those that are older than 24 hours. @returns how many */
  expire(nowMs: number): Promise<number>;
  remove(id: string): Promise<void>;
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The preview lies in a file like that of a run; it may be as large as all that was read. */
export function previewRunId(id: string): string {
  return `preview-${id}`;
}

export function createPreviews(database: Database): Previews {
  const remove = async (id: string): Promise<void> => {
    // The row last: as long as it is there, a file that is left is found again.
    await database.removeRun(previewRunId(id));
    await database.write([['preview.remove', [id]]], 'durable');
  };

  return {
    async put(preview, integrationId) {
      const row = await findIntegrationRow(database, integrationId);
      // Off this thread: a first plan may take seconds to compress.
      const bytes = await deflate(Buffer.from(JSON.stringify(preview), 'utf8'));
      const { id, hash, generation, madeAtMs } = preview;
      const value = segmentValue(previewRunId(id), new Uint8Array(bytes));
      await database.write([['preview.put', [id, row, hash, generation, madeAtMs, value]]], 'durable');
      await database.closeRun(previewRunId(id));
    },

    async get(id, nowMs) {
      type PreviewRow = { readonly made_at: number; readonly address: number };
      const [row] = await database.read<PreviewRow>('preview.get', [id]);
      if (row === undefined || row.made_at < nowMs - previewLifeMs) return null;
      const bytes = await database.readValue(previewRunId(id), row.address);
      return JSON.parse((await inflate(bytes)).toString('utf8')) as Preview;
    },

    async expire(nowMs) {
      const old = await database.read<{ readonly uid: string }>('preview.before', [nowMs - previewLifeMs]);
      for (const { uid } of old) await remove(uid);
      return old.length;
    },

    remove,
  };
}
