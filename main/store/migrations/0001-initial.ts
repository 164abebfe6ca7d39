import type { Migration } from '../database.js';

export const initial: Migration = {
  number: 1,
  title: 'initial',
  sql: ['CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID'],
};
