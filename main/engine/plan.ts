import type { Capabilities, Item, Rights } from '../connectors/contract.js';
import { writingKinds, type Plan, type PlanCounts, type PlanRow, type RowKind } from '../../preload/contract/plan.js';
import { otherSide, sides, type Side, type Sided } from '../../preload/contract/values.js';
import { itemLens } from './lens.js';
import type { FieldMapping, Mapping } from './mapping.js';
import { itemsPerStep, matchItems, newPair, type MatchResult } from './match.js';
import {
  draftRow,
  Members,
  presentItem,
  titleOfItem,
  type PairReading,
  type PlanContext,
  type RowDraft,
} from './plan-context.js';
import { planPair, sameContent } from './plan-pair.js';
import type { StagedItem } from './state.js';

/** What a plan depends on apart from what was read. */
export interface PlanFacts {
  readonly mapping: Mapping;
  readonly rights: Sided<Rights>;
  readonly capabilities: Sided<Capabilities>;
  readonly skewMs: Sided<number>;
  readonly readers: Sided<number>;
  readonly nowMs: number;
  readonly configFingerprint: string;
  readonly pairId: (side: Side, ref: string) => string;
  readonly commentCode: (side: Side, itemRef: string, commentRef: string) => string;
  readonly ownsCode: (code: string) => boolean;
  readonly hash: (text: string) => string;
}

/** What decisions about pairs need besides. */
export interface PairFacts extends PlanFacts {
  readonly readings: readonly PairReading[];
  /** Members of pairs that these items refer to, and of every pair in `readings`; of none that ended. */
  readonly members: Sided<ReadonlyMap<string, string>>;
  readonly waiting: ReadonlySet<string>;
  /** See `PlanContext`. */
  readonly twins: ReadonlyMap<string, string>;
  readonly unclearTwins: ReadonlySet<string>;
}

/** Everything a plan depends on. Same input, same plan, byte for byte. */
export interface PlanInput extends PairFacts {
  readonly unpaired: Sided<readonly Item[]>;
  /** Unpaired items that may be what a lost create made: nobody touches them before that is known. */
  readonly suspects: Sided<ReadonlySet<string>>;
  /** Pairs of which something was read in this run that was not known before. */
  readonly fresh: ReadonlySet<string>;
  readonly recovered: boolean;
  readonly knownPair: (id: string) => boolean;
  readonly ownMarker: (marker: string) => string | null;
}

export interface PlanResult {
  readonly plan: Plan;
  /** Pairs that the plan founds; they are stored by the row that founds them. */
  readonly founded: ReadonlyMap<string, PairReading>;
  readonly context: PlanContext;
}

interface Group {
  readonly rank: number;
  readonly depth: number;
  readonly id: string;
  readonly rows: readonly RowDraft[];
}

