import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, parsePicos, roundPicos } from '../../domain/money/picos.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';

const CENTS = 2;
/** A thousand requests may cost less than a cent. */
const UNIT_COST_DECIMALS = 6;
const HOUR_PARTS = 1_000_000_000;

/** What hours cost, to the cent. Hours are simulated, so the amount is an estimate. */
export function estimateCost(hours: number, perHour: string, decimals: number = CENTS): string {
  const picos = parsePicos(perHour)!.picos;
  const parts = BigInt(Math.round(hours * HOUR_PARTS));
  return formatPicos(roundPicos(divideHalfEven(picos * parts, BigInt(HOUR_PARTS)), decimals));
}

/** What `per` things cost when `count` of them took these hours. `null` without a price, or of nothing. */
export function estimateUnitCost(
  hours: number,
  count: number,
  per: number,
  perHour: string | null,
): string | null {
  if (perHour === null || count === 0) return null;
  return estimateCost((hours * per) / count, perHour, UNIT_COST_DECIMALS);
}

export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

export function roundOrNull(value: number | null, decimals: number): number | null {
  return value === null ? null : roundTo(value, decimals);
}

export function meanOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0) / items.length;
}

type Read = Readonly<{
  rowsRead: number;
  rejects: readonly Readonly<{ where: string; code: string; message: string }>[];
}>;

const MOST_LISTED = 100;

/** What several files had and lacked, as one. */
export function traceFigures(...files: readonly Read[]): TraceFigures {
  const rejects = files.flatMap((file) => file.rejects);
  return {
    rowsRead: files.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
    rowsRejected: rejects.length,
    rejects: rejects.slice(0, MOST_LISTED),
  };
}
