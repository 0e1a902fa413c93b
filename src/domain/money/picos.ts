/**
 * Exact money: an integer count of 10⁻¹² currency units, the scale of `DECIMAL(38, 12)`.
 *
 * No operation here touches binary floating point. The currency stands beside the amount, once per document.
 */
export type Picos = bigint;

export const PICOS_PER_UNIT = 1_000_000_000_000n;
const SCALE = 12;

export type ParsedPicos = Readonly<{
  picos: Picos;
  /** True when the text had more than twelve decimals and was rounded, half to even. */
  isRounded: boolean;
}>;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal text such as `-12.5`, `.5` or `5.64902E-05`. Returns `undefined` for anything else:
 * a thousands separator, a currency sign, a decimal comma, an empty text, NaN.
 */
export function parsePicos(text: string): ParsedPicos | undefined {
  const match = DECIMAL.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;

  const digits = BigInt(whole + fraction);
  const shift = SCALE - fraction.length + Number(exponent);
  const { value, isRounded } =
    shift >= 0 ? scaleUp(digits, shift) : roundHalfEven(digits, 10n ** BigInt(-shift));
  return { picos: sign === '-' ? -value : value, isRounded };
}

/** The exact decimal text, with at least two and at most twelve decimals and never an exponent: `4.00`, `0.000000000001`. */
export function formatPicos(picos: Picos): string {
  const magnitude = picos < 0n ? -picos : picos;
  const fraction = (magnitude % PICOS_PER_UNIT).toString().padStart(SCALE, '0');
  const kept = fraction.replace(/0+$/, '').padEnd(2, '0');
  return `${picos < 0n ? '-' : ''}${magnitude / PICOS_PER_UNIT}.${kept}`;
}

/** Rounds to `decimals` places, half to even: the one rounding rule of every screen and table. */
export function roundPicos(picos: Picos, decimals: number): Picos {
  const step = 10n ** BigInt(SCALE - decimals);
  const magnitude = picos < 0n ? -picos : picos;
  const rounded = roundHalfEven(magnitude, step).value * step;
  return picos < 0n ? -rounded : rounded;
}

/** For charts and sorting only; never for a figure that is added up or printed. */
export function picosToNumber(picos: Picos): number {
  return Number(picos) / Number(PICOS_PER_UNIT);
}

/** What a simulation computed in floating point, as money: rounded to cents, once. The result is an estimate and nothing to add up. */
export function estimateToCents(amount: number): string {
  return formatPicos(BigInt(Math.round(amount * 100)) * (PICOS_PER_UNIT / 100n));
}

function scaleUp(digits: bigint, shift: number): { value: bigint; isRounded: boolean } {
  return { value: digits * 10n ** BigInt(shift), isRounded: false };
}

function roundHalfEven(value: bigint, step: bigint): { value: bigint; isRounded: boolean } {
  const quotient = value / step;
  const doubled = (value % step) * 2n;
  const roundsUp = doubled > step || (doubled === step && quotient % 2n === 1n);
  return { value: roundsUp ? quotient + 1n : quotient, isRounded: doubled !== 0n };
}
