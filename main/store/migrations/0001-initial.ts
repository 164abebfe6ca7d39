import type { Migration } from '../database.js';

/**
 * Inside, rows are known by integers; ids of trackers are text, since they may be larger than 2^53. What is never
 * searched for lies in one compressed value a row (`body`, `rest`), which keeps the database small.
 * Tables whose rows hold long values have a rowid: a table without one moves anything over 1 KB to pages of its own.
 */
export const initial: Migration = {
  number: 1,
  title: 'initial',
  sql: [
    'CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',

    `CREATE TABLE connection (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, tracker TEXT NOT NULL,
      url TEXT NOT NULL, settings TEXT NOT NULL, network TEXT NOT NULL, secret BLOB, secret_since INTEGER,
      created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL) STRICT`,

    // A removed integration stays for the sake of its runs; its name is free again.
    `CREATE TABLE integration (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, config TEXT NOT NULL, source TEXT NOT NULL,
      created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, removed_at INTEGER) STRICT`,
    'CREATE UNIQUE INDEX integration_name ON integration (name) WHERE removed_at IS NULL',
    'CREATE TABLE integration_state (integration INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT',

    // Every pair id that was ever spoken of. `paired`: a pair of this id was stored; taken back only when its
    // integration is removed, since its marker may be out in a tracker.
    'CREATE TABLE subject (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, paired INTEGER NOT NULL) STRICT',
    `CREATE TABLE pair (
      id INTEGER PRIMARY KEY, integration INTEGER NOT NULL, left_ref TEXT, right_ref TEXT, left_key TEXT, right_key TEXT,
      status INTEGER NOT NULL, origin INTEGER NOT NULL, dirty INTEGER NOT NULL, rest BLOB) STRICT`,
    'CREATE INDEX pair_left ON pair (integration, left_ref)',
    'CREATE INDEX pair_right ON pair (integration, right_ref)',
    'CREATE INDEX pair_dirty ON pair (integration) WHERE dirty = 1',

    // id = 2 * pair + side
    'CREATE TABLE base (id INTEGER PRIMARY KEY, stamp TEXT, body BLOB NOT NULL) STRICT',
    'CREATE TABLE pair_comments (pair INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT',

    // Long texts, once. A body names its n-th one; part: 0 left base, 1 right base, 2 comments.
    'CREATE TABLE long_text (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, body BLOB NOT NULL) STRICT',
    `CREATE TABLE text_use (
      pair INTEGER, part INTEGER, n INTEGER, long_text INTEGER NOT NULL,
      PRIMARY KEY (pair, part, n)) STRICT, WITHOUT ROWID`,

    `CREATE TABLE staged (
      id INTEGER PRIMARY KEY, integration INTEGER NOT NULL, side INTEGER NOT NULL, ref TEXT NOT NULL, stamp TEXT,
      body BLOB NOT NULL, UNIQUE (integration, side, ref)) STRICT`,
    `CREATE TABLE intent (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, integration INTEGER NOT NULL, body BLOB NOT NULL) STRICT`,

    `CREATE TABLE conflict (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, integration INTEGER NOT NULL, pair TEXT NOT NULL,
      state INTEGER NOT NULL, body BLOB NOT NULL) STRICT`,
    'CREATE INDEX conflict_open ON conflict (integration) WHERE state = 0',

    // `dropping`: its rows and values are being deleted; it is shown no more.
    `CREATE TABLE run (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, integration INTEGER NOT NULL, started_at INTEGER NOT NULL,
      ended_at INTEGER, outcome TEXT NOT NULL, dropping INTEGER NOT NULL, body BLOB NOT NULL) STRICT`,
    'CREATE INDEX run_of ON run (integration, started_at)',
    'CREATE INDEX run_started ON run (started_at)',

    // What a log row says beside its values; there are few different ones. Empty text stands for null.
    `CREATE TABLE phrase (
      id INTEGER PRIMARY KEY, side TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL, outcome TEXT NOT NULL,
      reason TEXT NOT NULL, UNIQUE (kind, field, outcome, reason, side)) STRICT`,
    // address = 64 * address of the frame in the run's file + slot in that frame; at = ms since 1970
    `CREATE TABLE log (
      run INTEGER, seq INTEGER, subject INTEGER, phrase INTEGER NOT NULL, address INTEGER NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID`,
    'CREATE INDEX log_subject ON log (subject) WHERE subject IS NOT NULL',

    `CREATE TABLE preview (
      id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, integration INTEGER NOT NULL, hash TEXT NOT NULL,
      generation INTEGER NOT NULL, made_at INTEGER NOT NULL, address INTEGER NOT NULL) STRICT`,

    `CREATE TABLE act (
      id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, integration TEXT, body BLOB NOT NULL) STRICT`,
    `CREATE TABLE ledger (
      host TEXT, connection TEXT, role TEXT, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
      contacts INTEGER NOT NULL, refusals INTEGER NOT NULL, refused_because TEXT,
      PRIMARY KEY (host, connection, role)) STRICT, WITHOUT ROWID`,
  ],
};