/** A generator, so that the runner can take slices and nobody's window waits. */
export function* planRun(input: PlanInput): Generator<void, PlanResult> {
  const loose = looseContext(input);
  const matching = yield* matchItems({
    mapping: input.mapping,
    unpaired: { left: free(input, 'left'), right: free(input, 'right') },
    ownMarker: input.ownMarker,
    pairId: input.pairId,
    knownPair: input.knownPair,
    byContent: input.recovered ? (left, right) => sameContent(loose, { left: left.fields, right: right.fields }) : null,
  });
  const reasons = new Map(matching.matches.map((match) => [match.refs.left, match.reason]));
  const founded = yield* foundPairs(input, matching);
  const rearmed = new Set<string>();
  const context = { ...planContext(input, founded), rearmed };
  const relatives = yield* relativesOf(input, context.members);
  for (const id of input.fresh) for (const relative of relatives.get(id) ?? []) rearmed.add(relative);
  const groups: Group[] = [];
  for (const reading of founded.values()) {
    const { refs } = reading.pair;
    const matched = reading.pair.origin === 'match' || (refs.left !== null && refs.right !== null);
    const rows = planPair(context, reading);
    const reason = reasons.get(refs.left ?? '') ?? 'matched-by-field';
    const all = matched ? [draftRow(reading, { kind: 'match', side: 'right', reason }), ...rows] : rows;
    if (all.length > 0)
      groups.push({ rank: matched ? 0 : 1, depth: depthOf(context, reading, founded), id: reading.pair.id, rows: all });
    yield;
  }
  groups.push(...(yield* planKnown(input, context, relatives, rearmed)));
  const review = [...ambiguousRows(input, matching), ...suspectRows(input)];
  groups.sort((a, b) => a.rank - b.rank || a.depth - b.depth || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  yield;
  const rows = [...groups.flatMap((group) => group.rows), ...review].map((row, seq): PlanRow => ({ seq, ...row }));
  return { plan: { rows, counts: countRows(rows) }, founded, context };
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
): Generator<void, readonly Group[]> {
  const rowsOf = new Map<string, readonly RowDraft[]>();
  const again = new Set<string>();
  for (const reading of input.readings) {
    const rows = planPair(context, reading);
    rowsOf.set(reading.pair.id, rows);
    if (rows.some((row) => writingKinds.includes(row.kind)))
      for (const id of relatives.get(reading.pair.id) ?? []) if (!rearmed.has(id)) again.add(id);
    yield;
  }
  for (const reading of input.readings) {
    const { id, troubles } = reading.pair;
    if (!again.has(id) || troubles.every((trouble) => trouble.retryable)) continue;
    rearmed.add(id);
    rowsOf.set(id, planPair(context, reading));
    yield;
  }
  return [...rowsOf].flatMap(([id, rows]) => (rows.length === 0 ? [] : [{ rank: 2, depth: 0, id, rows }]));
}

function free(input: PlanInput, side: Side): readonly Item[] {
  return input.unpaired[side].filter((item) => !input.suspects[side].has(item.ref) && !item.private);
}

/** Without references to other items, which a store that forgot its pairs cannot follow. */
function looseContext(input: PlanInput): PlanContext {
  const mapping = { ...input.mapping, fields: input.mapping.fields.filter((field) => field.lens !== null) };
  return planContext({ ...input, mapping });
}

function* foundPairs(input: PlanInput, matching: MatchResult): Generator<void, ReadonlyMap<string, PairReading>> {
  const founded = new Map<string, PairReading>();
  const items = {
    left: new Map(input.unpaired.left.map((item) => [item.ref, item])),
    right: new Map(input.unpaired.right.map((item) => [item.ref, item])),
  };
  const stage = (side: Side, item: Item | undefined): StagedItem | null =>
    item === undefined ? null : { side, ref: item.ref, seen: 'present', item };
  const spoken = { left: new Set<string>(), right: new Set<string>() };
  for (const [index, { refs, reason }] of matching.matches.entries()) {
    if (index % itemsPerStep === 0) yield;
    const left = items.left.get(refs.left);
    const right = items.right.get(refs.right);
    spoken.left.add(refs.left);
    spoken.right.add(refs.right);
    const origin = reason === 'matched-by-marker' ? originByMarker(input, left, right) : 'match';
    const id = input.pairId(origin === 'right' ? 'right' : 'left', origin === 'right' ? refs.right : refs.left);
    const pair = newPair(id, refs, { left: left?.key ?? null, right: right?.key ?? null }, origin);
    founded.set(id, { pair, staged: { left: stage('left', left), right: stage('right', right) } });
  }
  // Neither an item that fits several nor those that it fits get a twin before a person has decided.
  for (const { side, ref, candidates } of matching.ambiguous) {
    spoken[side].add(ref);
    for (const candidate of candidates) spoken[otherSide(side)].add(candidate);
  }
  for (const side of sides) {
    if (!input.mapping.createsOn[otherSide(side)]) continue;
    for (const [index, item] of free(input, side).entries()) {
      if (index % itemsPerStep === 0) yield;
      if (spoken[side].has(item.ref)) continue;
      const id = input.pairId(side, item.ref);
      const refs = side === 'left' ? { left: item.ref, right: null } : { left: null, right: item.ref };
      const keys = side === 'left' ? { left: item.key, right: null } : { left: null, right: item.key };
      const staged = stage(side, item);
      founded.set(id, {
        pair: newPair(id, refs, keys, side),
        staged: side === 'left' ? { left: staged, right: null } : { left: null, right: staged },
      });
    }
  }
  return founded;
}

/** The item that carries no marker of this pair was there first. */
function originByMarker(input: PlanInput, left: Item | undefined, right: Item | undefined): Side | 'match' {
  if (left !== undefined && right?.marker != null && input.ownMarker(right.marker) === input.pairId('left', left.ref))
    return 'left';
  if (right !== undefined && left?.marker != null && input.ownMarker(left.marker) === input.pairId('right', right.ref))
    return 'right';
  return 'match';
}

export function planContext(input: PairFacts, founded: ReadonlyMap<string, PairReading> = new Map()): PlanContext {
  const members = new Members();
  for (const side of sides) for (const [ref, id] of input.members[side]) members.bind(id, side, ref);
  for (const { pair } of founded.values())
    for (const side of sides) if (pair.refs[side] !== null) members.bind(pair.id, side, pair.refs[side]);
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
    yield;
  }
  return relatives;
}

