import type {
  EndpointFigures,
  InferenceFigures,
  InferenceReport,
} from '../../../src/app/results/inference.ts';
import type { EndpointReceipt, UnitPoint, UnitsReport } from '../../../src/app/results/units.ts';
import type { UnitsState } from '../units/units-state.ts';
import { readUnitsState } from '../units/units-state.ts';

/** Invented answers about unit costs, for tests of the views. */
const NO_BOUNDS = { p50: null, p95: null, p99: null };

export function makeFigures(part: Partial<InferenceFigures> = {}): InferenceFigures {
  return {
    requests: 1_000_000,
    errors: 1_000,
    inputTokens: 400_000_000,
    cachedInputTokens: 100_000_000,
    outputTokens: 100_000_000,
    reasoningTokens: null,
    cost: '2500.004',
    allocatedCost: '2500.004',
    usedCost: '1250.002',
    unpricedRequests: 0,
    costPer1kRequests: '2.500004',
    costPer1kSuccessful: '2.502506506507',
    costPer1mTokens: '5.000008',
    costPer1mInputTokens: '0.0625001',
    costPer1mOutputTokens: '24.7500396',
    tokenSplit: { method: 'measured', weight: null, inputFraction: 0.01 },
    latencyMs: { p50: 812.4, p95: 2_345.6, p99: 5_000 },
    timeToFirstTokenMs: { p50: 90, p95: 300, p99: 700 },
    latencyBoundsMs: { ...NO_BOUNDS, p95: { low: 2_000, high: 2_500 } },
    timeToFirstTokenBoundsMs: NO_BOUNDS,
    slo: null,
    quality: [],
    goodRequests: 999_000,
    costPer1kGood: '2.502506506507',
    revenue: null,
    revenuePer1k: null,
    marginPer1k: null,
    isLosingMoney: false,
    trainingPer1k: null,
    cachedFraction: 0.25,
    runningRequests: 12.4,
    waitingRequests: 0.5,
    cacheUse: 0.6,
    batchSize: 8.25,
    gpuHours: 500,
    utilisation: 0.5,
    ...part,
  };
}

export const UNPRICED_FIGURES: Partial<InferenceFigures> = {
  cost: null,
  allocatedCost: null,
  usedCost: null,
  costPer1kRequests: null,
  costPer1kSuccessful: null,
  costPer1mTokens: null,
  costPer1mInputTokens: null,
  costPer1mOutputTokens: null,
  costPer1kGood: null,
  tokenSplit: null,
  gpuHours: null,
  utilisation: null,
};

export function makeEndpoint(part: Partial<EndpointFigures> = {}): EndpointFigures {
  return {
    endpoint: 'chat',
    serving: 'self_hosted',
    requests: 1_000_000,
    requestsPerHour: 1_344,
    cost: '2500.004',
    gpuHours: 500,
    peakRequestsPerHour: 4_000,
    replicas: 2,
    replicasNeeded: 1,
    diagnosis: 'over_provisioned',
    meaning: 'more replicas than the busiest moment needs',
    breakEven: null,
    comparisons: [],
    ...part,
  };
}

/** 5.00 an hour, against an API at `apiPer1k`; the curve has two points and the endpoint stands at 1,250 requests an hour, 4.00. */
export function makeComparison(model: string, apiPer1k: string): EndpointFigures['comparisons'][number] {
  const even = 5_000 / Number(apiPer1k);
  const point = (requestsPerHour: number, own: string) => ({
    utilisation: requestsPerHour / 5_000,
    requestsPerHour,
    selfHostedPer1kRequests: own,
    apiPer1kRequests: apiPer1k,
  });
  return {
    model,
    priceReference: `${model} (prices 1.0)`,
    assumptions: [],
    apiCostPer1kRequests: apiPer1k,
    costPerHour: '5.00',
    requestsPerHour: even,
    utilisation: even / 5_000,
    cheaper: Number(apiPer1k) < 4 ? 'api' : 'self_hosted',
    current: point(1_250, '4.00'),
    curve: [point(2_500, '2.00'), point(5_000, '1.00')],
  };
}

