import { describe, expect, it, test } from 'vitest';
import { groupBy } from '../../domain/collections/group-by.ts';
import type { RequestFact, ScoreFact, TrafficFact } from '../../domain/facts/facts.ts';
import { picosToNumber } from '../../domain/money/picos.ts';
import { DAY_MS, floorToDay, HOUR_MS } from '../../domain/time/window.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createModelPriceBook } from '../../price-books/models/create-model-price-book.ts';
import { CHARGES } from './bill-plan.ts';
import { BLIND_SPOTS } from './fleet-plan.ts';
import { billedUntil } from './generate-charges.ts';
import { generateFleet } from './generate-fleet.ts';
import { arrivals, randomStream } from './random.ts';
import { API_USAGE, ENDPOINTS, GATEWAY_DAYS, SEEN_BY_GATEWAY_PPM } from './traffic-plan.ts';
import { collectFacts } from './weigh-roughly.ts';
import { LANES, WORKLOADS } from './work-plan.ts';

const END_MS = Date.UTC(2026, 10, 24, 15);
const DAYS = 20;
const WINDOW = { fromMs: END_MS - DAYS * DAY_MS, toMs: END_MS };
const catalog = createHardwareCatalog();
const { datasets } = generateFleet({ seed: 42, untilMs: END_MS, days: DAYS, currency: 'USD', catalog });
const facts = collectFacts(datasets.filter(({ name }) => !name.endsWith('usage')));
const traffic: TrafficFact[] = [];
const requests: RequestFact[] = [];
const scores: ScoreFact[] = [];
for (const batch of datasets.find(({ name }) => name === 'demo:serving')!.batches) {
  traffic.push(...(batch.traffic ?? []));
  requests.push(...(batch.requests ?? []));
  scores.push(...(batch.scores ?? []));
}

