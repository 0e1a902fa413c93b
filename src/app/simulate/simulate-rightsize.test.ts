import { describe, expect, it, test } from 'vitest';
import { parsePicos } from '../../domain/money/picos.ts';
import type { Throughputs } from '../../domain/simulation/rightsize/job-costs.ts';
import { estimateSpeed, fitsMemory } from '../../domain/simulation/rightsize/roofline.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { type RightsizeRequest, simulateRightsize } from './simulate-rightsize.ts';
import { simulateServingConfigurations } from './simulate-serving-configurations.ts';

const prices = (pairs: Record<string, string>) =>
  new Map(Object.entries(pairs).map(([gpu, text]) => [gpu, parsePicos(text)!.picos]));

/** Steps per second of two kinds of work: the old GPU does the small one well enough. */
const SPEEDS: Readonly<Record<string, number>> = {
  'T4 small 1': 5,
  'A100 small 1': 10,
  'T4 large 2': 1,
  'A100 large 2': 8,
  'T4 broken 1': 0,
  'A100 broken 1': 4,
  'A100 unmeasured 1': 4,
};
const throughputs: Throughputs = (kind, jobType, gpus) => SPEEDS[`${kind} ${jobType} ${gpus}`];

const request: RightsizeRequest = {
  jobs: [
    { name: 'one', jobType: 'small', steps: 36_000, gpus: 1 },
    { name: 'two', jobType: 'large', steps: 28_800, gpus: 2 },
  ],
  throughputs,
  current: 'A100',
  prices: prices({ T4: '0.50', A100: '2.00' }),
  maxHours: null,
  estimates: null,
};

describe('jobs', () => {
  it('go where they cost least', () => {
    // small: 1 h on an A100 at 2.00, 2 h on a T4 at 0.50. large: 1 h × 2 at 2.00, 8 h × 2 at 0.50.
    expect(simulateRightsize(request)).toEqual({
      jobs: 2,
      skipped: [],
      current: 'A100',
      currentCost: '6.00',
      bestCost: '5.00',
      savingPercent: expect.closeTo(100 / 6, 9),
      picks: { T4: 1, A100: 1 },
      currentGpuHours: 3,
      bestGpuHours: 4,
      allOn: { T4: '9.00', A100: '6.00' },
      estimatedPicks: 0,
      late: 0,
    });
  });

  it('keep their time when there is one', () => {
    expect(simulateRightsize({ ...request, maxHours: 1.5 })).toMatchObject({
      picks: { T4: 0, A100: 2 },
      late: 0,
    });
    expect(simulateRightsize({ ...request, maxHours: 0.5 })).toMatchObject({
      picks: { T4: 0, A100: 2 },
      late: 2,
    });
  });

  it('are skipped with a reason where nothing was measured, or where they do not run', () => {
    const jobs = ['broken', 'unmeasured', 'nowhere'].map((jobType) => ({
      name: jobType,
      jobType,
      steps: 10,
      gpus: 1,
    }));
    const { jobs: priced, skipped, savingPercent } = simulateRightsize({ ...request, jobs });
    expect(priced).toBe(0);
    expect(savingPercent).toBeNull();
    expect(skipped).toEqual([
      { job: 'broken', reason: 'broken on 1 T4: the throughput is 0, it does not run there' },
      { job: 'unmeasured', reason: 'unmeasured on 1 T4: no throughput is known' },
      {
        job: 'nowhere',
        reason: 'nowhere on 1 T4: no throughput is known; nowhere on 1 A100: no throughput is known',
      },
    ]);
  });

  it('are estimated from data sheets when that is asked for, but not where they do not run', () => {
    const jobs = ['broken', 'unmeasured'].map((jobType) => ({
      name: jobType,
      jobType,
      steps: 14_400,
      gpus: 1,
    }));
    const result = simulateRightsize({ ...request, jobs, estimates: createHardwareCatalog() });
    expect(result.skipped.map(({ job }) => job)).toEqual(['broken']);
    // A T4 has 320 of the 1,555 GB/s: 1 h becomes 4.86 h, which is dearer at a quarter of the price.
    expect(result).toMatchObject({
      jobs: 1,
      picks: { T4: 0, A100: 1 },
      estimatedPicks: 0,
      allOn: { T4: '2.43' },
    });
  });

  it('need a price for what they run on now', () => {
    expect(() => simulateRightsize({ ...request, current: 'V100' })).toThrow(/V100 has no price/);
  });
});

