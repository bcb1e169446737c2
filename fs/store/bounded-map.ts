/**
 * Metadata operations in flight per call. Parallel file systems answer hundreds to thousands of them a second in all;
 * libuv runs as many at once as it has threads, the rest waits there cheaply.
 */
export const METADATA_PARALLELISM = 16;

/** Maps in input order with at most `parallelism` calls in flight. The first failure stops further calls and is thrown. */
export async function boundedMap<T, R>(
  items: readonly T[],
  map: (item: T, index: number) => Promise<R>,
  parallelism: number = METADATA_PARALLELISM,
): Promise<R[]> {
  const results: R[] = [];
  results.length = items.length;
  // One iterator for all workers: each item goes to whoever is free first.
  const queue = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) {
        return;
      }
      try {
        results[index] = await map(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(parallelism, items.length) }, worker));
  for (const outcome of settled) {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
  }
  return results;
}
