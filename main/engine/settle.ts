import type { FieldChange, Item, WriteResult } from '../connectors/contract.js';
import { otherSide, sameValue, type FieldValue, type Side } from '../../preload/contract/values.js';
import { setBase, withoutDecision, type RowLike } from './bookkeeping.js';
import type { FieldMapping } from './mapping.js';
import { presentItem, type PairReading, type PlanContext } from './plan-context.js';
import type { PairState } from './state.js';

/** What became of one field that was written. */
export type FieldOutcome =
  | {
      readonly kind: 'done';
      readonly held: FieldValue;
      /** Somebody else's value that our write replaced unseen. */ readonly overwritten: FieldValue;
    }
  /** The tracker holds what it held before: it took nothing. */
  | { readonly kind: 'ignored' }
  /** Somebody else wrote in between and ours is not in the history: the next run decides. */
  | { readonly kind: 'overtaken' };

export interface WrittenField {
  readonly row: RowLike;
  readonly field: FieldMapping;
  readonly sent: FieldValue;
  readonly before: FieldValue;
}

/**
 * Judges one written field by what the tracker holds after the write and what its history shows since the reading
 * just before (engine.md section 2). `normalise` is the connector's.
 */
export function judgeWrite(
  written: WrittenField,
  result: WriteResult,
  fieldId: string,
  normalise: (field: string, value: FieldValue) => FieldValue,
  knows: {
    /** The tracker's history tells of every write to the field. */ readonly history: boolean;
    /** The outcome of our write is unknown. */ readonly lookup: boolean;
  },
): FieldOutcome {
  const held = result.item.fields[fieldId] ?? null;
  const sent = normalise(fieldId, written.sent);
  const same = (a: FieldValue, b: FieldValue): boolean =>
    sameValue(a, b) || sameValue(normalise(fieldId, a), normalise(fieldId, b));
  const changes = result.changes.filter((change) => change.field === fieldId);
  if (changes.length === 0) {
    if (same(held, sent)) return { kind: 'done', held, overwritten: null };
    if (same(held, written.before)) return { kind: 'ignored' };
    // A third value: of an unknown write it says nothing. Of one that was taken, it is what the tracker made of ours, if
    // its history shows that nobody else wrote; else the difference is the next run's change.
    if (knows.lookup) return { kind: 'overtaken' };
    return { kind: 'done', held: knows.history ? held : written.sent, overwritten: null };
  }
  const ours = changes.find((change) => same(change.to, sent)) ?? normalisedOurs(changes, held, result);
  if (ours === undefined) return { kind: 'overtaken' };
  const overwritten = same(ours.from, written.before) ? null : ours.from;
  // Alone in the history: what it holds now is what it made of our value. Otherwise an edit after ours is the next run's.
  return { kind: 'done', held: changes.length === 1 ? held : written.sent, overwritten };
}

/** The one change there is, where the tracker made something else of our value: still ours if nothing else happened. */
function normalisedOurs(
  changes: readonly FieldChange[],
  held: FieldValue,
  result: WriteResult,
): FieldChange | undefined {
  const [only] = changes;
  const revisions = new Set(result.changes.map((change) => change.revision));
  return changes.length === 1 && revisions.size === 1 && only !== undefined && sameValue(only.to, held)
    ? only
    : undefined;
}

/** Both bases of a finished change: the source's is what the plan read, the target's what is held. */
export function finishField(
  context: PlanContext,
  reading: PairReading,
  written: WrittenField,
  held: FieldValue,
  item: Item,
): PairState {
  const { field, row } = written;
  const { side } = row;
  if (row.half) return seenAfterHalf(reading.pair, field.id, side, held);
  const source = otherSide(side);
  const target = setBase(reading.pair, context, side, field.fields[side], held, item);
  const both = setBase(target, context, source, field.fields[source], row.source, presentItem(reading.staged[source]));
  return withoutDecision(both, field.id);
}

/** The first of two writes: the decision goes on to count for what the side holds now. */
function seenAfterHalf(pair: PairState, subject: string, side: Side, held: FieldValue): PairState {
  const decision = pair.decisions[subject];
  if (decision === undefined) return pair;
  const seen = side === 'left' ? { ...decision.seen, left: held } : { ...decision.seen, right: held };
  return { ...pair, decisions: { ...pair.decisions, [subject]: { ...decision, seen } } };
}

const flipWrites = 6;
const flipWindowMs = 60 * 60 * 1000;

/**
 * Remembers a write for the flip detector. Frozen: the last six writes within an hour went to and fro between the
 * sides, with the same value each time: two automatons answer each other, and people never get a word in.
 */
export function markWrite(
  pair: PairState,
  field: string,
  side: Side,
  value: FieldValue,
  atMs: number,
): { readonly pair: PairState; readonly flips: boolean } {
  const known = pair.flips.find((mark) => mark.field === field)?.writes ?? [];
  const writes = [...known, { side, value: JSON.stringify(value), atMs }].slice(-flipWrites);
  const recent = writes.filter((write) => atMs - write.atMs <= flipWindowMs);
  const alternate = recent.every((write, index) => index === 0 || write.side !== recent[index - 1]?.side);
  const constant = (at: Side): boolean =>
    new Set(recent.filter((write) => write.side === at).map((write) => write.value)).size === 1;
  const flips = recent.length === flipWrites && alternate && constant('left') && constant('right');
  const marks = [...pair.flips.filter((mark) => mark.field !== field), { field, writes: flips ? [] : writes }];
  return { pair: { ...pair, flips: marks }, flips };
}