describe('the roofline', () => {
  const v100 = { memoryBandwidthGBs: 900, denseTflops16: 125, memoryGib: 16 };
  const a100 = { memoryBandwidthGBs: 1800, denseTflops16: 500, memoryGib: 80 };

  it('lies between no change and the ratios of bandwidths and of peaks', () => {
    const estimate = estimateSpeed(v100, a100);
    expect(estimate).toMatchObject({ low: 1, high: 4, basis: 'bandwidth and arithmetic' });
    expect(estimate.expected).toBeCloseTo(2, 12);
    expect(estimateSpeed(a100, v100)).toMatchObject({ low: 0.25, high: 1 });
  });

  it('rests on bandwidth alone, with a wider range, where a peak is not published', () => {
    expect(estimateSpeed({ ...v100, denseTflops16: null }, a100)).toEqual({
      low: 1,
      expected: 2,
      high: 4,
      basis: 'bandwidth',
    });
  });

  test.each([
    [14, true],
    [15, false],
  ])('%i GiB fit into 16 with a tenth to spare: %s', (used, fits) => {
    expect(fitsMemory(used, v100)).toBe(fits);
  });
});

describe('served models', () => {
  const configuration = (
    gpu: string,
    gpus: number,
    batch: number,
    tokensPerSecond: number,
    interTokenLatencyMs: number | null,
  ) => ({
    model: 'chat',
    gpu,
    gpus,
    batch,
    tokensPerSecond,
    interTokenLatencyMs,
    precision: 'fp8',
  });
  const all = {
    configurations: [
      configuration('H100', 1, 8, 1000, 8),
      // More in a batch is not always faster.
      configuration('H100', 1, 512, 10_000, 47),
      configuration('H100', 1, 768, 9_000, 80),
      configuration('B200', 1, 1024, 20_000, 30),
      configuration('B200', 1, 2048, 30_000, null),
    ],
    prices: prices({ H100: '2.50', B200: '5.50' }),
    maxInterTokenLatencyMs: null,
    latency: 'median',
  };

  it('take the cheapest measured configuration', () => {
    const { rows } = simulateServingConfigurations(all);
    expect(rows[0]!.cheapest).toMatchObject({ gpu: 'B200', batch: 2048, costPer1mOutputTokens: '0.050926' });
    expect(rows[0]!.byGpu['H100']).toMatchObject({ batch: 512, costPer1mOutputTokens: '0.069444' });
  });

  it('keep a limit, and an unknown latency keeps none', () => {
    const { rows } = simulateServingConfigurations({ ...all, maxInterTokenLatencyMs: 20 });
    expect(rows[0]).toMatchObject({ cheapest: { gpu: 'H100', batch: 8 }, byGpu: { B200: null } });
  });

  it('are skipped with a reason where no configuration keeps the limit', () => {
    const { rows, skipped } = simulateServingConfigurations({ ...all, maxInterTokenLatencyMs: 5 });
    expect(rows).toEqual([]);
    expect(skipped).toEqual([{ model: 'chat', reason: 'no configuration keeps 5 ms between tokens' }]);
  });

  it('refuse prices of kinds that nobody measured', () => {
    expect(() => simulateServingConfigurations({ ...all, prices: prices({ H200: '3' }) })).toThrow(
      /no configuration uses H200/,
    );
  });
});
