import type { Statements } from '../database.js';

const subjectOf = (param: string): string => `(SELECT id FROM subject WHERE uid = ${param})`;

const pairColumns = `pair.id, subject.uid, pair.left_ref, pair.right_ref, pair.left_key, pair.right_key, pair.status,
  pair.origin, pair.dirty, pair.rest, left_base.stamp AS left_stamp, left_base.body AS left_base,
  right_base.stamp AS right_stamp, right_base.body AS right_base, pair_comments.body AS comments`;

const pairParts = `LEFT JOIN base AS left_base ON left_base.id = 2 * pair.id
  LEFT JOIN base AS right_base ON right_base.id = 2 * pair.id + 1
  LEFT JOIN pair_comments ON pair_comments.pair = pair.id`;

// CROSS JOIN keeps SQLite from turning the order of the tables around. Of several holders of a ref the last row
// counts: a pair that has not ended, else the latest.
const byRef = (side: 'left' | 'right'): string => `SELECT wanted.value AS ref, ${pairColumns}
  FROM json_each(?2) AS wanted
  CROSS JOIN pair ON pair.integration = ?1 AND pair.${side}_ref = wanted.value
  CROSS JOIN subject ON subject.id = pair.id
  ${pairParts}
  ORDER BY pair.status = 3 DESC, pair.id`;

const stampsByRef = (side: 'left' | 'right', number: 0 | 1): string => `SELECT wanted.value AS ref, base.stamp
  FROM json_each(?2) AS wanted
  CROSS JOIN pair ON pair.integration = ?1 AND pair.${side}_ref = wanted.value
  LEFT JOIN base ON base.id = 2 * pair.id + ${String(number)}
  ORDER BY pair.status = 3 DESC, pair.id`;

