import type { Item } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import type { Mapping } from './mapping.js';
import { presentItem } from './plan-context.js';
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
  readonly byContent: ((left: Item, right: Item) => boolean) | null;
}

export interface Match {
  readonly refs: Sided<string>;
  readonly reason: Reason;
}

export interface MatchResult {
  readonly matches: readonly Match[];
  /** Several candidates for one item: a person decides, never "the first". */
  readonly ambiguous: readonly Ambiguous[];
}

interface Ambiguous {
  readonly side: Side;
  readonly ref: string;
  readonly candidates: readonly string[];
}

/** Pairs up unpaired items, one to one: by marker, then by the match rule, then (recovered) by content. Pure. */
export function* matchItems(facts: MatchFacts): Generator<void, MatchResult> {
  const matches: Match[] = [];
  const ambiguous: Ambiguous[] = [];
  const settled = { left: new Set<string>(), right: new Set<string>() };
  const free = (side: Side): readonly Item[] => facts.unpaired[side].filter((item) => !settled[side].has(item.ref));
  /** Members of one group are wanted by each other: one of each side is a match, more are a person's to decide. */
  const decide = (left: readonly Item[], right: readonly Item[], reason: Reason): void => {
    const [onlyLeft] = left;
    const [onlyRight] = right;
    if (onlyLeft === undefined || onlyRight === undefined) return;
    for (const item of left) settled.left.add(item.ref);
    for (const item of right) settled.right.add(item.ref);
    if (left.length === 1 && right.length === 1) {
      matches.push({ refs: { left: onlyLeft.ref, right: onlyRight.ref }, reason });
      return;
    }
    const refs = (items: readonly Item[]): readonly string[] => items.map((item) => item.ref);
    for (const item of left) ambiguous.push({ side: 'left', ref: item.ref, candidates: refs(right) });
    for (const item of right) ambiguous.push({ side: 'right', ref: item.ref, candidates: refs(left) });
  };

  yield* byMarker(facts, decide);
  const { match } = facts.mapping;
  if (match !== null) {
    const keyOf = (side: Side) => (item: Item) => keyText(item.fields[match.fields[side]] ?? null);
    const rights = group(free('right'), keyOf('right'));
    for (const [key, lefts] of group(free('left'), keyOf('left'))) {
      decide(lefts, rights.get(key) ?? [], 'matched-by-field');
      yield;
    }
  }
  if (facts.byContent !== null) yield* byContent(facts.byContent, free('left'), free('right'), decide);
  return { matches, ambiguous };
}

/** Groups of items with the same content; what fits an item of a group belongs to the group. */
function* byContent(
  same: (left: Item, right: Item) => boolean,
  lefts: readonly Item[],
  rights: readonly Item[],
  decide: Decide,
): Generator<void> {
  const open = { left: new Set(lefts), right: new Set(rights) };
  for (const first of lefts) {
    if (!open.left.delete(first)) continue;
    const left = [first];
    const right: Item[] = [];
    // It grows while it is walked: every rival brings its own twins along.
    for (const item of left) {
      for (const other of open.right) {
        if (!same(item, other)) continue;
        open.right.delete(other);
        right.push(other);
        for (const rival of open.left) {
          if (!same(rival, other)) continue;
          open.left.delete(rival);
          left.push(rival);
        }
      }
      yield;
    }
    decide(left, right, 'matched-by-content');
  }
}

function keyText(value: FieldValue): string | null {
  const text = value === null ? '' : String(value).trim();
  return text === '' ? null : text;
}

type Decide = (left: readonly Item[], right: readonly Item[], reason: Reason) => void;

/** By pair: the item that was there first, and those that carry the pair's marker; a copy may carry it too. */
function* byMarker(facts: MatchFacts, decide: Decide): Generator<void> {
  for (const side of sides) {
    const other = side === 'left' ? 'right' : 'left';
    const carriers = group(facts.unpaired[side], (item) => {
      const pairId = item.marker === null ? null : facts.ownMarker(item.marker);
      return pairId === null || facts.knownPair(pairId) ? null : pairId;
    });
    for (const [index, origin] of facts.unpaired[other].entries()) {
      if (index % itemsPerStep === 0) yield;
      const items = carriers.size === 0 ? undefined : carriers.get(facts.pairId(other, origin.ref));
      if (items === undefined) continue;
      if (side === 'left') decide(items, [origin], 'matched-by-marker');
      else decide([origin], items, 'matched-by-marker');
    }
  }
}

/** How many items are dealt with between two moments at which the thread may be given back. */
export const itemsPerStep = 50;

function group(items: readonly Item[], keyOf: (item: Item) => string | null): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
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
