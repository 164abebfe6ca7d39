import type { Conflict } from '../../engine/state.js';
import type { BatchEntry } from '../database.js';
import { encodeJson } from './codec.js';

// Numbers are in the database, and `open` in SQL and in an index: only ever add to the end.
const states: readonly Conflict['state'][] = ['open', 'resolved', 'discarded'];

export function putConflictRow(conflict: Conflict, integrationRow: number): BatchEntry {
  const { id, pairId, state } = conflict;
  return ['conflict.put', [id, integrationRow, pairId, states.indexOf(state), encodeJson(conflict)]];
}
