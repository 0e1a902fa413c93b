import type { Picos } from './decimal.ts';
import { exactText, parseDecimal, roundToUnits, unitsText } from './decimal.ts';

/** Shown for what nobody knows; never confused with zero. */
export const UNKNOWN = '–';
const MINUS = '−';

export const UNPRICED = 'unpriced';

/**
 * Money for people: `$412,380`, `−$3.46`. Grouping and the sign's place are English like the sentence that the server sends, so
 * that one figure has one spelling on a page.
 */
export function formatMoney(amount: string | Picos | null, currency: string, decimals: number): string {
  const picos = typeof amount === 'bigint' ? amount : parseDecimal(amount);
  return picos === null ? UNKNOWN : formatUnits(roundToUnits(picos, decimals), currency, decimals);
}

/** Cents for what is small, whole units from a thousand on. */
export function moneyDecimals(picos: Picos): 0 | 2 {
  return picos > -1_000n * 10n ** 12n && picos < 1_000n * 10n ** 12n ? 2 : 0;
}

/** The same for an amount that has been rounded already, in units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ. */
export function formatUnits(units: bigint, currency: string, decimals: number): string {
  const text = unitsText(units < 0n ? -units : units, decimals) as Intl.StringNumericLiteral;
  return `${units < 0n ? MINUS : ''}${moneyFormat(currency, decimals).format(text)}`;
}

/** With a sign in front, for changes: `+$30,911`, `−$120`, `±$0`. */
export function formatChange(picos: Picos, currency: string, decimals: number): string {
  const units = roundToUnits(picos, decimals);
  const sign = units > 0n ? '+' : units < 0n ? '' : '±';
  return `${sign}${formatUnits(units, currency, decimals)}`;
}

/** A difference that should be nothing: what is too small for two decimals must not look like nothing. */
export function formatDifference(picos: Picos | null, currency: string): string {
  if (picos === null) return UNKNOWN;
  if (picos !== 0n && roundToUnits(picos, 2) === 0n) {
    return `${picos < 0n ? MINUS : ''}<${formatUnits(1n, currency, 2)}`;
  }
  return formatMoney(picos, currency, 2);
}

/** Every digit, for the hover and for CSV beside a currency: `412380.004 USD`. */
export function exactMoney(amount: string | Picos | null, currency: string): string {
  const picos = typeof amount === 'bigint' ? amount : parseDecimal(amount);
  return picos === null ? 'unknown' : `${exactText(picos)} ${currency}`.trim();
}

const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, decimals: number): Intl.NumberFormat {
  const key = `${currency}/${decimals}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const format = /^[A-Za-z]{3}$/.test(currency)
    ? new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits })
    : new Intl.NumberFormat('en-US', digits);
  formats.set(key, format);
  return format;
}
