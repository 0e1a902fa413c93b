import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import {
  allocationFact,
  capacityFact,
  chargeFact,
  samplesOf,
  workloadFact,
} from '../../test/support/facts.ts';
import { requestFact, scoreFact, trafficFact } from '../../test/support/serving-facts.ts';
import type { FactBatch } from '../domain/facts/facts.ts';
import { formatPicos, PICOS_PER_UNIT, parsePicos } from '../domain/money/picos.ts';
import { DEFAULT_OWNER_RULES, type OwnerRules } from '../domain/ownership/owner.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/time/window.ts';
import type { PriceBook } from '../ports/price-book.ts';
import { CALL_DIMENSIONS } from '../ports/serving.ts';
import type { Store } from '../ports/store.ts';
import { createModelPriceBook } from '../price-books/models/create-model-price-book.ts';
import { openDuckDbStore } from '../stores/duckdb/duckdb-store.ts';
import { createTare } from './create-tare.ts';
import type { InferenceRequest, Tare } from './tare.ts';

const T0 = Date.UTC(2026, 9, 14, 8);
const WINDOW = { fromMs: T0, toMs: T0 + 4 * HOUR_MS };

/** 2.00 a GPU-hour, whatever it is; `mystery` has no price. */
const TWO_DOLLARS: PriceBook = {
  name: 'test',
  rates: ({ gpuModel }, { fromMs, toMs }) =>
    gpuModel === 'mystery'
      ? []
      : [
          {
            fromMs,
            toMs,
            perGpuHourPicos: 2n * PICOS_PER_UNIT,
            source: 'price_book',
            priceDate: '2026-10-01',
            reference: 'two dollars',
          },
        ],
};

let store: Store;
let tare: Tare;
beforeEach(async () => {
  store = await openDuckDbStore('duckdb::memory:');
  tare = openTare(DEFAULT_OWNER_RULES);
});
afterEach(() => tare.close());

function openTare(owners: OwnerRules): Tare {
  return createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: [TWO_DOLLARS],
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 2,
      exchangeRates: {},
      owners,
    },
    clock: { nowMs: () => WINDOW.toMs },
    listFiles: async (paths) => [...paths],
    loadModelPrices: async () => createModelPriceBook(),
  });
}

async function bring(name: string, batch: FactBatch): Promise<void> {
  async function* batches() {
    yield batch;
  }
  await store.importDataset({ name, kind: 'test', importedAtMs: T0 }, batches());
}

function report(given: Partial<InferenceRequest> = {}) {
  return tare.reportInference({
    window: WINDOW,
    by: ['endpoint', 'model'],
    filters: [],
    top: null,
    basis: 'allocated',
    sloMs: null,
    minQuality: [],
    tokenWeight: null,
    apiPrice: null,
    training: [],
    ...given,
  });
}

/**
 * `chat` holds a GPU for the four hours, 8.00, a kernel runs in half of the time: 4.00 used. `idle-llm` holds one for an hour, 2.00,
 * and nobody asks it; `old` holds one without a price. A training run holds one too, 8.00, and is no inference.
 */
function servingFleet(): FactBatch {
  const whole = { startMs: T0, endMs: WINDOW.toMs };
  const hour = { startMs: T0, endMs: T0 + HOUR_MS };
  return {
    capacity: [
      capacityFact('gpu-a', whole),
      capacityFact('gpu-b', hour),
      capacityFact('gpu-c', whole),
      capacityFact('gpu-d', { ...hour, gpuModel: 'mystery' }),
    ],
    workloads: [
      workloadFact('chat-0', { name: 'chat', kind: 'inference', attributes: { 'label:team': 'search' } }),
      workloadFact('idle-0', { name: 'idle-llm', kind: 'inference', attributes: { 'label:team': 'ads' } }),
      workloadFact('old-0', { name: 'old', kind: 'inference' }),
      workloadFact('train-0', { name: 'train', kind: 'training' }),
    ],
    allocations: [
      allocationFact('chat-0', 'gpu-a', whole),
      allocationFact('idle-0', 'gpu-b', hour),
      allocationFact('train-0', 'gpu-c', whole),
      allocationFact('old-0', 'gpu-d', hour),
    ],
    usage: [
      ...samplesOf('gpu-a', { fromMs: T0, toMs: WINDOW.toMs, engineActive: 0.5 }),
      ...samplesOf('gpu-b', { fromMs: T0, toMs: T0 + HOUR_MS, engineActive: 0 }),
    ],
  };
}

