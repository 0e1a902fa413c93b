/**
 * An exact decimal: an integer count of 10⁻¹². The answers of the API carry money as decimal texts of at most twelve decimals;
 * everything that is added up, compared or printed goes through here and never through a float.
 */
export type Picos = bigint;

const SCALE = 12;
const ONE = 10n ** BigInt(SCALE);
const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,12}))?$/;

/** `null` for anything that is not a plain decimal: the page shows `–` for it, never `NaN`. */
export function parseDecimal(text: string | null | undefined): Picos | null {
  const match = DECIMAL.exec(text ?? '');
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const magnitude = BigInt(whole) * ONE + BigInt(fraction.padEnd(SCALE, '0'));
  return sign === '-' ? -magnitude : magnitude;
}

/** Adds decimal texts; one that cannot be read makes the sum unknown. */
export function sumDecimals(texts: readonly string[]): Picos | null {
  let sum = 0n;
  for (const text of texts) {
    const picos = parseDecimal(text);
    if (picos === null) return null;
    sum += picos;
  }
  return sum;
}

/** The exact text, with at least two decimals. */
export function exactText(picos: Picos): string {
  const magnitude = absolute(picos);
  const fraction = (magnitude % ONE).toString().padStart(SCALE, '0').replace(/0+$/, '').padEnd(2, '0');
  return `${picos < 0n ? '-' : ''}${magnitude / ONE}.${fraction}`;
}

/** Rounds half to even and returns a count of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ: cents for 2, whole units for 0. */
export function roundToUnits(picos: Picos, decimals: number): bigint {
  const step = 10n ** BigInt(SCALE - decimals);
  const magnitude = absolute(picos);
  const quotient = magnitude / step;
  const doubled = (magnitude % step) * 2n;
  const isUp = doubled > step || (doubled === step && quotient % 2n === 1n);
  const rounded = isUp ? quotient + 1n : quotient;
  return picos < 0n ? -rounded : rounded;
}

/** The decimal text of a count of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ. */
export function unitsText(units: bigint, decimals: number): string {
  const digits = absolute(units)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
}

/** For the length of a bar and the order of rows; never for a figure that is printed or added up. */
export function toNumber(picos: Picos): number {
  return Number(picos) / Number(ONE);
}

/** `part ÷ whole`; `null` when there is no whole to be a part of. */
export function fractionOf(part: Picos, whole: Picos): number | null {
  return whole === 0n ? null : Number((part * 1_000_000n) / whole) / 1_000_000;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
