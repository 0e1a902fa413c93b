import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { effortOf, hostInstead } from './host-instead.ts';

const WORK = { requests: 1, prefillMicros: null, decodeMicros: null };
const replica = { effortPerHour: 1_000, costPerHourPicos: 4n };

describe('servers instead of an API', () => {
  test.each([
    {
      what: 'one replica that is hardly used',
      mean: 10,
      peak: 50,
      api: 3n,
      replicas: 1,
      used: 0.01,
      cheaper: 'api',
    },
    { what: 'exactly one', mean: 500, peak: 1_000, api: 4n, replicas: 1, used: 0.5, cheaper: 'same' },
    {
      what: 'a second one for the busiest hour',
      mean: 500,
      peak: 1_001,
      api: 9n,
      replicas: 2,
      used: 0.25,
      cheaper: 'self_hosted',
    },
    { what: 'calls without a price', mean: 500, peak: 900, api: null, replicas: 1, used: 0.5, cheaper: null },
  ])('$what', ({ mean, peak, api, replicas, used, cheaper }) => {
    const asked = { meanEffortPerHour: mean, peakEffortPerHour: peak, apiCostPerHourPicos: api };
    expect(hostInstead(asked, replica)).toEqual({
      replicas,
      costPerHourPicos: 4n * BigInt(replicas),
      utilisation: used,
      cheaper,
    });
  });

  it('says nothing of a GPU whose price nobody knows, nor of a server that can do nothing', () => {
    const asked = { meanEffortPerHour: 1, peakEffortPerHour: 1, apiCostPerHourPicos: 5n };
    expect(hostInstead(asked, { effortPerHour: 10, costPerHourPicos: null })).toMatchObject({
      costPerHourPicos: null,
      cheaper: null,
    });
    expect(hostInstead(asked, { effortPerHour: 0, costPerHourPicos: 1n })).toBeNull();
  });

  it('has room for the busiest hour, and not a replica more', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e6, noNaN: true }), (peak) => {
        const asked = { meanEffortPerHour: peak / 3, peakEffortPerHour: peak, apiCostPerHourPicos: 1n };
        const { replicas, utilisation } = hostInstead(asked, replica)!;
        expect(replicas * 1_000).toBeGreaterThanOrEqual(peak * (1 - 1e-9));
        expect((replicas - 1) * 1_000).toBeLessThan(Math.max(peak, 1));
        expect(utilisation).toBeLessThanOrEqual(1 / 3 + 1e-9);
      }),
    );
  });
});

it('counts effort in weighted tokens, cached input being none', () => {
  const work = { ...WORK, inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 100 };
  expect(effortOf(work)).toBe(600 * 2 + 100 * 5);
  expect(effortOf(work, { input: 3n, output: 15n })).toBe(600 * 3 + 100 * 15);
});
