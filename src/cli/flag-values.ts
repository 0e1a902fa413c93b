import { InvalidArgumentError } from 'commander';

/** What flags hold, from the texts that were typed. Each throws the sentence that stands in the error behind the flag's name. */

export function collectPair(text: string, earlier: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write column=value.');
  return { ...earlier, [name]: value };
}

export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('write a whole number, 0 or more.');
  return Number(text);
}

export function parseCountAboveZero(text: string): number {
  const count = parseCount(text);
  if (count === 0) throw new InvalidArgumentError('write a whole number, 1 or more.');
  return count;
}

export function parseCounts(text: string): number[] {
  return text.split(',').map((part) => parseCount(part.trim()));
}

export function parseAmount(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) throw new InvalidArgumentError('write a number, 0 or more.');
  return Number(text);
}

export function parseAmounts(text: string): number[] {
  return text.split(',').map((part) => parseAmount(part.trim()));
}

export function parsePositive(text: string): number {
  const amount = parseAmount(text);
  if (!(amount > 0)) throw new InvalidArgumentError('write a number above 0.');
  return amount;
}

/** A decimal stays a text, because it is money. */
export function parseMoney(text: string): string {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) throw new InvalidArgumentError('write an amount such as 3.06.');
  return text;
}

/** A share stays a text where it multiplies money. */
export function parseFractionText(text: string): string {
  const fraction = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(fraction >= 0 && fraction <= 1))
    throw new InvalidArgumentError('write a fraction from 0 to 1, such as 0.41.');
  return text;
}

export function parseShareText(text: string): string {
  if (Number(parseFractionText(text)) > 0) return text;
  throw new InvalidArgumentError('write a share above 0 and up to 1, such as 0.8.');
}

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90s`, `1m`, `2h`, `1d`, in seconds. */
export function parseSeconds(text: string): number {
  const [, amount, unit] = /^(\d+\.?\d*)(s|m|h|d)$/.exec(text.trim()) ?? [];
  const seconds = Number(amount) * (SECONDS_OF[unit ?? ''] ?? Number.NaN);
  if (!(seconds >= 0)) throw new InvalidArgumentError('write a duration such as 30s, 1m or 2h.');
  return seconds;
}

export function parseSecondsList(text: string): number[] {
  return text.split(',').map(parseSeconds);
}

/** `H100=2.50,L4=0.70`; decimals stay texts, because they are money. */
export function parsePrices(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^=]+?)\s*=\s*(\d+\.?\d*|\.\d+)\s*$/.exec(pair));
  if (pairs.some((pair) => pair === null))
    throw new InvalidArgumentError(
      'write gpu=dollars per hour, several with commas, such as H100=2.50,L4=0.70.',
    );
  return new Map(pairs.map((pair) => [pair![1]!, pair![2]!]));
}

export function collectNamed(
  text: string,
  earlier: Readonly<Record<string, string>>,
): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write name=value.');
  return { ...earlier, [name]: value };
}

export function collectList(text: string, earlier: readonly string[]): string[] {
  return [...earlier, text];
}

export function splitList(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

export function parseFraction(text: string): number {
  const fraction = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(fraction >= 0 && fraction <= 1))
    throw new InvalidArgumentError('write a fraction from 0 to 1, such as 0.9.');
  return fraction;
}

export function parseNumber(text: string): number {
  const value = /^[+-]?\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('write a decimal number, such as 0.25.');
  return value;
}

/** Kept as it is written: money passes through no float. */
export function parseDecimal(text: string): string {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('write an amount such as 2.50.');
  return text;
}

const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (DURATION_UNITS[unit ?? ''] ?? Number.NaN);
  if (!(milliseconds > 0)) throw new InvalidArgumentError('write a duration such as 30s, 1m or 2h.');
  return milliseconds;
}
