import { LockstepError } from '../../preload/contract/errors.js';
import type { JournalEntry } from './batch-codec.js';
import type { Scalar } from './database.js';
import type { SqlJsStatic } from './sqlite.js';

/** Rows as sql.js gives them: one list of names, one list of values a row. */
export interface RawRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** One database in memory. The only code that knows sql.js. */
export interface SqliteSession {
  read(sql: string, params: readonly Scalar[]): RawRows;
  /** All or none. @throws LockstepError `internal`; the database is then as it was before */
  runBatch(entries: readonly JournalEntry[]): void;
  /** The database as the bytes of an SQLite file; the same bytes for the same history of batches. */
  exportBytes(): Uint8Array;
  schemaVersion(): number;
  /** Problems that SQLite's own check finds; empty where it is sound. */
  quickCheck(): readonly string[];
  sizeBytes(): number;
  /** Whether a roll-back failed, or SQLite itself broke down: memory can no longer be trusted. */
  isBroken(): boolean;
  close(): void;
}

/** @param bytes an SQLite file; null for an empty database. Must not be used by the caller afterwards. */
export function openSqliteSession(sqlite: SqlJsStatic, bytes: Uint8Array | null): SqliteSession {
  const database = new sqlite.Database(bytes);
  type Prepared = ReturnType<typeof database.prepare>;
  const prepared = new Map<string, { readonly statement: Prepared; readonly paramCount: number }>();
  let broken = false;

  // `memory` keeps ROLLBACK (`off` would not), and is several times faster than the default for small batches.
  for (const pragma of ['journal_mode = memory', 'foreign_keys = on', 'temp_store = memory', 'cache_size = -32000']) {
    database.run(`PRAGMA ${pragma}`);
  }

  const prepare = (sql: string): { readonly statement: Prepared; readonly paramCount: number } => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = { statement: database.prepare(sql), paramCount: countParams(sql) };
    prepared.set(sql, made);
    return made;
  };

  const bind = (sql: string, params: readonly Scalar[]): Prepared => {
    const { statement, paramCount } = prepare(sql);
    // sql.js binds NULL for what is missing, in silence.
    if (params.length !== paramCount) {
      throw new LockstepError(
        'internal',
        `A statement takes ${String(paramCount)} values, not ${String(params.length)}.`,
      );
    }
    statement.bind([...params]);
    return statement;
  };

  const step = (sql: string, params: readonly Scalar[]): void => {
    const statement = bind(sql, params);
    try {
      // A statement with RETURNING has rows; it is only complete when all were stepped over.
      while (statement.step());
    } finally {
      statement.reset();
    }
  };

  const numberOf = (sql: string): number => {
    const value = database.exec(sql)[0]?.values[0]?.[0];
    return typeof value === 'number' ? value : 0;
  };

  return {
    read(sql, params) {
      const statement = bind(sql, params);
      try {
        const columns = statement.getColumnNames();
        const rows: Scalar[][] = [];
        while (statement.step()) rows.push(statement.get());
        return { columns, rows };
      } catch (thrown) {
        broken ||= isBreakdown(thrown);
        throw asDatabaseError(thrown);
      } finally {
        statement.reset();
      }
    },

    runBatch(entries) {
      step('BEGIN IMMEDIATE', []);
      try {
        for (const { sql, params } of entries) step(sql, params);
        step('COMMIT', []);
      } catch (thrown) {
        try {
          step('ROLLBACK', []);
        } catch {
          broken = true;
        }
        broken ||= isBreakdown(thrown);
        throw asDatabaseError(thrown);
      }
    },

    exportBytes: () => database.export(),
    schemaVersion: () => numberOf('PRAGMA user_version'),
    quickCheck() {
      try {
        const found = database.exec('PRAGMA quick_check(10)')[0]?.values.map(([line]) => String(line)) ?? [];
        return found.length === 1 && found[0] === 'ok' ? [] : found;
      } catch (thrown) {
        return [thrown instanceof Error ? thrown.message : String(thrown)];
      }
    },
    sizeBytes: () => numberOf('PRAGMA page_count') * numberOf('PRAGMA page_size'),
    isBroken: () => broken,
    close() {
      for (const { statement } of prepared.values()) statement.free();
      prepared.clear();
      database.close();
    },
  };
}

/** Values that a statement takes: its `?`, or the highest `?NNN`. Quoted text is no parameter. */
function countParams(sql: string): number {
  const bare = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g, '');
  let count = 0;
  for (const [, number] of bare.matchAll(/\?(\d*)/g)) {
    count = number === undefined || number === '' ? count + 1 : Math.max(count, Number(number));
  }
  return count;
}

/** Emscripten's abort, or out of memory: `WebAssembly.RuntimeError`. */
function isBreakdown(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'RuntimeError';
}

function asDatabaseError(thrown: unknown): LockstepError {
  if (thrown instanceof LockstepError) return thrown;
  // SQLite's messages name tables and columns, never values.
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LockstepError('internal', `The database refused a statement: ${message}.`, { cause: thrown });
}
