/**
 * Runs `work` for each value, at most `limit` at once; results in the order of the values. The first failure is thrown
 * after the work that was already begun has ended, and nothing new is begun.
 */
export async function mapLimit<T, R>(
  values: readonly T[],
  limit: number,
  work: (value: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const failures: { readonly error: unknown }[] = [];
  const lane = async (): Promise<void> => {
    while (failures.length === 0 && next < values.length) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(values[index] as T, index);
      } catch (error) {
        failures.push({ error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, lane));
  const [first] = failures;
  if (first !== undefined) throw first.error;
  return results;
}
