import type { Item } from '../connectors/contract.js';
import { sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import { suspectSince } from './lookup.js';
import { presentItem, type PairReading } from './plan-context.js';
import type { PlanFacts, PlanInput } from './plan-input.js';
import type { PlanResult } from './plan.js';
import type { Reading } from './read.js';
import type { Session } from './session.js';
import type { PairState, StagedItem } from './state.js';

export function stagedBySide(staged: readonly StagedItem[]): Sided<Map<string, StagedItem>> {
  const of = (side: Side): Map<string, StagedItem> =>
    new Map(staged.filter((item) => item.side === side).map((item) => [item.ref, item]));
  return { left: of('left'), right: of('right') };
}

/** Everything the plan depends on, from the store and, in a preview, from what was read but not stored. */
export async function gather(session: Session, reading: Reading, recovered: string | null, nowMs: number) {
  const { deps, mapping } = session;
  const { store, ids } = deps;
  const staged = stagedBySide([
    ...(await store.staged()),
    ...sides.flatMap((side) => [...reading.staged[side].values()]),
  ]);
  const pairs = new Map<string, PairState>((await store.dirtyPairs()).map((pair) => [pair.id, pair]));
  for (const side of sides) {
    for (const pair of (await store.pairsByRef(side, [...staged[side].keys()])).values())
      if (!pairs.has(pair.id)) pairs.set(pair.id, pair);
  }
  const readings = new Map<string, PairReading>();
  const paired = { left: new Set<string>(), right: new Set<string>() };
  for (const pair of pairs.values()) {
    for (const side of sides) if (pair.refs[side] !== null) paired[side].add(pair.refs[side]);
    if (pair.status === 'ended') continue;
    const of = (side: Side): StagedItem | null =>
      pair.refs[side] === null ? null : (staged[side].get(pair.refs[side]) ?? null);
    readings.set(pair.id, { pair, staged: { left: of('left'), right: of('right') } });
  }
  const loose = (side: Side): readonly StagedItem[] =>
    [...staged[side].values()].filter((item) => !paired[side].has(item.ref));
  const items = (side: Side): readonly Item[] =>
    loose(side)
      .flatMap((item) => presentItem(item) ?? [])
      .sort((a, b) => compareRefs(a.ref, b.ref));
  const unpaired = { left: items('left'), right: items('right') };
  const intents = await store.openIntents();
  const conflicts = await store.openConflicts();
  const reviewed = new Set(
    conflicts.filter((conflict) => conflict.kind === 'review').flatMap((conflict) => conflict.candidates),
  );
  const suspects = (side: Side): ReadonlySet<string> => {
    const lost = suspectSince(intents, side, session.info[side].accountId);
    return new Set(
      unpaired[side]
        .filter((item) => lost(item) || reviewed.has(item.ref) || claimed.has(item.ref))
        .map((item) => item.ref),
    );
  };
  const foreign = (side: Side): number =>
    unpaired[side].filter(({ marker }) => marker !== null && isForeignMarker(ids.workspaceId, marker)).length;
  const marked = [...unpaired.left, ...unpaired.right].flatMap((item) => ownPair(ids.workspaceId, item.marker) ?? []);
  const known = new Set<string>();
  for (const id of new Set(marked)) if (await store.pairKnown(id)) known.add(id);
  const waiting = new Set(intents.map((intent) => intent.pairId));
  const twins = new Map<string, string>();
  const unclear = new Map<string, readonly string[]>();
  for (const side of sides) {
    for (const item of unpaired[side]) {
      const id = ownPair(ids.workspaceId, item.marker);
      const half = id === null ? undefined : readings.get(id);
      if (id === null || half === undefined || half.pair.refs[side] !== null) continue;
      const others = unclear.get(id) ?? [];
      unclear.set(id, [...others, item.ref]);
      if (others.length > 0) continue;
      twins.set(id, item.ref);
      const staged: StagedItem = { side, ref: item.ref, seen: 'present', item };
      readings.set(id, withSide(half, staged));
    }
  }
  // A person who copies an item may copy its marker too: two that carry it go to review, never "the first".
  for (const [id, refs] of unclear) {
    if (refs.length < 2) unclear.delete(id);
    else twins.delete(id);
  }
  for (const [id, reading] of readings) {
    const answer = reading.pair.decisions['item']?.take;
    const side = sides.find((candidate) => reading.pair.refs[candidate] === null);
    // What the user named as the twin of an interrupted create is read with the pair that it completes.
    const twin = side === undefined || typeof answer !== 'string' ? undefined : staged[side].get(answer);
    if (twin?.seen === 'present') readings.set(id, withSide(reading, twin));
  }
  const claimed = new Set([...twins.values(), ...[...unclear.values()].flat()]);
  const lost = marked.find((id) => !known.has(id) && !waiting.has(id));
  const active = await store.activeRefs();
  const input: PlanInput = {
    ...planFacts(session, nowMs),
    readings: [...readings.values()].sort((a, b) => (a.pair.id < b.pair.id ? -1 : 1)),
    unpaired,
    members: await membersOf(session, readings, unpaired),
    waiting,
    twins,
    unclearTwins: new Set(unclear.keys()),
    suspects: { left: suspects('left'), right: suspects('right') },
    fresh: reading.fresh,
    recovered: recovered !== null || lost !== undefined,
    knownPair: (id) => known.has(id),
    ownMarker: (marker) => ownPair(ids.workspaceId, marker),
  };
  const idle = (result: PlanResult): readonly StagedItem[] => {
    if (mapping.match !== null) return [];
    const spoken = new Set(
      [...result.founded.values()].flatMap(({ pair }) => sides.map((side) => side + (pair.refs[side] ?? ''))),
    );
    return sides.flatMap((side) =>
      loose(side).filter(
        (item) => item.seen !== 'unread' && !spoken.has(side + item.ref) && !input.suspects[side].has(item.ref),
      ),
    );
  };
  const lostPair =
    lost === undefined ? null : 'a tracker holds an item that this data folder does not remember to have made';
  const foreignMarkers = { left: foreign('left'), right: foreign('right') };
  return { input, readings, activePairs: active.length, conflicts, idle, lostPair, foreignMarkers };
}

/** What a plan depends on apart from what was read. */
export function planFacts(session: Session, nowMs: number): PlanFacts {
  const { mapping, info, configFingerprint } = session;
  const { sides: open, ids } = session.deps;
  return {
    mapping,
    rights: { left: info.left.schema.rights, right: info.right.schema.rights },
    capabilities: { left: open.left.capabilities, right: open.right.capabilities },
    skewMs: { left: info.left.skewMs, right: info.right.skewMs },
    readers: { left: open.left.readerVersion, right: open.right.readerVersion },
    nowMs,
    configFingerprint,
    pairId: (side, ref) => ids.pairId(side, ref),
    commentCode: (side, item, comment) => ids.commentCode(side, item, comment),
    ownsCode: (code) => ids.ownsCode(code),
    hash: (text) => ids.hash(text),
  };
}

function compareRefs(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The pair id in a marker of this workspace, or null. */
function ownPair(workspaceId: string, marker: string | null): string | null {
  return marker?.startsWith(`${workspaceId}.`) === true ? marker.slice(workspaceId.length + 1) : null;
}

function isForeignMarker(workspaceId: string, marker: string): boolean {
  return /^[a-z2-7]+\.[a-z2-7]+$/u.test(marker) && !marker.startsWith(`${workspaceId}.`);
}

function withSide(reading: PairReading, staged: StagedItem): PairReading {
  const { left, right } = reading.staged;
  return { ...reading, staged: staged.side === 'left' ? { left: staged, right } : { left, right: staged } };
}

/** The pairs of every item that a reading or an unpaired item refers to. */
export async function membersOf(
  session: Session,
  readings: ReadonlyMap<string, PairReading>,
  unpaired: Sided<readonly Item[]>,
): Promise<Sided<ReadonlyMap<string, string>>> {
  const { mapping, deps } = session;
  const members = { left: new Map<string, string>(), right: new Map<string, string>() };
  const add = (pair: PairState): void => {
    // The other member of a pair that ended may be gone: nothing refers to it through the pair any more.
    if (pair.status === 'ended') return;
    for (const side of sides) if (pair.refs[side] !== null) members[side].set(pair.refs[side], pair.id);
  };
  for (const { pair } of readings.values()) add(pair);
  for (const side of sides) {
    const wanted = new Set<string>();
    const want = (value: FieldValue | undefined): void => {
      if (typeof value === 'string' && !members[side].has(value)) wanted.add(value);
    };
    for (const field of mapping.fields.filter((candidate) => candidate.type === 'item-ref')) {
      const id = field.fields[side];
      for (const item of unpaired[side]) want(item.fields[id]);
      for (const { pair, staged } of readings.values()) {
        want(presentItem(staged[side])?.fields[id]);
        want(pair.bases[side]?.fields[id]?.value);
      }
    }
    for (const pair of (await deps.store.pairsByRef(side, [...wanted])).values()) add(pair);
  }
  return members;
}
