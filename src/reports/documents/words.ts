import { displayAmount, displayMoney } from '../../domain/money/display-money.ts';
import { parsePicos, picosToNumber } from '../../domain/money/picos.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { UNKNOWN } from '../print-cells.ts';

/** How documents spell what they show. Cards and charts have whole units, tables have cents. */

/** `$`, or `CHF ` where the currency has no sign. */
export function currencySign(currency: string): string {
  return displayMoney(0n, currency).split('0.00')[0]!;
}

/** `$460,000`, `−$5,000`; a dash for what nobody knows. */
export function wholeMoney(decimal: string | null, currency: string): string {
  if (decimal === null) return UNKNOWN;
  const picos = picosOf(decimal);
  const magnitude = displayAmount(picos < 0n ? -picos : picos, 0);
  return `${picos < 0n && magnitude !== '0' ? '−' : ''}${currencySign(currency)}${magnitude}`;
}

/** `+$30,911`, `−$1,020`. */
export function signedMoney(decimal: string, currency: string): string {
  const text = wholeMoney(decimal, currency);
  return text.startsWith('−') ? text : `+${text}`;
}

export function picosOf(decimal: string): bigint {
  return parsePicos(decimal)?.picos ?? 0n;
}

/** For the height of a bar alone. */
export function drawnAmount(decimal: string): number {
  return picosToNumber(picosOf(decimal));
}

export function percentText(fraction: number | null): string {
  return fraction === null ? UNKNOWN : displayPercent(fraction);
}

/** `+3 %`, `−under 1 %` is never read: what moves by less is `0 %`. */
export function changeText(fraction: number | null): string {
  if (fraction === null) return UNKNOWN;
  const rounded = Math.round(fraction * 100);
  if (rounded === 0) return '0 %';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)} %`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `2026-10` → `Oct`. */
export function monthName(month: string): string {
  return MONTHS[Number(month.slice(5, 7)) - 1] ?? month;
}

/** `2026-10` → `Oct 2026`. */
export function monthAndYear(month: string): string {
  return `${monthName(month)} ${month.slice(0, 4)}`;
}

/** The last instant that is known: `31 Oct 2026` where a day ends, otherwise with its time. */
export function untilText(instant: string): string {
  const at = Date.parse(instant);
  const isDay = at % 86_400_000 === 0;
  const shown = new Date(isDay ? at - 1 : at);
  const day = `${shown.getUTCDate()} ${MONTHS[shown.getUTCMonth()]} ${shown.getUTCFullYear()}`;
  return isDay ? day : `${day}, ${shown.toISOString().slice(11, 16)} UTC`;
}

/** `23 Sep 2026`. */
export function fromText(instant: string): string {
  const at = new Date(instant);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
