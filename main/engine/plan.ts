import type { Item } from '../connectors/contract.js';
import { writingKinds, type Plan } from '../../preload/contract/plan.js';
import { otherSide, sides, type Side } from '../../preload/contract/values.js';
import { itemLens } from './lens.js';
import type { FieldMapping } from './mapping.js';
import { matchItems, newPair, type ContentFacts, type MatchResult } from './match.js';
import {
  draftRow,
  Members,
  presentItem,
  titleOfItem,
  type PairReading,
  type PlanContext,
  type RowDraft,
} from './plan-context.js';
import { compareIds, foundPairs, orderFounded } from './plan-found.js';
import type { PairFacts, PlanInput } from './plan-input.js';
import { contentKey, planPair, sameContent } from './plan-pair.js';
import { PlanRows } from './plan-rows.js';
import { atOnce, countSteps, filterInSteps, forEachInSteps, sortInSteps } from './plan-steps.js';

export interface PlanResult {
  readonly plan: Plan;
  /** Pairs that the plan founds; they are stored by the row that founds them. */
  readonly founded: ReadonlyMap<string, PairReading>;
  readonly context: PlanContext;
}

/**
 * A generator, so that the runner can take slices and nobody's window waits: between two steps lies a bounded number of
 * items, or one pair.
 */
export function* planRun(input: PlanInput): Generator<void, PlanResult> {
  const free = { left: yield* freeItems(input, 'left'), right: yield* freeItems(input, 'right') };
  const matching = yield* matchItems({
    mapping: input.mapping,
    unpaired: free,
    ownMarker: input.ownMarker,
    pairId: input.pairId,
    knownPair: input.knownPair,
    byContent: input.recovered ? contentFacts(input) : null,
  });
  const founded = yield* foundPairs(input, free, matching);
  const members = yield* membersOf(input, founded.readings);
  const rearmed = new Set<string>();
  const context = { ...planContext(input, members), rearmed };
  const relatives = yield* relativesOf(input, members);
  const due = countSteps();
  for (const id of input.fresh) {
    if (due()) yield;
    for (const relative of relatives.get(id) ?? []) {
      rearmed.add(relative);
      if (due()) yield;
    }
  }
  const rows = new PlanRows();
  for (const reading of yield* orderFounded(context, founded)) {
    const reason = founded.reasons.get(reading.pair.id);
    if (reason !== undefined) rows.add([draftRow(reading, { kind: 'match', side: 'right', reason })]);
    rows.add(planPair(context, reading));
    yield;
  }
  yield* forEachInSteps(yield* planKnown(input, context, relatives, rearmed), ([, drafts]) => {
    rows.add(drafts);
  });
  yield* planReview(input, matching, rows);
  return { plan: rows.plan(), founded: founded.readings, context };
}

/**
 * Known pairs. Where a plan writes to an item, what failed for good on its parent or children is tried again: closing
 * the parent may work now that its last child is closed.
 */
function* planKnown(
  input: PlanInput,
  context: PlanContext,
  relatives: ReadonlyMap<string, readonly string[]>,
  rearmed: Set<string>,
): Generator<void, readonly (readonly [string, readonly RowDraft[]])[]> {
  const rowsOf = new Map<string, readonly RowDraft[]>();
  const again = new Set<string>();
  const due = countSteps();
  for (const reading of input.readings) {
    const rows = planPair(context, reading);
    yield;
    if (rows.length === 0) continue;
    rowsOf.set(reading.pair.id, rows);
    if (!rows.some((row) => writingKinds.includes(row.kind))) continue;
    for (const id of relatives.get(reading.pair.id) ?? []) {
      if (!rearmed.has(id)) again.add(id);
      if (due()) yield;
    }
  }
  for (const reading of again.size === 0 ? [] : input.readings) {
    if (due()) yield;
    const { id, troubles } = reading.pair;
    if (!again.has(id) || troubles.every((trouble) => trouble.retryable)) continue;
    rearmed.add(id);
    rowsOf.set(id, planPair(context, reading));
    yield;
  }
  const groups: (readonly [string, readonly RowDraft[]])[] = [];
  yield* forEachInSteps(rowsOf, (group) => groups.push(group));
  return yield* sortInSteps(groups, ([a], [b]) => compareIds(a, b));
}

