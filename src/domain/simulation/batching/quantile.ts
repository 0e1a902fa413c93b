/** The value that a share `fraction` of `sorted` does not exceed, by the nearest rank; `null` of nothing. */
export function quantileOf(sorted: ArrayLike<number>, fraction: number): number | null {
  if (sorted.length === 0) return null;
  const rank = Math.ceil(fraction * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}
