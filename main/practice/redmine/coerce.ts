/**
 * How Redmine reads loosely typed JSON. Rules found by trying on Redmine 5.0 and kept equal by the parity suite:
 * numbers may come as text, text as numbers, and what is no number counts as 0.
 */

export type Json = Readonly<Record<string, unknown>>;

export function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** Text as a text column stores it; null stays null, lists and objects count as null. */
export function toText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return null;
}

export function isBlank(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'string' && value.trim() === '';
}

/** A whole number as an integer column stores it: blank is null, other text its leading digits or 0. */
export function toInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return null;
  return leadingInteger(value);
}

/** The number at the start of a text, 0 where there is none. */
export function leadingInteger(text: string): number {
  const found = /^\s*([+-]?\d+)/.exec(text);
  return found === null ? 0 : Number(found[1]);
}

/** A boolean column: only the usual words for "no" are false, blank is null. */
export function toBoolean(value: unknown): boolean | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return !['0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF'].includes(value);
  return value !== false && value !== 0;
}

export type Parsed<T> = { readonly ok: true; readonly value: T | null } | { readonly ok: false };

/** `YYYY-MM-DD` of a day that exists; blank is null. */
export function toDate(value: unknown): Parsed<string> {
  if (isBlank(value)) return { ok: true, value: null };
  const text = toText(value);
  return text !== null && isDay(text) ? { ok: true, value: text } : { ok: false };
}

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Hours: 1.5, "1.5", "1,5", "1:30", "1h30", "30m"; blank is null. Negative ones are not valid. */
export function toHours(value: unknown): Parsed<number> {
  if (isBlank(value)) return { ok: true, value: null };
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? { ok: true, value } : { ok: false };
  if (typeof value !== 'string') return { ok: false };
  const text = value.trim();
  const plain = /^(\d+(?:[.,]\d+)?)h?$/.exec(text);
  if (plain?.[1] !== undefined) return { ok: true, value: Number(plain[1].replace(',', '.')) };
  const clock = /^(\d+):(\d+)$/.exec(text);
  if (clock !== null) return { ok: true, value: Number(clock[1]) + Number(clock[2]) / 60 };
  const words = /^(?:(\d+)\s*(?:h|hours?))?\s*(?:(\d+)\s*(?:m|min)?)?$/i.exec(text);
  if (words !== null && text !== '') {
    return { ok: true, value: Number(words[1] ?? 0) + Number(words[2] ?? 0) / 60 };
  }
  return { ok: false };
}

/** A custom field's value: always text or a list of texts; null becomes empty text. */
export function toCustomValue(value: unknown): string | readonly string[] {
  if (!Array.isArray(value)) return customText(value);
  const texts = [...new Set(value.map(customText).filter((text) => text !== ''))];
  return texts.length === 0 ? [''] : texts;
}

function customText(value: unknown): string {
  return value === null || value === undefined ? '' : (toText(value) ?? JSON.stringify(value));
}
