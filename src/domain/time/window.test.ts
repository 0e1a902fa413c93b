import { describe, expect, it, test } from 'vitest';
import { formatInstant, parseInstant, parseWindow } from './window.ts';

const NOW = Date.UTC(2026, 10, 24, 4, 19, 8);

test.each([
  ['2026-10-14T09:00:00Z', '2026-10-14T09:00:00Z'],
  ['2026-10-14 09:00:00', '2026-10-14T09:00:00Z'],
  ['2026-10-14T09:00:00+02:00', '2026-10-14T07:00:00Z'],
  ['2026-10-14T09:00:00.1239999Z', '2026-10-14T09:00:00.123Z'],
  ['2026-10-14 09:00:00 UTC', '2026-10-14T09:00:00Z'],
  ['2026-10-14', '2026-10-14T00:00:00Z'],
])('reads %s as %s', (text, expected) => {
  expect(formatInstant(parseInstant(text)!)).toBe(expected);
});

test.each([
  '',
  'yesterday',
  '2026-13-01',
  '2026-02-30',
  '2026-10-14T25:00:00Z',
  '14/10/2026',
  '2026-10-14T09',
])('does not take %j for an instant', (text) => {
  expect(parseInstant(text)).toBeUndefined();
});

describe('a window', () => {
  test.each([
    { from: undefined, to: undefined, expected: ['2026-10-25T00:00:00Z', '2026-11-24T05:00:00Z'] },
    { from: '7d', to: undefined, expected: ['2026-11-17T00:00:00Z', '2026-11-24T05:00:00Z'] },
    { from: '2w', to: undefined, expected: ['2026-11-10T00:00:00Z', '2026-11-24T05:00:00Z'] },
    { from: '24h', to: undefined, expected: ['2026-11-23T04:00:00Z', '2026-11-24T05:00:00Z'] },
    { from: 'month', to: undefined, expected: ['2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'] },
    { from: '2026-10', to: undefined, expected: ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'] },
    { from: '2026-10', to: '2026-11', expected: ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'] },
    { from: '2026', to: undefined, expected: ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'] },
    { from: '2026-10-14', to: undefined, expected: ['2026-10-14T00:00:00Z', '2026-10-15T00:00:00Z'] },
    { from: '2026-10-01', to: '2026-10-14', expected: ['2026-10-01T00:00:00Z', '2026-10-14T00:00:00Z'] },
    {
      from: '2026-11-20T09:30:00Z',
      to: '2026-11-20T10:10:00Z',
      expected: ['2026-11-20T09:00:00Z', '2026-11-20T11:00:00Z'],
    },
    { from: '30d', to: 'now', expected: ['2026-10-25T00:00:00Z', '2026-11-24T05:00:00Z'] },
  ])('from $from to $to is $expected', ({ from, to, expected }) => {
    const window = parseWindow(from, to, NOW)!;
    expect([formatInstant(window.fromMs), formatInstant(window.toMs)]).toEqual(expected);
  });

  it.each([
    ['tomorrow', undefined],
    ['2026-11', '2026-10'],
    ['2026-13', undefined],
    ['7d', 'someday'],
  ])('is not made from %s and %s', (from, to) => {
    expect(parseWindow(from, to, NOW)).toBeUndefined();
  });
});
