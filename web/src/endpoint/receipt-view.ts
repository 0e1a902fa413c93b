import type { InferenceFigures } from '../../../src/app/results/inference.ts';
import type { EndpointReceipt } from '../../../src/app/results/units.ts';
import { type BucketLine, viewBucketSplit } from '../buckets/bucket-lines.ts';
import type { Bucket } from '../buckets/buckets.ts';
import type { Picos } from '../format/decimal.ts';
import { parseDecimal, roundToUnits } from '../format/decimal.ts';
import { formatMs, threeDigits } from '../format/latency.ts';
import { exactMoney, formatMoney, formatUnits, UNKNOWN, UNPRICED } from '../format/money.ts';
import { formatCount, formatPercent, hoursText } from '../format/quantity.ts';
import { roundTogether } from '../format/round-together.ts';
import { formatUnitMoney } from '../format/unit-money.ts';

/** A line of the receipt: what was bought, how much of it, at what price. */
export type LineView = Readonly<{
  what: string;
  quantity: string;
  unitPrice: string;
  source: string;
  amount: string;
  exact: string;
  isGap: boolean;
}>;

/** What the cost makes of a unit: `÷ 17,746,156 requests × 1,000`. */
export type StepView = Readonly<{ what: string; how: string; amount: string; exact: string }>;

export type ReceiptView = Readonly<{
  lines: readonly LineView[];
  total: LineView;
  steps: readonly StepView[];
}>;

/** From devices and prices to the cost of a unit; the amounts are rounded together, so that they add up with a pencil. */
export function viewReceipt(receipt: EndpointReceipt): ReceiptView {
  const { devices, direct, shared, figures, currency } = receipt;
  const total = parseDecimal(figures.cost);
  const beside: readonly (readonly [string, string, string])[] = [
    ['Direct charges', 'that name this endpoint', direct],
    ['Shared costs', 'its part of what names nobody', shared],
  ];
  const isApi = receipt.serving === 'api';
  const texts = [...devices.map(({ amount }) => amount), ...(isApi ? [] : beside.map(([, , text]) => text))];
  const printed = printTogether(
    texts.map((text) => parseDecimal(text)),
    total,
    currency,
  );
  const lines = devices.map((device, index) => ({
    what: `${device.gpuModel}, ${words(device.lifecycle)}`,
    quantity: `${hoursText(device.gpuHours)} GPU-h`,
    unitPrice: device.perGpuHour === null ? UNKNOWN : formatMoney(device.perGpuHour, currency, 4),
    source: words(device.priceSource),
    amount: printed[index]!,
    exact: exactMoney(device.amount, currency),
    isGap: device.amount === null,
  }));
  const besides = beside.map(([what, source, text], index) =>
    plainLine(what, source, printed[devices.length + index] ?? '', text, currency),
  );
  return {
    lines: isApi ? [callsLine(figures, currency)] : [...lines, ...besides],
    total: {
      ...plainLine('Total', '', '', figures.cost, currency),
      amount: total === null ? '? unpriced' : formatMoney(total, currency, 2),
      quantity: figures.gpuHours === null ? '' : `${hoursText(figures.gpuHours)} GPU-h`,
      isGap: total === null,
    },
    steps: stepsOf(figures, currency),
  };
}

function callsLine(figures: InferenceFigures, currency: string): LineView {
  return {
    ...plainLine(
      'Calls, each at its own price',
      'published, contract or stated prices',
      formatMoney(figures.cost, currency, 2),
      figures.cost,
      currency,
    ),
    quantity: `${formatCount(figures.requests - figures.unpricedRequests)} calls`,
    isGap: figures.cost === null,
  };
}

function stepsOf(figures: InferenceFigures, currency: string): readonly StepView[] {
  const { tokenSplit, requests, unpricedRequests } = figures;
  const input = tokenSplit?.inputFraction ?? null;
  const split = (share: number | null, tokens: number | null) =>
    `${formatPercent(share, 1)} of it ÷ ${tokens === null ? UNKNOWN : formatCount(tokens)} tokens × 1,000,000${
      tokenSplit?.method === 'declared' ? `, by weight ${tokenSplit.weight}` : ', by measured time'
    }`;
  return [
    step(
      '1,000 requests',
      `÷ ${formatCount(requests - unpricedRequests)} requests × 1,000`,
      figures.costPer1kRequests,
      currency,
    ),
    ...(tokenSplit === null
      ? [step('1M tokens', '÷ input and output tokens × 1,000,000', figures.costPer1mTokens, currency)]
      : [
          step('1M input tokens', split(input, figures.inputTokens), figures.costPer1mInputTokens, currency),
          step(
            '1M output tokens',
            split(input === null ? null : 1 - input, figures.outputTokens),
            figures.costPer1mOutputTokens,
            currency,
          ),
        ]),
    step('1,000 good requests', goodText(figures), figures.costPer1kGood, currency),
    step('1,000 requests earn', 'revenue that was stated or imported', figures.revenuePer1k, currency),
    step('Margin of 1,000', 'earned, less the cost', figures.marginPer1k, currency),
  ].filter(({ amount }) => amount !== UNKNOWN);
}

