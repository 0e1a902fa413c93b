import { displayAmount } from '../domain/money/display-money.ts';
import { PICOS_PER_UNIT, parsePicos } from '../domain/money/picos.ts';
import { type Cell, cell } from './table-model.ts';

/** Small amounts keep four decimals: a thousand requests may cost less than a cent. */
export function unitCell(value: string | null): Cell {
  if (value === null) return cell(null);
  const { picos } = parsePicos(value)!;
  const isSmall = picos < 10n * PICOS_PER_UNIT && picos > -10n * PICOS_PER_UNIT;
  return { value, printed: displayAmount(picos, isSmall ? 4 : 2) };
}

/** A measured number: three digits say as much as a histogram can. */
export function measureCell(value: number | null): Cell {
  return value === null ? cell(null) : { value, printed: rounded(value) };
}

export function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}
