import { PICOS_PER_UNIT, type Picos, parsePicos } from '../../domain/money/picos.ts';

/** A stated rate as an exact integer over `PICOS_PER_UNIT`; `undefined` unless it is a positive decimal of at most twelve places. */
export function parseRate(text: string): bigint | undefined {
  const rate = parsePicos(text);
  return rate && !rate.isRounded && rate.picos > 0n ? rate.picos : undefined;
}

/** amount × rate, rounded to a pico half to even: the only rounding of a conversion. */
export function convertMoney(amount: Picos, rate: bigint): Picos {
  const product = amount * rate;
  const magnitude = product < 0n ? -product : product;
  const quotient = magnitude / PICOS_PER_UNIT;
  const doubled = (magnitude % PICOS_PER_UNIT) * 2n;
  const roundsUp = doubled > PICOS_PER_UNIT || (doubled === PICOS_PER_UNIT && quotient % 2n === 1n);
  const rounded = roundsUp ? quotient + 1n : quotient;
  return product < 0n ? -rounded : rounded;
}