function freeItems(input: PlanInput, side: Side): Generator<void, readonly Item[]> {
  return filterInSteps(input.unpaired[side], (item) => !input.suspects[side].has(item.ref) && !item.private);
}

/** Without references to other items, which a store that forgot its pairs cannot follow. */
function contentFacts(input: PlanInput): ContentFacts {
  const mapping = { ...input.mapping, fields: input.mapping.fields.filter((field) => field.lens !== null) };
  const loose = planContext({ ...input, mapping }, new Members());
  return {
    same: (left, right) => sameContent(loose, { left: left.fields, right: right.fields }),
    key: (side, item) => contentKey(loose, side, item.fields),
  };
}

function* membersOf(input: PairFacts, founded?: ReadonlyMap<string, PairReading>): Generator<void, Members> {
  const members = new Members();
  for (const side of sides)
    yield* forEachInSteps(input.members[side], ([ref, id]) => {
      members.bind(id, side, ref);
    });
  yield* forEachInSteps(founded?.values() ?? [], ({ pair }) => {
    for (const side of sides) if (pair.refs[side] !== null) members.bind(pair.id, side, pair.refs[side]);
  });
  return members;
}

export function planContext(input: PairFacts, members: Members = atOnce(membersOf(input))): PlanContext {
  const lens = itemLens(
    (side, ref) => members.pairOf(side, ref),
    (side, id) => members.refOf(side, id),
  );
  return {
    mapping: input.mapping,
    rights: input.rights,
    capabilities: input.capabilities,
    skewMs: input.skewMs,
    nowMs: input.nowMs,
    configFingerprint: input.configFingerprint,
    waiting: input.waiting,
    twins: input.twins,
    unclearTwins: input.unclearTwins,
    members,
    readers: input.readers,
    rearmed: new Set(),
    lensOf: (field: FieldMapping) => field.lens ?? lens,
    hash: input.hash,
    commentCode: input.commentCode,
    ownsCode: input.ownsCode,
  };
}

/** The pairs of each pair's parent and children, as the readings and bases name them. */
function* relativesOf(input: PlanInput, members: Members): Generator<void, ReadonlyMap<string, readonly string[]>> {
  const references = input.mapping.fields.filter((field) => field.type === 'item-ref');
  const relatives = new Map<string, string[]>();
  const due = countSteps();
  const relate = (id: string, other: string): void => {
    const known = relatives.get(id);
    if (known === undefined) relatives.set(id, [other]);
    else known.push(other);
  };
  for (const { pair, staged } of input.readings) {
    for (const side of sides) {
      for (const field of references) {
        const id = field.fields[side];
        const value = presentItem(staged[side])?.fields[id] ?? pair.bases[side]?.fields[id]?.value ?? null;
        const parent = value === null ? null : members.pairOf(side, String(value));
        if (parent === null) continue;
        relate(pair.id, parent);
        relate(parent, pair.id);
      }
    }
    if (due()) yield;
  }
  return relatives;
}

/** Items that a person has to look at, as rows that do nothing. */
function* planReview(input: PlanInput, matching: MatchResult, rows: PlanRows): Generator<void> {
  yield* forEachInSteps(matching.ambiguous, ({ side, item, candidates }) => {
    const note = `several twins are possible on the ${otherSide(side)}: ${candidates.slice(0, 10).join(', ')}`;
    rows.add([reviewRow(input, side, item, 'match-ambiguous', note)]);
  });
  const claimed = new Set<string>();
  yield* forEachInSteps(input.twins.values(), (ref) => claimed.add(ref));
  const note = 'it may be what an interrupted create made; see the conflicts';
  for (const side of sides)
    yield* forEachInSteps(input.unpaired[side], (item) => {
      if (input.suspects[side].has(item.ref) && !claimed.has(item.ref))
        rows.add([reviewRow(input, side, item, 'needs-review', note)]);
    });
}

function reviewRow(input: PlanInput, side: Side, item: Item, reason: RowDraft['reason'], note: string): RowDraft {
  const refs = side === 'left' ? { left: item.ref, right: null } : { left: null, right: item.ref };
  const pair = newPair(input.pairId(side, item.ref), refs, { left: null, right: null }, side);
  const title = titleOfItem(item);
  return draftRow({ pair, staged: { left: null, right: null } }, { kind: 'skip', side, reason, note, title });
}