function goodText({ goodRequests }: InferenceFigures): string {
  return goodRequests === null ? '' : `÷ ${formatCount(goodRequests)} good requests × 1,000`;
}

function step(what: string, how: string, amount: string | null, currency: string): StepView {
  return { what, how, amount: formatUnitMoney(amount, currency), exact: exactMoney(amount, currency) };
}

/** The answer first: what a thousand requests of it cost. */
export function receiptSentence({ endpoint, figures, currency }: EndpointReceipt): string {
  const { costPer1kRequests, cost, requests } = figures;
  if (requests === 0 && cost !== null)
    return `${endpoint} cost ${formatMoney(cost, currency, 2)}, and nobody was seen asking.`;
  if (costPer1kRequests === null)
    return `Nobody knows what ${formatCount(requests)} requests of ${endpoint} cost.`;
  return `1,000 requests of ${endpoint} cost ${formatUnitMoney(costPer1kRequests, currency)}: ${formatMoney(cost, currency, 2)} for ${formatCount(requests)}.`;
}

/** Where its GPU time went, rounded together; `null` for an API, and where nothing has a price. */
export function viewBuckets(receipt: EndpointReceipt): readonly BucketLine[] | null {
  const { gpuHoursByBucket: hours, costByBucket: cost, currency } = receipt;
  if (hours === null || cost === null || hours.gross === 0) return null;
  const whole = parseDecimal(cost.gross) ?? 0n;
  const priced = { whole, of: (bucket: Bucket) => parseDecimal(cost[bucket]) ?? 0n };
  return viewBucketSplit({ hours, cost: whole === 0n ? null : priced, currency });
}

export type Fact = readonly [string, string];

/** How fast and how good it was, and how it was asked; what is not known is left out. */
export function viewFacts({ figures, size }: EndpointReceipt): readonly Fact[] {
  const bounds = figures.latencyBoundsMs.p95;
  const facts: readonly (readonly [string, string | null])[] = [
    ['Requests', formatCount(figures.requests)],
    ['Failed', figures.errors > 0 ? formatCount(figures.errors) : null],
    ['Requests an hour', size && threeDigits(size.requestsPerHour)],
    ['Busiest hour', size?.peakRequestsPerHour == null ? null : threeDigits(size.peakRequestsPerHour)],
    ['Input tokens', countText(figures.inputTokens)],
    ['from the cache', figures.cachedFraction === null ? null : formatPercent(figures.cachedFraction, 1)],
    ['Output tokens', countText(figures.outputTokens)],
    ['Latency, half within', knownMs(figures.latencyMs.p50)],
    ['95th percentile', knownMs(figures.latencyMs.p95)],
    [
      'for certain between',
      bounds && `${formatMs(bounds.low)} and ${bounds.high === null ? 'more' : formatMs(bounds.high)}`,
    ],
    ['99th percentile', knownMs(figures.latencyMs.p99)],
    ['First token, 95th percentile', knownMs(figures.timeToFirstTokenMs.p95)],
    ['Within the limit', figures.slo?.attained == null ? null : formatPercent(figures.slo.attained, 1)],
    ...figures.quality.map(
      ({ score, mean, scored }) => [score, `${threeDigits(mean)}, of ${formatCount(scored)} scores`] as const,
    ),
    ['Batch', figures.batchSize === null ? null : threeDigits(figures.batchSize)],
    ['Running at once', figures.runningRequests === null ? null : threeDigits(figures.runningRequests)],
    ['Waiting', figures.waitingRequests === null ? null : threeDigits(figures.waitingRequests)],
    ['Cache in use', figures.cacheUse === null ? null : formatPercent(figures.cacheUse)],
    ['Replicas', size?.replicas == null ? null : threeDigits(size.replicas)],
    ['Needed at the busiest', size?.replicasNeeded == null ? null : formatCount(size.replicasNeeded)],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== null);
}

function countText(value: number | null): string | null {
  return value === null ? null : formatCount(value);
}

function knownMs(ms: number | null): string | null {
  return ms === null ? null : formatMs(ms);
}

/** What is not known is no part of the sum, and printed as a gap. */
function printTogether(
  amounts: readonly (Picos | null)[],
  total: Picos | null,
  currency: string,
): readonly string[] {
  const known = amounts.filter((amount) => amount !== null);
  const units = roundTogether(known, 2, total === null ? undefined : roundToUnits(total, 2));
  let next = 0;
  return amounts.map((amount) =>
    amount === null ? `? ${UNPRICED}` : formatUnits(units[next++]!, currency, 2),
  );
}

function plainLine(
  what: string,
  source: string,
  amount: string,
  exact: string | null,
  currency: string,
): LineView {
  return {
    what,
    quantity: '',
    unitPrice: '',
    source,
    amount,
    exact: exactMoney(exact, currency),
    isGap: false,
  };
}

function words(text: string): string {
  return text.replaceAll('_', ' ');
}
