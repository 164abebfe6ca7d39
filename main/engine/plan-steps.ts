/**
 * Work over many items that gives the thread back in between: each function is a generator that yields again and again,
 * after a bounded number of items.
 */

/** How many items are dealt with between two moments at which the thread may be given back. */
export const itemsPerStep = 50;

/** Called once for each item dealt with; true when the thread may be given back. */
export function countSteps(): () => boolean {
  let done = 0;
  return () => {
    done += 1;
    return done % itemsPerStep === 0;
  };
}

export function* forEachInSteps<T>(items: Iterable<T>, act: (item: T) => void): Generator<void> {
  const due = countSteps();
  for (const item of items) {
    act(item);
    if (due()) yield;
  }
}

export function* filterInSteps<T>(items: Iterable<T>, test: (item: T) => boolean): Generator<void, readonly T[]> {
  const kept: T[] = [];
  yield* forEachInSteps(items, (item) => {
    if (test(item)) kept.push(item);
  });
  return kept;
}

/** The items by key, in the order in which they come; those whose key is null are left out. */
export function* groupInSteps<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | null,
): Generator<void, ReadonlyMap<string, readonly T[]>> {
  const groups = new Map<string, T[]>();
  yield* forEachInSteps(items, (item) => {
    const key = keyOf(item);
    if (key === null) return;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  });
  return groups;
}

/** A stable sort: small runs are sorted at once, then merged two by two, again and again. */
export function* sortInSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Generator<void, readonly T[]> {
  let from: T[] = [];
  for (let start = 0; start < items.length; start += itemsPerStep) {
    for (const item of items.slice(start, start + itemsPerStep).sort(compare)) from.push(item);
    yield;
  }
  const due = countSteps();
  for (let width = itemsPerStep; width < items.length; width *= 2) {
    const to: T[] = [];
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length);
      const end = Math.min(middle + width, from.length);
      let left = start;
      let right = middle;
      while (left < middle || right < end) {
        const takeLeft = right >= end || (left < middle && compare(from[left] as T, from[right] as T) <= 0);
        to.push(from[takeLeft ? left++ : right++] as T);
        if (due()) yield;
      }
    }
    from = to;
  }
  return from;
}

/** All of it in one step, for few items. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
