import type { Coverage, LedgerFigures } from '../app/results/results.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { printHours } from './print-amount.ts';

export type Covered = Readonly<{ currency: string; coverage: Coverage; total: LedgerFigures }>;

/** One line on how far the figures can be trusted: currency, what bills cover, what was observed and by which measure, unpriced. */
export function coverageNote({ currency, coverage, total }: Covered): string {
  const parts = [currency, billPart(total), observedPart(coverage), basisPart(coverage), unpricedPart(total)];
  return parts.filter((part) => part !== '').join(' · ');
}

function billPart({ totalCost, estimatedCost }: LedgerFigures): string {
  const cost = Number(totalCost);
  if (cost <= 0) return '';
  return `bill explains ${displayPercent(Math.max(0, 1 - Number(estimatedCost) / cost))}`;
}

function observedPart({ observed }: Coverage): string {
  return observed === null ? '' : `observed ${displayPercent(observed)}`;
}

/** A report that had nothing better than GPU_UTIL says so. */
export function basisPart({ basis }: Coverage): string {
  const shares = [
    ['SM active', basis.smActive],
    ['engine active', basis.engineActive],
    ['GPU_UTIL', basis.gpuUtil],
  ] as const;
  const used = shares.filter(([, share]) => share > 0);
  if (used.length === 0) return 'basis: nothing was measured';
  return `basis: ${used.map(([name, share]) => `${name} ${displayPercent(share)}`).join(', ')}`;
}

function unpricedPart({ unpricedGpuHours, gpuHours }: LedgerFigures): string {
  if (gpuHours.gross === 0) return '';
  return unpricedGpuHours === 0 ? '0 unpriced' : `${printHours(unpricedGpuHours)} GPU-hours unpriced`;
}
