import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ledgerAggregate, OCTOBER } from '../../../test/support/ledger-aggregate.ts';
import { BUCKETS } from '../../domain/ledger/buckets.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { groupAggregates, sumAggregates } from './aggregates.ts';
import { coverageFigures } from './coverage-figures.ts';
import { funnel } from './funnel.ts';
import { keepTop } from './keep-top.ts';
import { largestLeaks } from './leaks.ts';
import { ledgerFigures } from './ledger-figures.ts';
import { mergeTotals } from './merge-totals.ts';

const picos = (text: string) => parsePicos(text)!.picos;
const anyAggregate: fc.Arbitrary<LedgerAggregate> = fc
  .tuple(
    fc.array(fc.bigInt(0n, 10n ** 24n), { minLength: 14, maxLength: 14 }),
    fc.constantFrom('a', 'b', 'c'),
  )
  .map(([values, team]) => {
    const nothing = sumAggregates([], { team });
    const perBucket = (offset: number) =>
      Object.fromEntries(BUCKETS.map((bucket, index) => [bucket, values[offset + index]!]));
    return {
      ...nothing,
      ticks: { ...nothing.ticks, ...perBucket(0) },
      cost: { ...nothing.cost, ...perBucket(6) },
      directPicos: values[12]!,
      sharedPicos: values[13]!,
    };
  });

describe('ledgerFigures', () => {
  it('writes October as its documented shape', () => {
    expect(ledgerFigures(sumAggregates(OCTOBER))).toEqual({
      gpuHours: {
        gross: 119_040,
        unobserved: 2_180,
        unallocated: 14_100,
        idle: 23_600,
        underused: 18_300,
        lost: 5_030,
        productive: 55_830,
      },
      cost: {
        gross: '412380.00',
        unobserved: '8248.00',
        unallocated: '53609.00',
        idle: '78352.00',
        underused: '61857.00',
        lost: '16495.00',
        productive: '193819.00',
      },
      direct: '38214.00',
      shared: '9406.00',
      totalCost: '460000.00',
      tareFraction: 0.52999903,
      unpricedGpuHours: 0,
      estimatedCost: '0.00',
    });
  });

  it('adds up to the last digit', () => {
    fc.assert(
      fc.property(anyAggregate, (aggregate) => {
        const { cost, direct, shared, totalCost } = ledgerFigures(aggregate);
        const buckets = BUCKETS.reduce((sum, bucket) => sum + picos(cost[bucket]), 0n);
        expect(buckets).toBe(picos(cost.gross));
        expect(picos(totalCost)).toBe(picos(cost.gross) + picos(direct) + picos(shared));
      }),
    );
  });

  test.each([
    { name: 'nothing', buckets: {}, expected: null },
    { name: 'nothing priced', buckets: { idle: [3, '0'], productive: [1, '0'] }, expected: 0.75 },
    { name: 'a free hour beside a dear one', buckets: { idle: [1, '0'], productive: [1, '9'] }, expected: 0 },
  ] as const)('tare of $name', ({ buckets, expected }) => {
    expect(ledgerFigures(ledgerAggregate({}, { buckets })).tareFraction).toBe(expected);
  });
});

it('groups without losing anything', () => {
  fc.assert(
    fc.property(fc.array(anyAggregate), (aggregates) => {
      expect(sumAggregates(groupAggregates(aggregates, ['team']))).toEqual(sumAggregates(aggregates));
    }),
  );
});

describe('keepTop', () => {
  const untagged = ledgerAggregate({ team: 'untagged' }, { direct: '1' });
  const teams = (kept: readonly LedgerAggregate[]) => kept.map(({ key }) => key['team']);

  it('keeps the largest, and always those without an owner', () => {
    const { kept, leftOut } = keepTop([...OCTOBER, untagged].toReversed(), ['team'], 1);
    expect(teams(kept)).toEqual(['search', 'untagged', 'nobody']);
    expect(teams(leftOut)).toEqual(['ranking', 'research', 'platform']);
  });

  it('leaves days in the order of time and cuts none', () => {
    const days = ['2026-10-03', '2026-10-01', '2026-10-02'].map((day, index) =>
      ledgerAggregate({ day }, { direct: String(index) }),
    );
    const { kept, leftOut } = keepTop(days, ['day'], 1);
    expect(kept.map(({ key }) => key['day'])).toEqual(['2026-10-01', '2026-10-02', '2026-10-03']);
    expect(leftOut).toEqual([]);
  });

  it('does not depend on the order it is given', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...OCTOBER], { minLength: OCTOBER.length }), (shuffled) => {
        expect(keepTop(shuffled, ['team'], 2)).toEqual(keepTop(OCTOBER, ['team'], 2));
      }),
    );
  });
});

