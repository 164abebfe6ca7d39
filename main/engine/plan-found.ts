import type { Item } from '../connectors/contract.js';
import type { Reason } from '../../preload/contract/plan.js';
import { otherSide, sides, type Side, type Sided } from '../../preload/contract/values.js';
import { newPair, type MatchResult } from './match.js';
import { parentOf, type PairReading, type PlanContext } from './plan-context.js';
import type { PlanInput } from './plan-input.js';
import { countSteps, forEachInSteps, sortInSteps } from './plan-steps.js';
import type { StagedItem } from './state.js';

/** The pairs that a plan founds. */
export interface Founded {
  readonly readings: ReadonlyMap<string, PairReading>;
  /** Why the two items of a pair were matched, by pair id; no entry where one item still lacks its twin. */
  readonly reasons: ReadonlyMap<string, Reason>;
}

/** `free`: the unpaired items that may be matched or get a twin. */
export function* foundPairs(
  input: PlanInput,
  free: Sided<readonly Item[]>,
  matching: MatchResult,
): Generator<void, Founded> {
  const readings = new Map<string, PairReading>();
  const reasons = new Map<string, Reason>();
  const spoken = { left: new Set<string>(), right: new Set<string>() };
  yield* forEachInSteps(matching.matches, ({ items: { left, right }, reason }) => {
    spoken.left.add(left.ref);
    spoken.right.add(right.ref);
    const origin = reason === 'matched-by-marker' ? originByMarker(input, left, right) : 'match';
    const id = input.pairId(origin === 'right' ? 'right' : 'left', origin === 'right' ? right.ref : left.ref);
    const refs = { left: left.ref, right: right.ref };
    const pair = newPair(id, refs, { left: left.key, right: right.key }, origin);
    readings.set(id, { pair, staged: { left: stage('left', left), right: stage('right', right) } });
    reasons.set(id, reason);
  });
  // Neither an item that fits several nor those that it fits get a twin before a person has decided.
  yield* forEachInSteps(matching.ambiguous, ({ side, item }) => spoken[side].add(item.ref));
  for (const side of sides) {
    if (!input.mapping.createsOn[otherSide(side)]) continue;
    yield* forEachInSteps(free[side], (item) => {
      if (spoken[side].has(item.ref)) return;
      const id = input.pairId(side, item.ref);
      const alone = <T>(value: T): Sided<T | null> =>
        side === 'left' ? { left: value, right: null } : { left: null, right: value };
      const pair = newPair(id, alone(item.ref), alone(item.key), side);
      readings.set(id, { pair, staged: alone(stage(side, item)) });
    });
  }
  return { readings, reasons };
}

function stage(side: Side, item: Item): StagedItem {
  return { side, ref: item.ref, seen: 'present', item };
}

/** The item that carries no marker of this pair was there first. */
function originByMarker(input: PlanInput, left: Item, right: Item): Side | 'match' {
  if (right.marker !== null && input.ownMarker(right.marker) === input.pairId('left', left.ref)) return 'left';
  if (left.marker !== null && input.ownMarker(left.marker) === input.pairId('right', right.ref)) return 'right';
  return 'match';
}

/** Founded pairs as a plan goes through them: matched ones first, then parents before their children, then by id. */
export function* orderFounded(context: PlanContext, founded: Founded): Generator<void, readonly PairReading[]> {
  const depths = yield* depthsOf(context, founded.readings);
  const places: { readonly rank: number; readonly depth: number; readonly reading: PairReading }[] = [];
  yield* forEachInSteps(founded.readings.values(), (reading) => {
    const { id } = reading.pair;
    places.push({ rank: founded.reasons.has(id) ? 0 : 1, depth: depths.get(id) ?? 0, reading });
  });
  const sorted = yield* sortInSteps(
    places,
    (a, b) => a.rank - b.rank || a.depth - b.depth || compareIds(a.reading.pair.id, b.reading.pair.id),
  );
  const readings: PairReading[] = [];
  yield* forEachInSteps(sorted, ({ reading }) => readings.push(reading));
  return readings;
}

export function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of each pair's ancestors the plan founds too; each is looked at once, however long the chains are. */
function* depthsOf(
  context: PlanContext,
  founded: ReadonlyMap<string, PairReading>,
): Generator<void, ReadonlyMap<string, number>> {
  const depths = new Map<string, number>();
  const due = countSteps();
  const path: string[] = [];
  const places = new Map<string, number>();
  for (const id of founded.keys()) {
    if (due()) yield;
    let current: string | null = id;
    while (current !== null && !depths.has(current) && !places.has(current)) {
      const reading = founded.get(current);
      if (reading === undefined) break;
      places.set(current, path.length);
      path.push(current);
      current = parentOf(context, reading);
      if (due()) yield;
    }
    let depth = current === null ? -1 : (depths.get(current) ?? -1);
    // A ring of parents: each of its members has all the others as ancestors.
    const ring = current === null ? undefined : places.get(current);
    if (ring !== undefined) {
      depth = path.length - ring - 1;
      while (path.length > ring) {
        depths.set(path.pop() ?? '', depth);
        if (due()) yield;
      }
    }
    for (let child = path.pop(); child !== undefined; child = path.pop()) {
      depth += 1;
      depths.set(child, depth);
      if (due()) yield;
    }
    places.clear();
  }
  return depths;
}
