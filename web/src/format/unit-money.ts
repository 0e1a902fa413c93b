import type { Picos } from './decimal.ts';
import { parseDecimal, roundToUnits } from './decimal.ts';
import { formatMoney, formatUnits, UNKNOWN } from './money.ts';

const TEN = 10n * 10n ** 12n;

/** Small amounts keep four decimals, as on the command line: a thousand requests may cost less than a cent. */
export function unitDecimals(picos: Picos): 2 | 4 {
  return picos < TEN && picos > -TEN ? 4 : 2;
}

/** The cost of a thousand requests, or of a million tokens: `$2.6328`, `$467.83`. */
export function formatUnitMoney(amount: string | null, currency: string): string {
  const picos = parseDecimal(amount);
  return picos === null ? UNKNOWN : formatMoney(picos, currency, unitDecimals(picos));
}

/** With its sign: `+$0.0037`, `−$0.0051`; what is too small for four decimals does not look like nothing. */
export function formatUnitChange(amount: string, currency: string): string {
  const picos = parseDecimal(amount);
  if (picos === null) return UNKNOWN;
  const decimals = unitDecimals(picos);
  const units = roundToUnits(picos, decimals);
  const sign = picos < 0n ? '−' : picos > 0n ? '+' : '±';
  if (units === 0n && picos !== 0n) return `${sign}<${formatUnits(1n, currency, decimals)}`;
  return `${sign}${formatUnits(units < 0n ? -units : units, currency, decimals)}`;
}
