/** `numerator ÷ denominator`, rounded half to even: the one rounding of every price that is a quotient. The denominator is positive. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  if (numerator < 0n) return -divideHalfEven(-numerator, denominator);
  const quotient = numerator / denominator;
  const doubled = (numerator % denominator) * 2n;
  const roundsUp = doubled > denominator || (doubled === denominator && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}
