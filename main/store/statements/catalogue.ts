import type { Statements } from '../database.js';

const integrationColumns = 'id, uid, name, config, source, created_at, changed_at';
const connectionColumns = 'uid, name, tracker, url, settings, network, secret_since, created_at, changed_at';

/** Connections, integrations, and what the program notes beside them. */
export const catalogueStatements: Statements = {
  'meta.get': 'SELECT value FROM meta WHERE name = ?1',
  'meta.put': `INSERT INTO meta (name, value) VALUES (?1, ?2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  'meta.drop': 'DELETE FROM meta WHERE name = ?1',

  'connection.list': `SELECT ${connectionColumns} FROM connection ORDER BY name`,
  'connection.by-name': `SELECT ${connectionColumns} FROM connection WHERE name = ?1`,
  'connection.by-uid': `SELECT ${connectionColumns} FROM connection WHERE uid = ?1`,
  'connection.put': `INSERT INTO connection
      (uid, name, tracker, url, settings, network, created_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
    ON CONFLICT (uid) DO UPDATE SET name = excluded.name, tracker = excluded.tracker, url = excluded.url,
      settings = excluded.settings, network = excluded.network, changed_at = excluded.changed_at`,
  'connection.secret': 'SELECT secret FROM connection WHERE uid = ?1',
  'connection.put-secret': 'UPDATE connection SET secret = ?2, secret_since = ?3 WHERE uid = ?1',
  'connection.remove': 'DELETE FROM connection WHERE uid = ?1',

  'integration.list': `SELECT ${integrationColumns} FROM integration WHERE removed_at IS NULL ORDER BY name`,
  'integration.by-name': `SELECT ${integrationColumns} FROM integration WHERE name = ?1 AND removed_at IS NULL`,
  'integration.by-uid': `SELECT ${integrationColumns} FROM integration WHERE uid = ?1 AND removed_at IS NULL`,
  'integration.removed': `SELECT uid FROM integration WHERE name = ?1 AND removed_at IS NOT NULL
    ORDER BY removed_at DESC, id DESC LIMIT 1`,
  'integration.put': `INSERT INTO integration (uid, name, config, source, created_at, changed_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (uid) DO UPDATE SET name = excluded.name, config = excluded.config, source = excluded.source,
      changed_at = excluded.changed_at, removed_at = NULL`,
  'integration.remove': 'UPDATE integration SET removed_at = ?2 WHERE id = ?1',
  'integration.drop-state': 'DELETE FROM integration_state WHERE integration = ?1',
  'integration.drop-bases': `DELETE FROM base WHERE id IN (
    SELECT 2 * id FROM pair WHERE integration = ?1 UNION ALL SELECT 2 * id + 1 FROM pair WHERE integration = ?1)`,
  'integration.drop-comments': 'DELETE FROM pair_comments WHERE pair IN (SELECT id FROM pair WHERE integration = ?1)',
  'integration.drop-text-uses': 'DELETE FROM text_use WHERE pair IN (SELECT id FROM pair WHERE integration = ?1)',
  'integration.forget-pairs': `UPDATE subject SET paired = 0
    WHERE id IN (SELECT id FROM pair WHERE integration = ?1)`,
  'integration.drop-pairs': 'DELETE FROM pair WHERE integration = ?1',
  'integration.drop-staged': 'DELETE FROM staged WHERE integration = ?1',
  'integration.drop-intents': 'DELETE FROM intent WHERE integration = ?1',
  'integration.drop-conflicts': 'DELETE FROM conflict WHERE integration = ?1',

  'act.add': 'INSERT INTO act (at, kind, integration, body) VALUES (?1, ?2, ?3, ?4)',
  'act.list': `SELECT id, at, kind, integration, body FROM act
    WHERE (?1 IS NULL OR integration = ?1) AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3`,

  'ledger.put': `INSERT INTO ledger
      (host, connection, role, first_at, last_at, contacts, refusals, refused_because)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (host, connection, role) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at,
      contacts = excluded.contacts, refusals = excluded.refusals, refused_because = excluded.refused_because`,
  'ledger.list': `SELECT host, connection, role, first_at, last_at, contacts, refusals, refused_because FROM ledger
    ORDER BY host, connection, role`,

  'status.counts': `SELECT
    (SELECT COUNT(*) FROM connection) AS connections,
    (SELECT COUNT(*) FROM integration WHERE removed_at IS NULL) AS integrations,
    (SELECT COUNT(*) FROM pair WHERE status <> 3) AS pairs,
    (SELECT COUNT(*) FROM pair WHERE status = 3) AS ended_pairs,
    (SELECT COUNT(*) FROM pair WHERE dirty = 1) AS dirty_pairs,
    (SELECT COUNT(*) FROM staged) AS staged,
    (SELECT COUNT(*) FROM intent) AS open_intents,
    (SELECT COUNT(*) FROM conflict WHERE state = 0) AS open_conflicts,
    (SELECT COUNT(*) FROM run WHERE dropping = 0) AS runs,
    (SELECT COUNT(*) FROM log) AS log_rows,
    (SELECT COUNT(*) FROM long_text) AS long_texts,
    (SELECT COUNT(*) FROM preview) AS previews`,
};
