import type { Statements } from '../database.js';

/**
 * The log over all runs, newest first. Parameters of every statement here, null for "any":
 *
 *     ?1 integration  ?2 run  ?3 from, ?4 to (ms since 1970)  ?5 side  ?6 kinds  ?7 field  ?8 outcomes (JSON lists)
 *     ?9 subjects (row ids, JSON)  ?10, ?11 only what stands before this run (row id) and number
 *
 * A run's clock may be set while it goes on: a day on either side before a run is passed over by its times.
 */
const runIsChosen = `run.dropping = 0
  AND (?1 IS NULL OR run.integration = (SELECT id FROM integration WHERE uid = ?1))
  AND (?2 IS NULL OR run.uid = ?2)
  AND (?3 IS NULL OR run.ended_at IS NULL OR run.ended_at >= ?3 - 86400000)
  AND (?4 IS NULL OR run.started_at <= ?4 + 86400000)
  AND run.id <= COALESCE(?10, 9223372036854775807)`;

const rowIsChosen = `(?3 IS NULL OR log.at >= ?3) AND (?4 IS NULL OR log.at <= ?4)
  AND (COALESCE(?5, ?6, ?7, ?8) IS NULL OR log.phrase IN (
    SELECT id FROM phrase WHERE (?5 IS NULL OR side = ?5) AND (?6 IS NULL OR instr(?6, '"' || kind || '"') > 0)
      AND (?7 IS NULL OR field = ?7) AND (?8 IS NULL OR instr(?8, '"' || outcome || '"') > 0)))
  AND log.seq < CASE WHEN run.id = ?10 THEN ?11 ELSE 9223372036854775807 END`;

// CROSS JOIN keeps SQLite from turning the order of the tables around: rows come in the order of the outer one.
const ofAll = `FROM run CROSS JOIN log ON log.run = run.id WHERE ?9 IS NULL AND ${runIsChosen} AND ${rowIsChosen}`;
const ofSubjects = `FROM json_each(?9) AS wanted CROSS JOIN log ON log.subject = wanted.value
  CROSS JOIN run ON run.id = log.run WHERE ${runIsChosen} AND ${rowIsChosen}`;

const windowOf = (
  rows: string,
): string => `SELECT run.id AS run_row, run.uid AS run, integration.uid AS integration, log.seq, subject.uid AS pair,
    phrase.side, phrase.kind, phrase.field, phrase.outcome, phrase.reason, log.at,
    log.address / 64 AS frame, log.address % 64 AS slot
  FROM (SELECT run.id AS run_row, log.seq AS seq ${rows} ORDER BY run.id DESC, log.seq DESC LIMIT ?12 OFFSET ?13) AS chosen
  CROSS JOIN log ON log.run = chosen.run_row AND log.seq = chosen.seq
  CROSS JOIN run ON run.id = log.run
  CROSS JOIN integration ON integration.id = run.integration
  CROSS JOIN phrase ON phrase.id = log.phrase
  LEFT JOIN subject ON subject.id = log.subject
  ORDER BY log.run DESC, log.seq DESC`;

export const logSearchStatements: Statements = {
  'log-search.window': windowOf(ofAll),
  'log-search.window-of-subjects': windowOf(ofSubjects),
  // Rows that fit, by run: where a row stands among them follows from it.
  'log-search.counts': `SELECT run.id, COUNT(*) AS rows ${ofAll} GROUP BY run.id ORDER BY run.id DESC`,
  'log-search.counts-of-subjects': `SELECT run.id, COUNT(*) AS rows ${ofSubjects} GROUP BY run.id ORDER BY run.id DESC`,
  // Numbers in a run have no gaps: a run is deleted whole. Only of runs: nothing is asked of rows.
  'log-search.run-sizes': `SELECT run.id, COALESCE((SELECT MAX(seq) + 1 FROM log WHERE log.run = run.id), 0) AS rows
    FROM run WHERE run.dropping = 0
      AND (?1 IS NULL OR run.integration = (SELECT id FROM integration WHERE uid = ?1))
      AND (?2 IS NULL OR run.uid = ?2)
    ORDER BY run.id DESC`,
  // Differs whenever rows came or went: only runs that have not ended get any.
  'log-search.version': `SELECT COUNT(*) AS runs, MAX(id) AS newest, (
      SELECT json_group_array(json_array(id, (SELECT MAX(seq) FROM log WHERE log.run = open.id)))
      FROM run AS open WHERE ended_at IS NULL AND dropping = 0) AS open
    FROM run WHERE dropping = 0`,
  'log-search.subjects': `SELECT id FROM subject WHERE uid = ?1
    UNION SELECT id FROM pair WHERE ?1 IN (left_ref, right_ref, left_key, right_key)`,
};