/** Parents before children: how many of an item's ancestors the plan founds too. */
function depthOf(context: PlanContext, reading: PairReading, founded: ReadonlyMap<string, PairReading>): number {
  const seen = new Set<string>([reading.pair.id]);
  let depth = 0;
  for (let current = parentOf(context, reading); current !== null && !seen.has(current);) {
    seen.add(current);
    const parent = founded.get(current);
    if (parent === undefined) break;
    depth += 1;
    current = parentOf(context, parent);
  }
  return depth;
}

/** The pair of the item's parent, or null. */
export function parentOf(context: PlanContext, reading: PairReading): string | null {
  for (const field of context.mapping.fields) {
    if (field.type !== 'item-ref') continue;
    for (const side of sides) {
      const item = presentItem(reading.staged[side]);
      const value =
        item === null
          ? (reading.pair.bases[side]?.fields[field.fields[side]]?.value ?? null)
          : (item.fields[field.fields[side]] ?? null);
      const parent = value === null ? null : context.members.pairOf(side, String(value));
      if (parent !== null) return parent;
    }
  }
  return null;
}

function ambiguousRows(input: PlanInput, matching: MatchResult): readonly RowDraft[] {
  const byRef = (side: Side): ReadonlyMap<string, Item> =>
    new Map(input.unpaired[side].map((item) => [item.ref, item]));
  const items = { left: byRef('left'), right: byRef('right') };
  return matching.ambiguous.flatMap(({ side, ref, candidates }) => {
    const item = items[side].get(ref);
    return item === undefined
      ? []
      : [
          reviewRow(
            input,
            side,
            item,
            'match-ambiguous',
            `several twins are possible on the ${otherSide(side)}: ${candidates.slice(0, 10).join(', ')}`,
          ),
        ];
  });
}

function suspectRows(input: PlanInput): readonly RowDraft[] {
  const claimed = new Set(input.twins.values());
  return sides.flatMap((side) =>
    input.unpaired[side]
      .filter((item) => input.suspects[side].has(item.ref) && !claimed.has(item.ref))
      .map((item) =>
        reviewRow(input, side, item, 'needs-review', 'it may be what an interrupted create made; see the conflicts'),
      ),
  );
}

function reviewRow(input: PlanInput, side: Side, item: Item, reason: RowDraft['reason'], note: string): RowDraft {
  const refs = side === 'left' ? { left: item.ref, right: null } : { left: null, right: item.ref };
  const pair = newPair(input.pairId(side, item.ref), refs, { left: null, right: null }, side);
  return {
    ...draftRow({ pair, staged: { left: null, right: null } }, { kind: 'skip', side, reason, note }),
    title: titleOfItem(item),
  };
}

const commentKinds: ReadonlySet<RowKind> = new Set(['add-comment', 'edit-comment', 'hide-comment', 'delete-comment']);

export function countRows(rows: readonly PlanRow[]): PlanCounts {
  const count = (side: Side, test: (row: PlanRow) => boolean): number =>
    rows.filter((row) => row.side === side && test(row)).length;
  const both = (test: (row: PlanRow) => boolean): Sided<number> => ({
    left: count('left', test),
    right: count('right', test),
  });
  return {
    creates: both((row) => row.kind === 'create'),
    sets: both((row) => row.kind === 'set'),
    comments: both((row) => commentKinds.has(row.kind)),
    conflicts: rows.filter((row) => row.kind === 'conflict').length,
    skipped: rows.filter((row) => row.kind === 'skip').length,
    pairs: new Set(rows.map((row) => row.pairId)).size,
  };
}
