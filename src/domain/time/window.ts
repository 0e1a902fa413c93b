/** Milliseconds since 1970-01-01T00:00:00Z. Every time inside Tare is one of these; text appears only at the doors. */
export type EpochMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Half open: `fromMs` belongs to the window, `toMs` does not. */
export type TimeWindow = Readonly<{ fromMs: EpochMs; toMs: EpochMs }>;

export function floorToHour(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

export function ceilToHour(at: EpochMs): EpochMs {
  return Math.ceil(at / HOUR_MS) * HOUR_MS;
}

export function floorToDay(at: EpochMs): EpochMs {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** `2026-10-01T00:00:00Z`; milliseconds are printed only when there are any. */
export function formatInstant(at: EpochMs): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

export function formatDay(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10);
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads an ISO 8601 instant. A text without a zone is read as UTC, as FOCUS and Slurm (with `TZ=UTC`) mean it.
 * Digits beyond the millisecond are dropped. Returns `undefined` for anything else, and for a date that does not exist.
 */
export function parseInstant(text: string): EpochMs | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const offset =
    zone === 'UTC' || zone === 'Z' ? 'Z' : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}${offset}`);
  if (Number.isNaN(at)) return undefined;
  // Date.parse turns 30 February into 2 March; a bill that says so is wrong, not early.
  const sameDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return sameDay.getUTCDate() === Number(day) ? at : undefined;
}

const RELATIVE = /^(\d+)(h|d|w)$/;
const MONTH = /^(\d{4})-(\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const YEAR = /^\d{4}$/;

/**
 * Reads `--from` and `--to`: ISO instants, `2026-10`, `2026-10-14`, `2026`, `month` (this one), `24h` back from now, or `7d`, `4w`:
 * so many whole UTC days back, and today.
 *
 * Without `to`, a month, day or year stands for itself, anything else runs to now. Without `from`, the last 30 days.
 * `to` is always exclusive and stands for its start: `--from 2026-10 --to 2026-11` is October. The window is widened to whole UTC hours, the grain of the ledger.
 */
export function parseWindow(
  from: string | undefined,
  to: string | undefined,
  nowMs: EpochMs,
): TimeWindow | undefined {
  const start = parseBound(from ?? '30d', nowMs);
  if (!start) return undefined;
  const end = to === undefined ? { startMs: start.endMs, endMs: start.endMs } : parseBound(to, nowMs);
  if (!end) return undefined;
  const window = { fromMs: floorToHour(start.startMs), toMs: ceilToHour(end.startMs) };
  return window.fromMs < window.toMs ? window : undefined;
}

function parseBound(text: string, nowMs: EpochMs): { startMs: EpochMs; endMs: EpochMs } | undefined {
  const trimmed = text.trim();
  if (trimmed === 'now') return { startMs: nowMs, endMs: nowMs };
  if (trimmed === 'month')
    return calendarMonth(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth());
  const month = MONTH.exec(trimmed);
  if (month)
    return Number(month[2]) >= 1 && Number(month[2]) <= 12
      ? calendarMonth(Number(month[1]), Number(month[2]) - 1)
      : undefined;
  if (YEAR.test(trimmed))
    return { startMs: Date.UTC(Number(trimmed), 0), endMs: Date.UTC(Number(trimmed) + 1, 0) };
  const relative = RELATIVE.exec(trimmed);
  if (relative) {
    const [count, unit] = [Number(relative[1]), relative[2]];
    if (unit === 'h') return { startMs: nowMs - count * HOUR_MS, endMs: nowMs };
    return { startMs: floorToDay(nowMs) - count * (unit === 'd' ? DAY_MS : 7 * DAY_MS), endMs: nowMs };
  }
  const at = parseInstant(trimmed);
  if (at === undefined) return undefined;
  return DAY.test(trimmed) ? { startMs: at, endMs: at + DAY_MS } : { startMs: at, endMs: nowMs };
}

function calendarMonth(year: number, monthIndex: number): { startMs: EpochMs; endMs: EpochMs } {
  return { startMs: Date.UTC(year, monthIndex), endMs: Date.UTC(year, monthIndex + 1) };
}
