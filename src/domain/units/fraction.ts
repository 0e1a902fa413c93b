export type Fraction = Readonly<{ numerator: bigint; denominator: bigint }>;

const LARGEST_DENOMINATOR = 64;
const TOLERANCE = 1e-9;

/**
 * The exact fraction behind a count of GPUs: 8 is 8/1, 0.125 is 1/8, 0.1666… is 1/6. Clouds rent slices down to an eighth;
 * `undefined` for what is no positive fraction with a denominator up to 64.
 */
export function fractionOf(count: number): Fraction | undefined {
  if (!(count > 0) || !Number.isFinite(count)) return undefined;
  for (let denominator = 1; denominator <= LARGEST_DENOMINATOR; denominator++) {
    const numerator = Math.round(count * denominator);
    if (numerator > 0 && Math.abs(count * denominator - numerator) < TOLERANCE) {
      return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
    }
  }
  return undefined;
}