describe('counters of model servers', () => {
  it('are of workloads that are held at the time', () => {
    const holds = groupBy(facts.allocations, ({ workloadId }) => workloadId);
    for (const { workloadId, startMs, endMs } of traffic) {
      const isHeld = holds.get(workloadId!)?.some((hold) => hold.startMs <= startMs && endMs <= hold.endMs!);
      if (!isHeld) expect.fail(`${workloadId} serves at ${startMs}, and holds nothing`);
    }
  });

  it('have one of each natural key, and no hour of the outage', () => {
    const keys = traffic.map((fact) => `${fact.endpoint} ${fact.model} ${fact.replica} ${fact.startMs}`);
    expect(new Set(keys).size).toBe(keys.length);
    const { daysAgo, hour, hours } = BLIND_SPOTS.outage;
    const fromMs = floorToDay(END_MS - daysAgo * DAY_MS) + hour * HOUR_MS;
    const seen = traffic.filter(({ startMs }) => fromMs <= startMs && startMs < fromMs + hours * HOUR_MS);
    expect(seen).toEqual([]);
  });

  it('follow the duty cycle of the devices: the evening is busy, the night is not', () => {
    const perHour = (hour: number) =>
      traffic
        .filter(({ endpoint, startMs }) => endpoint === 'embedder' && hourOf(startMs) === hour)
        .reduce((sum, fact) => sum + fact.requests, 0);
    expect(perHour(17)).toBeGreaterThan(4 * perHour(4));
  });

  it('place every request in the histograms', () => {
    for (const { requests: count, latencySeconds, timeToFirstTokenSeconds } of traffic) {
      for (const histogram of [latencySeconds, timeToFirstTokenSeconds]) {
        if (!histogram) continue;
        expect(histogram.counts).toHaveLength(histogram.upperBounds.length + 1);
        expect(histogram.counts.reduce((sum, one) => sum + one, 0)).toBe(count);
        expect(Math.min(...histogram.counts)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('are of endpoints that the work plan serves, one of which nobody asks', () => {
    const served = new Set(LANES.flatMap(({ work }) => workloadsOf(work)));
    const inference = [...served].filter((name) => WORKLOADS[name]!.kind === 'inference');
    expect(Object.keys(ENDPOINTS).filter((name) => !inference.includes(name))).toEqual([]);
    expect(inference.filter((name) => !ENDPOINTS[name])).toEqual(['search/answer-llm-13b']);
  });
});

describe('calls of model APIs', () => {
  const fromMs = floorToDay(END_MS - GATEWAY_DAYS * DAY_MS);
  const untilMs = billedUntil(WINDOW);

  test.each(API_USAGE)('$charge: what the gateway saw is 1.5 % less than the bill', ({ charge, model }) => {
    const billed = facts.charges
      .filter(
        ({ chargeDescription, chargePeriodStartMs }) =>
          chargeDescription === charge && fromMs <= chargePeriodStartMs,
      )
      .reduce((sum, { costPicos }) => sum + picosToNumber(costPicos), 0);
    const seen = requests
      .filter((call) => call.model === model && call.startMs < untilMs)
      .reduce((sum, { costPicos }) => sum + picosToNumber(costPicos!), 0);
    expect(billed).toBeGreaterThan(500);
    expect(seen / billed).toBeCloseTo(SEEN_BY_GATEWAY_PPM / 1e6, 3);
  });

  it('cost what the published prices say', () => {
    const book = createModelPriceBook();
    for (const plan of API_USAGE) {
      const call = requests.find(({ model, error }) => model === plan.model && error === null)!;
      const { input, cachedInput, output } = call.tokens;
      const usage = { input_tokens: input!, cache_read_tokens: cachedInput!, output_tokens: output! };
      const price = book.price({ ...call, atMs: call.startMs, tier: null, usage }, 'USD');
      if (price.kind !== 'priced') expect.fail(`${plan.model}: ${price.message}`);
      // Each direction is rounded by itself there.
      expect(Number(price.totalPicos - call.costPicos!), plan.model).toBeCloseTo(0, -1);
    }
  });

  it('name lines of the bill, and leave two of its model services to nobody', () => {
    const models = CHARGES.filter(
      ({ serviceCategory, category }) =>
        serviceCategory === 'AI and Machine Learning' && category === 'Usage',
    );
    const untraced = models.filter(
      ({ description }) => !API_USAGE.some(({ charge }) => charge === description),
    );
    expect(untraced.map(({ description }) => description)).toEqual([
      'Titan embeddings',
      'Shared key without a project',
    ]);
  });

  it('are refused for free now and then, and some have no price', () => {
    const refused = requests.filter(({ error }) => error !== null);
    expect(refused.length).toBeGreaterThan(20);
    expect(new Set(refused.map(({ costPicos }) => costPicos))).toEqual(new Set([0n]));
    const unpriced = requests.filter(({ serving, costPicos }) => serving === 'api' && costPicos === null);
    expect(new Set(unpriced.map(({ model }) => model)).size).toBe(1);
  });
});

describe('traced questions', () => {
  const traced = requests.filter(({ serving }) => serving === 'self_hosted');

  it('go through four steps in order, in one conversation', () => {
    for (const calls of groupBy(traced, ({ labels }) => labels.conversation!).values()) {
      expect(calls.map(({ labels }) => labels.step)).toEqual(['retrieve', 'embed', 'rerank', 'generate']);
      expect(calls.map(({ startMs }) => startMs)).toEqual(calls.map(({ startMs }) => startMs).sort());
    }
  });

  it('are some of those that their servers counted', () => {
    const counted = new Set(traffic.map(({ endpoint }) => endpoint));
    expect(traced.filter(({ endpoint }) => !counted.has(endpoint))).toEqual([]);
    expect(traced.length * 1000).toBeLessThan(traffic.reduce((sum, fact) => sum + fact.requests, 0));
  });

  it('are judged, each score by the id of its call', () => {
    const ids = new Set(requests.map(({ requestId }) => requestId));
    expect(ids.size).toBe(requests.length);
    expect(scores.length).toBeGreaterThan(1_000);
    expect(scores.filter(({ requestId }) => !ids.has(requestId!))).toEqual([]);
    expect(new Set(scores.map(({ scoreId }) => scoreId)).size).toBe(scores.length);
  });
});

test.each([0, 0.3, 12, 400])('arrivals of %d expected are as many on average', (expected) => {
  const random = randomStream(1, `arrivals/${expected}`);
  const draws = Array.from({ length: 4_000 }, () => arrivals(expected, random));
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
  // Four standard errors.
  expect(Math.abs(mean - expected)).toBeLessThanOrEqual(4 * Math.sqrt(expected / draws.length));
  expect(variance).toBeGreaterThanOrEqual(expected * 0.9);
  expect(variance).toBeLessThanOrEqual(expected * 1.1);
});

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) % 24;
}

function workloadsOf(work: (typeof LANES)[number]['work']): string[] {
  switch (work.kind) {
    case 'jobs':
      return work.jobs.map(({ workload }) => workload);
    case 'tenants':
      return work.tenants.map(({ workload }) => workload);
    default:
      return [work.workload];
  }
}
