import type { FieldValue } from '../../../preload/contract/values.js';

/** Canonical text: LF line ends, nothing for empty. Redmine stores descriptions with CRLF and notes as they were sent. */
export function canonicalText(wire: string | null | undefined): string | null {
  if (wire === null || wire === undefined || wire === '') return null;
  return wire.replace(/\r\n?/g, '\n');
}

/** Half a surrogate pair is not a character and cannot be sent. */
export function wellFormed(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

export function asText(value: FieldValue): string | null {
  if (value === null || typeof value === 'string') return canonicalText(value);
  return Array.isArray(value) ? value.join(', ') : String(value);
}
