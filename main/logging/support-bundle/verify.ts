import { isStandIn } from './stand-ins.js';
import { isPartOfOurWords, knownKeys, vocabulary } from './vocabulary.js';

export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

/** What must not be found in a bundle, whatever its form. */
export interface Forbidden {
  /** Secrets, hosts, mail addresses: of any length. */
  readonly always: readonly string[];
  /** Values, names and texts; those of fewer than six characters prove nothing. */
  readonly values: readonly string[];
  /** Of the program and its machine, as they may be said. */
  readonly versions: readonly string[];
}

/** Shorter ones stand in a bundle by chance. */
export const shortestValue = 6;

const mailPattern = /[^\s"@~]+@[^\s"@]+\.[a-z]{2,}/iu;
const addressPattern = /https?:|:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b/iu;

/**
 * What is wrong with a bundle, in words that do not repeat it. By structure: every leaf is a stand-in, a word of ours
 * or a number. And by search, which does not trust the structure.
 */
export function findLeaks(files: readonly BundleFile[], forbidden: Forbidden): readonly string[] {
  const needles = needlesOf(forbidden);
  return files.flatMap(({ name, text }) => {
    const found = new Set<string>();
    for (const line of name.endsWith('.jsonl') ? text.split('\n').filter((each) => each !== '') : [text]) {
      checkStructure(line, new Set(forbidden.versions), (what) => found.add(what));
    }
    const searched = withoutStandIns(text);
    if (mailPattern.test(searched)) found.add('a mail address');
    if (addressPattern.test(searched)) found.add('an address');
    if (needles.some((needle) => searched.includes(needle))) found.add('a value, name or secret of yours');
    return [...found].map((what) => `${name} holds ${what}.`);
  });
}

function checkStructure(json: string, versions: ReadonlySet<string>, tell: (what: string) => void): void {
  try {
    checkLeaf(JSON.parse(json) as unknown);
  } catch {
    tell('something that is no JSON');
  }

  function checkLeaf(value: unknown): void {
    if (typeof value === 'string') {
      if (!isStandIn(value) && !vocabulary.has(value) && !versions.has(value)) tell('a text that is no stand-in');
    } else if (Array.isArray(value)) {
      for (const member of value) checkLeaf(member);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        if (!knownKeys.has(key) && !isStandIn(key)) tell('a name that is no word of ours');
        checkLeaf(member);
      }
    }
  }
}

/** As JSON writes them, folded. */
function needlesOf({ always, values, versions }: Forbidden): readonly string[] {
  const needles = new Set<string>();
  for (const value of [...always, ...values.filter((each) => [...each.trim()].length >= shortestValue)]) {
    const needle = JSON.stringify(value.trim()).slice(1, -1).toLowerCase();
    // Digits stand in times and counts by chance; as a text of their own the structure refuses them.
    if (needle === '' || /^[\d.:-]+$/u.test(needle) || isPartOfOurWords(needle)) continue;
    if (versions.some((version) => version.toLowerCase().includes(needle))) continue;
    needles.add(needle);
  }
  return [...needles];
}

/** Stand-ins are random letters: a short secret may be among them by chance. */
function withoutStandIns(text: string): string {
  return text.replace(/"[a-z]+~[a-z2-7]{12}"/gu, '""').toLowerCase();
}
