import { expect, test } from 'vitest';
import {
  formatInstant,
  formatMonth,
  formatShortInstant,
  formatWeekday,
  formatWindow,
  formatWindowDays,
  shiftDay,
} from './dates.ts';

test.each([
  ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', '1–31 Oct 2026'],
  ['2026-09-28T00:00:00Z', '2026-10-04T00:00:00Z', '28 Sep – 3 Oct 2026'],
  ['2025-12-30T00:00:00Z', '2026-01-02T00:00:00Z', '30 Dec 2025 – 1 Jan 2026'],
  ['2026-10-14T00:00:00Z', '2026-10-15T00:00:00Z', '14 Oct 2026'],
  ['2026-10-14T09:00:00Z', '2026-10-15T00:00:00Z', '14 Oct 09:00 – 15 Oct 2026 00:00 UTC'],
  ['2026-10-14T00:00:00+02:00', '2026-10-15T00:00:00+02:00', '13 Oct 22:00 – 14 Oct 2026 22:00 UTC'],
  ['whenever', '2026-10-15', 'whenever – 2026-10-15'],
])('%s to %s is %s', (from, to, expected) => expect(formatWindow(from, to)).toBe(expected));

test('single days and instants', () => {
  expect(formatWeekday('2026-10-14')).toBe('Wed 14 Oct 2026');
  expect(formatInstant('2026-10-31T23:00:00Z')).toBe('31 Oct 2026, 23:00 UTC');
  expect(formatShortInstant('2026-10-31T23:00:00Z')).toBe('31 Oct 23:00Z');
  expect(formatMonth('2026-02')).toBe('February 2026');
  expect(shiftDay('2026-03-01', -1)).toBe('2026-02-28');
  expect(formatInstant('never')).toBe('never');
});

test.each([
  ['2026-10-25T00:00:00Z', '2026-11-24T16:00:00Z', '25 Oct – 24 Nov 2026'],
  ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', '1–31 Oct 2026'],
  ['2026-10-14T09:00:00Z', '2026-10-14T10:00:00Z', '14 Oct 2026'],
])('days of %s to %s are %s', (from, to, expected) => expect(formatWindowDays(from, to)).toBe(expected));
