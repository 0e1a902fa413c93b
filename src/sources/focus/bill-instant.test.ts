import { expect, test } from 'vitest';
import { formatInstant } from '../../domain/time/window.ts';
import { type DateOrder, parseBillInstant } from './bill-instant.ts';

test.each<{ text: string; order?: DateOrder; expected: string; rule: string }>([
  { text: '2026-10-14T09:00:00Z', expected: '2026-10-14T09:00:00Z', rule: 'as-written' },
  { text: '2024-09-01 00:00:00', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '2024-09-01 02:00:00+02', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '2024-09-01 00:00:00.000000 UTC', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '2024-09-01', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '1725148800', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '1725148800000', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '1725148800000000', expected: '2024-09-01T00:00:00Z', rule: 'as-written' },
  { text: '2023-02-01T30:00:00Z', expected: '2023-02-02T06:00:00Z', rule: 'hour-overflow' },
  { text: '2023-02-28T24:30:00Z', expected: '2023-03-01T00:30:00Z', rule: 'hour-overflow' },
  { text: '5/1/25', expected: '2025-05-01T00:00:00Z', rule: 'slashes' },
  { text: '10/1/25', expected: '2025-10-01T00:00:00Z', rule: 'slashes' },
  { text: '5/1/25', order: 'day-first', expected: '2025-01-05T00:00:00Z', rule: 'slashes' },
  { text: '12/31/2025 11:05 PM', expected: '2025-12-31T23:05:00Z', rule: 'slashes' },
  { text: '12/31/2025 12:05 AM', expected: '2025-12-31T00:05:00Z', rule: 'slashes' },
])('$text', ({ text, order = 'month-first', expected, rule }) => {
  const parsed = parseBillInstant(text, order);
  expect(parsed && { at: formatInstant(parsed.atMs), rule: parsed.rule }).toEqual({ at: expected, rule });
});

test.each([
  '',
  'yesterday',
  '13/1/25',
  '2/30/25',
  '2023-02-30T30:00:00Z',
  '2023-02-01T30:61:00Z',
  '45123',
  '1/1/25 25:00',
])('refuses %o', (text) => {
  expect(parseBillInstant(text, 'month-first')).toBeUndefined();
});
