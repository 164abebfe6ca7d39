/** Numbers that look random and are the same in every run (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const syllables =
  'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re'.split(' ');
const vocabulary = 4_000;

/** Text of words from a vocabulary of 4,000, common ones more often: it compresses about as well as prose does. */
export function createWriter(pick: (below: number) => number): (words: number) => string {
  const words = Array.from({ length: vocabulary }, () =>
    Array.from({ length: 1 + pick(4) }, () => syllables[pick(syllables.length)]).join(''),
  );
  // The product of two draws prefers small numbers, much as word frequencies do.
  const word = (): string => words[Math.floor((pick(vocabulary) * pick(vocabulary)) / vocabulary)] ?? '';
  return (count) => Array.from({ length: count }, word).join(' ');
}
