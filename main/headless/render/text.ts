/** What a terminal would obey or be confused by: controls, escape sequences, marks that turn the direction of writing. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const hostile = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Text of a tracker, fit for a terminal; lines stay. */
export function safeText(text: string): string {
  return text.replace(/\r\n?/gu, '\n').replace(hostile, '�');
}

/** The same on one line. */
export function oneLine(text: string): string {
  return safeText(text).replace(/\s+/gu, ' ').trim();
}

const wide =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const zero = /^(?:\p{M}|[\u200b-\u200d]|\ufe0f)$/u;

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (zero.test(character)) return 0;
  return wide.test(character) && code > 0x2000 ? 2 : 1;
}

/** Columns that the text takes, colours aside. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripStyle(text)) width += widthOf(character);
  return width;
}

/** At most so many columns; what is cut off shows as an ellipsis. Without colours. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

export function stripStyle(text: string): string {
  // eslint-disable-next-line no-control-regex -- our own colour sequences
  return text.replace(/\u001b\[[0-9;]*m/gu, '');
}

/** `1 item`, `2 items`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}

/** Bytes in the unit that fits. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** UTC, to the second: the same on every machine and in every script. */
export function timeText(ms: number | null): string {
  return ms === null ? '-' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `0:07`, `12:30`, `1:02:03`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}:${pad(seconds % 60)}`;
  return `${String(Math.floor(minutes / 60))}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}