test('the funnel goes from paid to productive, bucket by bucket', () => {
  const steps = funnel(sumAggregates(OCTOBER)).map(({ step, cost, loses }) => [step, cost, loses?.bucket]);
  expect(steps).toEqual([
    ['paid', '412380.00', undefined],
    ['observed', '404132.00', 'unobserved'],
    ['allocated', '350523.00', 'unallocated'],
    ['active', '272171.00', 'idle'],
    ['effective', '210314.00', 'underused'],
    ['productive', '193819.00', 'lost'],
  ]);
});

describe('largestLeaks', () => {
  const key = (workload: string, kind: string, pool = 'none') => ({ workload, kind, team: 'research', pool });
  const aggregates = [
    ledgerAggregate(key('notebooks', 'notebook'), { buckets: { idle: [10, '100'], productive: [1, '10'] } }),
    ledgerAggregate(key('search-llm', 'inference'), { buckets: { idle: [9, '90'], underused: [2, '20'] } }),
    ledgerAggregate(key('rank-v7', 'training'), { buckets: { lost: [8, '80'] } }),
    ledgerAggregate(key('nobody', 'none', 'spot-a100'), {
      buckets: { unallocated: [7, '70'], unobserved: [1, '5'] },
    }),
  ];

  it('says what to do about each, largest first', () => {
    expect(largestLeaks(aggregates, 5).map(({ cost, advice }) => `${cost} ${advice}`)).toEqual([
      '100.00 stop notebooks when idle',
      '90.00 scale search-llm to zero when no requests come',
      '80.00 checkpoint rank-v7 more often',
      '70.00 release or share pool spot-a100',
      '20.00 pack search-llm with others onto shared GPUs',
    ]);
  });

  it('goes by GPU-hours where nothing has a price', () => {
    const unpriced = [
      ledgerAggregate(key('a', 'batch'), { buckets: { idle: [1, '0'] }, unpricedHours: 1 }),
      ledgerAggregate(key('b', 'batch'), { buckets: { idle: [3, '0'] }, unpricedHours: 3 }),
    ];
    expect(largestLeaks(unpriced, 1)).toMatchObject([{ workload: 'b', gpuHours: 3, fraction: 0.75 }]);
  });
});

test('coverage counts what was observed, measured, owned and priced', () => {
  const coverage = coverageFigures(
    [
      ledgerAggregate(
        { priceSource: 'bill', team: 'search', model: 'none' },
        { buckets: { productive: [6, '60'] }, smActiveHours: 4, engineActiveHours: 2 },
      ),
      ledgerAggregate(
        { priceSource: 'price_book', team: 'untagged', model: 'none' },
        { buckets: { unobserved: [2, '20'], idle: [2, '20'] }, gpuUtilHours: 2, contradictoryHours: 1 },
      ),
    ],
    ['team', 'model'],
  );
  expect(coverage).toEqual({
    observed: 0.8,
    basis: { smActive: 0.5, engineActive: 0.25, gpuUtil: 0.25 },
    owned: { team: 0.6, model: 0 },
    pricedBy: { bill: 0.6, contract: 0, priceBook: 0.4, ownership: 0, unpriced: 0 },
    contradictoryGpuHours: 1,
  });
});

test.each([
  { name: 'decimals, exactly', all: [{ cost: '0.1' }, { cost: '0.2' }], expected: { cost: '0.30' } },
  { name: 'numbers', all: [{ hours: 0.1 }, { hours: 0.2 }], expected: { hours: 0.3 } },
  {
    name: 'periods',
    all: [
      { from: '2026-10-02T00:00:00Z', to: '2026-10-03T00:00:00Z' },
      { from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z' },
    ],
    expected: { from: '2026-10-01T00:00:00Z', to: '2026-10-03T00:00:00Z' },
  },
  {
    name: 'counted names',
    all: [{ providers: 'AWS 12, Azure 3' }, { providers: 'AWS 5' }],
    expected: { providers: 'AWS 17, Azure 3' },
  },
  { name: 'what cannot be added', all: [{ devices: 8 }, { devices: 6 }], expected: { devices: 8 } },
  { name: 'what only one has', all: [{ a: 1 }, { b: '2' }], expected: { a: 1, b: '2' } },
])('totals of several files: $name', ({ all, expected }) => {
  expect(mergeTotals(all as unknown as Parameters<typeof mergeTotals>[0])).toEqual(expected);
});
