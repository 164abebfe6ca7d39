import type { Item, NotEditable } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { otherSide, sameValue, sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import { putValue, sameView, type Lens } from './lens.js';
import type { FieldMapping } from './mapping.js';
import type { Base, BaseField, Decision } from './state.js';

/** What one side of a pair says of one field. */
export interface FieldSight {
  readonly value: FieldValue;
  /** Null where this side has no base for the field. */
  readonly base: BaseField | null;
  /** Hash of the raw text as it is now, where reading it involves a parser. */
  readonly rawHash: string | null;
  readonly notEditable: NotEditable | null;
  /** When the field changed last, in our clock's time; null where the tracker cannot tell or nothing new was read. */
  readonly changedAtMs: number | null;
}

export type Verdict =
  | { readonly kind: 'none' }
  /** Both sides agree in meaning; the bases of these sides are not what they hold. */
  | { readonly kind: 'refresh'; readonly reason: Reason }
  | {
      readonly kind: 'put';
      readonly to: Side;
      readonly value: FieldValue;
      readonly reason: Reason;
      /** The target's own change that is overwritten; null where nothing of anybody's is lost. */
      readonly loser: FieldValue;
    }
  /** The user takes a value of their own; both sides get it. */
  | { readonly kind: 'put-both'; readonly values: Sided<FieldValue>; readonly reason: Reason }
  | { readonly kind: 'ask'; readonly reason: Reason }
  | { readonly kind: 'blocked'; readonly to: Side; readonly reason: Reason };

/** Two times closer than this cannot be told apart: both clocks tick in seconds, and the skew is known to a second. */
const timeGrainMs = 2000;

/**
 * The three-way decision for one field of one pair (engine.md section 2). Pure.
 * `matched`: the rule for two existing items that became a pair, where the field has none of its own.
 */
export function mergeField(
  mapping: FieldMapping,
  lens: Lens,
  sight: Sided<FieldSight>,
  decision: Decision | null,
  matched: 'left' | 'right' | 'ask',
): Verdict {
  const values = { left: sight.left.value, right: sight.right.value };
  const bothDerived = sight.left.notEditable === 'derived' && sight.right.notEditable === 'derived';
  if (bothDerived) return { kind: 'none' };
  if (sight.left.base === null || sight.right.base === null)
    return mergeWithoutBase(mapping, lens, sight, decision, matched);
  const answer = decided(mapping, lens, sight, decision);
  if (answer !== null) return answer;
  const changed = { left: hasChanged(lens, 'left', sight.left), right: hasChanged(lens, 'right', sight.right) };
  if (!changed.left && !changed.right) {
    return isStale(sight.left) || isStale(sight.right)
      ? { kind: 'refresh', reason: isStale(sight.left) ? 'changed-left' : 'changed-right' }
      : { kind: 'none' };
  }
  if (lens.related(values)) {
    const reason =
      changed.left && changed.right ? 'both-changed-equal' : changed.left ? 'changed-left' : 'changed-right';
    return { kind: 'refresh', reason };
  }
  if (changed.left !== changed.right) {
    const from: Side = changed.left ? 'left' : 'right';
    // A one-way field may be edited on its target: nothing flows back, and nobody is told on every run.
    if (!mapping.flowsFrom[from]) return { kind: 'none' };
    return put(lens, from, sight, from === 'left' ? 'changed-left' : 'changed-right', false);
  }
  return mergeBoth(mapping, lens, sight);
}

/** A change is what the other side can see: a raw change that maps to the same value is none. */
export function hasChanged(lens: Lens, side: Side, sight: FieldSight): boolean {
  if (sight.base === null) return true;
  if (sight.rawHash !== null && sight.base.raw?.hash === sight.rawHash) return false;
  return !sameView(lens.view(side, sight.value), lens.view(side, sight.base.value));
}

function isStale(sight: FieldSight): boolean {
  if (sight.base === null) return false;
  if (sight.rawHash !== null && sight.base.raw?.hash === sight.rawHash) return false;
  return !sameValue(sight.value, sight.base.value);
}

function put(lens: Lens, from: Side, sight: Sided<FieldSight>, reason: Reason, overwrites: boolean): Verdict {
  const to = otherSide(from);
  const target = sight[to];
  const wanted = putValue(lens, to, sight[from].value, target.value);
  if (!wanted.ok) return { kind: 'blocked', to, reason: wanted.reason };
  if (sameValue(wanted.value, target.value)) return { kind: 'refresh', reason };
  if (target.notEditable !== null) return { kind: 'blocked', to, reason: 'not-editable' };
  return { kind: 'put', to, value: wanted.value, reason, loser: overwrites ? target.value : null };
}

/** What the user answered; null where there is no answer that counts. It never writes against the field's direction. */
function decided(
  mapping: FieldMapping,
  lens: Lens,
  sight: Sided<FieldSight>,
  decision: Decision | null,
): Verdict | null {
  const answer = decision === null ? null : answerOf(lens, sight, decision);
  const targets = answer?.kind === 'put' ? [answer.to] : answer?.kind === 'put-both' ? sides : [];
  const against = targets.find((to) => !mapping.flowsFrom[otherSide(to)]);
  return against === undefined ? answer : { kind: 'blocked', to: against, reason: 'against-direction' };
}

function answerOf(lens: Lens, sight: Sided<FieldSight>, decision: Decision): Verdict | null {
  // A decision counts for the two values it was made on; an edit since then asks anew.
  if (sides.some((side) => !sameValue(decision.seen[side], sight[side].value))) return null;
  const { take } = decision;
  if (take === null || typeof take !== 'object' || !('side' in take)) return putOwn(lens, 'left', take, sight);
  if (take.value === undefined) return put(lens, take.side, sight, 'resolved-by-user', false);
  return putOwn(lens, take.side, take.value, sight);
}

/** This side shall hold the value, and the other one what it means there. */
function putOwn(lens: Lens, side: Side, value: FieldValue, sight: Sided<FieldSight>): Verdict {
  const reason = 'resolved-by-user';
  const other = otherSide(side);
  if (sameValue(value, sight[side].value)) return put(lens, side, sight, reason, false);
  const there = putValue(lens, other, value, sight[other].value);
  if (!there.ok) return { kind: 'blocked', to: other, reason: there.reason };
  if (sight[side].notEditable !== null) return { kind: 'blocked', to: side, reason: 'not-editable' };
  if (sameValue(there.value, sight[other].value)) return { kind: 'put', to: side, value, reason, loser: null };
  const values = side === 'left' ? { left: value, right: there.value } : { left: there.value, right: value };
  return { kind: 'put-both', values, reason };
}

function mergeBoth(mapping: FieldMapping, lens: Lens, sight: Sided<FieldSight>): Verdict {
  const { left, right } = mapping.flowsFrom;
  if (left !== right)
    return put(
      lens,
      left ? 'left' : 'right',
      sight,
      left ? 'both-changed-policy-left' : 'both-changed-policy-right',
      true,
    );
  const { policy } = mapping;
  if (policy === 'ask') return { kind: 'ask', reason: 'both-changed-ask' };
  if (policy === 'left') return put(lens, 'left', sight, 'both-changed-policy-left', true);
  if (policy === 'right') return put(lens, 'right', sight, 'both-changed-policy-right', true);
  const later = laterSide(sight);
  if (later !== null)
    return put(lens, later, sight, later === 'left' ? 'both-changed-newest-left' : 'both-changed-newest-right', true);
  if (mapping.newestElse === null) return { kind: 'ask', reason: 'both-changed-ask' };
  return put(
    lens,
    mapping.newestElse,
    sight,
    mapping.newestElse === 'left' ? 'both-changed-policy-left' : 'both-changed-policy-right',
    true,
  );
}

/** The side on which the field changed last, or null where nobody can tell. */
function laterSide(sight: Sided<FieldSight>): Side | null {
  const { left, right } = { left: sight.left.changedAtMs, right: sight.right.changedAtMs };
  if (left === null || right === null || Math.abs(left - right) < timeGrainMs) return null;
  return left > right ? 'left' : 'right';
}

function mergeWithoutBase(
  mapping: FieldMapping,
  lens: Lens,
  sight: Sided<FieldSight>,
  decision: Decision | null,
  matched: 'left' | 'right' | 'ask',
): Verdict {
  const values = { left: sight.left.value, right: sight.right.value };
  if (lens.related(values)) return { kind: 'refresh', reason: 'initial-equal' };
  const answer = decided(mapping, lens, sight, decision);
  if (answer !== null) return answer;
  const { left, right } = mapping.flowsFrom;
  if (left !== right) return put(lens, left ? 'left' : 'right', sight, left ? 'initial-left' : 'initial-right', true);
  const empty = sides.find((side) => values[side] === null);
  if (empty !== undefined && mapping.fillEmpty) return put(lens, otherSide(empty), sight, 'initial-fill', false);
  const rule = mapping.initial ?? matched;
  if (rule === 'left' || rule === 'right')
    return put(lens, rule, sight, rule === 'left' ? 'initial-left' : 'initial-right', true);
  const later = rule === 'newest' ? laterSide(sight) : null;
  if (later !== null) return put(lens, later, sight, later === 'left' ? 'initial-left' : 'initial-right', true);
  return { kind: 'ask', reason: 'initial-ask' };
}

/** What an item says of a field, or what its base says where nothing new was read. Null where neither knows it. */
export function sightOf(
  item: Item | null,
  base: Base | null,
  field: string,
  skewMs: number,
  hash: (text: string) => string,
): FieldSight | null {
  const known = base?.fields[field] ?? null;
  if (item === null) {
    if (known === null) return null;
    const notEditable = base?.notEditable[field] ?? null;
    return { value: known.value, base: known, rawHash: known.raw?.hash ?? null, notEditable, changedAtMs: null };
  }
  const raw = item.raws[field];
  const time = item.fieldTimes[field];
  const rawHash = raw === undefined ? null : hash(raw);
  // Raw text that is unchanged is unchanged, whatever a newer parser makes of it.
  const value =
    known !== null && rawHash !== null && known.raw?.hash === rawHash ? known.value : (item.fields[field] ?? null);
  return {
    value,
    base: known,
    rawHash,
    notEditable: item.notEditable[field] ?? null,
    changedAtMs: time === undefined ? null : Date.parse(time) - skewMs,
  };
}