export function makeInference(part: Partial<InferenceReport> = {}): InferenceReport {
  return {
    currency: 'USD',
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    by: ['endpoint', 'model'],
    basis: 'allocated',
    sentence: 'October 2026: 1,000,000 requests for $2,500.00, $2.50 per 1,000. 50 % of it was at work.',
    rows: [{ ...makeFigures(), endpoint: 'chat', model: 'llama-8b' }],
    rest: null,
    total: makeFigures(),
    endpoints: [makeEndpoint()],
    apiSpend: [],
    reconciliation: { ledger: '0.00', rows: '0.00', difference: '0.00', apiCalls: '0.00', apiBilled: null },
    warnings: [],
    ...part,
  };
}

export function makePoint(at: string, part: Partial<UnitPoint> = {}): UnitPoint {
  return { ...makeFigures(), at, drivers: null, ...part };
}

const DRIVERS = ['price', 'traffic', 'batch', 'cache', 'length', 'mix'] as const;

export function makeUnits(part: Partial<UnitsReport> = {}): UnitsReport {
  const amounts = ['0.20', '-0.75', '0.00', '0.000001', '0.00', '0.05'];
  return {
    currency: 'USD',
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    basis: 'allocated',
    sentence: '',
    comparison: 'That is $0.50 less per 1,000 than in the same time before: traffic −$0.75, price +$0.20.',
    total: makeFigures(),
    previous: {
      ...makeFigures({ costPer1kRequests: '3.000003', latencyMs: { p50: 800, p95: 2_345.7, p99: 5_000 } }),
      from: '2026-08-31T00:00:00Z',
      to: '2026-10-01T00:00:00Z',
    },
    change: {
      before: '3.000003',
      now: '2.500004',
      amount: '-0.499999',
      drivers: DRIVERS.map((driver, index) => ({
        driver,
        amount: amounts[index]!,
        meaning: `what ${driver} is`,
        evidence:
          driver === 'price'
            ? { measure: 'a GPU-hour', unit: 'money', before: '4.00', now: '4.25' }
            : driver === 'traffic'
              ? { measure: 'at work', unit: 'fraction', before: 0.4, now: 0.5 }
              : null,
      })),
    },
    step: 'day',
    points: [
      makePoint('2026-10-01', { costPer1kRequests: '3.10', drivers: { price: '0.10', traffic: '0.00' } }),
      makePoint('2026-10-03', { costPer1kRequests: '2.40', quality: [makeScore('helpfulness', 0.9)] }),
    ],
    generated: null,
    ...part,
  };
}

export function makeScore(score: string, mean: number, passing: number | null = null) {
  return { score, mean, scored: 100, passing };
}

export function makeEndpointReceipt(part: Partial<EndpointReceipt> = {}): EndpointReceipt {
  return {
    currency: 'USD',
    from: '2026-10-01T00:00:00Z',
    to: '2026-11-01T00:00:00Z',
    endpoint: 'chat',
    serving: 'self_hosted',
    row: 'endpoint:chat@2026-10-01T00:00:00Z..2026-11-01T00:00:00Z',
    title: '',
    lines: [],
    figures: makeFigures(),
    devices: [
      {
        gpuModel: 'H100-SXM5-80GB',
        lifecycle: 'on_demand',
        priceSource: 'price_book',
        gpuHours: 500,
        perGpuHour: '4.00',
        amount: '2000.003',
      },
    ],
    direct: '0.00',
    shared: '500.001',
    gpuHoursByBucket: {
      gross: 500,
      unobserved: 0,
      unallocated: 0,
      idle: 250,
      underused: 100,
      lost: 0,
      productive: 150,
    },
    costByBucket: {
      gross: '2000.003',
      unobserved: '0.00',
      unallocated: '0.00',
      idle: '1000.0015',
      underused: '400.0005',
      lost: '0.00',
      productive: '600.001',
    },
    parts: [],
    size: makeEndpoint(),
    apiSpend: [],
    generated: null,
    ...part,
  };
}

export function makeState(search = ''): UnitsState {
  return readUnitsState(search);
}
