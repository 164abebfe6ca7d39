import { formsOf } from '../../connectors/http/redact.js';
import { createSearch, longestNeedle, type Search } from './search.js';
import type { Slices } from './slices.js';
import { isStandIn, standInKinds } from './stand-ins.js';
import { isPartOfOurWords, knownKeys, numberKeys, vocabulary } from './vocabulary.js';

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

/** What must not be found in a bundle, whatever its form. */
export interface Forbidden {
  /** Secrets, hosts, mail addresses: of any length, and encoded in any of the usual ways. */
  readonly always: readonly string[];
  /** Values, names and texts; those of fewer than six characters prove nothing. */
  readonly values: Iterable<string>;
  /** Of the program and its machine, as they may be said. */
  readonly versions: readonly string[];
}

/** Shorter ones stand in a bundle by chance. */
export const shortestValue = 6;

// Every repetition is bounded: a long text without a mail address must not take minutes.
const mailPattern = /[^\s"@~]{1,64}@[^\s"@]{1,253}\.[a-z]{2,}/iu;
const addressPattern = /https?:|:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b/iu;
/** What is found across the border of two parts of a text is at most this long. */
const longestFound = 512;
const partLength = 32 * 1024;

/**
 * What is wrong with a bundle, in words that do not repeat it. By structure: every leaf is a stand-in, a word of ours
 * or a number of ours. And by search, which does not trust the structure.
 */
export async function findLeaks(
  files: readonly BundleFile[],
  forbidden: Forbidden,
  slices: Slices,
): Promise<readonly string[]> {
  const search = createSearch(await needlesOf(forbidden, slices));
  const versions = new Set(forbidden.versions);
  const leaks: string[] = [];
  for (const { name, text } of files) {
    const found = new Set<string>();
    // Files that are one JSON value (configuration, run, versions) are small; they are checked in one go.
    for (const line of name.endsWith('.jsonl') ? text.split('\n') : [text]) {
      if (line === '') continue;
      await slices.before(line.length);
      checkStructure(line, versions, (what) => found.add(what));
    }
    await searchParts(text, search, slices, (what) => found.add(what));
    leaks.push(...[...found].map((what) => `${name} holds ${what}.`));
  }
  return leaks;
}

function checkStructure(json: string, versions: ReadonlySet<string>, tell: (what: string) => void): void {
  try {
    checkLeaf(JSON.parse(json) as unknown, '');
  } catch {
    tell('something that is no JSON');
  }

  function checkLeaf(value: unknown, key: string): void {
    if (typeof value === 'string') {
      if (!isStandIn(value) && !vocabulary.has(value) && !versions.has(value)) tell('a text that is no stand-in');
    } else if (typeof value === 'number') {
      if (!numberKeys.has(key)) tell('a number that is none of ours');
    } else if (Array.isArray(value)) {
      for (const member of value) checkLeaf(member, key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        if (!knownKeys.has(name) && !isStandIn(name)) tell('a name that is no word of ours');
        checkLeaf(member, name);
      }
    }
  }
}

async function searchParts(text: string, search: Search, slices: Slices, tell: (what: string) => void): Promise<void> {
  let tail = '';
  for (let at = 0; at < text.length;) {
    const end = endOfPart(text, at);
    await slices.before(end - at);
    const part = tail + withoutStandIns(text.slice(at, end));
    if (mailPattern.test(part)) tell('a mail address');
    if (addressPattern.test(part)) tell('an address');
    if (search.isIn(part)) tell('a value, name or secret of yours');
    tail = part.slice(-longestFound);
    at = end;
  }
}

/** After a comma or a line's end: never within a stand-in. */
function endOfPart(text: string, start: number): number {
  const most = start + partLength;
  if (most >= text.length) return text.length;
  const border = Math.max(text.lastIndexOf(',', most - 1), text.lastIndexOf('\n', most - 1));
  return border < start ? most : border + 1;
}

/** As JSON writes them, folded, and no more of each than proves it. */
async function needlesOf({ always, values, versions }: Forbidden, slices: Slices): Promise<ReadonlySet<string>> {
  const needles = new Set<string>();
  const foldedVersions = versions.map((version) => version.toLowerCase());
  const add = (text: string): void => {
    // An escape makes characters more, never fewer.
    const whole = text.trim();
    const needle = JSON.stringify(whole.slice(0, 2 * longestNeedle))
      .slice(1, -1)
      .toLowerCase();
    if (needle === '' || isOutsideOfTexts(needle) || isPartOfOurWords(needle)) return;
    if (foldedVersions.some((version) => version.includes(needle))) return;
    needles.add(needle.slice(0, longestNeedle));
  };
  for (const text of always) {
    await slices.before(text.length + costOfNeedle);
    for (const form of [text, ...formsOf(text)]) add(form);
  }
  for (const value of values) {
    await slices.before(costOfNeedle);
    if ([...value.trim().slice(0, 2 * shortestValue)].length >= shortestValue) add(value);
  }
  return needles;
}

/** In characters: to fold it, and to look it up among our words. */
const costOfNeedle = 64;

/**
 * What JSON writes between its texts. Digits also stand in times and counts by chance; as a text of their own the
 * structure refuses all of these.
 */
function isOutsideOfTexts(folded: string): boolean {
  return /^(?:true|false|null|[\s\d.,:{}[\]-])+$/u.test(folded);
}

const standInsInJson = new RegExp(`"(?:${standInKinds.join('|')})~[a-z2-7]{12}"`, 'gu');

/** Stand-ins are random letters: a short secret may be among them by chance. */
function withoutStandIns(text: string): string {
  return text.replace(standInsInJson, '""').toLowerCase();
}
