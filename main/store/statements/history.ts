import type { Statements } from '../database.js';

const runColumns = 'run.body, integration.uid AS integration, integration.name';
const runTables = 'run JOIN integration ON integration.id = run.integration';

const logColumns = `run.id AS run_row, run.uid AS run, log.seq, subject.uid AS pair, phrase.side, phrase.kind, phrase.field,
  phrase.outcome, phrase.reason, log.at, log.address / 64 AS frame, log.address % 64 AS slot`;
const logTables = `CROSS JOIN phrase ON phrase.id = log.phrase
  LEFT JOIN subject ON subject.id = log.subject`;

const conflictColumns = 'conflict.body, integration.uid AS integration';

// Part of a key or ref, whatever the case of its letters.
const pairPage = `FROM pair JOIN subject ON subject.id = pair.id
  WHERE pair.integration = (SELECT id FROM integration WHERE uid = ?1)
    AND (?2 IS NULL OR instr(lower(ifnull(left_ref, '') || char(10) || ifnull(right_ref, '') || char(10)
      || ifnull(left_key, '') || char(10) || ifnull(right_key, '') || char(10) || subject.uid), lower(?2)) > 0)
    AND (?3 IS NULL OR pair.status = ?3) AND (?4 IS NULL OR pair.dirty = ?4)`;

/** Runs, their logs, conflicts, previews, and what is deleted in time. */
export const historyStatements: Statements = {
  'run.list': `SELECT ${runColumns} FROM ${runTables}
    WHERE run.dropping = 0 AND (?1 IS NULL OR integration.uid = ?1) AND (?2 IS NULL OR run.started_at < ?2)
    ORDER BY run.started_at DESC, run.id DESC LIMIT ?3`,
  'run.get': `SELECT ${runColumns} FROM ${runTables} WHERE run.uid = ?1 AND run.dropping = 0`,
  'run.oldest': 'SELECT MIN(started_at) AS at FROM run WHERE dropping = 0',
  'run.open': `SELECT ${runColumns} FROM ${runTables}
    WHERE run.ended_at IS NULL AND run.dropping = 0 AND (?1 IS NULL OR integration.uid = ?1) ORDER BY run.id`,
  // ?1: starts of the days and the end of the last, ascending, JSON; ?2 the first of them, ?3 the end.
  'run.per-day': `SELECT integration.uid AS integration, run.outcome, COUNT(*) AS runs,
      (SELECT COUNT(*) FROM json_each(?1) AS start WHERE start.value <= run.started_at) - 1 AS day
    FROM run JOIN integration ON integration.id = run.integration
    WHERE run.started_at >= ?2 AND run.started_at < ?3 AND run.dropping = 0 AND integration.removed_at IS NULL
    GROUP BY integration.id, day, run.outcome ORDER BY integration.name, day, run.outcome`,

  'log.page': `SELECT ${logColumns} FROM run CROSS JOIN log ON log.run = run.id ${logTables}
    WHERE run.uid = ?1 AND run.dropping = 0 AND log.seq > ?2
      AND (?3 IS NULL OR subject.uid IN (SELECT value FROM json_each(?3)))
      AND (?4 IS NULL OR phrase.field = ?4) AND (?5 IS NULL OR phrase.outcome = ?5)
      AND (?6 IS NULL OR phrase.kind = ?6)
    ORDER BY log.seq LIMIT ?7`,
  'log.count': 'SELECT COUNT(*) AS rows FROM log WHERE run = (SELECT id FROM run WHERE uid = ?1)',
  // Newest first, from the place (run, number) on that the page before ended at.
  'log.of-pairs': `SELECT ${logColumns} FROM json_each(?1) AS wanted
    CROSS JOIN subject ON subject.uid = wanted.value
    CROSS JOIN log ON log.subject = subject.id
    CROSS JOIN run ON run.id = log.run AND run.dropping = 0
    CROSS JOIN phrase ON phrase.id = log.phrase
    WHERE (?2 IS NULL OR phrase.field = ?2) AND (?3 IS NULL OR (log.run, log.seq) < (?3, ?4))
    ORDER BY log.run DESC, log.seq DESC LIMIT ?5`,

  'pair.find': `SELECT subject.uid, integration.uid AS integration, integration.id AS integration_row
    FROM pair JOIN subject ON subject.id = pair.id JOIN integration ON integration.id = pair.integration
    WHERE (?1 IS NULL OR integration.uid = ?1)
      AND (subject.uid = ?2 OR left_ref = ?2 OR right_ref = ?2 OR left_key = ?2 OR right_key = ?2)
    ORDER BY pair.status = 3, integration.name, subject.uid LIMIT ?3`,

  'pair.page': `SELECT subject.uid, pair.integration AS integration_row ${pairPage} ORDER BY pair.id DESC LIMIT ?5 OFFSET ?6`,
  'pair.page-count': `SELECT COUNT(*) AS pairs ${pairPage}`,

  'conflict.list': `SELECT ${conflictColumns}
    FROM conflict CROSS JOIN integration ON integration.id = conflict.integration
    WHERE conflict.state = 0 AND (?1 IS NULL OR integration.uid = ?1) ORDER BY conflict.id`,
  'conflict.get': `SELECT ${conflictColumns}
    FROM conflict JOIN integration ON integration.id = conflict.integration WHERE conflict.uid = ?1`,
  'conflict.open-count': `SELECT COUNT(*) AS open
    FROM conflict JOIN integration ON integration.id = conflict.integration
    WHERE conflict.state = 0 AND integration.uid = ?1`,

  'preview.put': `INSERT INTO preview (uid, integration, hash, generation, made_at, address)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
  'preview.get': 'SELECT made_at, address FROM preview WHERE uid = ?1',
  'preview.before': 'SELECT uid FROM preview WHERE made_at < ?1 ORDER BY id',
  'preview.of-integration': 'SELECT uid FROM preview WHERE integration = ?1 ORDER BY id',
  'preview.remove': 'DELETE FROM preview WHERE uid = ?1',

  // A run that did not end waits for its integration's next one, which closes it.
  'run.mark-dropping': 'UPDATE run SET dropping = 1 WHERE started_at < ?1 AND ended_at IS NOT NULL',
  'run.dropping': 'SELECT uid FROM run WHERE dropping = 1 ORDER BY id',
  'run.drop-log': 'DELETE FROM log WHERE run = (SELECT id FROM run WHERE uid = ?1)',
  'run.drop': 'DELETE FROM run WHERE uid = ?1',
  'sweep.texts': 'DELETE FROM long_text WHERE id NOT IN (SELECT long_text FROM text_use)',
  'sweep.subjects': `DELETE FROM subject WHERE paired = 0
    AND id NOT IN (SELECT subject FROM log WHERE subject IS NOT NULL)`,
};
