import { divideHalfEven } from '../money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos } from '../money/picos.ts';
import type { Fraction } from '../units/fraction.ts';

/**
 * Price of one whole GPU for one hour from the price of a machine-hour: `amount × exchange rate ÷ GPUs`.
 *
 * It divides once, at the end, and rounds half to even at the twelfth decimal. A machine with a slice of a GPU is dearer per whole GPU
 * than per machine: half a GPU at 1.60 is 3.20.
 */
export function perGpuHour(amount: Picos, exchangeRatePicos: Picos, gpus: Fraction): Picos {
  return divideHalfEven(amount * exchangeRatePicos * gpus.denominator, PICOS_PER_UNIT * gpus.numerator);
}
