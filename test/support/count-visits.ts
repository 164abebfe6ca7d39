type Method = (this: unknown, ...args: unknown[]) => unknown;

const arrayIterator: object = Object.getPrototypeOf([][Symbol.iterator]()) as object;
const mapIterator: object = Object.getPrototypeOf(new Map()[Symbol.iterator]()) as object;
const setIterator: object = Object.getPrototypeOf(new Set()[Symbol.iterator]()) as object;

const one = (): number => 1;
const each = (array: unknown): number => (array as { readonly length: number }).length;
/** What one call of each method counts for, by what it is called on and what it gives. */
const counted: readonly (readonly [object, readonly string[], (self: unknown, given: unknown) => number])[] = [
  [arrayIterator, ['next'], one],
  [mapIterator, ['next'], one],
  [setIterator, ['next'], one],
  [Map.prototype, ['get', 'set', 'has', 'delete'], one],
  [Set.prototype, ['add', 'has', 'delete'], one],
  [Array.prototype, ['push'], one],
  [Array.prototype, ['slice'], (_array, given) => each(given)],
  [Array.prototype, 'concat every filter find flatMap forEach includes indexOf map reduce some sort'.split(' '), each],
];

/**
 * Counts what a computation does, without a clock: elements that arrays, maps and sets hand out (for-of, spread, `map`,
 * `sort` and the like) or take in.
 */
export function countVisits<T>(work: () => T): { readonly result: T; readonly visits: number } {
  let visits = 0;
  const originals = counted.flatMap(([owner, names, weigh]) =>
    names.map((name) => {
      const original = Reflect.get(owner, name) as Method;
      const counting: Method = function (...args) {
        const given = Reflect.apply(original, this, args);
        visits += weigh(this, given);
        return given;
      };
      Reflect.set(owner, name, counting);
      return { owner, name, original };
    }),
  );
  let result: T;
  try {
    result = work();
  } finally {
    for (const { owner, name, original } of originals) Reflect.set(owner, name, original);
  }
  return { result, visits };
}
