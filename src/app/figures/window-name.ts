import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  formatInstant,
  type TimeWindow,
} from '../../domain/time/window.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** What people call a window: `October 2026`, `2026`, `2026-10-14`, `2026-10-01 to 2026-10-14` (last day included), or its instants. */
export function windowName({ fromMs, toMs }: TimeWindow): string {
  const from = new Date(fromMs);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
  if (fromMs === Date.UTC(year, month) && toMs === Date.UTC(year, month + 1))
    return `${MONTHS[month]} ${year}`;
  if (fromMs === Date.UTC(year, 0) && toMs === Date.UTC(year + 1, 0)) return `${year}`;
  if (fromMs !== floorToDay(fromMs) || toMs !== floorToDay(toMs)) {
    const start = fromMs === floorToDay(fromMs) ? formatDay(fromMs) : minuteOf(fromMs);
    return `${start} to ${minuteOf(toMs)}`;
  }
  if (toMs - fromMs === DAY_MS) return formatDay(fromMs);
  return `${formatDay(fromMs)} to ${formatDay(toMs - DAY_MS)}`;
}

/** `2026-10-14T09:00Z`. */
function minuteOf(at: EpochMs): string {
  return formatInstant(at).replace(/:00Z$/, 'Z');
}
