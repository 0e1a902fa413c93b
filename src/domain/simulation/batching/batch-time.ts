/** How long a batch of `size` takes: `perRequestMs` × size + `fixedMs`. Holds well for neural networks on a GPU until memory is full. */
export type BatchTime = Readonly<{ perRequestMs: number; fixedMs: number }>;

export function batchMs({ perRequestMs, fixedMs }: BatchTime, size: number): number {
  return perRequestMs * size + fixedMs;
}

export type MeasuredBatch = Readonly<{ size: number; ms: number }>;
export type FittedBatchTime = BatchTime & Readonly<{ rSquared: number }>;

/**
 * The straight line through measured batches by least squares. `null` when there are not two different sizes, or when the line says
 * that a larger batch, or an empty one, takes no time: then the measurements are something else.
 */
export function fitBatchTime(measured: readonly MeasuredBatch[]): FittedBatchTime | null {
  const count = measured.length;
  if (count < 2) return null;
  const meanSize = measured.reduce((sum, { size }) => sum + size, 0) / count;
  const meanMs = measured.reduce((sum, { ms }) => sum + ms, 0) / count;
  let sizes = 0;
  let times = 0;
  let both = 0;
  for (const { size, ms } of measured) {
    sizes += (size - meanSize) ** 2;
    times += (ms - meanMs) ** 2;
    both += (size - meanSize) * (ms - meanMs);
  }
  if (sizes === 0) return null;
  const perRequestMs = both / sizes;
  const fixedMs = meanMs - perRequestMs * meanSize;
  if (!(perRequestMs > 0 && fixedMs >= 0)) return null;
  return { perRequestMs, fixedMs, rSquared: times === 0 ? 1 : (both * both) / (sizes * times) };
}
