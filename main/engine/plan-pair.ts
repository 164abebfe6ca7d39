import type { Item } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { otherSide, sameValue, sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import { identityLens } from './lens.js';
import type { FieldMapping } from './mapping.js';
import { hasChanged, mergeField, sightOf, type FieldSight, type Verdict } from './merge.js';
import { planComments, sightOfComment } from './plan-comments.js';
import { draftRow, gateOf, presentItem, type PairReading, type PlanContext, type RowDraft } from './plan-context.js';
import type { PairState } from './state.js';

const sided = <T extends Reason>(side: Side, left: T, right: T): T => (side === 'left' ? left : right);

/** A user's answer to a review: none of the candidates is it. */
export const createAnew = 'new';

/** Everything that a run would do to one pair. Pure; empty where the pair is in step. */
export function planPair(context: PlanContext, reading: PairReading): readonly RowDraft[] {
  const { pair, staged } = reading;
  if (pair.status === 'ended') return [];
  if (context.waiting.has(pair.id)) {
    return [
      draftRow(reading, {
        kind: 'skip',
        side: pair.refs.left === null ? 'left' : 'right',
        reason: 'waits-for-lookup',
        note: 'a write of unknown outcome is looked up first',
      }),
    ];
  }
  if (pair.status === 'frozen' && Object.keys(pair.decisions).length === 0) {
    return [
      draftRow(reading, {
        kind: 'skip',
        side: 'left',
        reason: 'frozen-flip',
        note: 'a field went back and forth; resolve the conflict to go on',
      }),
    ];
  }
  const gone = sides.filter((side) => staged[side]?.seen === 'gone');
  if (gone.length > 0) return planGone(context, reading, gone);
  const hidden = sides.find((side) => staged[side]?.seen === 'not-visible');
  if (hidden !== undefined) {
    return [
      draftRow(reading, {
        kind: 'skip',
        side: hidden,
        reason: sided(hidden, 'not-visible-left', 'not-visible-right'),
        note: 'the account may not see this item (any more)',
      }),
    ];
  }
  const out = sides.find((side) => staged[side]?.seen === 'out-of-scope');
  if (out !== undefined) {
    if (pair.status === 'resting') return [];
    return [
      draftRow(reading, { kind: 'rest', side: out, reason: sided(out, 'out-of-scope-left', 'out-of-scope-right') }),
    ];
  }
  if (sides.some((side) => staged[side]?.seen === 'unread')) return [];
  const secret = sides.find((side) => presentItem(staged[side])?.private === true);
  if (secret !== undefined) {
    return [
      draftRow(reading, {
        kind: 'skip',
        side: secret,
        reason: sided(secret, 'private-left', 'private-right'),
        note: 'a private item stays where it is',
      }),
    ];
  }
  if (pair.refs.left === null || pair.refs.right === null) return planTwin(context, reading);
  const woken = pair.status === 'resting' ? wake(reading) : [];
  if (pair.status === 'resting' && woken.length === 0) return [];
  const rows = [...woken];
  for (const field of context.mapping.fields) for (const row of planField(context, reading, field)) rows.push(row);
  for (const row of planComments(context, reading)) rows.push(row);
  return rows;
}

/** A resting pair goes on when the side that had left the scope is read in it again. */
function wake(reading: PairReading): readonly RowDraft[] {
  const back = sides.filter((side) => presentItem(reading.staged[side]) !== null);
  return back.length === 0
    ? []
    : [draftRow(reading, { kind: 'wake', side: back[0] ?? 'left', reason: 'back-in-scope' })];
}

function planGone(context: PlanContext, reading: PairReading, gone: readonly Side[]): readonly RowDraft[] {
  const [side] = gone;
  if (side === undefined) return [];
  if (gone.length === 2) return [draftRow(reading, { kind: 'unpair', side, reason: 'deleted-both' })];
  const reason = sided(side, 'deleted-left', 'deleted-right');
  const here = otherSide(side);
  // Whether it was edited there is known once it is read.
  if (reading.staged[here]?.seen === 'unread') return [];
  if (
    reading.pair.refs[here] === null ||
    reading.pair.decisions['item'] !== undefined ||
    !isEdited(context, reading, here)
  ) {
    return [draftRow(reading, { kind: 'unpair', side, reason })];
  }
  return [
    draftRow(reading, {
      kind: 'conflict',
      side: 'left',
      reason: 'deleted-here-edited-there',
      note: `deleted on the ${side}, edited on the ${here}`,
    }),
  ];
}

function isEdited(context: PlanContext, reading: PairReading, side: Side): boolean {
  const item = presentItem(reading.staged[side]);
  if (item === null) return false;
  const fieldEdited = context.mapping.fields.some((field) => {
    const sight = sightOf(item, reading.pair.bases[side], field.fields[side], 0, context.hash);
    return sight !== null && sight.notEditable !== 'derived' && hasChanged(context.lensOf(field), side, sight);
  });
  if (fieldEdited) return true;
  const known = new Set(reading.pair.comments.map((pair) => pair.refs[side]));
  return (
    item.comments.some((comment) => !known.has(comment.ref)) ||
    reading.pair.comments.some((pair) => {
      const sight = sightOfComment(reading, pair, side);
      return !pair.ended && sight.seen === 'present' && sight.value.body !== pair.bases[side]?.body;
    })
  );
}

function sightsOf(context: PlanContext, reading: PairReading, field: FieldMapping): Sided<FieldSight | null> {
  const of = (side: Side): FieldSight | null =>
    sightOf(
      presentItem(reading.staged[side]),
      reading.pair.bases[side],
      field.fields[side],
      context.skewMs[side],
      context.hash,
    );
  return { left: of('left'), right: of('right') };
}

/** The rule for fields without a base: the configuration's for matched items, else the side that was there first. */
function initialRule(context: PlanContext, pair: PairState): 'left' | 'right' | 'ask' {
  return pair.origin === 'match' ? (context.mapping.match?.initial ?? 'ask') : pair.origin;
}

export function judgeField(
  context: PlanContext,
  reading: PairReading,
  field: FieldMapping,
): { readonly verdict: Verdict; readonly sight: Sided<FieldSight> } | null {
  const { left, right } = sightsOf(context, reading, field);
  if (left === null || right === null) return null;
  const sight = { left, right };
  const decision = reading.pair.decisions[field.id] ?? null;
  return {
    verdict: mergeField(field, context.lensOf(field), sight, decision, initialRule(context, reading.pair)),
    sight,
  };
}

function planField(context: PlanContext, reading: PairReading, field: FieldMapping): readonly RowDraft[] {
  const judged = judgeField(context, reading, field);
  if (judged === null) return [];
  const { verdict, sight } = judged;
  const about = (to: Side, more: Pick<RowDraft, 'kind' | 'reason'> & Partial<RowDraft>): RowDraft =>
    draftRow(reading, {
      side: to,
      field: field.id,
      before: sight[to].value,
      source: sight[otherSide(to)].value,
      sourceBefore: sight[otherSide(to)].base?.value ?? null,
      ...more,
    });
  switch (verdict.kind) {
    case 'none':
      return [];
    case 'refresh':
      return [about('left', { kind: 'refresh', reason: verdict.reason })];
    case 'ask':
      return [about('left', { kind: 'conflict', reason: verdict.reason })];
    case 'blocked':
      return [
        about(verdict.to, {
          kind: 'skip',
          reason: verdict.reason,
          note: blockedNote(field, verdict.to, verdict.reason, sight),
        }),
      ];
    case 'put':
      return [
        guard(
          context,
          reading,
          field,
          about(verdict.to, { kind: 'set', after: verdict.value, reason: verdict.reason, loser: verdict.loser }),
        ),
      ];
    case 'put-both':
      return [
        guard(
          context,
          reading,
          field,
          about('left', { kind: 'set', after: verdict.values.left, reason: verdict.reason, half: true }),
        ),
        guard(
          context,
          reading,
          field,
          about('right', {
            kind: 'set',
            after: verdict.values.right,
            source: verdict.values.left,
            reason: verdict.reason,
          }),
        ),
      ];
  }
}

function blockedNote(field: FieldMapping, to: Side, reason: Reason, sight: Sided<FieldSight>): string {
  const from = otherSide(to);
  const value = String(sight[from].value);
  const shown = field.optionNames[from].get(value) ?? value;
  if (reason === 'option-without-twin')
    return `"${shown}" of ${field.names[from]} has no twin on the ${to}: add it under values of ${field.id}`;
  if (reason === 'user-without-twin') return `user ${shown} is not in the table of users`;
  if (reason === 'against-direction') return `changes of ${field.names[to]} do not flow to the ${to}`;
  if (reason === 'item-without-twin') return `item ${shown} has no twin on the ${to}`;
  return sight[to].notEditable === 'derived'
    ? `${field.names[to]} is computed by the tracker on this item`
    : `the account may not edit ${field.names[to]} there`;
}

function guard(context: PlanContext, reading: PairReading, field: FieldMapping, row: RowDraft): RowDraft {
  const trouble = reading.pair.troubles.find(
    (candidate) => candidate.subject === field.id && candidate.side === row.side,
  );
  if (trouble === undefined) return row;
  const revision = presentItem(reading.staged[row.side])?.revision ?? reading.pair.bases[row.side]?.revision ?? null;
  const open = trouble.retryable
    ? context.nowMs >= trouble.notBeforeMs
    : context.rearmed.has(reading.pair.id) || trouble.gate !== gateOf(context, row.source, revision);
  return open ? row : { ...row, kind: 'skip', reason: 'failed-before', note: trouble.message };
}

/** A pair whose twin is yet to be created: an unpaired item, or one whose create did not succeed. */
function planTwin(context: PlanContext, reading: PairReading): readonly RowDraft[] {
  const { pair } = reading;
  const from: Side = pair.refs.left === null ? 'right' : 'left';
  const to = otherSide(from);
  const item = presentItem(reading.staged[from]);
  if (item === null || !context.mapping.createsOn[to]) return [];
  const create = draftRow(reading, { kind: 'create', side: to, reason: 'new-item' });
  const answer = pair.decisions['item']?.take;
  // The user looked at what an interrupted create may have made, and named it.
  if (typeof answer === 'string' && answer !== createAnew)
    return [draftRow(reading, { kind: 'match', side: to, reason: 'resolved-by-user', after: answer })];
  if (context.unclearTwins.has(pair.id))
    return [{ ...create, kind: 'skip', reason: 'needs-review', note: 'several items carry the marker of its twin' }];
  const twin = context.twins.get(pair.id);
  if (twin !== undefined)
    return [draftRow(reading, { kind: 'match', side: to, reason: 'matched-by-marker', after: twin })];
  const trouble = pair.troubles.find((candidate) => candidate.subject === 'create');
  if (trouble !== undefined) {
    const open = trouble.retryable
      ? context.nowMs >= trouble.notBeforeMs
      : context.rearmed.has(pair.id) || trouble.gate !== gateOf(context, item.revision, null);
    if (!open) return [{ ...create, kind: 'skip', reason: 'failed-before', note: trouble.message }];
  }
  if (!context.rights[to].create)
    return [{ ...create, kind: 'skip', reason: 'not-editable', note: 'the account may not create items there' }];
  const rows = [create];
  const { title } = create;
  for (const field of context.mapping.fields) {
    const row = planNewField(context, reading, { field, item, from, title });
    if (row !== null) rows.push(row);
  }
  for (const row of planComments(context, reading)) rows.push(row);
  return rows;
}

function planNewField(
  context: PlanContext,
  reading: PairReading,
  what: { readonly field: FieldMapping; readonly item: Item; readonly from: Side; readonly title: string },
): RowDraft | null {
  const { field, item, from, title } = what;
  const side = otherSide(from);
  const value = item.fields[field.fields[from]] ?? null;
  if (value === null || !field.flowsFrom[from]) return null;
  const seen = context.lensOf(field).view(from, value);
  if (seen.ok)
    return draftRow(reading, {
      title,
      field: field.id,
      source: value,
      side,
      kind: 'set',
      after: seen.value,
      reason: 'new-item',
    });
  const none: FieldSight = { value: null, base: null, rawHash: null, notEditable: null, changedAtMs: null };
  const sight = from === 'left' ? { left: { ...none, value }, right: none } : { left: none, right: { ...none, value } };
  const note = blockedNote(field, side, seen.reason, sight);
  return draftRow(reading, { title, field: field.id, source: value, side, kind: 'skip', reason: seen.reason, note });
}

/** Two items mean the same in every mapped field and each other's place: for the matching of a recovered store. */
export function sameContent(context: PlanContext, values: Sided<Readonly<Record<string, FieldValue>>>): boolean {
  return context.mapping.fields.every((field) => {
    const pairValues = {
      left: values.left[field.fields.left] ?? null,
      right: values.right[field.fields.right] ?? null,
    };
    return sameValue(pairValues.left, pairValues.right) || context.lensOf(field).related(pairValues);
  });
}

/** Equal for any two items with the same content; items without it may have it too. */
export function contentKey(context: PlanContext, side: Side, values: Readonly<Record<string, FieldValue>>): string {
  const plain = context.mapping.fields.filter((field) => context.lensOf(field) === identityLens);
  return context.hash(JSON.stringify(plain.map((field) => values[field.fields[side]] ?? null)));
}
