import { UNKNOWN } from './money.ts';

/** Keeps a number and its unit on one line. */
const NO_BREAK = '\u00a0';

/** `119,040 GPU-h`, `96.5 GPU-h`; small figures keep a decimal so that they do not read as nothing. */
export function formatGpuHours(hours: number | null): string {
  const text = hoursText(hours);
  return text === UNKNOWN ? text : `${text}${NO_BREAK}GPU-h`;
}

/** The same without the unit, for a column whose heading states it. */
export function hoursText(hours: number | null): string {
  if (hours === null || !Number.isFinite(hours)) return UNKNOWN;
  const magnitude = Math.abs(hours);
  if (hours === 0) return '0';
  if (magnitude > 0 && magnitude < 0.05) return hours < 0 ? '−<0.1' : '<0.1';
  return number(hours, magnitude < 100 ? 1 : 0);
}

/** Shares and ratios: `53 %`; `<1 %` and `>99 %` where rounding would claim nothing or everything. */
export function formatPercent(fraction: number | null, decimals = 0): string {
  if (fraction === null || !Number.isFinite(fraction * 100)) return UNKNOWN;
  const percent = fraction * 100;
  const step = 10 ** -decimals;
  if (percent > 0 && percent < step / 2) return `<${number(step, decimals)}${NO_BREAK}%`;
  if (percent < 100 && percent > 100 - step / 2) return `>${number(100 - step, decimals)}${NO_BREAK}%`;
  return `${number(percent, decimals)}${NO_BREAK}%`;
}

/** `+7.2 %`, `−0.4 %`; `–` when there was nothing to compare with. */
export function formatChangePercent(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction * 100)) return UNKNOWN;
  const text = number(fraction * 100, 1);
  return `${fraction > 0 && text !== '0.0' ? '+' : ''}${text}${NO_BREAK}%`;
}

export function formatCount(count: number): string {
  return Number.isFinite(count) ? number(count, 0) : UNKNOWN;
}

/** `1 row`, `6 rows`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** How long ago, in the largest unit that is at least one: `45 min`, `3 h`, `12 d`. */
export function formatAge(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return UNKNOWN;
  const minutes = Math.max(0, seconds) / 60;
  if (minutes < 1) return `under 1${NO_BREAK}min`;
  if (minutes < 60) return `${Math.floor(minutes)}${NO_BREAK}min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}${NO_BREAK}h`;
  return `${number(Math.floor(minutes / 60 / 24), 0)}${NO_BREAK}d`;
}

const formats = new Map<number, Intl.NumberFormat>();

function number(value: number, decimals: number): string {
  let format = formats.get(decimals);
  if (!format) {
    // `negative` prints no sign for what rounds to zero.
    format = new Intl.NumberFormat('en-US', {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: 'negative',
    });
    formats.set(decimals, format);
  }
  return format.format(value).replace('-', '−');
}
