import { describe, expect, it, test } from 'vitest';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import { hoursOf, START } from '../../domain/levers/hours.fixture.ts';
import { type MarketPrices, placeOfHours } from '../../domain/levers/market.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import { bestLevel, coverageOfLevel } from '../../domain/simulation/commitment/best-level.ts';
import { HOUR_MS } from '../../domain/time/window.ts';
import { type CommitParts, decideCommitments } from './commitment-markets.ts';

const DAYS = 21;
const HOURS = DAYS * 24;
const PERIOD = { fromMs: START, toMs: START + HOURS * HOUR_MS };

const prices = (oneYear: number | null, threeYears: number | null = null): MarketPrices => {
  const picos = (price: number | null) =>
    price === null ? null : (PICOS_PER_UNIT * BigInt(Math.round(price * 100))) / 100n;
  return {
    onDemand: () => PICOS_PER_UNIT,
    spot: () => null,
    committed: (_, __, term) => picos(term === '1y' ? oneYear : threeYears),
    offered: () => [],
  };
};

/** GPUs at 1.00, held in the hours that a pattern of days says. */
function fleet(gpus: readonly ((hour: number) => boolean)[], given: Partial<HolderHour> = {}): HolderHour[] {
  return gpus.flatMap((isHeld, index) =>
    hoursOf(Array.from({ length: HOURS }, (_, hour) => (isHeld(hour) ? '#' : ' ')).join(''), {
      node: `node-${index}`,
      workloadId: `job-${index}`,
      ...given,
    }),
  );
}

const always = () => true;
const byDay = (hour: number) => hour % 24 >= 8 && hour % 24 < 20;

function decide(hours: readonly HolderHour[], given: Partial<CommitParts> = {}) {
  return decideCommitments({
    hours,
    period: PERIOD,
    placeOf: placeOfHours(
      hours.map(({ node, gpuModel, lifecycle }) => ({
        node,
        gpuModel,
        lifecycle: lifecycle as 'on_demand',
        provider: 'aws',
        region: 'us-east-1',
        instanceType: null,
      })),
    ),
    prices: prices(0.6),
    maxCommittedPercent: null,
    survivalPerYear: 1,
    commitments: [],
    growth: null,
    ...given,
  });
}

describe('a commitment on the demand of the fleet itself', () => {
  it('is what always runs, with what was claimed, backtested and possible', () => {
    const { markets, missing } = decide(fleet([always, always, byDay]));
    expect(missing).toEqual([]);
    const [market] = markets;
    expect(market).toMatchObject({ provider: 'aws', gpuModel: 'L40S', term: '1y', rate: 0.6, kept: 1 });
    // Half of the days is less than the 60 % that a committed GPU costs.
    expect(market!.simulation.level).toBe(2);
    expect(market!.simulation.level).toBe(bestLevel(market!.demand, 0.6));
    expect(coverageOfLevel(market!.demand, 2)).toBe(0.8);
    // 2 of 2.5 GPUs at 40 % less.
    expect(market!.simulation.claimedSavingsPercent).toBeCloseTo(32, 9);
    expect(market!.simulation.realisedSavingsPercent).toBeCloseTo(32, 9);
    expect(market!.simulation.oracleSavingsPercent).toBeCloseTo(32, 9);
  });

  it('counts what the backtest kept of it', () => {
    const lessLater = (hour: number) => hour < HOURS * 0.8;
    const [market] = decide(fleet([always, lessLater])).markets;
    // Claimed 40 % of two GPUs; in the last third the second is there for 40 % of the time.
    expect(market!.simulation.claimedSavingsPercent).toBeCloseTo(40, 9);
    expect(market!.kept).toBeLessThan(0.5);
    expect(market!.kept).toBeGreaterThan(0);
    expect(market!.proposal.risk).toBe('high');
    expect(market!.market.keptPpm).toBe(Math.round(market!.kept! * 1_000_000));
  });

  it.each([
    { what: 'a price no lower than what is paid', given: { prices: prices(1) }, reason: 'costs no less' },
    { what: 'no price', given: { prices: prices(null) }, reason: 'no committed price' },
    {
      what: 'too few days',
      given: { period: { fromMs: START, toMs: START + 10 * 24 * HOUR_MS } },
      reason: '10.0 days of demand; 14 are the least',
    },
    { what: 'nobody who rents them out', given: { placeOf: () => null }, reason: 'who rents these GPUs out' },
  ])('is refused for $what', ({ given, reason }) => {
    const { markets, missing } = decide(fleet([always]), given);
    expect(markets).toEqual([]);
    expect(missing[0]!.reason).toContain(reason);
  });

  it('is refused where the demand went away', () => {
    const gone = (hour: number) => hour < (HOURS * 2) / 3;
    const { markets, missing } = decide(fleet([gone]));
    expect(markets).toEqual([]);
    expect(missing[0]!.reason).toContain('saved nothing in the rest');
  });

  test.each([
    { percent: 100, most: 3 },
    { percent: 50, most: 1 },
    { percent: 20, most: 0 },
    { percent: 0, most: 0 },
  ])('is at most $percent % with what is held already: $most GPUs', ({ percent, most }) => {
    const held = fleet([always], { lifecycle: 'committed', node: 'node-9', workloadId: 'held' });
    const { markets } = decide([...fleet([always, always, always]), ...held], {
      maxCommittedPercent: percent,
    });
    expect(markets[0]!.market.mostUnits).toBe(most);
    expect(markets[0]!.held.ticks * 4n).toBe(markets[0]!.held.allTicks);
    expect(markets[0]!.held.usedTicks).toBe(markets[0]!.held.ticks);
  });

  it('is stacked over terms, and spent over kinds of GPU', () => {
    const { markets, spend } = decide(
      [...fleet([always, byDay]), ...fleet([always], { gpuModel: 'L4', node: 'small' })],
      { prices: prices(0.6, 0.4) },
    );
    // Three years pay for themselves at half use, too.
    expect(markets[0]!.simulation.stack.map(({ term, units }) => [term, units])).toEqual([
      ['1y', 0],
      ['3y', 2],
    ]);
    expect(spend).toEqual([
      {
        provider: 'aws',
        gpuModels: ['L4', 'L40S'],
        // Two GPUs that always run, at 0.60 each: 0.80 of 2.50 an hour are saved.
        perHour: '1.20',
        savingsPercent: expect.closeTo(32, 9),
        saving: '584.00',
      },
    ]);
  });
});