/** Two models on one replica: 400 requests with 1 s prefill and 99 s decode together, 100 with 1 s and 299 s. */
function counters(): FactBatch {
  const slot = (model: string, startMs: number, requests: number, decodeSeconds: number) =>
    trafficFact('chat-0', {
      model,
      startMs,
      requests,
      prefillSeconds: 1,
      decodeSeconds,
      tokens: { input: 1000, cachedInput: 250, output: 500 },
      latencySeconds: {
        upperBounds: [0.5, 1, 2],
        counts: [requests / 2, requests / 2, 0, 0],
        sum: requests / 2,
      },
    });
  return { traffic: [slot('llama-8b', T0, 400, 99), slot('llama-70b', T0 + HOUR_MS, 100, 299)] };
}

describe('self-hosted', () => {
  beforeEach(async () => {
    await bring('fleet', servingFleet());
    await bring('counters', counters());
  });

  it('shares the ledger by measured time, shows what nobody asked, and adds up to the ledger', async () => {
    const { rows, total, reconciliation, warnings } = await report();
    const shown = rows.map((row) => [
      row['endpoint'],
      row['model'],
      row.requests,
      row.cost,
      row.costPer1kRequests,
    ]);
    expect(shown).toEqual([
      ['chat', 'llama-70b', 100, '6.00', '60.00'],
      ['chat', 'llama-8b', 400, '2.00', '5.00'],
      ['idle-llm', 'none', 0, '2.00', null],
      ['old', 'none', 0, null, null],
    ]);
    expect(total).toMatchObject({ requests: 500, cost: '10.00', usedCost: '4.00', utilisation: 0.4 });
    expect(reconciliation).toMatchObject({ ledger: '10.00', rows: '10.00', difference: '0.00' });
    expect(warnings.map(({ code, count }) => [code, count])).toEqual([
      ['unpriced-gpu-time', 1],
      ['no-traffic', 1],
    ]);
  });

  it('prices input and output by prefill and decode', async () => {
    const [big, small] = (await report()).rows;
    expect(big!.tokenSplit).toEqual({ method: 'measured', weight: null, inputFraction: 0.003333333 });
    // 2.00 × 1 ÷ 100 over 1,000 tokens, and 2.00 × 99 ÷ 100 over 500.
    expect([small!.costPer1mInputTokens, small!.costPer1mOutputTokens]).toEqual(['20.00', '3960.00']);
    const [, declared] = (await report({ tokenWeight: '1:2' })).rows;
    // 750 computed input tokens against 500 × 2.
    expect(declared!.tokenSplit).toMatchObject({ method: 'declared', weight: '1:2' });
    expect(declared!.costPer1mOutputTokens).toMatch(/^2285\.7142857/);
  });

  it('counts only what did work on the used basis', async () => {
    const { rows, total } = await report({ basis: 'used', by: ['endpoint'] });
    expect(rows.map(({ cost }) => cost)).toEqual(['4.00', '0.00', null]);
    expect([total.costPer1kRequests, total.allocatedCost]).toEqual(['8.00', '10.00']);
  });

  it('states latencies with bounds, and what is within a limit', async () => {
    const { total } = await report({ sloMs: 500 });
    expect(total.latencyMs).toMatchObject({ p50: 500, p99: 990 });
    expect(total.latencyBoundsMs.p99).toEqual({ low: 500, high: 1000 });
    expect(total).toMatchObject({ slo: { attained: 0.5 }, goodRequests: 250, costPer1kGood: '40.00' });
  });

  it('tells what an API would cost, and from which traffic on it would cost more', async () => {
    const { endpoints } = await report({ apiPrice: '1000/2000', by: [] });
    const chat = endpoints.find(({ endpoint }) => endpoint === 'chat')!;
    // 2,000 × 0.001 + 1,000 × 0.002 for 500 requests: 8.00 per 1,000, against 16.00.
    expect(chat.breakEven).toMatchObject({
      apiCostPer1kRequests: '8.00',
      costPerHour: '2.00',
      cheaper: 'api',
    });
    expect(chat.breakEven!.requestsPerHour).toBeCloseTo(250, 9);
    expect(chat).toMatchObject({
      requestsPerHour: 125,
      peakRequestsPerHour: 24_000,
      diagnosis: 'low_utilisation',
    });
    expect(endpoints.find(({ endpoint }) => endpoint === 'idle-llm')!.diagnosis).toBe('no_traffic');
  });

  it('compares with a model of an API by its published price, and judges by it', async () => {
    const { endpoints } = await report({ against: ['openai/gpt-4.1', 'default'], by: [] });
    const chat = endpoints.find(({ endpoint }) => endpoint === 'chat')!;
    const named = chat.comparisons.find(({ model }) => model === 'openai/gpt-4.1')!;
    // 1,500 × 2 + 500 × 0.5 + 1,000 × 8, for a million tokens each and 500 requests.
    expect(named).toMatchObject({ apiCostPer1kRequests: '0.0225', cheaper: 'api', assumptions: [] });
    expect(named.priceReference).toMatch(/^openai\/gpt-4\.1 \(genai-prices/);
    expect(named.current).toMatchObject({ requestsPerHour: 125, selfHostedPer1kRequests: '16.00' });
    expect(named.curve).toHaveLength(20);
    expect(chat.breakEven).toMatchObject({ apiCostPer1kRequests: '0.0225' });
    expect(chat.diagnosis).toBe('model_fit');
    expect(chat.comparisons).toHaveLength(7);
    const prices = chat.comparisons.map(({ apiCostPer1kRequests }) => Number(apiCostPer1kRequests));
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  });

  it('judges nobody by the default list, and compares only what has tokens', async () => {
    const { endpoints } = await report({ against: ['default'], by: [] });
    const chat = endpoints.find(({ endpoint }) => endpoint === 'chat')!;
    expect([chat.comparisons.length, chat.breakEven, chat.diagnosis]).toEqual([6, null, 'fine']);
    expect(endpoints.find(({ endpoint }) => endpoint === 'idle-llm')!.comparisons).toEqual([]);
  });

  it('says what servers like its own, or as stated, would cost in the place of paid calls', async () => {
    const paid = (id: string, startMs: number, input: number) =>
      requestFact(id, {
        endpoint: 'openai',
        model: 'gpt-4.1',
        serving: 'api',
        startMs,
        tokens: { input, cachedInput: 0, output: 100 },
        costPicos: 3n * PICOS_PER_UNIT,
        attributes: { 'label:team': 'search' },
      });
    await bring('paid', { requests: [paid('a', T0, 9_000_000), paid('b', T0 + HOUR_MS, 27_000_000)] });
    const throughput = ['fast=5000/100@2xH100-SXM5-80GB', 'new=5000/100@1xB300'];
    const { apiSpend } = await report({ throughput });
    expect(apiSpend).toMatchObject([
      {
        endpoint: 'openai',
        model: 'gpt-4.1',
        team: 'search',
        requests: 2,
        hours: 2,
        cost: '6.00',
        costPerHour: '3.00',
      },
    ]);
    const [{ options }] = apiSpend as [(typeof apiSpend)[number]];
    // 27,000,000 ÷ 5,000 s are 1.5 hours of the one that was stated: two of 2 GPUs at 2.00. Nobody has a B300.
    expect(options).toContainEqual({
      like: 'fast',
      basis: 'stated',
      gpuModel: 'H100-SXM5-80GB',
      gpusPerReplica: 2,
      replicas: 2,
      costPerHour: '8.00',
      // A second for the output of each.
      utilisation: (36_000_000 / 5_000 + 2) / 2 / 7_200,
      cheaper: 'api',
    });
    expect(options.at(-1)).toMatchObject({ like: 'new', costPerHour: null, cheaper: null });
    // Two slots of a minute held 400 and 100 requests: 24,000 an hour at best, of (1,500 × 2 + 1,000 × 5) ÷ 500 weighted tokens.
    const measured = options.find(({ like }) => like === 'chat')!;
    expect(measured).toMatchObject({
      basis: 'measured',
      replicas: Math.ceil((27_000_000 * 2 + 500) / (24_000 * 16)),
    });
    expect(measured.utilisation).toBeCloseTo(
      (36_000_000 * 2 + 1_000) / 2 / (24_000 * 16) / measured.replicas,
      9,
    );
  });

  it('knows the tags that owner rules define, of callers and of endpoints', async () => {
    tare = openTare({ ...DEFAULT_OWNER_RULES, product: ['label:product'] });
    const labels = { 'label:team': 'search', 'label:product': 'assistant' };
    await bring('labels', {
      workloads: [workloadFact('chat-0', { name: 'chat', kind: 'inference', attributes: labels })],
    });
    const call = requestFact('r1', {
      startMs: T0 + 5,
      tokens: { input: 400, cachedInput: 100, output: 200 },
      attributes: { 'label:product': 'beta' },
    });
    await bring('traces', { requests: [call] });
    const { rows, total, reconciliation } = await report({ by: ['tag:product'] });
    expect(rows.map((row) => [row['tag:product'], row.requests]).sort()).toEqual([
      ['assistant', 499],
      ['beta', 1],
      ['untagged', 0],
    ]);
    expect([total.cost, reconciliation.difference]).toEqual(['10.00', '0.00']);
    const filters = [{ dimension: 'tag:product', values: ['beta'] }] as const;
    expect((await report({ by: ['endpoint'], filters })).rows).toMatchObject([
      { endpoint: 'chat', requests: 1 },
    ]);
    await expect(report({ by: ['tag:produkt'] })).rejects.toMatchObject({
      message: 'no owner rule defines "tag:produkt"',
      remedy: expect.stringContaining('did you mean tag:product?') as string,
    });
  });

  it('splits by prompt and caller what was traced, and leaves the rest unlabelled', async () => {
    const labelled = (id: string, promptVersion: string, team: string) =>
      requestFact(id, {
        startMs: T0 + 5,
        durationMs: 700,
        tokens: { input: 400, cachedInput: 100, output: 200 },
        labels: { promptName: 'support', promptVersion },
        attributes: { 'label:team': team },
      });
    await bring('traces', { requests: [labelled('r1', '1', 'ads'), labelled('r2', '2', 'maps')] });
    await tare.buildLedger(() => {}, new AbortController().signal);
    expect((await report()).total.requests).toBe(500);
    const { rows, total, reconciliation } = await report({
      by: ['promptVersion'],
      filters: [{ dimension: 'endpoint', values: ['chat'] }],
    });
    expect(rows.map((row) => [row['promptVersion'], row.requests, row.inputTokens])).toEqual([
      ['none', 498, 1200],
      ['1', 1, 400],
      ['2', 1, 400],
    ]);
    expect(total).toMatchObject({ requests: 500, cost: '8.00' });
    expect(rows[1]!.latencyMs.p50).toBeCloseTo(700, -1);
    expect(reconciliation.difference).toBe('0.00');
    const teams = await report({ by: ['team'] });
    expect(teams.rows.map((row) => [row['team'], row.requests]).sort()).toEqual([
      ['ads', 1],
      ['maps', 1],
      ['search', 498],
      ['untagged', 0],
    ]);
    expect(teams.total.cost).toBe('10.00');
  });

  it('adds up over days and hours, also those without traffic', async () => {
    const { rows, total, reconciliation } = await report({ by: ['hour'] });
    expect(rows.map((row) => [row['hour'], row.requests, row.cost])).toEqual([
      ['2026-10-14T08:00:00Z', 400, '4.00'],
      ['2026-10-14T09:00:00Z', 100, '2.00'],
      ['2026-10-14T10:00:00Z', 0, '2.00'],
      ['2026-10-14T11:00:00Z', 0, '2.00'],
    ]);
    expect([total.cost, reconciliation.difference]).toEqual(['10.00', '0.00']);
  });

  it('earns by the revenue that held, and says loudly where it loses', async () => {
    await bring('revenue', {
      revenues: [
        { endpoint: 'chat', model: null, fromMs: 0, per1kRequestsPicos: 10n * PICOS_PER_UNIT },
        {
          endpoint: 'chat',
          model: 'llama-70b',
          fromMs: T0 + 30 * MINUTE_MS,
          per1kRequestsPicos: 20n * PICOS_PER_UNIT,
        },
      ],
    });
    const { rows, warnings } = await report({ training: ['llama-8b=1000/1000000'] });
    expect(rows.slice(0, 2).map((row) => [row.revenuePer1k, row.trainingPer1k, row.marginPer1k])).toEqual([
      ['20.00', null, '-40.00'],
      ['10.00', '1.00', '4.00'],
    ]);
    expect(warnings[0]).toMatchObject({ code: 'losing-money', count: 1 });
    expect(warnings[0]!.message).toContain('chat llama-70b');
  });

  it('is taken apart as a receipt', async () => {
    const found = await tare.explain('endpoint:chat@2026-10-14');
    expect(found).toMatchObject({ cost: '8.00', gpuHours: 4 });
    expect(found.title).toBe('16.0000 USD for 1,000 requests of chat, 2026-10-14');
    const lines = found.lines.map(({ figure, what, source }) => `${figure} ${what}: ${source}`);
    expect(lines.slice(0, 9)).toEqual([
      '4.0000 idle: 2 GPU-hours: held, no kernel running',
      '4.0000 productive: 2 GPU-hours: the rest: net',
      '8.0000 4 GPU-hours of H100-SXM5-80GB: price: price book',
      "500 requests: counted by the server itself: its counters' increases",
      '16.0000 per 1,000 requests: 8.0000 × 1,000 ÷ 500',
      '20.0000 per 1M input tokens: 2,000 tokens; 0.5 % of the cost is input, by seconds of prefill and decode',
      '7,960.0000 per 1M output tokens: 1,000 tokens',
      '950 ms 95th percentile: for certain between 500 and 1,000 ms',
      'fine diagnosis: nothing stands out',
    ]);
    // 1,500 × 0.59 + 500 × 0.59 + 1,000 × 0.79, for a million each: 0.00394 for 1,000, and 8.00 ÷ 24 an hour.
    expect(lines.slice(9)).toContainEqual(
      expect.stringMatching(
        /^0\.0039 per 1,000 at groq\/llama-3\.3-70b-versatile: .*from 84,603 requests an hour, 352\.5 % of its busiest$/,
      ),
    );
    await expect(tare.explain('endpoint:chta@2026-10-14')).rejects.toMatchObject({
      remedy: expect.stringContaining('did you mean chat?') as string,
    });
  });

  it('knows no cost of traffic whose workload the ledger does not have', async () => {
    await bring('more', {
      traffic: [trafficFact('pod', { endpoint: 'elsewhere', startMs: T0, requests: 7 })],
    });
    const { rows, total, warnings } = await report({ by: ['endpoint'] });
    expect(rows.find((row) => row['endpoint'] === 'elsewhere')).toMatchObject({
      requests: 7,
      cost: null,
      costPer1kRequests: null,
      unpricedRequests: 7,
    });
    // Unit costs are of those whose cost is known.
    expect(total).toMatchObject({ requests: 507, unpricedRequests: 7, costPer1kRequests: '20.00' });
    expect(warnings.map(({ code }) => code)).toContain('cost-unknown');
  });

  it('changes no total when a replica restarts, goes to zero and comes back, or a batch is late', async () => {
    const before = (await report()).total;
    await bring('late', { traffic: [trafficFact('chat-1', { startMs: T0 + 2 * HOUR_MS, requests: 0 })] });
    await bring('counters', counters());
    const after = (await report()).total;
    expect(after).toEqual({ ...before });
  });
});

describe('paid APIs', () => {
  it('cost what their calls cost, beside what the bill says, and never both', async () => {
    const call = (id: string, cost: bigint | null, error: string | null = null) =>
      requestFact(id, {
        startMs: T0,
        endpoint: 'openai',
        serving: 'api',
        model: 'gpt',
        costPicos: cost,
        error,
        tokens: { input: 1000, output: 100 },
      });
    await bring('calls', {
      requests: [call('a', PICOS_PER_UNIT), call('b', PICOS_PER_UNIT, 'timeout'), call('c', null)],
    });
    await bring('bill', {
      charges: [
        chargeFact({
          startMs: T0,
          endMs: T0 + HOUR_MS,
          costPicos: 5n * PICOS_PER_UNIT,
          serviceCategory: 'AI and Machine Learning',
          serviceName: 'OpenAI',
          gpu: null,
          attributes: { 'tag:team': 'search' },
        }),
      ],
    });
    const { rows, total, reconciliation, warnings } = await report();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      cost: '2.00',
      costPer1kRequests: '1000.00',
      costPer1kSuccessful: '2000.00',
      unpricedRequests: 1,
      costPer1mInputTokens: null,
      gpuHours: null,
    });
    expect(total.cost).toBe('2.00');
    expect(reconciliation).toMatchObject({ ledger: '0.00', apiCalls: '2.00', apiBilled: '5.00' });
    expect(warnings.map(({ code }) => code)).toEqual(['cost-partly-unknown']);
  });

  it('are judged by scores, by prompt version', async () => {
    const call = (id: string, promptVersion: string) =>
      requestFact(id, { startMs: T0, serving: 'api', costPicos: PICOS_PER_UNIT, labels: { promptVersion } });
    await bring('calls', { requests: [call('a', '1'), call('b', '1'), call('c', '2'), call('d', '2')] });
    await bring('scores', {
      scores: [
        scoreFact('1', { atMs: T0, requestId: 'a', value: 0.9 }),
        scoreFact('2', { atMs: T0, requestId: 'b', value: 0.1 }),
        scoreFact('3', { atMs: T0, requestId: 'c', value: 0.8 }),
      ],
    });
    const { rows } = await report({ by: ['promptVersion'], minQuality: ['helpfulness=0.8'] });
    expect(
      rows.map((row) => [row['promptVersion'], row.goodRequests, row.costPer1kGood, row.quality[0]!.mean]),
    ).toEqual([
      ['1', 1, '2000.00', 0.5],
      ['2', 2, '1000.00', 0.8],
    ]);
  });
});

