import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { bestLevel } from '../simulation/commitment/best-level.ts';
import { HOUR_MS } from '../time/window.ts';
import { PPM, TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import { bestPlan, MOST_TRADE_OFFS } from './best-plan.ts';
import { type CommitMarket, commitLevel, commitMoves } from './commit.ts';
import { growHours } from './grow-hours.ts';
import type { HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { composePlan, inOrder, savedAlone } from './plan.ts';
import { type PlanLever, type Residual, rankOf, stageOf } from './plan-lever.ts';

const UNIT = PICOS_PER_UNIT;
const HOURS = 12;

/** What each holder does in each of the hours at 1.00 a GPU-hour: how many GPUs, 0 to 3. */
type Fleet = readonly (readonly number[])[];

function hoursOfFleet(fleet: Fleet): HolderHour[] {
  return fleet.flatMap((gpus, holder) =>
    gpus.flatMap((count, hour) => {
      if (count === 0) return [];
      const [one] = hoursOf('#', { hourMs: START + hour * HOUR_MS, workloadId: `lab/${holder}` });
      const many = (values: HolderHour['ticks']) =>
        Object.fromEntries(
          Object.entries(values).map(([bucket, value]) => [bucket, value * BigInt(count)]),
        ) as unknown as HolderHour['ticks'];
      return [{ ...one!, ticks: many(one!.ticks), cost: many(one!.cost), devices: count }];
    }),
  );
}

function wholeOf(hours: readonly HolderHour[]): Residual {
  return {
    picos: hours.map(({ cost }) => cost.productive),
    ticks: hours.map(({ ticks }) => ticks.productive),
    gpuModel: hours.map(({ gpuModel }) => gpuModel),
    lifecycle: hours.map(({ lifecycle }) => lifecycle),
  };
}

const scopeOf = (hours: readonly HolderHour[], holder: number) =>
  [...hours.keys()].filter((index) => hours[index]!.workloadId === `lab/${holder}`);

/** Takes a share of a holder's hours away, as reclaim or scale to zero does. */
function removal(
  hours: readonly HolderHour[],
  holder: number,
  percent: number,
  lever = 'reclaim',
): PlanLever {
  const scope = scopeOf(hours, holder);
  return {
    id: `${lever}/${holder}/${percent}`,
    lever,
    target: String(holder),
    stage: stageOf(lever),
    scope,
    isTradeOff: false,
    markets: ['L40S'],
    replay: ({ picos }) =>
      scope.map((index) => ({
        index,
        picos:
          (hours[index]!.cost.productive * BigInt(percent)) / 100n < picos[index]!
            ? (hours[index]!.cost.productive * BigInt(percent)) / 100n
            : picos[index]!,
      })),
  };
}

/** Buys a holder's hours at a share of their price, out of the reach of a commitment. */
function cheaper(hours: readonly HolderHour[], holder: number, percent: number): PlanLever {
  const scope = scopeOf(hours, holder);
  return {
    id: `spot/${holder}`,
    lever: 'spot',
    target: String(holder),
    stage: 'rate',
    scope,
    isTradeOff: true,
    markets: ['L40S'],
    replay: ({ picos, ticks, lifecycle }) =>
      scope
        .filter((index) => lifecycle[index] === 'on_demand')
        .map((index) => ({
          index,
          picos: (picos[index]! * BigInt(percent)) / 100n,
          ticks: ticks[index]!,
          lifecycle: 'spot',
        })),
  };
}

function commitment(hours: readonly HolderHour[], market: Partial<CommitMarket> = {}): PlanLever {
  const whole: CommitMarket = {
    gpuModel: 'L40S',
    scope: [...hours.keys()],
    committedPerGpuHour: (UNIT * 6n) / 10n,
    periodHours: HOURS,
    mostUnits: 1_000,
    keptPpm: 800_000,
    ...market,
  };
  return {
    id: 'commit/L40S',
    lever: 'commit',
    target: 'L40S',
    stage: 'rate',
    scope: whole.scope,
    isTradeOff: false,
    markets: ['L40S'],
    replay: (residual) => commitMoves(hours, whole, residual),
  };
}

const anyFleet = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: HOURS, maxLength: HOURS }), {
  minLength: 1,
  maxLength: 4,
});
const anyLevers = fc.record({
  removals: fc.array(
    fc.record({
      holder: fc.integer({ min: 0, max: 3 }),
      percent: fc.integer({ min: 1, max: 100 }),
      lever: fc.constantFrom('reclaim', 'scale-to-zero', 'share', 'release'),
    }),
    { maxLength: 4 },
  ),
  spots: fc.uniqueArray(
    fc.record({ holder: fc.integer({ min: 0, max: 3 }), percent: fc.integer({ min: 1, max: 95 }) }),
    { maxLength: 4, selector: ({ holder }) => holder },
  ),
  mostUnits: fc.integer({ min: 0, max: 12 }),
  keptPpm: fc.integer({ min: 0, max: PPM }),
  /** GPUs that are held and free in each hour, demand that grows, and demand that falls over the term. */
  free: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: HOURS, maxLength: HOURS }),
  growth: fc.constantFrom(1, 1.03, 0.9, 2.5),
  monthlyPpm: fc.constantFrom(null, 970_000, 800_000),
});
type AnyLevers = typeof anyLevers extends fc.Arbitrary<infer Value> ? Value : never;

