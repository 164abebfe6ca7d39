import { createHmac } from 'node:crypto';

/** What a stand-in stands for; told, so that whoever reads a bundle can follow it. */
export const standInKinds = ['value', 'name', 'item', 'pair', 'field', 'host', 'text', 'id'] as const;
export type StandInKind = (typeof standInKinds)[number];

export type StandIns = (kind: StandInKind, value: string) => string;

const standInPattern = new RegExp(`^(?:${standInKinds.join('|')})~[a-z2-7]{12}$`, 'u');

/** The same value has the same stand-in as long as the key is the same; without the key nobody can try values. */
export function createStandIns(key: Uint8Array): StandIns {
  return (kind, value) => `${kind}~${toLetters(createHmac('sha256', key).update(value, 'utf8').digest())}`;
}

export function isStandIn(text: string): boolean {
  return standInPattern.test(text);
}

/** How many different things a text's stand-ins stand for, by what they are. */
export function countStandIns(text: string): Readonly<Partial<Record<StandInKind, number>>> {
  const found = new Set(Array.from(text.matchAll(standInsInText), ([standIn]) => standIn));
  const counts: Partial<Record<StandInKind, number>> = {};
  for (const kind of standInKinds) {
    const count = [...found].filter((standIn) => standIn.startsWith(`${kind}~`)).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}

const standInsInText = new RegExp(`\\b(?:${standInKinds.join('|')})~[a-z2-7]{12}\\b`, 'gu');

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

function toLetters(digest: Uint8Array): string {
  return [...digest.subarray(0, 12)].map((byte) => letters[byte % 32]).join('');
}