const anyTraffic = fc.array(
  fc
    .record({
      endpoint: fc.constantFrom('chat', 'idle-llm', 'old', 'elsewhere'),
      model: fc.constantFrom('llama-8b', 'llama-70b'),
      minute: fc.nat(239),
      requests: fc.nat(50),
      input: fc.option(fc.nat(5_000)),
      prefillSeconds: fc.option(fc.nat(100)),
      decodeSeconds: fc.option(fc.nat(100)),
    })
    .map(({ minute, input, ...rest }) =>
      trafficFact('pod', { ...rest, startMs: T0 + minute * MINUTE_MS, tokens: { input, output: input } }),
    ),
  { maxLength: 8 },
);

const anyCalls = fc.array(
  fc.record({
    endpoint: fc.constantFrom('chat', 'idle-llm'),
    minute: fc.nat(239),
    promptVersion: fc.constantFrom('1', '2', null),
    team: fc.constantFrom('ads', 'maps'),
  }),
  { maxLength: 8 },
);

it('loses and invents no money, however the rows are cut', async () => {
  await bring('fleet', servingFleet());
  const by = fc.subarray([...CALL_DIMENSIONS], { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(anyTraffic, anyCalls, by, async (traffic, calls, dimensions) => {
      await bring('counters', { traffic });
      await bring('calls', {
        requests: calls.map(({ endpoint, minute, promptVersion, team }, index) =>
          requestFact(`r${index}`, {
            endpoint,
            startMs: T0 + minute * MINUTE_MS,
            labels: { promptVersion },
            attributes: { 'label:team': team },
          }),
        ),
      });
      await tare.buildLedger(() => {}, new AbortController().signal);
      const { rows, total, reconciliation } = await report({ by: dimensions });
      const sum = rows.reduce(
        (money, { cost }) => money + (cost === null ? 0n : parsePicos(cost)!.picos),
        0n,
      );
      expect(formatPicos(sum)).toBe('10.00');
      expect(total.cost).toBe('10.00');
      expect(reconciliation).toMatchObject({ ledger: '10.00', rows: '10.00', difference: '0.00' });
    }),
    { numRuns: 25 },
  );
}, 60_000);

test.each([
  { what: 'a dimension', given: { minQuality: ['nothing'] }, message: 'is not a bar of quality' },
  { what: 'a weight', given: { tokenWeight: '0:0' }, message: 'is not a weight of tokens' },
  { what: 'a price', given: { apiPrice: '3' }, message: 'is not a price of tokens' },
  { what: 'a model', given: { against: ['openai/nothing'] }, message: 'cannot compare with' },
  { what: 'a throughput', given: { throughput: ['x=5@H100'] }, message: 'is not a throughput' },
  { what: 'a training', given: { training: ['a=1'] }, message: 'is not a cost of training' },
])('refuses $what that it does not understand', async ({ given, message }) => {
  await expect(report(given)).rejects.toThrow(message);
});