function leversOf(
  hours: readonly HolderHour[],
  { removals, spots, mostUnits, keptPpm, free, monthlyPpm }: AnyLevers,
): PlanLever[] {
  const held: Partial<CommitMarket> = {
    freeTicks: new Map(free.map((gpus, hour) => [START + hour * HOUR_MS, BigInt(gpus) * TICKS_PER_GPU_HOUR])),
    ...(monthlyPpm !== null && {
      laterPpm: [0, 1, 2].map((month) => BigInt(Math.round(PPM * (monthlyPpm / PPM) ** month))),
    }),
  };
  const all = [
    ...removals.map(({ holder, percent, lever }) => removal(hours, holder, percent, lever)),
    ...spots.map(({ holder, percent }) => cheaper(hours, holder, percent)),
    commitment(hours, { mostUnits, keptPpm, ...held }),
  ];
  return [...new Map(all.map((lever) => [lever.id, lever])).values()];
}

const totalOf = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);

describe('a plan', () => {
  it('is the sum of its steps, and the bill less what is left, in any order', () => {
    fc.assert(
      fc.property(anyFleet, anyLevers, fc.infiniteStream(fc.nat()), (fleet, given, picks) => {
        const hours = growHours(hoursOfFleet(fleet), given.growth);
        const whole = wholeOf(hours);
        const levers = leversOf(hours, given);
        const shuffled = levers
          .map((lever) => ({ lever, key: picks.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ lever }) => lever);
        const plan = composePlan(whole, shuffled);
        expect(totalOf(plan.steps.map(({ saved }) => saved))).toBe(plan.saved);
        expect(totalOf(plan.residual.picos)).toBe(totalOf(whole.picos) - plan.saved);
        for (const left of plan.residual.picos) expect(left).toBeGreaterThanOrEqual(0n);
        // The bound of each order: what the hours cost that any of its levers cuts.
        const cut = new Set(shuffled.flatMap(({ scope }) => scope));
        expect(plan.saved).toBeLessThanOrEqual(totalOf([...cut].map((index) => whole.picos[index]!)));
        for (const { lever, saved } of plan.steps) {
          expect(saved).toBeLessThanOrEqual(totalOf(lever.scope.map((index) => whole.picos[index]!)));
        }
      }),
    );
  });

  it('is the best of all subsets in the order in which costs flow', () => {
    fc.assert(
      fc.property(anyFleet, anyLevers, (fleet, given) => {
        const hours = growHours(hoursOfFleet(fleet), given.growth);
        const whole = wholeOf(hours);
        const levers = leversOf(hours, given);
        const best = bestPlan(whole, levers, () => true);
        const sizeOf = (lever: PlanLever) => savedAlone(whole, lever).saved;
        for (let mask = 0; mask < 2 ** levers.length; mask++) {
          const subset = levers.filter((_, bit) => mask & (1 << bit));
          for (const within of ['as listed', 'largest first'] as const) {
            // Divisions round down by less than a pico for each hour and lever.
            expect(composePlan(whole, inOrder(subset, sizeOf, within)).saved).toBeLessThanOrEqual(
              best.saved + ROUNDING,
            );
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never saves more under one more limit', () => {
    fc.assert(
      fc.property(
        anyFleet,
        anyLevers,
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 12 }),
        (fleet, given, one, other, cap) => {
          const hours = growHours(hoursOfFleet(fleet), given.growth);
          const whole = wholeOf(hours);
          const levers = leversOf(hours, given);
          const [first, second] = [one, other].map((pick) => levers[pick % levers.length]!.id);
          const free = bestPlan(whole, levers, () => true);
          const limited = bestPlan(whole, levers, ({ id }) => id !== first);
          const more = bestPlan(whole, levers, ({ id }) => id !== first && id !== second);
          expect(limited.saved).toBeLessThanOrEqual(free.saved + ROUNDING);
          expect(more.saved).toBeLessThanOrEqual(limited.saved + ROUNDING);
          const capped = leversOf(hours, { ...given, mostUnits: Math.min(cap, given.mostUnits) });
          expect(bestPlan(whole, capped, () => true).saved).toBeLessThanOrEqual(free.saved + ROUNDING);
        },
      ),
    );
  });
});

const ROUNDING = 1_000n;

it('prices the others anew when one is left out', () => {
  const hours = hoursOfFleet([Array<number>(HOURS).fill(2)]);
  const whole = wholeOf(hours);
  const levers = [removal(hours, 0, 50), commitment(hours, { keptPpm: PPM })];
  const both = bestPlan(whole, levers, () => true);
  // Half of 24 GPU-hours are gone; one GPU is left to commit to, at 0.60 of 1.00.
  expect(both.steps.map(({ lever, saved }) => [lever.lever, saved])).toEqual([
    ['reclaim', 12n * UNIT],
    ['commit', (12n * UNIT * 4n) / 10n],
  ]);
  expect(both.steps[1]!.takenBefore).toEqual(['reclaim']);
  const alone = bestPlan(whole, levers, ({ lever }) => lever === 'commit');
  expect(alone.saved).toBe((24n * UNIT * 4n) / 10n);
  expect(savedAlone(whole, levers[1]!).saved).toBe(alone.saved);
});

it('leaves spot out where a commitment saves more on the same hours', () => {
  const hours = hoursOfFleet([Array<number>(HOURS).fill(1)]);
  const whole = wholeOf(hours);
  const levers = [cheaper(hours, 0, 30), commitment(hours, { keptPpm: PPM })];
  const plan = bestPlan(whole, levers, () => true);
  expect(plan.steps.map(({ lever }) => lever.lever)).toEqual(['commit']);
  expect(plan.leftOut).toEqual([{ lever: levers[0], reason: 'more-without' }]);
  // Both orders are one, and are weighed once.
  expect(plan.weighed).toBe(2);
  const cheap = [cheaper(hours, 0, 65), levers[1]!];
  const other = bestPlan(whole, cheap, () => true);
  expect(other.steps.map(({ lever }) => lever.lever)).toEqual(['spot']);
  expect(other.leftOut).toEqual([{ lever: levers[1], reason: 'nothing-left' }]);
});

it('weighs the largest trade-offs of a market, and says which it did not', () => {
  const hours = hoursOfFleet(Array.from({ length: 9 }, () => Array<number>(HOURS).fill(1)));
  const levers = Array.from({ length: 9 }, (_, holder) => cheaper(hours, holder, 10 + holder));
  const plan = bestPlan(wholeOf(hours), levers, () => true);
  expect(plan.steps).toHaveLength(MOST_TRADE_OFFS);
  expect(plan.leftOut.map(({ lever, reason }) => [lever.target, reason])).toEqual([
    ['2', 'too-many'],
    ['1', 'too-many'],
    ['0', 'too-many'],
  ]);
});

describe('a commitment to what is left', () => {
  it('is the level that costs least, to the unit', () => {
    fc.assert(
      fc.property(anyFleet, fc.integer({ min: 5, max: 100 }), (fleet, percent) => {
        const hours = hoursOfFleet(fleet);
        const demand = Float64Array.from({ length: HOURS }, (_, hour) =>
          fleet.reduce((sum, gpus) => sum + gpus[hour]!, 0),
        );
        const market: CommitMarket = {
          gpuModel: 'L40S',
          scope: [...hours.keys()],
          committedPerGpuHour: (UNIT * BigInt(percent)) / 100n,
          periodHours: HOURS,
          mostUnits: 1_000,
          keptPpm: PPM,
        };
        expect(commitLevel(hours, market, wholeOf(hours))).toBe(bestLevel(demand, percent / 100));
      }),
    );
  });

  it('is what nothing held has room for', () => {
    const hours = hoursOfFleet([Array<number>(HOURS).fill(3)]);
    const market = (free: number) => ({
      gpuModel: 'L40S',
      scope: [...hours.keys()],
      committedPerGpuHour: (UNIT * 6n) / 10n,
      periodHours: HOURS,
      mostUnits: 10,
      keptPpm: PPM,
      freeTicks: new Map(hours.map(({ hourMs }) => [hourMs, BigInt(free) * TICKS_PER_GPU_HOUR])),
    });
    const whole = wholeOf(hours);
    expect([0, 1, 3, 5].map((free) => commitLevel(hours, market(free), whole))).toEqual([3, 2, 0, 0]);
    expect(totalOf(commitMoves(hours, market(1), whole).map(({ picos }) => picos))).toBe(
      (2n * BigInt(HOURS) * UNIT * 4n) / 10n,
    );
  });

  it('to demand that falls is what pays for itself over the term', () => {
    const hours = hoursOfFleet([Array<number>(HOURS).fill(4)]);
    const market = (laterPpm: readonly bigint[]) => ({
      gpuModel: 'L40S',
      scope: [...hours.keys()],
      committedPerGpuHour: (UNIT * 6n) / 10n,
      periodHours: HOURS,
      mostUnits: 10,
      keptPpm: PPM,
      laterPpm,
    });
    // Four GPUs, then two: the third and the fourth are used half of the time, and cost 0.6 of it.
    expect(commitLevel(hours, market([1_000_000n, 500_000n]), wholeOf(hours))).toBe(2);
    expect(commitLevel(hours, market([1_000_000n, 1_000_000n]), wholeOf(hours))).toBe(4);
  });

  it('is no more than it may be, and covers nothing of another kind or on spot', () => {
    const hours = hoursOfFleet([Array<number>(HOURS).fill(3)]);
    const whole = wholeOf(hours);
    const market = {
      gpuModel: 'L40S',
      scope: [...hours.keys()],
      committedPerGpuHour: (UNIT * 6n) / 10n,
      periodHours: HOURS,
      mostUnits: 2,
      keptPpm: PPM,
    };
    expect(commitLevel(hours, market, whole)).toBe(2);
    const saved = commitMoves(hours, market, whole).reduce((sum, { picos }) => sum + picos, 0n);
    expect(saved).toBe((2n * BigInt(HOURS) * UNIT * 4n) / 10n);
    expect(commitMoves(hours, market, { ...whole, gpuModel: hours.map(() => 'L4') })).toEqual([]);
    expect(commitMoves(hours, market, { ...whole, lifecycle: hours.map(() => 'spot') })).toEqual([]);
  });
});

test.each([
  { lever: 'quantise', stage: 'model' },
  { lever: 'batch', stage: 'runtime' },
  { lever: 'pack', stage: 'infrastructure' },
  { lever: 'commit', stage: 'rate' },
  { lever: 'something else', stage: 'infrastructure' },
])('$lever is a matter of the $stage', ({ lever, stage }) => {
  expect(stageOf(lever)).toBe(stage);
  expect(rankOf('spot')).toBeLessThan(rankOf('commit'));
});

it('hours are whole GPUs', () => {
  expect(hoursOfFleet([[2]])[0]!.ticks.productive).toBe(2n * TICKS_PER_GPU_HOUR);
});
