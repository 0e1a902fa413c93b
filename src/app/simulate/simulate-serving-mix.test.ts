import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import type { ServingProfile } from '../../domain/simulation/serving-mix/serving-load.ts';
import { createHighsSolver } from '../../solvers/highs/create-highs-solver.ts';
import { type ServingMixRequest, simulateServingMix } from './simulate-serving-mix.ts';

const solver = createHighsSolver();
const prices = (pairs: Record<string, string>): ReadonlyMap<string, Picos> =>
  new Map(Object.entries(pairs).map(([gpu, text]) => [gpu, parsePicos(text)!.picos]));

const profile = (
  gpu: string,
  inputTokens: number,
  outputTokens: number,
  maxThroughput: number | null,
  latencyMs: number | null = null,
): ServingProfile => ({
  gpu,
  inputTokens,
  outputTokens,
  maxThroughput,
  latencyMs,
});

/** Short and long prompts, on a small kind and on a large one that is not worth its price for the short ones. */
const request: ServingMixRequest = {
  profiles: [
    profile('small', 100, 100, 4),
    profile('small', 1000, 100, 1),
    profile('large', 100, 100, 10),
    profile('large', 1000, 100, 8),
  ],
  demands: [
    { inputTokens: 100, outputTokens: 100, requestsPerSecond: 8 },
    { inputTokens: 1000, outputTokens: 100, requestsPerSecond: 8 },
  ],
  prices: prices({ small: '1', large: '3' }),
  terms: { maxLatencyMs: null, overProvision: 0 },
  slices: 1,
  available: new Map(),
};

describe('a mix that can be checked by hand', () => {
  it('puts short prompts on two small GPUs, and long ones on a large one', async () => {
    const result = await simulateServingMix(request, solver);
    expect(result).toMatchObject({
      allocation: { small: 2, large: 1 },
      costPerHour: '5.00',
      status: 'optimal',
      infeasible: [],
      // 2 + 8 small ones; 0.8 + 1 large ones.
      singleKind: [
        { gpu: 'small', gpus: 10, costPerHour: '10.00' },
        { gpu: 'large', gpus: 2, costPerHour: '6.00' },
      ],
      routes: [
        { inputTokens: 100, shares: { small: 1 } },
        { inputTokens: 1000, shares: { large: 1 } },
      ],
    });
    expect(result.savingPercent).toBeCloseTo(100 / 6, 9);
  });

  it('splits a size where that is cheaper', async () => {
    // A large GPU holds the long prompts with room for two of ten short ones: one small GPU less.
    const demands = [
      { inputTokens: 100, outputTokens: 100, requestsPerSecond: 5 },
      { inputTokens: 1000, outputTokens: 100, requestsPerSecond: 6.4 },
    ];
    const whole = await simulateServingMix({ ...request, demands }, solver);
    const split = await simulateServingMix({ ...request, demands, slices: 10 }, solver);
    expect([whole.costPerHour, split.costPerHour]).toEqual(['5.00', '4.00']);
    expect(split.routes[0]!.shares).toEqual({ small: expect.closeTo(0.8, 1), large: expect.closeTo(0.2, 1) });
  });

  it('plans for more requests than there are when it is told to', async () => {
    const terms = { maxLatencyMs: null, overProvision: 0.5 };
    expect((await simulateServingMix({ ...request, terms }, solver)).costPerHour).toBe('9.00');
  });
});

describe('requests that cannot be served', () => {
  it('are named with the reason, and the others are served', async () => {
    const demands = [...request.demands, { inputTokens: 9000, outputTokens: 100, requestsPerSecond: 1 }];
    const result = await simulateServingMix({ ...request, demands }, solver);
    expect(result.allocation).toEqual({ small: 2, large: 1 });
    expect(result.infeasible).toEqual([
      expect.objectContaining({ inputTokens: 9000, reason: expect.stringContaining('up to 1000 input') }),
    ]);
  });

  it('are those whose throughput is zero, or too slow: that is never a division by zero', async () => {
    const profiles = [profile('small', 100, 100, 0), profile('large', 100, 100, 10, 80)];
    const demands = request.demands.slice(0, 1);
    const served = await simulateServingMix({ ...request, profiles, demands }, solver);
    expect(served.allocation).toEqual({ small: 0, large: 1 });
    const terms = { maxLatencyMs: 40, overProvision: 0 };
    const refused = await simulateServingMix({ ...request, profiles, demands, terms }, solver);
    expect(refused).toMatchObject({ costPerHour: '0.00', allocation: { small: 0, large: 0 } });
    expect(refused.infeasible[0]!.reason).toContain('within 40 ms');
  });

  it('say so when there are not enough GPUs', async () => {
    const available = new Map([
      ['small', 1],
      ['large', 1],
    ]);
    expect((await simulateServingMix({ ...request, available }, solver)).status).toBe('impossible');
  });

  it('refuses prices of kinds that nobody measured', async () => {
    await expect(
      simulateServingMix({ ...request, prices: prices({ huge: '9' }) }, solver),
    ).rejects.toMatchObject({
      code: 'TARE-2001',
      message: expect.stringContaining('profiled are small, large'),
    });
  });
});

describe('laws', () => {
  const rate = fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 4);
  const anyRequest = fc
    .record({
      throughputs: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 6, maxLength: 6 }),
      rates: fc.tuple(rate, rate),
      costs: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 50, max: 900 }))),
    })
    .map(({ throughputs, rates, costs }): ServingMixRequest => {
      const gpus = ['a', 'b', 'c'];
      return {
        profiles: gpus.flatMap((gpu, kind) =>
          [100, 1000].map((size, at) => profile(gpu, size, 100, throughputs[2 * kind + at]! / 2)),
        ),
        demands: [100, 1000].map((inputTokens, at) => ({
          inputTokens,
          outputTokens: 100,
          requestsPerSecond: rates[at]!,
        })),
        prices: new Map(gpus.map((gpu, kind) => [gpu, BigInt(costs[kind]!) * 10n ** 10n])),
        terms: { maxLatencyMs: null, overProvision: 0 },
        slices: 2,
        available: new Map(),
      };
    });
  const costOf = async (any: ServingMixRequest) =>
    Number((await simulateServingMix(any, solver)).costPerHour);

  it('is never dearer than a fleet of one kind, and costs no less with fewer kinds or without splitting', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async (any) => {
        const result = await simulateServingMix(any, solver);
        const cost = Number(result.costPerHour);
        for (const { costPerHour } of result.singleKind)
          if (costPerHour !== null) expect(cost).toBeLessThanOrEqual(Number(costPerHour));
        const fewer = { ...any, prices: new Map([...any.prices].slice(0, 2)) };
        if ((await simulateServingMix(fewer, solver)).infeasible.length === result.infeasible.length)
          expect(await costOf(fewer)).toBeGreaterThanOrEqual(cost);
        expect(await costOf({ ...any, slices: 1 })).toBeGreaterThanOrEqual(cost);
      }),
      { numRuns: 12 },
    );
  });
});
