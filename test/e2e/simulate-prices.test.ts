import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { simulateCommitment } from '../../src/app/simulate/simulate-commitment.ts';
import { simulateRightsize } from '../../src/app/simulate/simulate-rightsize.ts';
import { simulateServingConfigurations } from '../../src/app/simulate/simulate-serving-configurations.ts';
import { simulateSpot } from '../../src/app/simulate/simulate-spot.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { costAtLevel } from '../../src/domain/simulation/commitment/best-level.ts';
import type { SpotPolicyName } from '../../src/domain/simulation/spot/spot-policy-name.ts';
import { randomStream } from '../../src/traces/random-stream.ts';
import { readDemand } from '../../src/traces/read-demand.ts';
import {
  readServingConfigurations,
  readSizedJobs,
  readThroughputs,
} from '../../src/traces/read-rightsize.ts';
import { readSpotTraces } from '../../src/traces/read-spot-traces.ts';

/** The simulators of prices on public data, against published figures and figures computed by other means. */
const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const missing = existsSync(DATA) ? '' : ' (skipped: the public data set is not beside this checkout)';
const signal = new AbortController().signal;
const plain = { map: {}, set: {}, fields: null, signal };
const picos = (text: string) => parsePicos(text)!.picos;
const HOUR_MS = 3_600_000;
const SLOW = 120_000;

async function spot(
  file: string,
  policy: SpotPolicyName,
  changeoverHours: number,
  more: { starts?: number; extraTick?: boolean; comparesAll?: boolean; showsHistory?: boolean } = {},
) {
  const job = {
    workMs: 48 * HOUR_MS,
    deadlineMs: 52 * HOUR_MS,
    changeoverMs: Math.round(changeoverHours * HOUR_MS),
  };
  const { traces } = await readSpotTraces(DATA + file, {
    gapSeconds: null,
    tickSeconds: 180,
    instances: 1,
    isInverted: false,
    deadlineMs: job.deadlineMs,
    starts: more.starts ?? 20,
    chance: randomStream(42),
    showsHistory: more.showsHistory ?? true,
    signal,
  });
  return simulateSpot({
    traces,
    job,
    onDemandPerHour: picos('3.06'),
    spotPerHour: picos('0.9731'),
    policy,
    checkpointMs: null,
    counting: more.extraTick ? 'extra-tick' : 'whole-ticks',
    comparesAll: more.comparesAll ?? false,
  });
}

describe.skipIf(missing)(`spot${missing}`, () => {
  const STARTS = 'spot-starts/us-west-2a_v100_1.json.gz';

  test.each([
    // 289 ticks: 48 h and one change-over, rounded up to the grid.
    { policy: 'on-demand', extraTick: false, cost: '147.390' },
    { policy: 'greedy', extraTick: false, cost: '109.144' },
    { policy: 'greedy', extraTick: true, cost: '109.611' },
    { policy: 'uniform-progress', extraTick: false, cost: '84.794' },
    { policy: 'optimal', extraTick: false, cost: '67.908' },
  ] as const)('$policy over 1,000 starts: $cost', { timeout: SLOW }, async ({ policy, extraTick, cost }) => {
    const result = await spot(STARTS, policy, 0.1, { extraTick });
    expect(Number(result.meanCost).toFixed(3)).toBe(cost);
    expect(result).toMatchObject({ traces: 1000, deadlineMisses: 0 });
  });

  test.each([
    { changeoverHours: 0.1, showsHistory: true, closes: 70 },
    { changeoverHours: 0.1, showsHistory: false, closes: 70 },
    { changeoverHours: 0.2, showsHistory: true, closes: 50 },
  ])(
    'the learned lifetimes, change-over $changeoverHours h, history $showsHistory: more than $closes % of the gap',
    { timeout: SLOW },
    async ({ changeoverHours, showsHistory, closes }) => {
      const result = await spot(STARTS, 'tare', changeoverHours, { comparesAll: true, showsHistory });
      expect(result.gapClosedPercent).toBeGreaterThan(closes);
      for (const { deadlineMisses } of result.compared) expect(deadlineMisses).toBe(0);
    },
  );

  // Zones that no constant of the policy was chosen on.
  test.each([
    'availability/1-node/aws-02-15-2023/us-east-1c_v100_1.json',
    'availability/1-node/aws-02-15-2023/us-east-2a_v100_1.json',
    'availability/1-node/aws-02-15-2023/us-west-2c_v100_1.json',
    'preemption/1-node/aws-04-22-2023/us-east-1c_v100_1.json',
  ])('closes half of the gap in other zones: %s', { timeout: SLOW }, async (file) => {
    const result = await spot(`spot-traces/${file}`, 'tare', 0.1, { comparesAll: true });
    expect(result.gapClosedPercent).toBeGreaterThan(50);
    expect(result.deadlineMisses).toBe(0);
  });
});

