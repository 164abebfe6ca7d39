import type { FieldValue, Side } from '../../preload/contract/values.js';
import type { Names } from '../../preload/contract/views.js';

// Text from trackers is hostile: control characters could hide or reorder what follows, so they are made visible.
// eslint-disable-next-line no-control-regex -- these are what is looked for
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Longest text that is laid out; a title of megabytes would hang the window. */
const longest = 20_000;

/** Tracker text for showing: invisible and direction-changing characters made visible, cut where it is absurdly long. */
export function safeText(text: string, max = longest): string {
  const cut = text.length > max ? `${text.slice(0, max)}… (${number(text.length - max)} more characters)` : text;
  return cut.replace(invisible, '\ufffd');
}

/** The same on one line, for rows. */
export function lineText(text: string, max = 300): string {
  return safeText(text.slice(0, max + 1), max)
    .replace(/\s+/gu, ' ')
    .replace(/ \(.*more characters\)$/u, '');
}

export function fieldName(names: Names | undefined, field: string | null): string {
  if (field === null) return '';
  if (field === 'comment' || field.startsWith('comment:')) return 'Comment';
  return safeText(names?.[field]?.name ?? field, 200);
}

/** A value as people know it: options and users by name, empty as an empty string. */
export function valueText(names: Names | undefined, field: string | null, side: Side, value: FieldValue): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((member) => named(names, field, side, String(member))).join(', ');
  return named(names, field, side, String(value));
}

function named(names: Names | undefined, field: string | null, side: Side, value: string): string {
  return safeText((field === null ? undefined : names?.[field]?.options[side][value]) ?? value);
}

/** 12,345 */
export function number(value: number): string {
  return value.toLocaleString('en');
}

export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** 4.2 MB */
export function byteText(bytes: number): string {
  if (bytes < 1_000) return `${String(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ''}`;
}
