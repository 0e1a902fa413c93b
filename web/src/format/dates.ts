/** Everything here is UTC, as the ledger is; texts say so where an hour is shown. */
const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `14 Oct 2026` from a day or an instant; the text itself when it is neither. */
export function formatDay(day: string): string {
  const at = utc(day);
  return at ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}` : day;
}

/** `14 Oct`, for axes and rows whose year stands elsewhere. */
export function formatShortDay(day: string): string {
  const at = utc(day);
  return at ? `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}` : day;
}

/** `Wed 14 Oct 2026`. */
export function formatWeekday(day: string): string {
  const at = utc(day);
  return at ? `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][at.getUTCDay()]} ${formatDay(day)}` : day;
}

/** `31 Oct 2026, 23:00 UTC`. */
export function formatInstant(instant: string): string {
  const at = utc(instant);
  return at ? `${formatDay(instant)}, ${at.toISOString().slice(11, 16)} UTC` : instant;
}

/** `31 Oct 2026 23:00`, where a heading says that it is UTC; `–` for what has not happened. */
export function formatMinute(instant: string | null): string {
  const at = instant === null ? undefined : utc(instant);
  return at ? `${formatDay(at.toISOString())} ${at.toISOString().slice(11, 16)}` : '–';
}

/** `31 Oct 23:00Z`, where room is short and the year is not in doubt. */
export function formatShortInstant(instant: string): string {
  const at = utc(instant);
  return at ? `${formatShortDay(instant)} ${at.toISOString().slice(11, 16)}Z` : instant;
}

/** `October 2026` from `2026-10`. */
export function formatMonth(month: string): string {
  const at = utc(`${month}-01`);
  return at ? at.toLocaleString('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' }) : month;
}

/**
 * A half-open window as people say it: `1–31 Oct 2026`, `28 Sep – 3 Oct 2026`, `14 Oct 2026`. Bounds that are no midnight are
 * printed with their hour.
 */
export function formatWindow(from: string, to: string): string {
  const start = utc(from);
  const end = utc(to);
  if (!start || !end) return `${from} – ${to}`;
  if (!isMidnight(start) || !isMidnight(end)) return formatHours(start, end);
  const last = new Date(Math.max(end.valueOf() - DAY_MS, start.valueOf())).toISOString();
  return formatDays(start, last);
}

/** The days that a window touches, without hours: `25 Oct – 24 Nov 2026`. */
export function formatWindowDays(from: string, to: string): string {
  const start = utc(from);
  const end = utc(to);
  if (!start || !end) return formatWindow(from, to);
  return formatDays(start, new Date(Math.max(end.valueOf() - 1, start.valueOf())).toISOString());
}

/** The calendar day, `2026-10-14`, that lies `days` after another one. */
export function shiftDay(day: string, days: number): string {
  const at = utc(day);
  return at ? new Date(at.valueOf() + days * DAY_MS).toISOString().slice(0, 10) : day;
}

/** `25 Oct 04:00 – 24 Nov 2026 05:00 UTC`. */
function formatHours(start: Date, end: Date): string {
  const from = start.toISOString();
  const to = end.toISOString();
  const first = start.getUTCFullYear() === end.getUTCFullYear() ? formatShortDay(from) : formatDay(from);
  return `${first} ${from.slice(11, 16)} – ${formatDay(to)} ${to.slice(11, 16)} UTC`;
}

function formatDays(start: Date, last: string): string {
  const end = new Date(last);
  const from = start.toISOString();
  if (from.slice(0, 10) === last.slice(0, 10)) return formatDay(last);
  if (from.slice(0, 7) === last.slice(0, 7)) return `${start.getUTCDate()}–${formatDay(last)}`;
  if (start.getUTCFullYear() === end.getUTCFullYear()) return `${formatShortDay(from)} – ${formatDay(last)}`;
  return `${formatDay(from)} – ${formatDay(last)}`;
}

function isMidnight(at: Date): boolean {
  return at.valueOf() % DAY_MS === 0;
}

function utc(text: string): Date | undefined {
  const at = new Date(text);
  return Number.isNaN(at.valueOf()) ? undefined : at;
}
