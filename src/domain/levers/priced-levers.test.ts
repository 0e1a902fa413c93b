import { describe, expect, it, test } from 'vitest';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { dalyInterval, wastedFraction } from '../simulation/spot/checkpoint-interval.ts';
import { HOUR_MS } from '../time/window.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import { type MarketPrices, placeOfHours } from './market.ts';
import { type ModelEvidence, modelProposal, qualityState, savedShare } from './model-levers.ts';
import { composePlan } from './plan.ts';
import { type Residual, stageOf } from './plan-lever.ts';
import type { PricedProposal } from './priced-proposal.ts';
import { proposeRightSize } from './right-size.ts';
import type { UsageProfile } from './share.ts';
import { proposeSpot } from './spot.ts';
import { DEFAULT_RIGHT_SIZE } from './weigh-hardware.ts';
import { DEFAULT_SPOT } from './weigh-spot.ts';

const UNIT = PICOS_PER_UNIT;
const JOB = { workloadId: 'job', workload: 'ranker', kind: 'training', pool: 'train', team: 'ranking' };

function wholeOf(hours: readonly HolderHour[]): Residual {
  return {
    picos: hours.map(({ cost }) => cost.productive + cost.idle),
    ticks: hours.map(({ ticks }) => ticks.productive + ticks.idle),
    gpuModel: hours.map(({ gpuModel }) => gpuModel),
    lifecycle: hours.map(({ lifecycle }) => lifecycle),
  };
}

function savedBy(hours: readonly HolderHour[], proposal: PricedProposal): number {
  const lever = { ...proposal, id: proposal.lever, stage: stageOf(proposal.lever) };
  return Number(composePlan(wholeOf(hours), [lever]).saved) / Number(UNIT);
}

const placeOf = (hours: readonly HolderHour[]) =>
  placeOfHours(
    hours.map(({ node, gpuModel, lifecycle }) => ({
      node,
      gpuModel,
      lifecycle: lifecycle as 'on_demand',
      provider: 'aws',
      region: 'us-east-1',
      instanceType: null,
    })),
  );

/** On demand 1.00 for an L40S and 0.40 for an L4; spot of the former at 0.30. */
const PRICES: MarketPrices = {
  onDemand: (_, gpuModel) => ({ L40S: UNIT, L4: (UNIT * 4n) / 10n, A100: 3n * UNIT })[gpuModel] ?? null,
  spot: (_, gpuModel) => (gpuModel === 'L40S' ? (UNIT * 3n) / 10n : null),
  committed: () => null,
  offered: () => ['L40S', 'L4', 'A100'],
};

function attempt(given: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    runId: 'test:1',
    attempt: 1,
    name: 'ranker',
    workloadId: 'job',
    state: 'succeeded',
    startMs: START,
    endMs: START + 10 * HOUR_MS,
    checkpoints: 4,
    checkpointSeconds: 30,
    deadlineHours: null,
    ...given,
  };
}

