import { TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';

/** What one unit of a quantity is in time; `isGpuTime` when it already counts GPUs (`GPU-Hours`), not machines. */
export type TimeUnit = Readonly<{ seconds: bigint; isGpuTime: boolean }>;

const SECONDS: Readonly<Record<string, bigint>> = {
  s: 1n,
  sec: 1n,
  second: 1n,
  min: 60n,
  minute: 60n,
  h: 3_600n,
  hr: 3_600n,
  hour: 3_600n,
  day: 86_400n,
};

/** Counted things that are one machine. Anything else before the unit (`GB`, `vCPU`, `OCPU`) is not machine time. */
const MACHINES = new Set(['', 'instance', 'vm', 'virtual machine', 'server', 'node', 'machine', 'host']);
const GPUS = new Set(['gpu', 'accelerator']);

/**
 * Reads a unit of time: `Hours`, `Hrs`, `seconds`, `1 Hour`, `100 Hours`, `Instance-Hours`, `GPU-Hours`, `GPU Per Hour`.
 * `undefined` for `GB-Months`, `vCPU-Hours` and everything else that is not the time of a machine or a GPU.
 */
export function parseTimeUnit(text: string): TimeUnit | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[\s_/-]+/g, ' ');
  const [, multiple = '1', counted = '', unit = ''] =
    /^(?:(\d{1,9}) )?(?:(.+?) )?([a-z]+)$/.exec(words) ?? [];
  const seconds = SECONDS[unit] ?? SECONDS[unit.replace(/s$/, '')];
  if (seconds === undefined) return undefined;

  const what = counted.replace(/ ?\bper$/, '').replace(/s$/, '');
  const isGpuTime = GPUS.has(what);
  if (!isGpuTime && !MACHINES.has(what)) return undefined;
  return { seconds: seconds * BigInt(multiple), isGpuTime };
}

type Rational = Readonly<{ numerator: bigint; denominator: bigint }>;

/**
 * quantity × unit × GPUs in ticks, exact and rounded once to the nearest tick.
 * @param quantity a decimal text
 * @param gpuCount a decimal text; some machines rent a slice of a GPU
 * @returns `undefined` when either text is no decimal
 */
export function toTicks(quantity: string, unit: TimeUnit, gpuCount: string): bigint | undefined {
  const amount = parseRational(quantity);
  const count = parseRational(gpuCount);
  if (!amount || !count) return undefined;
  const numerator = amount.numerator * count.numerator * unit.seconds * TICKS_PER_GPU_HOUR;
  const denominator = amount.denominator * count.denominator * 3_600n;
  const sign = numerator < 0n ? -1n : 1n;
  return (sign * (sign * numerator * 2n + denominator)) / (denominator * 2n);
}

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/;

function parseRational(text: string): Rational | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text.trim()) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const shift = Number(exponent) - fraction.length;
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-shift) };
}
