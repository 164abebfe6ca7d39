import type { Capabilities, Item, Rights } from '../connectors/contract.js';
import type { PlanRow } from '../../preload/contract/plan.js';
import { sides, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import type { Lens } from './lens.js';
import type { FieldMapping, Mapping } from './mapping.js';
import type { PairState, StagedItem } from './state.js';

/** A row before the plan numbers it. */
export type RowDraft = Omit<PlanRow, 'seq'>;

/** Which item is in which pair. Grows while a run creates items. */
export class Members {
  readonly #pairs: Sided<Map<string, string>> = { left: new Map(), right: new Map() };
  readonly #refs: Sided<Map<string, string>> = { left: new Map(), right: new Map() };

  bind(pairId: string, side: Side, ref: string): void {
    this.#pairs[side].set(ref, pairId);
    this.#refs[side].set(pairId, ref);
  }

  pairOf(side: Side, ref: string): string | null {
    return this.#pairs[side].get(ref) ?? null;
  }

  refOf(side: Side, pairId: string): string | null {
    return this.#refs[side].get(pairId) ?? null;
  }
}

/** Facts that every decision of one plan shares. Pure data and pure functions. */
export interface PlanContext {
  readonly mapping: Mapping;
  readonly rights: Sided<Rights>;
  readonly capabilities: Sided<Capabilities>;
  readonly skewMs: Sided<number>;
  readonly nowMs: number;
  readonly configFingerprint: string;
  /** Pairs with a write of unknown outcome. */
  readonly waiting: ReadonlySet<string>;
  /** Items that carry the marker of a pair which lacks its twin, by pair id: a lost create's, found again. */
  readonly twins: ReadonlyMap<string, string>;
  /** Pairs that lack their twin while several items carry their marker. */
  readonly unclearTwins: ReadonlySet<string>;
  /** Pairs whose parent, child or self was read or changes in this run: what failed for good is tried again. */
  readonly rearmed: ReadonlySet<string>;
  readonly members: Members;
  /** Version of the code that reads each side's raw text. */
  readonly readers: Sided<number>;
  readonly lensOf: (field: FieldMapping) => Lens;
  readonly hash: (text: string) => string;
  readonly commentCode: (side: Side, itemRef: string, commentRef: string) => string;
  readonly ownsCode: (code: string) => boolean;
}

/** A pair and what was read of its items. */
export interface PairReading {
  readonly pair: PairState;
  readonly staged: Sided<StagedItem | null>;
}

export function presentItem(staged: StagedItem | null): Item | null {
  return staged?.seen === 'present' ? staged.item : null;
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

/** What `troubles` compare: a final failure is tried again when any of this changes. */
export function gateOf(context: PlanContext, source: FieldValue, targetRevision: string | null): string {
  return context.hash(JSON.stringify([source, targetRevision, context.configFingerprint]));
}

export function titleOf(reading: PairReading): string {
  const item = presentItem(reading.staged.left) ?? presentItem(reading.staged.right);
  if (item !== null) return titleOfItem(item);
  return reading.pair.keys.left ?? reading.pair.keys.right ?? reading.pair.id;
}

export function titleOfItem(item: Item): string {
  const subject = item.fields['subject'] ?? item.fields['summary'] ?? item.fields['title'] ?? null;
  return typeof subject === 'string' ? `${item.key} ${subject}`.slice(0, 200) : item.key;
}

/**
 * A row of this pair; what is not given is empty. Written out for the same reason as in `PlanRows`. Who makes many rows
 * of one pair gives them one title.
 */
export function draftRow(
  reading: PairReading,
  row: Pick<RowDraft, 'kind' | 'side' | 'reason'> & Partial<RowDraft>,
): RowDraft {
  return {
    field: row.field ?? null,
    before: row.before ?? null,
    after: row.after ?? null,
    sourceBefore: row.sourceBefore ?? null,
    source: row.source ?? null,
    loser: row.loser ?? null,
    half: row.half ?? false,
    commentId: row.commentId ?? null,
    note: row.note ?? null,
    pairId: row.pairId ?? reading.pair.id,
    refs: row.refs ?? reading.pair.refs,
    title: row.title ?? titleOf(reading),
    kind: row.kind,
    side: row.side,
    reason: row.reason,
  };
}
