import type { Names } from '../../../preload/contract/views.js';
import type { FieldValue, Side } from '../../../preload/contract/values.js';
import { cut, oneLine } from './text.js';

/** Longest value in a line of a list. */
const valueColumns = 60;

export function fieldName(names: Names, field: string | null): string {
  if (field === null) return '';
  if (isComment(field)) return 'comment';
  return names[field]?.name ?? field;
}

function isComment(field: string | null): boolean {
  return field !== null && (field === 'comment' || field.startsWith('comment:'));
}

/** A mirrored comment's header line shortened to its author's name. */
function commentText(text: string): string {
  return text.replace(/^(.+?) wrote on [^\n]* \(ref [a-z2-7]{16}\):\s+/u, '$1: ');
}

/** A value as people know it: options and users by name, empty as a dash, long text cut. */
export function valueText(names: Names, field: string | null, side: Side, value: FieldValue): string {
  if (value === null || value === '') return '-';
  if (Array.isArray(value)) return value.map((member) => optionText(names, field, side, String(member))).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = isComment(field) ? commentText(String(value)) : optionText(names, field, side, String(value));
  return cut(oneLine(text), valueColumns);
}

function optionText(names: Names, field: string | null, side: Side, value: string): string {
  if (field === null) return value;
  return names[field]?.options[side][value] ?? value;
}
