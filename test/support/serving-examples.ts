import { breakEven } from '../../src/domain/economics/break-even.ts';
import {
  explainUnitChange,
  UNIT_DRIVERS,
  type UnitPart,
} from '../../src/domain/economics/explain-unit-change.ts';
import { effortOf, hostInstead } from '../../src/domain/economics/host-instead.ts';
import type { ServingWork, TokenWeight } from '../../src/domain/economics/serving-work.ts';
import { shareServingCost } from '../../src/domain/economics/share-serving-cost.ts';
import {
  mergeSpans,
  quantileOf,
  type Spans,
  spanOfMicros,
  spansOf,
} from '../../src/domain/economics/spans.ts';
import { splitInputOutput } from '../../src/domain/economics/split-input-output.ts';
import { displayAmount } from '../../src/domain/money/display-money.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';

/** The worked examples of "Serving" in docs/methodology.md. */
export const SERVING_EXAMPLES: Readonly<Record<string, () => string[][]>> = {
  'serving-split': () => [
    split('0.10 s of prefill and 10 s of decode', 10_000_000, null),
    split('the same, with the mean time per output token taken for decode: wrong', 20_000, null),
    split('not measured, 1 to 2.5', null, null),
    split('not measured, 1 to 5', null, { input: 1n, output: 5n }),
  ],

  'serving-shares': () => {
    const parts = [
      { inputTokens: 500, outputTokens: 400 },
      { inputTokens: 500, outputTokens: 500 },
    ];
    const endpoint = {
      inputTokens: 1000,
      outputTokens: 900,
      prefillMicros: 1_000_000,
      decodeMicros: 9_000_000,
    };
    const { picos } = shareServingCost(money('10'), parts.map(work), work(endpoint));
    return parts.map(({ inputTokens, outputTokens }, index) => [
      `${inputTokens} tokens in, ${outputTokens} out`,
      displayAmount(picos[index]!),
    ]);
  },

  'serving-percentiles': () => {
    const one = spansOf({ upperBounds: [0.5, 1, 2], counts: [60, 30, 10, 0], sum: 0 });
    const other = spansOf({ upperBounds: [0.8, 1.6], counts: [90, 10, 0], sum: 0 });
    const calls = Array.from({ length: 1000 }, (_, index) => {
      const { low, high } = spanOfMicros((index + 1) * 1000);
      return [{ low: low / 1e6, high: high / 1e6, count: 1 }];
    });
    return [
      percentile('100 requests: 60 up to 0.5 s, 30 up to 1 s, 10 up to 2 s', one),
      percentile('and 100 more of another server: 90 up to 0.8 s, 10 up to 1.6 s', mergeSpans(one, other)),
      percentile('1,000 single calls of 0.001 s to 1 s', mergeSpans(...calls)),
    ];
  },

  'serving-drivers': () => {
    const chat: UnitPart = {
      endpoint: 'chat',
      name: 'chat',
      costPicos: money('40'),
      requests: 10_000,
      paidHours: 10,
      workingHours: 5,
      computedWork: 1_000_000,
      askedWork: 1_000_000,
    };
    const api = {
      ...chat,
      ...{ endpoint: 'api', name: 'api', costPicos: money('20'), paidHours: null, workingHours: null },
    };
    const twice = { requests: 20_000, computedWork: 2_000_000, askedWork: 2_000_000 };
    const half = { costPicos: money('20'), paidHours: 5, workingHours: 2.5 };
    return [
      drivers('the GPU-hour costs 5.00', chat, { ...chat, costPicos: money('50') }),
      drivers('twice the requests on the same GPU, which works twice as long', chat, {
        ...chat,
        ...twice,
        workingHours: 10,
      }),
      drivers('twice the requests on the same GPU in the same working time', chat, { ...chat, ...twice }),
      drivers('half of the work is cached, and half of the GPU-hours suffice', chat, {
        ...chat,
        ...half,
        computedWork: 500_000,
      }),
      drivers('requests twice as long, twice the GPU-hours', chat, {
        ...chat,
        ...{ costPicos: money('80'), paidHours: 20, workingHours: 10 },
        ...{ computedWork: 2_000_000, askedWork: 2_000_000 },
      }),
      drivers('and 10,000 requests of an API at 2.00', chat, chat, api),
      drivers('5.00 a GPU-hour, and twice the requests in the same working time', chat, {
        ...chat,
        ...twice,
        costPicos: money('50'),
      }),
    ];
  },

  'serving-break-even': () =>
    [250, 500, 1000].map((requestsPerHour) => {
      const own = { costPerHourPicos: money('1'), requestsPerHour, capacityPerHour: 1000 };
      const { current, cheaper } = breakEven(own, money('2'));
      const name = `${requestsPerHour.toLocaleString('en-US')} an hour`;
      return [name, displayAmount(current.selfHostedPer1kPicos!), cheaper];
    }),

  'serving-instead': () => [
    instead('100,000 in and 40,000 out an hour, three times that at the busiest', 0, 3),
    instead('the same, and 7 times that at the busiest', 0, 7),
    instead('the same, with 50,000 of the input cached', 50_000, 7),
  ],
};

function instead(name: string, cachedInputTokens: number, busiest: number): string[] {
  const effort = effortOf(work({ inputTokens: 100_000, cachedInputTokens, outputTokens: 40_000 }));
  const asked = {
    meanEffortPerHour: effort,
    peakEffortPerHour: effort * busiest,
    apiCostPerHourPicos: money('9'),
  };
  const hosted = hostInstead(asked, { effortPerHour: 1_000_000, costPerHourPicos: money('4') })!;
  return [
    name,
    String(hosted.replicas),
    displayAmount(hosted.costPerHourPicos!),
    `${Math.round(hosted.utilisation * 1000) / 10} %`,
    hosted.cheaper!,
  ];
}

function drivers(what: string, before: UnitPart, ...now: readonly UnitPart[]): string[] {
  const change = explainUnitChange([before], now)!;
  const amounts = [...UNIT_DRIVERS.map((driver) => change.drivers[driver]), change.nowPicos];
  return [what, ...amounts.map((picos) => displayAmount(picos))];
}

function split(name: string, decodeMicros: number | null, weight: TokenWeight | null): string[] {
  const times = { prefillMicros: decodeMicros === null ? null : 100_000, decodeMicros };
  const tokens = { inputTokens: 1000, outputTokens: 500 };
  const { inputPicos, outputPicos } = splitInputOutput(money('1'), work({ ...tokens, ...times }), weight)!;
  return [name, displayAmount(inputPicos), displayAmount(outputPicos)];
}

function percentile(name: string, spans: Spans): string[] {
  const { estimate, low, high } = quantileOf(spans, 0.95)!;
  return [name, ...[estimate, low, high].map((value) => String(Number(value.toFixed(3))))];
}

function work(given: Partial<ServingWork>): ServingWork {
  return {
    requests: 1,
    inputTokens: null,
    cachedInputTokens: null,
    outputTokens: null,
    prefillMicros: null,
    decodeMicros: null,
    ...given,
  };
}

function money(text: string): bigint {
  return parsePicos(text)!.picos;
}
