/** Small seeded choices: a failing run can be had again by its seed. */
export interface Choices {
  /** A whole number in [0, below). */
  below(limit: number): number;
  one<T>(values: readonly T[]): T;
}

export function createChoices(seed: number): Choices {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return {
    below,
    one(values) {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('there is nothing to choose from');
      return value;
    },
  };
}

/** The seed of this run's property tests; `vitest.config.ts` prints it. */
export function runSeed(): number {
  return Number(process.env['LOCKSTEP_SEED'] ?? 1);
}
