import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatPicos, PICOS_PER_UNIT, parsePicos, picosToNumber } from '../money/picos.ts';
import { breakEven } from './break-even.ts';
import { diagnoseEndpoint, replicasNeeded } from './diagnose-endpoint.ts';
import { goodInferences } from './good-inferences.ts';
import { prefixReuse } from './prefix-reuse.ts';
import type { ServingWork } from './serving-work.ts';
import { shareServingCost } from './share-serving-cost.ts';
import { splitInputOutput } from './split-input-output.ts';
import { marginPer1k, per1k, per1m, priceTokens } from './unit-costs.ts';

const usd = (text: string) => parsePicos(text)!.picos;
const work = (given: Partial<ServingWork>): ServingWork => ({
  requests: 1,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  prefillMicros: null,
  decodeMicros: null,
  ...given,
});

describe('input and output priced apart', () => {
  it('by time in each phase: 1,000 tokens in 0.10 s and 500 tokens of 20 ms leave the input about 1 %', () => {
    const request = work({
      inputTokens: 1000,
      outputTokens: 500,
      prefillMicros: 100_000,
      decodeMicros: 10_000_000,
    });
    const split = splitInputOutput(usd('1'), request, null)!;
    expect(split.method).toBe('measured');
    expect(formatPicos(split.inputPicos)).toBe('0.009900990099');
    // The mean time per output token, taken for the time of decode, would have said 83 %.
    const wrong = splitInputOutput(usd('1'), { ...request, decodeMicros: 20_000 }, null)!;
    expect(picosToNumber(wrong.inputPicos)).toBeCloseTo(0.8333, 4);
  });

  test.each([
    { what: 'the default weight', given: {}, stated: null, input: '2.00' },
    { what: 'cached input weighs nothing', given: { cachedInputTokens: 1000 }, stated: null, input: '0.00' },
    { what: 'a stated weight', given: {}, stated: { input: 1n, output: 6n }, input: '1.00' },
    {
      what: 'a stated weight before measured times',
      given: { prefillMicros: 1, decodeMicros: 1 },
      stated: { input: 3n, output: 4n },
      input: '3.00',
    },
  ])('by weight: $what', ({ given, stated, input }) => {
    const tokens = work({ inputTokens: 1000, outputTokens: 1000, ...given });
    const split = splitInputOutput(usd('7'), tokens, stated)!;
    expect(split.method).toBe('declared');
    expect(formatPicos(split.inputPicos)).toBe(input);
    expect(split.inputPicos + split.outputPicos).toBe(usd('7'));
  });

  it('not at all without tokens', () => {
    expect(splitInputOutput(usd('1'), work({}), null)).toBeNull();
  });
});

const anyWork = fc
  .record({
    requests: fc.nat(1000),
    inputTokens: fc.option(fc.nat(1_000_000)),
    cachedInputTokens: fc.option(fc.nat(1000)),
    outputTokens: fc.option(fc.nat(100_000)),
    prefillMicros: fc.option(fc.nat(10 ** 9)),
    decodeMicros: fc.option(fc.nat(10 ** 9)),
  })
  .map((given) => work(given));

it('shares the cost of an endpoint without losing or inventing any of it', () => {
  const cost = fc.bigInt(0n, 10n ** 18n);
  fc.assert(
    fc.property(
      cost,
      fc.array(anyWork, { minLength: 1, maxLength: 8 }),
      anyWork,
      (picos, parts, endpoint) => {
        const shared = shareServingCost(picos, parts, endpoint);
        const sum = shared.picos.reduce((total, part) => total + part, 0n);
        expect(sum).toBe(shared.method === 'none' ? 0n : picos);
        expect(shared.picos.every((part) => part >= 0n)).toBe(true);
        if (shared.method === 'none') expect(parts.every(({ requests }) => requests === 0)).toBe(true);
      },
    ),
  );
});