describe.skipIf(missing)(`commitment${missing}`, () => {
  test.each([
    { cluster: 'vc6YE', rate: 0.63 },
    { cluster: 'vc6YE', rate: 0.4 },
    { cluster: 'vchbv', rate: 0.63 },
    { cluster: 'vchbv', rate: 0.4 },
    { cluster: 'vcira', rate: 0.63 },
  ])('$cluster at $rate: the best of all levels, to the unit', async ({ cluster, rate }) => {
    const { demand, missingHours } = await readDemand(
      `${DATA}helios/earth_${cluster}.cluster_sequence.csv.gz`,
      {
        ...plain,
        map: { hour: 'time', gpus: 'running_gpu_num' },
        rowHours: 1,
      },
    );
    expect([demand.length, missingHours]).toEqual([744, 0]);
    const trainHours = 504;
    const request = {
      demand,
      missingHours,
      rate,
      trainHours,
      existing: [],
      growthPerMonth: 0,
      terms: [],
      survivalPerYear: 1,
      onDemandPerHour: null,
    };
    const result = simulateCommitment(request);
    expect(result.level).toBe(bruteForce(demand.subarray(0, trainHours), rate));
    expect(result.oracleLevel).toBe(bruteForce(demand.subarray(trainHours), rate));
    expect(result.realisedSavingsPercent!).toBeLessThanOrEqual(result.oracleSavingsPercent! + 1e-9);
    expect(result.testHours).toBe(240);
  });

  it('sees that a quota that grew was under-committed, and by how much', async () => {
    const { demand } = await readDemand(`${DATA}helios/Earth_gpu_number.csv`, {
      ...plain,
      map: { hour: 'date', gpus: 'total' },
      rowHours: 24,
    });
    expect(demand.length).toBe(4344);
    const request = {
      demand,
      missingHours: 0,
      rate: 0.63,
      trainHours: 1440,
      existing: [],
      terms: [],
      survivalPerYear: 1,
      onDemandPerHour: null,
    };
    const still = simulateCommitment({ ...request, growthPerMonth: 0 });
    expect(still.realisedSavingsPercent!).toBeLessThan(still.claimedSavingsPercent!);
    const trend = simulateCommitment({ ...request, growthPerMonth: 'trend' });
    expect(trend.regretPercent!).toBeLessThan(still.regretPercent!);
  });

  function bruteForce(demand: Float64Array, rate: number): number {
    const costs = Array.from({ length: 300 }, (_, level) => costAtLevel(demand, rate, level));
    return costs.indexOf(Math.min(...costs));
  }
});

describe.skipIf(missing)(`right-size${missing}`, () => {
  const JOBS = `${DATA}gavel/msr_seed0_ee9e8c.jobs.csv`;
  const THROUGHPUTS = `${DATA}gavel/simulation_throughputs.json`;

  it('picks the cheapest kind for 1,593 jobs, and refuses 407 with a reason', async () => {
    const { records } = await readSizedJobs(JOBS, plain);
    const result = simulateRightsize({
      jobs: records,
      throughputs: await readThroughputs(THROUGHPUTS, signal),
      current: 'v100',
      prices: new Map([
        ['v100', picos('2.48')],
        ['p100', picos('1.46')],
        ['k80', picos('0.45')],
      ]),
      maxHours: null,
      estimates: null,
    });
    expect(result).toMatchObject({
      jobs: 1593,
      currentCost: '269802.50',
      bestCost: '194979.47',
      picks: { k80: 631, p100: 659, v100: 303 },
      currentGpuHours: expect.closeTo(108_791.329, 3),
    });
    expect(result.skipped).toHaveLength(407);
    expect(
      result.skipped.every(({ reason }) => /no throughput is known|does not run there/.test(reason)),
    ).toBe(true);
  });

  test.each([
    ['Llama-3.1-8B', null, '0.070821', '0.103233'],
    ['Llama-3.1-70B', null, '0.406869', '0.302296'],
    ['Qwen3-32B', null, '0.269401', '0.221038'],
    ['Llama-3.1-8B', 20, '0.098691', '0.273341'],
    ['Llama-3.1-70B', 20, '3.220059', '1.922253'],
    ['Qwen3-32B', 20, '0.814050', '0.505198'],
  ])('%s within %s ms: %s on H100, %s on B200', async (model, maxInterTokenLatencyMs, h100, b200) => {
    const { configurations, rejects } = await readServingConfigurations(
      `${DATA}ml-energy/tasks/lm-arena-chat.json`,
      'median',
      signal,
    );
    expect([configurations.length, rejects.length]).toEqual([328, 0]);
    const { rows } = simulateServingConfigurations({
      configurations,
      prices: new Map([
        ['H100', picos('2.50')],
        ['B200', picos('5.50')],
      ]),
      maxInterTokenLatencyMs,
      latency: 'median',
    });
    const row = rows.find((found) => found.model.includes(model))!;
    expect(row.byGpu['H100']!.costPer1mOutputTokens).toBe(h100);
    expect(row.byGpu['B200']!.costPer1mOutputTokens).toBe(b200);
    expect(row.cheapest.gpu).toBe(Number(h100) <= Number(b200) ? 'H100' : 'B200');
  });
});
