import { LockstepError } from '../../preload/contract/errors.js';
import type { Migration, Statements } from './database.js';

export type StatementKind = 'read' | 'write';

/** SQL without comments, and with every quoted text and name emptied: what is left are its own words. */
function bareSql(sql: string): string {
  return sql
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g, (match) =>
      match.startsWith('-') || match.startsWith('/*') ? ' ' : match.startsWith("'") ? "''" : '""',
    )
    .trim();
}

export function statementKindOf(sql: string): StatementKind {
  const bare = bareSql(sql);
  if (/^select\b/i.test(bare)) return 'read';
  if (/^with\b/i.test(bare) && !/\b(insert|update|delete|replace)\b(?!\s*\()/i.test(bare)) return 'read';
  return 'write';
}

/**
 * What a replay of the journal would answer differently: chance, the clock, and what the connection remembers.
 * Date functions are refused whole; that is simpler than telling `date('now')` and `date()` from `date(:day)`.
 */
const notRepeatable =
  /\b(?:current_(?:time|date|timestamp)|(?:random|randomblob|date|time|datetime|julianday|unixepoch|strftime|timediff|changes|total_changes|last_insert_rowid|sqlite_version|sqlite_source_id)\s*\()/i;

/** The word that makes a writing statement answer differently on replay, or null. */
export function findNotRepeatable(sql: string): string | null {
  return notRepeatable.exec(bareSql(sql))?.[0] ?? null;
}

const allowedFirstWord = /^(?:insert|update|delete|replace|with|select)\b/i;
const allowedInMigration = /^(?:insert|update|delete|replace|with|create|alter|drop)\b/i;

/**
 * Refuses statements that could not be replayed from the journal, or that would end the batch they stand in.
 * @throws LockstepError `internal`
 */
export function checkStatements(statements: Statements, migrations: readonly Migration[]): void {
  for (const [id, sql] of Object.entries(statements)) checkOne(`Statement ${id}`, sql, allowedFirstWord);
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1) throw new LockstepError('internal', 'Migrations must be numbered 1, 2, 3 ...');
    for (const sql of migration.sql) checkOne(`Migration ${String(migration.number)}`, sql, allowedInMigration);
  });
}

function checkOne(name: string, sql: string, firstWord: RegExp): void {
  const bare = bareSql(sql);
  if (!firstWord.test(bare)) throw new LockstepError('internal', `${name} starts with a word that is not allowed.`);
  // A trigger's body is the one place where a statement holds others.
  if (/;\s*\S/.test(bare) && !/^create\s+(?:temp\s+)?trigger\b/i.test(bare)) {
    throw new LockstepError('internal', `${name} holds more than one statement.`);
  }
  const word = statementKindOf(sql) === 'write' ? findNotRepeatable(sql) : null;
  if (word !== null) {
    throw new LockstepError('internal', `${name} is not repeatable: it uses ${word.replace('(', '()')}.`);
  }
}
