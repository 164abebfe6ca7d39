import type { Database } from '../database.js';

export interface Retention {
  /**
   * Deletes runs that started before, with their log and its values, and what nothing refers to any more. Conflicts
   * and lost values are no part of a run: they stay until the user has dealt with them. A run that never ended stays.
   * @param beforeMs ms since 1970
   * @returns how many runs
   */
  dropRunsBefore(beforeMs: number): Promise<number>;
}

export function createRetention(database: Database): Retention {
  return {
    async dropRunsBefore(beforeMs) {
      // First marked, so that nobody sees half a run; a file whose deletion was interrupted is found here again.
      await database.write([['run.mark-dropping', [beforeMs]]], 'durable');
      const runs = await database.read<{ readonly uid: string }>('run.dropping');
      for (const { uid } of runs) {
        await database.removeRun(uid);
        await database.write(
          [
            ['run.drop-log', [uid]],
            ['run.drop', [uid]],
          ],
          'relaxed',
        );
      }
      await database.write(
        [
          ['sweep.texts', []],
          ['sweep.subjects', []],
        ],
        'durable',
      );
      return runs.length;
    },
  };
}

export function retentionLimitMs(nowMs: number, days = 90): number {
  return nowMs - days * 24 * 60 * 60 * 1000;
}
