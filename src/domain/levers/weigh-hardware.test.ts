import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import type { HolderHour } from './holder-hour.ts';
import { hoursOf } from './hours.fixture.ts';
import { type MarketPrices, placeOfHours } from './market.ts';
import type { UsageProfile } from './share.ts';
import {
  cheapestOf,
  DEFAULT_RIGHT_SIZE,
  type HardwareOption,
  type RightSizeParts,
  switchCost,
  switchMoves,
  switchTo,
  weighHardware,
} from './weigh-hardware.ts';

const UNIT = PICOS_PER_UNIT;
const JOB = { workloadId: 'job', workload: 'ranker', kind: 'training', team: 'ranking' };

/** In tenths of a unit for a GPU-hour. */
const TENTHS: Readonly<Record<string, bigint>> = { L40S: 10n, L4: 4n, A100: 30n, T4G: 3n, ODD: 2n };
const PRICES: MarketPrices = {
  onDemand: (_, gpuModel) => (TENTHS[gpuModel] === undefined ? null : (UNIT * TENTHS[gpuModel]) / 10n),
  spot: () => null,
  committed: () => null,
  offered: () => ['L4', 'L40S', 'A100', 'T4G', 'ODD', 'H200'],
};
const ROOFS: Readonly<
  Record<string, Readonly<{ memoryBandwidthGBs: number; denseTflops16: number; memoryGib: number }>>
> = {
  L40S: { memoryBandwidthGBs: 864, denseTflops16: 362, memoryGib: 48 },
  L4: { memoryBandwidthGBs: 300, denseTflops16: 121, memoryGib: 24 },
  A100: { memoryBandwidthGBs: 2_039, denseTflops16: 312, memoryGib: 80 },
  T4G: { memoryBandwidthGBs: 320, denseTflops16: 65, memoryGib: 16 },
  H200: { memoryBandwidthGBs: 4_800, denseTflops16: 989, memoryGib: 141 },
};
const PROFILE: UsageProfile = {
  workloadId: 'job',
  deviceId: 'gpu-1',
  node: 'node-1',
  gpuModel: 'L40S',
  isWholeGpu: true,
  deviceMemoryMib: 46_068,
  samples: 500,
  memoryP99Mib: 10 * 1024,
  busyP99Ppm: 200_000,
  effectiveP99Ppm: null,
};

type Case = Readonly<{
  hour?: Partial<HolderHour>;
  needs?: Partial<UsageProfile>;
  ratio?: number;
  limitMs?: number;
}>;

function weigh({ hour = {}, needs = {}, ratio, limitMs }: Case) {
  const hours = hoursOf('##########', { ...JOB, ...hour });
  const parts: RightSizeParts = {
    hours,
    profiles: new Map([['job', [{ ...PROFILE, ...needs }]]]),
    placeOf: placeOfHours(
      hours.map(({ node, gpuModel }) => ({
        node,
        gpuModel,
        lifecycle: 'on_demand',
        provider: 'aws',
        region: 'us-east-1',
        instanceType: null,
      })),
    ),
    prices: PRICES,
    roofOf: (gpuModel) => ROOFS[gpuModel] ?? null,
    speeds: {
      ratio: (_, __, to) => (ratio === undefined || to !== 'L4' ? null : { ratio, source: 'measured' }),
    },
    latencyOf: () => ({ p99Ms: 100, limitMs: limitMs ?? null }),
    options: DEFAULT_RIGHT_SIZE,
  };
  const [target] = weighHardware(parts);
  return { hours, target: target! };
}

const byModel = (options: readonly HardwareOption[]) =>
  Object.fromEntries(options.map(({ gpuModel, refusal }) => [gpuModel, refusal]));

describe('why a kind of GPU is none', () => {
  test.each<Case & Readonly<{ what: string; refusals: Record<string, string | null> }>>([
    {
      what: 'a job that fits',
      refusals: { L40S: null, L4: null, A100: null, T4G: 'arm', ODD: 'no-specification', H200: 'no-price' },
    },
    {
      what: 'too much memory for one',
      needs: { memoryP99Mib: 23 * 1024 },
      refusals: { L4: 'no-memory', A100: null },
    },
    { what: 'tried, and does not run', ratio: 0, refusals: { L4: 'does-not-run' } },
    {
      what: 'too few samples',
      needs: { samples: 10 },
      refusals: { L40S: null, L4: 'no-needs', A100: 'no-needs' },
    },
    {
      what: 'an endpoint too busy at the slowest estimate',
      hour: { kind: 'inference' },
      needs: { busyP99Ppm: 400_000 },
      refusals: { L4: 'too-busy', A100: null },
    },
    {
      what: 'an endpoint whose latency would be broken',
      hour: { kind: 'inference' },
      limitMs: 150,
      refusals: { L4: 'too-slow', A100: null },
    },
  ])('$what', ({ what: _, refusals, ...given }) => {
    expect(byModel(weigh(given).target.options)).toMatchObject(refusals);
  });
});

describe('what is worth knowing of a kind', () => {
  it('is its speed with the range, and the latency at the slowest of it', () => {
    const { target } = weigh({ hour: { kind: 'inference' } });
    const l4 = target.options.find(({ gpuModel }) => gpuModel === 'L4')!;
    expect(l4.speed!.low).toBeCloseTo(121 / 362, 9);
    expect(l4.speed!.expected).toBeCloseTo(Math.sqrt(121 / 362), 9);
    expect(l4.p99Ms!.worst).toBeCloseTo(100 / (121 / 362), 9);
    expect(l4.busyP99).toBeCloseTo(0.2 / (121 / 362), 9);
    expect(l4.breakEvenSpeed).toBeCloseTo(0.4, 9);
  });

  it('is what all its hours would cost there, cheaper or not', () => {
    const { hours, target } = weigh({ ratio: 0.5 });
    const whole = {
      picos: hours.map(() => UNIT),
      ticks: hours.map(({ ticks }) => ticks.productive),
      gpuModel: hours.map(() => 'L40S'),
      lifecycle: hours.map(() => 'on_demand'),
    };
    const on = (gpuModel: string) => {
      const change = switchTo('L40S', 'training', target.options.find((one) => one.gpuModel === gpuModel)!)!;
      const moves = switchMoves(target.scope, whole, change);
      return {
        cost: Number(switchCost(target.scope, whole.ticks, change)) / Number(UNIT),
        saved: moves.reduce((sum, { picos }) => sum + Number(picos), 0) / Number(UNIT),
      };
    };
    // Twice as long at 0.40; the A100 costs three times as much and is hardly faster.
    expect(on('L4').cost).toBeCloseTo(8, 9);
    expect(on('L4').saved).toBeCloseTo(2, 9);
    expect(on('A100').cost).toBeGreaterThan(10);
    expect(on('A100').saved).toBe(0);
    expect(target.choice?.gpuModel).toBe('L4');
    expect(cheapestOf(target.options)?.gpuModel).toBe('L4');
  });

  it('is nothing where nobody knows what the present one costs there', () => {
    const { target } = weigh({ hour: { gpuModel: 'H200' } });
    expect(target).toMatchObject({ options: [], choice: null });
  });
});
