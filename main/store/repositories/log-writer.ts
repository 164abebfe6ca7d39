import type { LogEntry } from '../../engine/state.js';
import { type BatchEntry, segmentValue } from '../database.js';
import { pack } from './codec.js';

/** Entries that share one frame of the run's file: they compress together, and a frame is read as a whole. */
export const entriesPerFrame = 64;
const frameCharacters = 128 * 1024;

/** What stands in a run's file for one entry; the run is the file's. */
export type StoredLogEntry = Omit<LogEntry, 'runId'>;

/**
 * Statements that store log entries, in their order: each gets the run's next number. The run has to be stored before.
 * @param isPaired whether the pair's id is known to the database for good
 */
export function putLog(entries: readonly LogEntry[], isPaired: (pairId: string) => boolean): readonly BatchEntry[] {
  const batch: BatchEntry[] = [];
  const spoken = new Set<string>();
  const phrased = new Set<string>();
  for (const { runId, json, members } of framesOf(entries)) {
    members.forEach((entry, slot) => {
      const { pairId } = entry;
      if (pairId !== null && !spoken.has(pairId) && !isPaired(pairId)) {
        spoken.add(pairId);
        batch.push(['subject.speak', [pairId]]);
      }
      const phrase = phraseOf(entry);
      const key = phrase.join('\n');
      if (!phrased.has(key)) {
        phrased.add(key);
        batch.push(['phrase.put', phrase]);
      }
      const [side, kind, field, outcome, reason] = phrase;
      const row = [runId, pairId, side, kind, field, outcome, reason, Math.round(entry.atMs)] as const;
      if (slot === 0) batch.push(['log.first', [...row, segmentValue(runId, pack(json))]]);
      else batch.push(['log.next', row]);
    });
  }
  return batch;
}

function phraseOf(entry: LogEntry): readonly [string, string, string, string, string] {
  return [entry.side ?? '', entry.kind, entry.field ?? '', entry.outcome, entry.reason ?? ''];
}

interface LogFrame {
  readonly runId: string;
  readonly members: readonly LogEntry[];
  /** Of all members, a JSON array. */
  readonly json: string;
}

function framesOf(entries: readonly LogEntry[]): readonly LogFrame[] {
  const frames: LogFrame[] = [];
  let members: LogEntry[] = [];
  let texts: string[] = [];
  let characters = 0;
  const end = (): void => {
    const [first] = members;
    if (first !== undefined) frames.push({ runId: first.runId, members, json: `[${texts.join(',')}]` });
    members = [];
    texts = [];
    characters = 0;
  };
  for (const entry of entries) {
    const { runId, ...rest } = entry;
    if (members[0]?.runId !== runId || members.length === entriesPerFrame || characters > frameCharacters) end();
    const text = JSON.stringify(rest satisfies StoredLogEntry);
    members.push(entry);
    texts.push(text);
    characters += text.length;
  }
  end();
  return frames;
}
