/**
 * Whether any of many texts stands in another one, in time that grows with that one's length alone: every place is
 * looked up by its first characters, and only where those begin a needle, once for each length of needles.
 */
export interface Search {
  isIn(text: string): boolean;
}

/** A needle's beginning proves it: the rest of a long text need not be kept. */
export const longestNeedle = 32;

const beginning = 4;
const tableSize = 2 ** 20;

/** @param needles cut to `longestNeedle` by the caller; the empty one counts for nothing */
export function createSearch(needles: ReadonlySet<string>): Search {
  const begins = new Uint8Array(tableSize);
  const lengths = new Set<number>();
  const short: string[] = [];
  for (const needle of needles) {
    if (needle.length < beginning) {
      if (needle !== '') short.push(needle);
      continue;
    }
    begins[placeOf(needle, 0)] = 1;
    lengths.add(needle.length);
  }
  const ascending = [...lengths].sort((a, b) => a - b);

  return {
    isIn(text) {
      if (short.some((needle) => text.includes(needle))) return true;
      for (let at = 0; at + beginning <= text.length; at += 1) {
        if (begins[placeOf(text, at)] === 0) continue;
        for (const length of ascending) {
          if (at + length > text.length) break;
          if (needles.has(text.slice(at, at + length))) return true;
        }
      }
      return false;
    },
  };
}

function placeOf(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + beginning; index += 1) hash = (Math.imul(hash, 131) + text.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 17)) & (tableSize - 1);
}
