import { z } from 'zod';
import { instant, money, warning } from './results.ts';

/** The schema of the inference report, in the shape of src/app/results/inference.ts. */

const amount = money.nullable();
const number = z.number().nullable();
const fraction = z.number().nullable().describe('0–1; null when unknown.');
const percentiles = z.object({ p50: number, p95: number, p99: number }).meta({ id: 'Percentiles' });
const bounds = z.object({ low: z.number(), high: number }).nullable();
const percentileBounds = z
  .object({ p50: bounds, p95: bounds, p99: bounds })
  .meta({ id: 'PercentileBounds', description: 'Where the exact percentiles lie for certain.' });

export const inferenceFigures = {
  requests: z.number(),
  errors: z.number(),
  inputTokens: number.describe('What a cache held included.'),
  cachedInputTokens: number,
  outputTokens: number,
  reasoningTokens: number,
  cost: amount.describe('On the basis of the report; null where nobody knows.'),
  allocatedCost: amount.describe('Idle time and shared costs included.'),
  usedCost: amount.describe('Only what did work.'),
  unpricedRequests: z.number().describe('Requests whose cost is unknown; unit costs are of the others.'),
  costPer1kRequests: amount,
  costPer1kSuccessful: amount,
  costPer1mTokens: amount,
  costPer1mInputTokens: amount,
  costPer1mOutputTokens: amount,
  tokenSplit: z
    .object({
      method: z.enum(['measured', 'declared', 'mixed']),
      weight: z.string().nullable(),
      inputFraction: fraction,
    })
    .nullable()
    .describe('How input and output were priced apart.'),
  latencyMs: percentiles,
  timeToFirstTokenMs: percentiles,
  latencyBoundsMs: percentileBounds,
  timeToFirstTokenBoundsMs: percentileBounds,
  slo: z.object({ latencyMs: z.number(), attained: fraction }).nullable(),
  quality: z.array(z.object({ score: z.string(), mean: z.number(), scored: z.number(), passing: fraction })),
  goodRequests: number,
  costPer1kGood: amount,
  revenue: amount,
  revenuePer1k: amount,
  marginPer1k: amount,
  isLosingMoney: z.boolean(),
  trainingPer1k: amount,
  cachedFraction: fraction,
  runningRequests: number,
  waitingRequests: number,
  cacheUse: fraction,
  batchSize: number,
  gpuHours: number,
  utilisation: fraction.describe('Used ÷ allocated cost.'),
};

const point = z.object({
  utilisation: number,
  requestsPerHour: z.number(),
  selfHostedPer1kRequests: amount,
  apiPer1kRequests: money,
});

const cheaper = z.enum(['self_hosted', 'api', 'same']);
const breakEven = {
  apiCostPer1kRequests: money,
  costPerHour: money,
  requestsPerHour: number,
  utilisation: number,
  cheaper,
  current: point,
  curve: z.array(point),
};

export const apiSpend = z
  .object({
    endpoint: z.string(),
    model: z.string(),
    team: z.string(),
    requests: z.number(),
    unpricedRequests: z.number(),
    hours: z.number().describe('From the first hour with such calls to the last.'),
    cost: amount,
    costPerHour: amount,
    inputTokens: number,
    cachedInputTokens: number,
    outputTokens: number,
    options: z
      .array(
        z.object({
          like: z
            .string()
            .describe('The endpoint whose throughput was measured, or the name that was stated.'),
          basis: z.enum(['measured', 'stated']),
          gpuModel: z.string(),
          gpusPerReplica: z.number(),
          replicas: z.number().describe('Enough for the busiest hour.'),
          costPerHour: amount.describe('null where nobody knows what the GPU costs.'),
          utilisation: z.number(),
          cheaper: cheaper.nullable(),
        }),
      )
      .describe('Servers of your own in its place, if their model answers as well; cheapest first.'),
  })
  .meta({ id: 'ApiSpend' });

export const endpointFigures = z
  .object({
    endpoint: z.string(),
    serving: z.enum(['self_hosted', 'api']),
    requests: z.number(),
    requestsPerHour: z.number(),
    cost: amount,
    gpuHours: number,
    peakRequestsPerHour: number,
    replicas: number,
    replicasNeeded: number,
    diagnosis: z.string(),
    meaning: z.string(),
    breakEven: z.object(breakEven).nullable().describe('Against the price or the model that was stated.'),
    comparisons: z
      .array(
        z.object({
          ...breakEven,
          model: z.string(),
          priceReference: z.string().describe('Which price, with version and date.'),
          assumptions: z.array(z.string()),
        }),
      )
      .describe('Against each model that was asked for, cheapest first.'),
  })
  .meta({ id: 'Endpoint' });

export const inferenceReport = z
  .object({
    currency: z.string(),
    from: instant,
    to: instant,
    by: z.array(z.string()),
    basis: z.enum(['allocated', 'used']),
    sentence: z.string(),
    rows: z.array(z.looseObject(inferenceFigures)),
    rest: z.object({ ...inferenceFigures, rows: z.number() }).nullable(),
    total: z.object(inferenceFigures),
    endpoints: z.array(endpointFigures),
    apiSpend: z.array(apiSpend).describe('Paid calls, dearest first, and what would answer them instead.'),
    reconciliation: z.object({
      ledger: money,
      rows: money,
      difference: money.describe('ledger − rows; zero.'),
      apiCalls: money,
      apiBilled: amount.describe('What bills say of AI services; beside the calls, never added to them.'),
    }),
    warnings: z.array(warning),
  })
  .meta({ id: 'InferenceReport' });