test.each([
  {
    what: 'tokens as heavy as the endpoint measured them',
    // 1 s of prefill over 1,000 tokens, 9 s of decode over 900: 1 ms and 10 ms a token.
    endpoint: { inputTokens: 1000, outputTokens: 900, prefillMicros: 1_000_000, decodeMicros: 9_000_000 },
    parts: [
      { inputTokens: 500, outputTokens: 400 },
      { inputTokens: 500, outputTokens: 500 },
    ],
    expected: ['4.50', '5.50'],
    method: 'measured',
  },
  {
    what: 'the times of each part where each has its own',
    endpoint: { inputTokens: 2, outputTokens: 2, prefillMicros: 2, decodeMicros: 8 },
    parts: [
      { prefillMicros: 1, decodeMicros: 1 },
      { prefillMicros: 1, decodeMicros: 7 },
    ],
    expected: ['2.00', '8.00'],
    method: 'measured',
  },
  {
    what: 'tokens by the default weight',
    endpoint: {},
    parts: [{ inputTokens: 5 }, { outputTokens: 2 }],
    expected: ['5.00', '5.00'],
    method: 'declared',
  },
  {
    what: 'requests where nothing has tokens',
    endpoint: {},
    parts: [{ requests: 1 }, { requests: 3 }],
    expected: ['2.50', '7.50'],
    method: 'requests',
  },
])('shares by $what', ({ endpoint, parts, expected, method }) => {
  const shared = shareServingCost(usd('10'), parts.map(work), work(endpoint));
  expect(shared.method).toBe(method);
  expect(shared.picos.map(formatPicos)).toEqual(expected);
});

describe('unit costs', () => {
  it('are exact, and unknown where there is nothing to divide by', () => {
    expect(formatPicos(per1k(usd('10'), 3)!)).toBe('3333.333333333333');
    expect(formatPicos(per1m(usd('0.5'), 250_000)!)).toBe('2.00');
    expect(per1k(usd('1'), 0)).toBeNull();
    expect(per1k(null, 5)).toBeNull();
  });

  it('price tokens of an API, those from its cache apart', () => {
    const price = {
      inputPer1mPicos: usd('3'),
      outputPer1mPicos: usd('15'),
      cachedInputPer1mPicos: usd('0.3'),
    };
    const tokens = { inputTokens: 1_000_000, cachedInputTokens: 500_000, outputTokens: 100_000 };
    expect(formatPicos(priceTokens(tokens, price))).toBe('3.15');
    expect(formatPicos(priceTokens(tokens, { ...price, cachedInputPer1mPicos: null }))).toBe('4.50');
  });

  it('carry a training over the inferences that it is made for', () => {
    expect(formatPicos(per1k(usd('50000'), 100_000_000)!)).toBe('0.50');
  });

  test.each([
    { revenue: '0.90', cost: '0.40', expected: '0.50', isLosing: false },
    { revenue: '0.30', cost: '0.40', expected: '-0.10', isLosing: true },
  ])('leave a margin of $expected', ({ revenue, cost, expected, isLosing }) => {
    const margin = marginPer1k(usd(revenue), usd(cost))!;
    expect(formatPicos(margin.per1kPicos)).toBe(expected);
    expect(margin.isLosing).toBe(isLosing);
  });
});

describe('good inferences', () => {
  const latencies = [
    { low: 0, high: 1000, count: 80 },
    { low: 1000, high: 2000, count: 20 },
  ];
  test.each([
    { what: 'all that succeeded', limit: null, judged: [], expected: 90 },
    { what: 'within the limit', limit: 1000, judged: [], expected: 72 },
    { what: 'half a bucket', limit: 1500, judged: [], expected: 81 },
    { what: 'and passing the bar', limit: 1000, judged: [{ passed: 1, scored: 2 }], expected: 36 },
    {
      what: 'and two of them',
      limit: 1000,
      judged: [
        { passed: 1, scored: 2 },
        { passed: 1, scored: 4 },
      ],
      expected: 9,
    },
  ])('$what', ({ limit, judged, expected }) => {
    expect(goodInferences({ requests: 100, errors: 10 }, latencies, limit, judged)!.count).toBe(expected);
  });

  it('are unknown where nothing was timed, or judged', () => {
    expect(goodInferences({ requests: 1, errors: 0 }, [], 1000, [])).toBeNull();
    expect(
      goodInferences({ requests: 1, errors: 0 }, latencies, null, [{ passed: 0, scored: 0 }]),
    ).toBeNull();
  });
});

