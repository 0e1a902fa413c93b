/** By code unit, as both engines compare text. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function maximum(values: readonly string[]): string {
  return [...values].sort(compareText).at(-1)!;
}