/** What the engine's store reads and writes. `?1` of a reading statement is the integration's row id. */
export const engineStatements: Statements = {
  'integration.row': 'SELECT id FROM integration WHERE uid = ?1 AND removed_at IS NULL',
  'state.get': 'SELECT body FROM integration_state WHERE integration = ?1',
  'state.put': `INSERT INTO integration_state (integration, body) VALUES (?1, ?2)
    ON CONFLICT (integration) DO UPDATE SET body = excluded.body`,

  'subject.speak': 'INSERT INTO subject (uid, paired) VALUES (?1, 0) ON CONFLICT (uid) DO NOTHING',
  'subject.pair': `INSERT INTO subject (uid, paired) VALUES (?1, 1)
    ON CONFLICT (uid) DO UPDATE SET paired = 1 WHERE paired = 0`,
  'subject.paired': 'SELECT paired FROM subject WHERE uid = ?1',

  'pair.put': `INSERT INTO pair
      (id, integration, left_ref, right_ref, left_key, right_key, status, origin, dirty, rest)
    VALUES (${subjectOf('?1')}, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (id) DO UPDATE SET integration = excluded.integration,
      left_ref = excluded.left_ref, right_ref = excluded.right_ref,
      left_key = excluded.left_key, right_key = excluded.right_key, status = excluded.status,
      origin = excluded.origin, dirty = excluded.dirty, rest = excluded.rest`,
  'pair.set-dirty': `UPDATE pair SET dirty = 1 WHERE id = ${subjectOf('?1')}`,
  'pair.by-left': byRef('left'),
  'pair.by-right': byRef('right'),
  'pair.by-uid': `SELECT ${pairColumns} FROM json_each(?2) AS wanted
    CROSS JOIN subject ON subject.uid = wanted.value
    CROSS JOIN pair ON pair.id = subject.id AND pair.integration = ?1
    ${pairParts} ORDER BY subject.uid`,
  'pair.dirty-uids': `SELECT subject.uid FROM pair JOIN subject ON subject.id = pair.id
    WHERE pair.integration = ?1 AND pair.dirty = 1 ORDER BY subject.uid`,
  'pair.active': `SELECT subject.uid, pair.left_ref, pair.right_ref FROM pair JOIN subject ON subject.id = pair.id
    WHERE pair.integration = ?1 AND pair.status <> 3 ORDER BY subject.uid`,

  'base.put': `INSERT INTO base (id, stamp, body) VALUES (2 * ${subjectOf('?1')} + ?2, ?3, ?4)
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, body = excluded.body`,
  'base.drop': `DELETE FROM base WHERE id = 2 * ${subjectOf('?1')} + ?2`,
  'comments.put': `INSERT INTO pair_comments (pair, body) VALUES (${subjectOf('?1')}, ?2)
    ON CONFLICT (pair) DO UPDATE SET body = excluded.body`,
  'comments.drop': `DELETE FROM pair_comments WHERE pair = ${subjectOf('?1')}`,

  'text.put': 'INSERT INTO long_text (hash, body) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING',
  'text.use': `INSERT INTO text_use (pair, part, n, long_text)
    VALUES (${subjectOf('?1')}, ?2, ?3, (SELECT id FROM long_text WHERE hash = ?4))`,
  'text.unuse': `DELETE FROM text_use WHERE pair = ${subjectOf('?1')} AND part = ?2`,
  'text.of-pairs': `SELECT text_use.pair, text_use.part, text_use.n, long_text.body
    FROM json_each(?1) AS wanted
    CROSS JOIN text_use ON text_use.pair = wanted.value
    CROSS JOIN long_text ON long_text.id = text_use.long_text
    ORDER BY text_use.pair, text_use.part, text_use.n`,

  'staged.put': `INSERT INTO staged (integration, side, ref, stamp, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (integration, side, ref) DO UPDATE SET stamp = excluded.stamp, body = excluded.body`,
  'staged.put-new': `INSERT INTO staged (integration, side, ref, stamp, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (integration, side, ref) DO NOTHING`,
  'staged.drop': 'DELETE FROM staged WHERE integration = ?1 AND side = ?2 AND ref = ?3',
  'staged.page': `SELECT side, ref, body FROM staged
    WHERE integration = ?1 AND (side, ref) > (?2, ?3) ORDER BY side, ref LIMIT ?4`,
  'staged.stamps': `SELECT staged.ref, staged.stamp FROM json_each(?2) AS wanted
    CROSS JOIN staged ON staged.integration = ?1 AND staged.side = ?3 AND staged.ref = wanted.value`,
  'base.stamps-left': stampsByRef('left', 0),
  'base.stamps-right': stampsByRef('right', 1),

  'intent.open': `INSERT INTO intent (uid, integration, body) VALUES (?1, ?2, ?3)
    ON CONFLICT (uid) DO UPDATE SET body = excluded.body`,
  'intent.end': 'DELETE FROM intent WHERE uid = ?1 AND integration = ?2',
  'intent.all': 'SELECT body FROM intent WHERE integration = ?1 ORDER BY id',

  'conflict.put': `INSERT INTO conflict (uid, integration, pair, state, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (uid) DO UPDATE SET pair = excluded.pair, state = excluded.state, body = excluded.body`,
  'conflict.open': 'SELECT body FROM conflict WHERE integration = ?1 AND state = 0 ORDER BY id',

  'run.put': `INSERT INTO run (uid, integration, started_at, ended_at, outcome, dropping, body)
      VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)
    ON CONFLICT (uid) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
      outcome = excluded.outcome, body = excluded.body`,

  'phrase.put': `INSERT INTO phrase (side, kind, field, outcome, reason) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT DO NOTHING`,
  // sql.js hands large numbers over as floating point, which times 64 would no longer be exact.
  'log.first': `INSERT INTO log (run, seq, subject, phrase, address, at) VALUES (
    (SELECT id FROM run WHERE uid = ?1),
    COALESCE((SELECT MAX(seq) + 1 FROM log WHERE run = (SELECT id FROM run WHERE uid = ?1)), 0),
    ${subjectOf('?2')},
    (SELECT id FROM phrase WHERE side = ?3 AND kind = ?4 AND field = ?5 AND outcome = ?6 AND reason = ?7),
    CAST(?9 AS INTEGER) * 64, ?8)`,
  // The next value in the frame of the row before.
  'log.next': `INSERT INTO log (run, seq, subject, phrase, address, at)
    SELECT last.run, last.seq + 1, ${subjectOf('?2')},
      (SELECT id FROM phrase WHERE side = ?3 AND kind = ?4 AND field = ?5 AND outcome = ?6 AND reason = ?7),
      last.address + 1, ?8
    FROM log AS last WHERE last.run = (SELECT id FROM run WHERE uid = ?1) ORDER BY last.seq DESC LIMIT 1`,
};