describe('self-host or API', () => {
  it('breaks even at half the capacity where used costs 1, allocated 4 at a quarter, and the API 2', () => {
    const own = { costPerHourPicos: usd('1'), requestsPerHour: 250, capacityPerHour: 1000 };
    const found = breakEven(own, usd('2'));
    expect(formatPicos(found.current.selfHostedPer1kPicos!)).toBe('4.00');
    expect(found.utilisation).toBeCloseTo(0.5, 12);
    expect(found.requestsPerHour).toBeCloseTo(500, 9);
    expect(found.cheaper).toBe('api');
    expect(formatPicos(found.curve.at(-1)!.selfHostedPer1kPicos!)).toBe('1.00');
    expect(breakEven({ ...own, requestsPerHour: 501 }, usd('2')).cheaper).toBe('self_hosted');
  });

  it('falls along the curve, and crosses where it says', () => {
    // Large enough that the last digit of money does not decide.
    const money = fc.bigInt(PICOS_PER_UNIT / 1000n, 1000n * PICOS_PER_UNIT);
    fc.assert(
      fc.property(money, money, fc.integer({ min: 1, max: 10 ** 6 }), (cost, api, capacity) => {
        const found = breakEven(
          { costPerHourPicos: cost, requestsPerHour: 1, capacityPerHour: capacity },
          api,
        );
        for (const { utilisation, selfHostedPer1kPicos } of found.curve) {
          const isAbove = selfHostedPer1kPicos! > api;
          if (Math.abs(utilisation! - found.utilisation!) > 1e-4) {
            expect(isAbove).toBe(utilisation! < found.utilisation!);
          }
        }
      }),
    );
  });

  it('has no current cost without traffic', () => {
    const found = breakEven({ costPerHourPicos: 1n, requestsPerHour: 0, capacityPerHour: 0 }, usd('2'));
    expect(found).toMatchObject({ cheaper: 'api', utilisation: null, curve: [] });
    expect(found.current.selfHostedPer1kPicos).toBeNull();
  });
});

describe('the matrix', () => {
  const figures = {
    requests: 10,
    allocatedPer1kPicos: 4n,
    usedPer1kPicos: 1n,
    referencePer1kPicos: 2n,
    replicas: null,
    replicasNeeded: null,
  };
  test.each([
    { change: {}, expected: 'low_utilisation' },
    { change: { usedPer1kPicos: 3n }, expected: 'model_fit' },
    { change: { allocatedPer1kPicos: 8n, usedPer1kPicos: 3n }, expected: 'wrong_model' },
    { change: { referencePer1kPicos: 5n }, expected: 'fine' },
    { change: { referencePer1kPicos: null }, expected: 'low_utilisation' },
    { change: { referencePer1kPicos: null, usedPer1kPicos: 3n }, expected: 'fine' },
    { change: { requests: 0 }, expected: 'no_traffic' },
    { change: { allocatedPer1kPicos: null }, expected: 'unknown' },
    { change: { referencePer1kPicos: 5n, replicas: 4, replicasNeeded: 2 }, expected: 'over_provisioned' },
    { change: { referencePer1kPicos: 5n, replicas: 1, replicasNeeded: 0 }, expected: 'fine' },
  ])('$change is $expected', ({ change, expected }) => {
    expect(diagnoseEndpoint({ ...figures, ...change })).toBe(expected);
  });

  test.each([
    { peak: 10, busiest: 4, expected: 3 },
    { peak: 8, busiest: 4, expected: 2 },
    { peak: 8, busiest: 0, expected: null },
  ])('$peak a second need $expected replicas of $busiest', ({ peak, busiest, expected }) => {
    expect(replicasNeeded(peak, busiest)).toBe(expected);
  });
});

it('spares blocks that were there before', () => {
  const prompts = [
    { inputTokens: 1000, blocks: [1, 2] },
    { inputTokens: 700, blocks: [1, 3] },
    { inputTokens: 1000, blocks: [1, 2] },
  ];
  expect(prefixReuse(prompts, 512)).toEqual({
    blocks: 6,
    reusedBlocks: 3,
    fraction: 0.5,
    inputTokens: 2700,
    reusedTokens: 512 + 512 + 488,
  });
});
