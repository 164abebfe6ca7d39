import { z } from 'zod';

export const sides = ['left', 'right'] as const;
export const sideSchema = z.enum(sides);
export type Side = z.infer<typeof sideSchema>;

export function otherSide(side: Side): Side {
  return side === 'left' ? 'right' : 'left';
}

/** One thing per side. */
export interface Sided<T> {
  readonly left: T;
  readonly right: T;
}

export const fieldTypes = [
  'text',
  'rich-text',
  'number',
  'boolean',
  'date',
  'date-time',
  'option',
  'option-set',
  'user',
  'user-set',
  'labels',
  'duration',
  'item-ref',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/**
 * A field's canonical value, by type:
 * text, rich-text: string with LF line ends · number: number · boolean: boolean · date: YYYY-MM-DD · date-time: ISO 8601
 * in UTC · option, user: the id the tracker uses, as string · item-ref: the item's ref · duration: seconds ·
 * option-set, user-set, labels: ids or words, sorted, without doubles. Empty is always null, never '' or [].
 */
export const fieldValueSchema = z.union([z.null(), z.string(), z.number(), z.boolean(), z.array(z.string())]);
export type FieldValue = null | string | number | boolean | readonly string[];

export function sameValue(a: FieldValue, b: FieldValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((member, index) => member === b[index]);
  }
  return a === b;
}
