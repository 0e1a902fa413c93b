const DECIMALS = 1_000_000_000n;

/** `part ÷ whole` with nine decimals, from exact integers; `null` when there is no whole. */
export function fraction(part: bigint, whole: bigint): number | null {
  if (whole === 0n) return null;
  return Number((2n * part * DECIMALS + whole) / (2n * whole)) / Number(DECIMALS);
}
