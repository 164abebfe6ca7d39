/** Runs `work` for every item, at most `limit` side by side. The first error stops what has not begun, and is thrown. */
export async function forEachLimit<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed) {
      const item = items[next];
      if (next >= items.length) return;
      next += 1;
      try {
        await work(item as T);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
