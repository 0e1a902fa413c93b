import type { Picos } from './decimal.ts';
import { roundToUnits } from './decimal.ts';

const SCALE = 12;

/**
 * Rounds parts so that what is printed adds up to what is printed as their whole: each part is rounded down, and the units
 * left over go to the largest remainders, ties to the earlier part. A part that needs no rounding keeps its digits.
 *
 * @param wholeUnits the whole as already printed, in units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ; without it, the rounded sum of the parts. A whole that is
 * not a rounding of that sum is left to disagree on screen: an error must stay visible.
 */
export function roundTogether(parts: readonly Picos[], decimals: number, wholeUnits?: bigint): bigint[] {
  const step = 10n ** BigInt(SCALE - decimals);
  const pieces = parts.map((part, index) => ({
    index,
    units: floorDivide(part, step),
    rest: modulo(part, step),
  }));
  const whole = wholeUnits ?? roundToUnits(sum(parts), decimals);
  const leftOver = Number(whole - sum(pieces.map((piece) => piece.units)));
  const neediest = pieces
    .filter((piece) => piece.rest > 0n)
    .sort((a, b) => compare(b.rest, a.rest) || a.index - b.index);
  for (const piece of neediest.slice(0, Math.max(0, leftOver))) piece.units += 1n;
  return pieces.map((piece) => piece.units);
}

function floorDivide(value: bigint, step: bigint): bigint {
  return (value - modulo(value, step)) / step;
}

function modulo(value: bigint, step: bigint): bigint {
  return ((value % step) + step) % step;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
