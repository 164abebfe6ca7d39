import type { Item } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { otherSide, sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import type { Mapping } from './mapping.js';
import { presentItem } from './plan-context.js';
import { countSteps, filterInSteps, forEachInSteps, groupInSteps } from './plan-steps.js';
import type { PairState, StagedItem } from './state.js';

/** An item without a pair, as it was read. */
export interface Unpaired {
  readonly side: Side;
  readonly item: Item;
}

export interface MatchFacts {
  readonly mapping: Mapping;
  readonly unpaired: Sided<readonly Item[]>;
  /** `<workspace>.<pair id>` of ours → the pair id; null for a marker that is not ours. */
  readonly ownMarker: (marker: string) => string | null;
  readonly pairId: (side: Side, ref: string) => string;
  /** Pairs that exist: a marker that names one with this side taken is a copy made by a person, and says nothing. */
  readonly knownPair: (id: string) => boolean;
  /** Only a store that is older than its trackers matches by content. */
  readonly byContent: ContentFacts | null;
}

export interface ContentFacts {
  readonly same: (left: Item, right: Item) => boolean;
  /** Equal for any two items that are the same; only items of one key are compared. */
  readonly key: (side: Side, item: Item) => string;
}

export interface Match {
  readonly items: Sided<Item>;
  readonly reason: Reason;
}

export interface MatchResult {
  readonly matches: readonly Match[];
  /** Several candidates for one item: a person decides, never "the first". Each candidate is in the list itself. */
  readonly ambiguous: readonly Ambiguous[];
}

interface Ambiguous {
  readonly side: Side;
  readonly item: Item;
  readonly candidates: readonly string[];
}

/** Pairs up unpaired items, one to one: by marker, then by the match rule, then (recovered) by content. Pure. */
export function* matchItems(facts: MatchFacts): Generator<void, MatchResult> {
  const matches: Match[] = [];
  const ambiguous: Ambiguous[] = [];
  const settled = { left: new Set<string>(), right: new Set<string>() };
  const free = (side: Side): Generator<void, readonly Item[]> =>
    filterInSteps(facts.unpaired[side], (item) => !settled[side].has(item.ref));
  /** Members of one group are wanted by each other: one of each side is a match, more are a person's to decide. */
  const decide: Decide = function* (groups, reason) {
    const [left] = groups.left;
    const [right] = groups.right;
    if (left === undefined || right === undefined) return;
    for (const side of sides) yield* forEachInSteps(groups[side], ({ ref }) => settled[side].add(ref));
    if (groups.left.length === 1 && groups.right.length === 1) {
      matches.push({ items: { left, right }, reason });
      return;
    }
    for (const side of sides) {
      // One list for the whole group, however large it is.
      const candidates: string[] = [];
      yield* forEachInSteps(groups[otherSide(side)], ({ ref }) => candidates.push(ref));
      yield* forEachInSteps(groups[side], (item) => ambiguous.push({ side, item, candidates }));
    }
  };

  yield* byMarker(facts, decide);
  const { match } = facts.mapping;
  if (match !== null) {
    const keyOf = (side: Side) => (item: Item) => keyText(item.fields[match.fields[side]] ?? null);
    const rights = yield* groupInSteps(yield* free('right'), keyOf('right'));
    const lefts = yield* groupInSteps(yield* free('left'), keyOf('left'));
    const due = countSteps();
    for (const [key, left] of lefts) {
      yield* decide({ left, right: rights.get(key) ?? [] }, 'matched-by-field');
      if (due()) yield;
    }
  }
  if (facts.byContent !== null) {
    const open = { left: yield* free('left'), right: yield* free('right') };
    yield* byContent(facts.byContent, open, decide);
  }
  return { matches, ambiguous };
}

/** Groups of items with the same content; what fits an item of a group belongs to the group. */
function* byContent(facts: ContentFacts, items: Sided<readonly Item[]>, decide: Decide): Generator<void> {
  const open = { left: new Map<string, Set<Item>>(), right: new Map<string, Set<Item>>() };
  const keys = new Map<Item, string>();
  for (const side of sides)
    yield* forEachInSteps(items[side], (item) => {
      const key = facts.key(side, item);
      if (side === 'left') keys.set(item, key);
      const known = open[side].get(key);
      if (known === undefined) open[side].set(key, new Set([item]));
      else known.add(item);
    });
  const due = countSteps();
  for (const first of items.left) {
    if (due()) yield;
    const key = keys.get(first) ?? '';
    const lefts = open.left.get(key) ?? new Set();
    const rights = open.right.get(key) ?? new Set();
    if (!lefts.delete(first)) continue;
    const left = [first];
    const right: Item[] = [];
    // It grows while it is walked: every rival brings its own twins along.
    for (const item of left) {
      for (const other of rights) {
        if (due()) yield;
        if (!facts.same(item, other)) continue;
        rights.delete(other);
        right.push(other);
        for (const rival of lefts) {
          if (due()) yield;
          if (!facts.same(rival, other)) continue;
          lefts.delete(rival);
          left.push(rival);
        }
      }
    }
    yield* decide({ left, right }, 'matched-by-content');
  }
}

function keyText(value: FieldValue): string | null {
  const text = value === null ? '' : String(value).trim();
  return text === '' ? null : text;
}

type Decide = (groups: Sided<readonly Item[]>, reason: Reason) => Generator<void>;

/** By pair: the item that was there first, and those that carry the pair's marker; a copy may carry it too. */
function* byMarker(facts: MatchFacts, decide: Decide): Generator<void> {
  for (const side of sides) {
    const other = otherSide(side);
    const carriers = yield* groupInSteps(facts.unpaired[side], (item) => {
      const pairId = item.marker === null ? null : facts.ownMarker(item.marker);
      return pairId === null || facts.knownPair(pairId) ? null : pairId;
    });
    if (carriers.size === 0) continue;
    const due = countSteps();
    for (const origin of facts.unpaired[other]) {
      if (due()) yield;
      const items = carriers.get(facts.pairId(other, origin.ref));
      if (items === undefined) continue;
      yield* decide(
        side === 'left' ? { left: items, right: [origin] } : { left: [origin], right: items },
        'matched-by-marker',
      );
    }
  }
}

/** A pair for an item that has none, or for two that were matched. Nothing is known of it but its members. */
export function newPair(
  id: string,
  refs: Sided<string | null>,
  keys: Sided<string | null>,
  origin: PairState['origin'],
): PairState {
  return {
    id,
    refs,
    keys,
    status: 'active',
    ended: null,
    origin,
    dirty: true,
    bases: { left: null, right: null },
    comments: [],
    troubles: [],
    decisions: {},
    flips: [],
  };
}

export function isPresent(staged: StagedItem): boolean {
  return presentItem(staged) !== null;
}
