import { expect, test } from 'vitest';
import { formatDay } from '../../domain/time/window.ts';
import { reportWindow } from './report-window.ts';

test.each([
  ['2026-11-01T08:00:00Z', 'UTC', '2026-10-01', '2026-11-01'],
  ['2026-11-30T23:59:59Z', 'UTC', '2026-10-01', '2026-11-01'],
  ['2027-01-04T08:00:00Z', 'UTC', '2026-12-01', '2027-01-01'],
  // Midnight in Berlin is still the month before in UTC.
  ['2026-10-31T23:00:00Z', 'Europe/Berlin', '2026-10-01', '2026-11-01'],
  ['2026-10-31T23:00:00Z', 'UTC', '2026-09-01', '2026-10-01'],
  // The last evening of October in New York is November in UTC.
  ['2026-11-01T01:00:00Z', 'America/New_York', '2026-09-01', '2026-10-01'],
])('what is due at %s in %s is about the month before', (due, timeZone, from, to) => {
  const { fromMs, toMs } = reportWindow(Date.parse(due), timeZone);
  expect([formatDay(fromMs), formatDay(toMs)]).toEqual([from, to]);
});
