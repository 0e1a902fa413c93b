import { UNKNOWN } from './money.ts';

/** Three digits say as much as a histogram can, and as the command line says: `151`, `27,200`, `0.95`. */
export function msText(ms: number | null): string {
  return ms === null ? UNKNOWN : threeDigits(ms);
}

export function formatMs(ms: number | null): string {
  return ms === null ? UNKNOWN : `${threeDigits(ms)}\u00a0ms`;
}

export function threeDigits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