describe('spot', () => {
  const hours = hoursOf('##########', JOB);

  it('runs what kept checkpoints at its price, and pays for what interruptions waste', () => {
    const { proposals, missing } = proposeSpot(hours, [attempt()], placeOf(hours), PRICES);
    const [proposal] = proposals;
    expect(missing).toEqual([]);
    expect(proposal).toMatchObject({
      lever: 'spot',
      target: 'pool train',
      owner: 'ranking',
      isTradeOff: true,
    });
    const times = { checkpoint: 30, meanTimeBetweenFailures: 8 * 3_600, restart: 600 };
    const interval = Math.round(dalyInterval(times));
    const wasted = wastedFraction(times, interval);
    expect(savedBy(hours, proposal!)).toBeCloseTo(10 * (1 - 0.3 / (1 - wasted)), 4);
    expect(proposal!.facts).toContain('a checkpoint takes 30 s, the median of 1 measured');
    expect(proposal!.change).toMatchObject({ kind: 'spot-task', checkpointSeconds: interval, nodes: 1 });
  });

  test.each([
    { what: 'no checkpoint', attempts: [attempt({ checkpoints: 0 })], found: 0 },
    { what: 'a short run', attempts: [attempt({ checkpoints: 0, endMs: START + HOUR_MS })], found: 1 },
    { what: 'no run at all', attempts: [], found: 0 },
    {
      what: 'one attempt of two without',
      attempts: [attempt(), attempt({ attempt: 2, checkpoints: 0 })],
      found: 0,
    },
  ])('$what: $found', ({ attempts, found }) => {
    const { proposals, missing } = proposeSpot(hours, attempts, placeOf(hours), PRICES);
    expect(proposals).toHaveLength(found);
    expect(missing.map(({ reason }) => reason)).toEqual(
      found === 1
        ? []
        : ['1 of its workloads keep no checkpoint that is known (ranker): on spot they would begin again'],
    );
  });

  test.each([
    { kind: 'inference' },
    { kind: 'notebook' },
    { lifecycle: 'owned' },
    { lifecycle: 'committed' },
  ])('is nothing for %o', (given) => {
    const other = hoursOf('####', { ...JOB, ...given });
    expect(proposeSpot(other, [attempt()], placeOf(other), PRICES)).toEqual({ proposals: [], missing: [] });
  });

  it('takes how often nodes are taken from those of the fleet', () => {
    const onSpot = hoursOf('############', {
      ...JOB,
      workloadId: 'spotted',
      lifecycle: 'spot',
      node: 'node-2',
    });
    const taken = [1, 2, 3].map((number) =>
      attempt({ runId: 'test:2', attempt: number, workloadId: 'spotted', state: 'preempted' }),
    );
    const all = [...hours, ...onSpot];
    const { proposals } = proposeSpot(all, [attempt(), ...taken], placeOf(all), PRICES);
    expect(proposals[0]!.facts).toContain('on spot a node of this fleet was taken every 4.0 h, 3 times');
  });

  it('of several nodes is stopped by the first that is taken', () => {
    const gang = [...hours, ...hoursOf('##########', { ...JOB, node: 'node-2' })];
    const [one] = proposeSpot(hours, [attempt()], placeOf(hours), PRICES).proposals;
    const [two] = proposeSpot(gang, [attempt()], placeOf(gang), PRICES).proposals;
    expect(savedBy(gang, two!)).toBeLessThan(2 * savedBy(hours, one!));
    expect(two!.change).toMatchObject({ nodes: 2 });
  });

  it('says which price it misses', () => {
    const prices = { ...PRICES, spot: () => null };
    expect(proposeSpot(hours, [attempt()], placeOf(hours), prices).missing).toEqual([
      { lever: 'spot', target: 'pool train', reason: 'no spot price of L40S is known where it runs' },
    ]);
  });

  it('is left alone where it costs no less', () => {
    const prices = { ...PRICES, spot: () => UNIT };
    const [proposal] = proposeSpot(hours, [attempt()], placeOf(hours), prices, DEFAULT_SPOT).proposals;
    expect(savedBy(hours, proposal!)).toBe(0);
  });
});

