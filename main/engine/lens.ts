import { sameValue, type FieldValue, type Side, type Sided } from '../../preload/contract/values.js';
import type { Reason } from '../../preload/contract/plan.js';

/**
 * A mapping of one field, as a lens. What a side holds is seen from the other side through `view`; `put` writes a seen
 * value into a side while keeping what that side already holds if it means the same.
 *
 * Laws (tested as properties): put(view(x), x) = x, and view(put(y, x)) = y wherever `put` is possible.
 */
export interface Lens {
  /** What the other side would hold for this value, or why there is nothing. Empty is always seen as empty. */
  view(from: Side, value: FieldValue): View;
  /** Both values mean the same. */
  related(values: Sided<FieldValue>): boolean;
}

export type View =
  | { readonly ok: true; readonly value: FieldValue }
  | { readonly ok: false; readonly reason: Reason; readonly value: FieldValue };

/** Two views are the same sight: the same value, or the same value without a twin. */
export function sameView(a: View, b: View): boolean {
  return a.ok === b.ok && sameValue(a.value, b.value);
}

/** The value that `to` shall hold so that it means `value` of the other side. */
export function putValue(lens: Lens, to: Side, value: FieldValue, present: FieldValue): View {
  const values = to === 'left' ? { left: present, right: value } : { left: value, right: present };
  if (lens.related(values)) return { ok: true, value: present };
  return lens.view(to === 'left' ? 'right' : 'left', value);
}

export const identityLens: Lens = {
  view: (_from, value) => ({ ok: true, value }),
  related: ({ left, right }) => sameValue(left, right),
};

/**
 * A table of values that belong together. Where a value stands in several rows the first row is its translation, and
 * every row is a meaning it may have: `New: Open, Triaged: Open` turns `Open` into `New`, but leaves `Triaged` alone.
 */
export function tableLens(rows: readonly Sided<string>[], missing: Reason): Lens {
  const first = { left: new Map<string, string>(), right: new Map<string, string>() };
  const together = new Set<string>();
  for (const { left, right } of rows) {
    if (!first.left.has(left)) first.left.set(left, right);
    if (!first.right.has(right)) first.right.set(right, left);
    together.add(JSON.stringify([left, right]));
  }
  return {
    view(from, value) {
      if (value === null) return { ok: true, value: null };
      const twin = first[from].get(String(value));
      return twin === undefined ? { ok: false, reason: missing, value } : { ok: true, value: twin };
    },
    related: ({ left, right }) =>
      left === null || right === null ? left === right : together.has(JSON.stringify([String(left), String(right)])),
  };
}

/** Prefix of an item-ref that was translated into its pair's id. */
const pairPrefix = 'pair:';
export const toPairValue = (pairId: string): string => pairPrefix + pairId;

/** The pair id in such a value, or null. */
export function pairOfValue(value: FieldValue): string | null {
  return typeof value === 'string' && value.startsWith(pairPrefix) ? value.slice(pairPrefix.length) : null;
}

/** References to items: they mean the same where both items are members of one pair. */
export function itemLens(
  pairOf: (side: Side, ref: string) => string | null,
  refOf: (side: Side, pairId: string) => string | null,
): Lens {
  const pairValue = (side: Side, value: FieldValue): string | null => {
    if (value === null) return null;
    return pairOfValue(value) ?? pairOf(side, String(value));
  };
  return {
    view(from, value) {
      if (value === null) return { ok: true, value: null };
      const pairId = pairValue(from, value);
      if (pairId === null) return { ok: false, reason: 'item-without-twin', value };
      const to = from === 'left' ? 'right' : 'left';
      return { ok: true, value: refOf(to, pairId) ?? toPairValue(pairId) };
    },
    related({ left, right }) {
      if (left === null || right === null) return left === right;
      const pairId = pairValue('left', left);
      return pairId !== null && pairId === pairValue('right', right);
    },
  };
}
