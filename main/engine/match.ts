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
  readonly ambiguous: readonly { readonly side: Side; readonly ref: string; readonly candidates: readonly string[] }[];
}

/** Pairs up unpaired items, one to one: by marker, then by the match rule, then (recovered) by content. Pure. */
export function matchItems(facts: MatchFacts): MatchResult {
  const matches: Match[] = [];
  const ambiguous: { side: Side; ref: string; candidates: readonly string[] }[] = [];
  const taken = { left: new Set<string>(), right: new Set<string>() };
  const take = (left: Item, right: Item, reason: Reason): void => {
    taken.left.add(left.ref);
    taken.right.add(right.ref);
    matches.push({ refs: { left: left.ref, right: right.ref }, reason });
  };
  const free = (side: Side): readonly Item[] => facts.unpaired[side].filter((item) => !taken[side].has(item.ref));

  for (const [left, right] of byMarker(facts))
    if (!taken.left.has(left.ref) && !taken.right.has(right.ref)) take(left, right, 'matched-by-marker');
  const { match } = facts.mapping;
  if (match !== null) {
    const keyOf = (side: Side) => (item: Item) => keyText(item.fields[match.fields[side]] ?? null);
    oneToOne(
      free('left'),
      free('right'),
      keyOf('left'),
      keyOf('right'),
      (left, right) => {
        take(left, right, 'matched-by-field');
      },
      ambiguous,
    );
  }
  const { byContent } = facts;
  if (byContent !== null) {
    const candidates = (item: Item, side: Side): readonly Item[] =>
      free(side === 'left' ? 'right' : 'left').filter((other) =>
        side === 'left' ? byContent(item, other) : byContent(other, item),
      );
    for (const left of free('left')) {
      const [right, ...more] = candidates(left, 'left');
      if (right === undefined) continue;
      if (more.length === 0 && candidates(right, 'right').length === 1) take(left, right, 'matched-by-content');
      else ambiguous.push({ side: 'left', ref: left.ref, candidates: [right, ...more].map((item) => item.ref) });
    }
  }
  return { matches, ambiguous };
}

function keyText(value: FieldValue): string | null {
  const text = value === null ? '' : String(value).trim();
  return text === '' ? null : text;
}

function* byMarker(facts: MatchFacts): Generator<readonly [Item, Item]> {
  for (const side of sides) {
    const other = side === 'left' ? 'right' : 'left';
    const byPairId = new Map<string, Item>();
    for (const item of facts.unpaired[other]) byPairId.set(facts.pairId(other, item.ref), item);
    for (const item of facts.unpaired[side]) {
      const pairId = item.marker === null ? null : facts.ownMarker(item.marker);
      const origin = pairId === null || facts.knownPair(pairId) ? undefined : byPairId.get(pairId);
      if (origin !== undefined) yield side === 'left' ? [item, origin] : [origin, item];
    }
  }
}

function group(items: readonly Item[], keyOf: (item: Item) => string | null): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function oneToOne(
  left: readonly Item[],
  right: readonly Item[],
  leftKey: (item: Item) => string | null,
  rightKey: (item: Item) => string | null,
  take: (left: Item, right: Item) => void,
  ambiguous: { side: Side; ref: string; candidates: readonly string[] }[],
): void {
  const rights = group(right, rightKey);
  for (const [key, lefts] of group(left, leftKey)) {
    const partners = rights.get(key) ?? [];
    const [onlyLeft] = lefts;
    const [onlyRight] = partners;
    if (onlyLeft === undefined || onlyRight === undefined) continue;
    if (lefts.length === 1 && partners.length === 1) {
      take(onlyLeft, onlyRight);
      continue;
    }
    for (const item of lefts)
      ambiguous.push({ side: 'left', ref: item.ref, candidates: partners.map((partner) => partner.ref) });
    for (const item of partners)
      ambiguous.push({ side: 'right', ref: item.ref, candidates: lefts.map((partner) => partner.ref) });
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