describe('another GPU', () => {
  const profile: UsageProfile = {
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
  // The L4 has 0.35 of the bandwidth and a third of the arithmetic.
  const ROOFS: Readonly<
    Record<
      string,
      Parameters<typeof proposeRightSize>[0]['roofOf'] extends (m: string) => infer R ? NonNullable<R> : never
    >
  > = {
    L40S: { memoryBandwidthGBs: 864, denseTflops16: 362, memoryGib: 48 },
    L4: { memoryBandwidthGBs: 300, denseTflops16: 121, memoryGib: 24 },
    A100: { memoryBandwidthGBs: 2_039, denseTflops16: 312, memoryGib: 80 },
  };
  const propose = (
    given: Partial<HolderHour>,
    needs: Partial<UsageProfile> = {},
    measured: number | null = null,
  ) => {
    const hours = hoursOf('##########', { ...JOB, ...given });
    const parts = {
      hours,
      profiles: new Map([['job', [{ ...profile, ...needs }]]]),
      placeOf: placeOf(hours),
      prices: PRICES,
      roofOf: (gpuModel: string) => ROOFS[gpuModel] ?? null,
      speeds: {
        ratio: () => (measured === null ? null : { ratio: measured, source: 'measured on 4 of its runs' }),
      },
      latencyOf: () => ({ p99Ms: null, limitMs: null }),
      options: DEFAULT_RIGHT_SIZE,
    };
    return { hours, ...proposeRightSize(parts) };
  };

  it('is the cheapest that an endpoint fits, for as many hours', () => {
    const { hours, proposals } = propose({ kind: 'inference' });
    expect(proposals[0]).toMatchObject({ lever: 'right-size', target: 'ranker', risk: 'medium' });
    expect(proposals[0]!.change).toMatchObject({ from: 'L40S', to: 'L4' });
    expect(proposals[0]!.toMeasure).toBeUndefined();
    expect(savedBy(hours, proposals[0]!)).toBeCloseTo(6, 9);
  });

  test.each([
    { what: 'needs more memory than it has', needs: { memoryP99Mib: 23 * 1024 } },
    { what: 'is too busy for the slowest estimate', needs: { busyP99Ppm: 400_000 } },
  ])('is none where an endpoint $what', ({ needs }) => {
    expect(propose({ kind: 'inference' }, needs)).toMatchObject({ proposals: [], missing: [] });
  });

  it('for a job takes as much longer as its runs measured', () => {
    const { hours, proposals } = propose({}, { busyP99Ppm: 1_000_000 }, 0.8);
    // 10 hours at 0.40 ÷ 0.8.
    expect(savedBy(hours, proposals[0]!)).toBeCloseTo(5, 9);
    expect(proposals[0]!.facts[1]).toBe('L4 is 0.80 times as fast (0.80 to 0.80), measured on 4 of its runs');
  });

  it('for a job by an estimate that reaches into a loss is something to try first', () => {
    const { proposals } = propose({}, { busyP99Ppm: 1_000_000 });
    expect(proposals[0]!.toMeasure).toBe(
      'run it on L4 once and compare its GPU-hours: it is estimated at 0.58 times the speed of L40S (0.33 to 1.00), and costs less above 0.40',
    );
  });

  it('needs samples', () => {
    expect(propose({ kind: 'inference' }, { samples: 10 }).missing).toEqual([
      {
        lever: 'right-size',
        target: 'ranker',
        reason: 'too few samples say how much memory and time it needs',
      },
    ]);
  });
});

describe('a change to a model', () => {
  const evidence: ModelEvidence = {
    lever: 'quantise',
    endpoint: 'chat',
    share: 1,
    costFactor: 0.6,
    qualityBefore: 0.8,
    qualityAfter: 0.796,
    tolerance: 0.01,
    keepsAnswers: false,
    source: 'a load test',
  };

  test.each([
    { given: {}, state: 'within-tolerance', share: 0.4 },
    { given: { qualityAfter: 0.7 }, state: 'too-low', share: 0.4 },
    { given: { qualityAfter: null }, state: 'unmeasured', share: 0.4 },
    { given: { qualityBefore: null }, state: 'unmeasured', share: 0.4 },
    {
      given: { keepsAnswers: true, qualityAfter: null, share: 0.3, costFactor: 0 },
      state: 'kept',
      share: 0.3,
    },
    { given: { costFactor: 1.5 }, state: 'within-tolerance', share: 0 },
  ] as const)('$given: $state, saves $share', ({ given, state, share }) => {
    const one = { ...evidence, ...given };
    expect(qualityState(one)).toBe(state);
    expect(savedShare(one)).toBeCloseTo(share, 12);
  });

  it('takes its share of what is left of its endpoint', () => {
    const hours = hoursOf('####', { workload: 'chat', kind: 'inference' });
    const proposal = modelProposal(hours, evidence)!;
    expect(savedBy(hours, proposal)).toBeCloseTo(1.6, 9);
    expect(proposal).toMatchObject({ needsQuality: true, risk: 'medium', isTradeOff: false });
    expect(modelProposal(hours, { ...evidence, keepsAnswers: true })).toMatchObject({ needsQuality: false });
    expect(modelProposal(hours, { ...evidence, endpoint: 'other' })).toBeNull();
  });
});
