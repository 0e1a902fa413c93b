/** A fraction as `53 %`. Half a percent is not none, and 99.7 is not all: those read `under 1 %` and `over 99 %`. */
export function displayPercent(fraction: number): string {
  const rounded = Math.round(fraction * 100);
  if (rounded === 0 && fraction > 0) return 'under 1 %';
  if (rounded === 100 && fraction < 1) return 'over 99 %';
  return `${rounded} %`;
}
