import type { Item, Lookup } from '../connectors/contract.js';
import { writingKinds, type PlanRow } from '../../preload/contract/plan.js';
import { sides, type Side } from '../../preload/contract/values.js';
import type { PairReading } from './plan-context.js';
import type { Session } from './session.js';
import type { StagedItem } from './state.js';

export interface RecheckedSources {
  /** Rows that must not be carried out any more, by `seq`, and why. */
  readonly dropped: ReadonlyMap<number, string>;
  /** What was read of their sources, for the next plan. */
  readonly staged: readonly StagedItem[];
}

/**
 * A stored preview may be a day old: nothing is made of an item or a comment that has since gone, left the scope or
 * become private. A source that was merely edited is the next run's business.
 */
export async function recheckSources(
  session: Session,
  rows: readonly PlanRow[],
  readings: ReadonlyMap<string, PairReading>,
): Promise<RecheckedSources> {
  const dropped = new Map<number, string>();
  const staged: StagedItem[] = [];
  for (const side of sides) {
    const writes = rows.filter((row) => row.side !== side && writingKinds.includes(row.kind));
    const refs = [...new Set(writes.flatMap((row) => readings.get(row.pairId)?.pair.refs[side] ?? []))];
    const found = await readAgain(session, side, refs);
    for (const row of writes) {
      const pair = readings.get(row.pairId)?.pair;
      const lookup = found.get(pair?.refs[side] ?? '');
      if (pair === undefined || lookup === undefined) continue;
      const why = reasonToDrop(
        session,
        side,
        row,
        lookup,
        pair.comments.find(({ id }) => id === row.commentId)?.refs[side],
      );
      if (why === null) continue;
      dropped.set(row.seq, why);
      staged.push(stagedAs(session, side, lookup));
    }
  }
  return { dropped, staged };
}

async function readAgain(session: Session, side: Side, refs: readonly string[]): Promise<ReadonlyMap<string, Lookup>> {
  const { connector, capabilities } = session.deps.sides[side];
  const size = Math.max(1, capabilities.batchRead) * Math.max(1, capabilities.concurrency);
  const found = new Map<string, Lookup>();
  for (let start = 0; start < refs.length; start += size)
    for (const lookup of await connector.getMany(refs.slice(start, start + size), session.signal))
      found.set(lookup.ref, lookup);
  return found;
}

function isInside(session: Session, side: Side, item: Item): boolean {
  const { scope, types } = session.mapping.scopes[side];
  return item.scope === scope && types.includes(String(item.fields['type']));
}

function stagedAs(session: Session, side: Side, lookup: Lookup): StagedItem {
  const { ref, state } = lookup;
  if (state !== 'present') return { side, ref, seen: state, item: null };
  return { side, ref, seen: isInside(session, side, lookup.item) ? 'present' : 'out-of-scope', item: lookup.item };
}

function reasonToDrop(
  session: Session,
  side: Side,
  row: PlanRow,
  lookup: Lookup,
  known: string | null | undefined,
): string | null {
  if (lookup.state !== 'present') return `the ${side} item is gone or not visible any more`;
  if (!isInside(session, side, lookup.item)) return `the ${side} item left the scope`;
  if (lookup.item.private) return `the ${side} item became private`;
  if (row.kind !== 'add-comment' && row.kind !== 'edit-comment') return null;
  const ref = known ?? row.sourceBefore;
  const comment = lookup.item.comments.find((candidate) => candidate.ref === ref);
  return comment?.visibility === 'public' ? null : `the ${side} comment is gone or became private`;
}
