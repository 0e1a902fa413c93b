import { describe, expect, it, test } from 'vitest';
import { ledgerAggregate, OCTOBER } from '../../../test/support/ledger-aggregate.ts';
import { sumAggregates } from './aggregates.ts';
import { moneySentence } from './money-sentence.ts';
import { windowName } from './window-name.ts';

const october = { fromMs: Date.UTC(2026, 9), toMs: Date.UTC(2026, 10) };
const extent = { fromMs: Date.UTC(2026, 7), toMs: Date.UTC(2026, 10) };
const sentence = (total = sumAggregates(OCTOBER), currency = 'USD') =>
  moneySentence({ window: october, currency, total, extent });

describe('the money sentence', () => {
  it('says what the month cost and how much of it was tare', () => {
    expect(sentence()).toBe(
      'October 2026: $460,000.00, of which $412,380.00 for GPUs. 53 % of that was tare.',
    );
  });

  it('names a currency without a sign', () => {
    expect(sentence(undefined, 'CHF')).toContain('CHF 460,000.00, of which CHF 412,380.00');
  });

  test.each([
    {
      name: 'no GPU time',
      total: ledgerAggregate({}, { direct: '12.5', shared: '-2.5' }),
      expected: 'October 2026: $10.00, none of it for GPU time.',
    },
    {
      name: 'no price at all',
      total: ledgerAggregate(
        {},
        { buckets: { idle: [600, '0'], productive: [400, '0'] }, unpricedHours: 1_000 },
      ),
      expected: 'October 2026: 1,000 GPU-hours, none of them with a price. 60 % of them were tare.',
    },
    {
      name: 'no price, but a bill for storage',
      total: ledgerAggregate({}, { buckets: { productive: [4, '0'] }, unpricedHours: 4, direct: '7' }),
      expected:
        'October 2026: 4.00 GPU-hours, none of them with a price. 0 % of them were tare. Other charges: $7.00.',
    },
    {
      name: 'some without a price',
      total: ledgerAggregate(
        {},
        { buckets: { idle: [30, '60'], productive: [70, '140'] }, unpricedHours: 10 },
      ),
      expected:
        'October 2026: $200.00, of which $200.00 for GPUs. 30 % of that was tare. 10.00 GPU-hours (10 %) have no price and are missing from it.',
    },
    {
      name: 'almost nothing wasted',
      total: ledgerAggregate({}, { buckets: { idle: [1, '1'], productive: [999, '999'] } }),
      expected: 'October 2026: $1,000.00, of which $1,000.00 for GPUs. Under 1 % of that was tare.',
    },
    {
      name: 'nothing in the window',
      total: ledgerAggregate({}, {}),
      expected: 'October 2026: nothing is known. The ledger reaches over 2026-08-01 to 2026-10-31.',
    },
  ])('$name', ({ total, expected }) => {
    expect(sentence(total)).toBe(expected);
  });

  it('carries the command that fills an empty ledger', () => {
    const empty = moneySentence({ window: october, currency: 'USD', total: sumAggregates([]), extent: null });
    expect(empty).toContain('tare import FILE --kind KIND, or tare demo');
  });
});

test.each([
  ['2026-10-01T00:00Z', '2026-11-01T00:00Z', 'October 2026'],
  ['2026-12-01T00:00Z', '2027-01-01T00:00Z', 'December 2026'],
  ['2026-01-01T00:00Z', '2027-01-01T00:00Z', '2026'],
  ['2026-10-14T00:00Z', '2026-10-15T00:00Z', '2026-10-14'],
  ['2026-10-01T00:00Z', '2026-10-15T00:00Z', '2026-10-01 to 2026-10-14'],
  ['2026-10-14T09:00Z', '2026-10-14T10:00Z', '2026-10-14T09:00Z to 2026-10-14T10:00Z'],
  ['2026-10-25T00:00Z', '2026-11-24T05:00Z', '2026-10-25 to 2026-11-24T05:00Z'],
])('%s … %s is called %s', (from, to, expected) => {
  expect(windowName({ fromMs: Date.parse(from), toMs: Date.parse(to) })).toBe(expected);
});
