import { displayAmount, groupThousands } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';

/** An exact decimal text as people read it: `460000` → `460,000.00`. For a figure that is no part of a printed sum. */
export function printAmount(decimal: string): string {
  return displayAmount(parsePicos(decimal)?.picos ?? 0n);
}

/** GPU-hours beside a text: whole ones from a hundred on, two decimals below. */
export function printHours(hours: number): string {
  return hours >= 100 ? groupThousands(hours.toFixed(0)) : hours.toFixed(2);
}

/** A count, or a quantity with at most two decimals: `1,204,331`, `0.03`. */
export function printNumber(value: number): string {
  const [whole = '0', decimals] = String(Number(value.toFixed(2))).split('.');
  return decimals === undefined ? groupThousands(whole) : `${groupThousands(whole)}.${decimals}`;
}

/** `1 row`, `1,204 rows`. */
export function printCount(count: number, noun: string): string {
  return `${printNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
