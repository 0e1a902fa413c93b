import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../domain/time/window.ts';
import { comparedWindow, documentWindow, monthsUpTo } from './document-window.ts';

const window = (from: string, to: string) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) });
const shown = (one: { fromMs: number; toMs: number } | null) =>
  one && `${formatInstant(one.fromMs)} ${formatInstant(one.toMs)}`;

describe('the window of a document', () => {
  it.each([
    ['the month before the one that goes on', '2026-09-23', '2026-11-24', '2026-10-01', '2026-11-01'],
    ['the newest month, where it is just over', '2026-09-23', '2026-11-01', '2026-10-01', '2026-11-01'],
    ['the month of which the end is known', '2026-09-23', '2026-10-10', '2026-09-01', '2026-10-01'],
    [
      'the month that goes on, where nothing else is known',
      '2026-10-03',
      '2026-10-20',
      '2026-10-01',
      '2026-11-01',
    ],
    ['December, seen from January', '2026-12-01', '2027-01-15', '2026-12-01', '2027-01-01'],
  ])('is %s', (_, from, to, start, end) => {
    const about = documentWindow(null, window(from, to));
    expect(shown(about.window)).toBe(shown(window(start, end)));
  });

  it('is known until the ledger ends, or until it ends itself', () => {
    const ledger = window('2026-09-23', '2026-11-24T12:00Z');
    const asOf = (from: string, to: string) => formatInstant(documentWindow(window(from, to), ledger).asOfMs);
    expect(asOf('2026-10-01', '2026-11-01')).toBe('2026-11-01T00:00:00Z');
    expect(asOf('2026-11-01', '2026-12-01')).toBe('2026-11-24T12:00:00Z');
  });

  it('needs something to tell', () => {
    expect(() => documentWindow(null, null)).toThrow('the ledger is empty');
    const ledger = window('2026-09-01', '2026-10-01');
    expect(() => documentWindow(window('2026-10-01', '2026-11-01'), ledger)).toThrow(
      'there is nothing to report of October 2026',
    );
  });
});

describe('what is compared with', () => {
  it.each([
    [
      'a month with the month before',
      '2026-01-01',
      '2026-10-01',
      '2026-11-01',
      '2026-09-01',
      '2026-10-01',
      true,
    ],
    ['as far as it is known', '2026-09-23', '2026-10-01', '2026-11-01', '2026-09-23', '2026-10-01', false],
    [
      'a week with the week before',
      '2026-01-01',
      '2026-10-12',
      '2026-10-19',
      '2026-10-05',
      '2026-10-12',
      true,
    ],
  ])('is %s', (_, ledgerFrom, from, to, start, end, isComplete) => {
    const about = documentWindow(window(from, to), window(ledgerFrom, '2026-11-01'));
    const compared = comparedWindow(about);
    expect(shown(compared)).toBe(shown(window(start, end)));
    expect(compared?.isComplete).toBe(isComplete);
  });

  it('is as much time before a month that goes on', () => {
    const about = documentWindow(window('2026-11-01', '2026-12-01'), window('2026-09-01', '2026-11-11'));
    expect(shown(comparedWindow(about))).toBe('2026-10-22T00:00:00Z 2026-11-01T00:00:00Z');
  });

  it('is nothing before the ledger begins', () => {
    const about = documentWindow(window('2026-10-01', '2026-11-01'), window('2026-10-01', '2026-11-01'));
    expect(comparedWindow(about)).toBeNull();
  });
});

describe('months', () => {
  it('are at most twelve, and the ends say that they are not whole', () => {
    const about = documentWindow(window('2026-10-01', '2026-11-01'), window('2025-08-20', '2026-11-24'));
    const months = monthsUpTo(about);
    expect(months).toHaveLength(12);
    expect(shown(months[0]!)).toBe('2025-11-01T00:00:00Z 2025-12-01T00:00:00Z');
    expect(shown(months.at(-1)!)).toBe('2026-10-01T00:00:00Z 2026-11-01T00:00:00Z');
    expect(months.every(({ isComplete }) => isComplete)).toBe(true);
  });

  it('end with the window, and begin with the ledger', () => {
    const about = documentWindow(window('2026-10-05', '2026-10-12'), window('2026-09-23', '2026-11-24'));
    expect(monthsUpTo(about).map((month) => [shown(month), month.isComplete])).toEqual([
      ['2026-09-23T00:00:00Z 2026-10-01T00:00:00Z', false],
      ['2026-10-01T00:00:00Z 2026-10-12T00:00:00Z', false],
    ]);
  });
});
