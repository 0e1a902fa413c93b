import { BUCKET_MEANINGS, BUCKETS, grossOf } from '../../domain/ledger/buckets.ts';
import { displayAmount } from '../../domain/money/display-money.ts';
import { type Picos, parsePicos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { CallAggregate } from '../../ports/serving.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import type {
  ApiSpendFigures,
  ComparisonFigures,
  EndpointFigures,
  InferenceFigures,
} from '../results/inference.ts';
import type { Explanation } from '../results/results.ts';

type Line = Explanation['lines'][number];

/** The receipt of an endpoint in words: what it cost, at which price, what was asked of it, and what that makes a thousand requests. */
export function endpointLines(
  ledger: readonly LedgerAggregate[],
  own: readonly CallAggregate[],
  figures: InferenceFigures,
  size: EndpointFigures | undefined,
  apiSpend: readonly ApiSpendFigures[],
): Line[] {
  const isApi = own.length > 0 && own.every(({ key }) => key['serving'] === 'api');
  return [
    ...(isApi ? [] : ledgerLines(ledger)),
    ...own.map((one) => callLine(one, own)),
    ...unitLines(figures),
    ...worthLines(figures),
    ...(size && !isApi
      ? [{ figure: size.diagnosis.replaceAll('_', ' '), what: 'diagnosis', source: size.meaning }]
      : []),
    ...(size?.comparisons ?? []).map(comparisonLine),
    ...apiSpend.flatMap(insteadLines),
  ];
}

/** Which traffic an API would be dearer from. */
function comparisonLine({ model, priceReference, ...one }: ComparisonFigures): Line {
  const rate = one.requestsPerHour === null ? 'nobody knows how many' : count(Math.ceil(one.requestsPerHour));
  const share = one.utilisation === null ? '' : `, ${percentOf(one.utilisation)} of its busiest`;
  return {
    figure: money(one.apiCostPer1kRequests, 4),
    what: `per 1,000 at ${model}`,
    source: `${priceReference}; own is cheaper from ${rate} requests an hour${share}`,
  };
}

function insteadLines({ model, team, costPerHour, options }: ApiSpendFigures): Line[] {
  if (costPerHour === null) return [];
  return options.map((option) => ({
    figure: option.costPerHour === null ? '?' : money(option.costPerHour, 4),
    what: `an hour for ${model} of ${team}, if ${option.like} did it`,
    source: `${option.replicas} × ${option.gpusPerReplica} ${option.gpuModel}, ${option.basis}; ${money(costPerHour, 4)} now: ${CHEAPER[option.cheaper ?? 'unknown']}`,
  }));
}

const CHEAPER = {
  self_hosted: 'self-hosting is cheaper, if that model answers as well',
  api: 'the API is cheaper',
  same: 'both cost the same',
  unknown: 'nobody knows what the GPU costs',
} as const;

function percentOf(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function ledgerLines(ledger: readonly LedgerAggregate[]): Line[] {
  const whole = sumAggregates(ledger);
  const buckets = BUCKETS.filter((bucket) => whole.ticks[bucket] !== 0n).map((bucket) => ({
    figure: amount(whole.cost[bucket]),
    what: bucket,
    source: `${hours(whole.ticks[bucket])} GPU-hours: ${BUCKET_MEANINGS[bucket]}`,
  }));
  const beside = [
    { figure: whole.directPicos, what: 'direct', source: 'charges that name this workload' },
    { figure: whole.sharedPicos, what: 'shared', source: 'its part of the charges that name nobody' },
  ]
    .filter(({ figure }) => figure !== 0n)
    .map((line) => ({ ...line, figure: amount(line.figure) }));
  const prices = ledger
    .filter(({ ticks }) => grossOf(ticks) !== 0n)
    .map(({ key, ticks, cost }) => ({
      figure: key['priceSource'] === 'unpriced' ? '?' : amount(grossOf(cost)),
      what: `${hours(grossOf(ticks))} GPU-hours of ${key['gpuModel']}`,
      source: `price: ${key['priceSource']?.replace('_', ' ')}`,
    }));
  return [...buckets, ...beside, ...prices];
}

const SOURCES: Readonly<Record<CallAggregate['source'], string>> = {
  counters: "counted by the server itself: its counters' increases",
  calls: 'single calls, in hours without counters',
  labels: 'single calls that the counters hold too: they only say whose they were',
};

function callLine({ source, requests, errors }: CallAggregate, all: readonly CallAggregate[]): Line {
  const isBoth = all.some((one) => one.source === 'counters') && source === 'labels';
  const failed = errors > 0 ? `, ${count(errors)} failed` : '';
  return {
    figure: isBoth ? `(${count(requests)})` : count(requests),
    what: `requests${failed}`,
    source: SOURCES[source],
  };
}

function unitLines(figures: InferenceFigures): Line[] {
  const lines: Line[] = [];
  if (figures.cost !== null && figures.costPer1kRequests !== null) {
    const priced = figures.requests - figures.unpricedRequests;
    lines.push({
      figure: money(figures.costPer1kRequests, 4),
      what: 'per 1,000 requests',
      source: `${money(figures.cost, 4)} × 1,000 ÷ ${count(priced)}`,
    });
  }
  const { tokenSplit } = figures;
  if (
    tokenSplit !== null &&
    figures.costPer1mInputTokens !== null &&
    figures.costPer1mOutputTokens !== null
  ) {
    const share = `${Math.round((tokenSplit.inputFraction ?? 0) * 1000) / 10} % of the cost is input`;
    const how =
      tokenSplit.method === 'measured'
        ? 'by seconds of prefill and decode'
        : `by weight ${tokenSplit.weight}`;
    lines.push(
      {
        figure: money(figures.costPer1mInputTokens, 4),
        what: 'per 1M input tokens',
        source: `${count(figures.inputTokens!)} tokens; ${share}, ${how}`,
      },
      {
        figure: money(figures.costPer1mOutputTokens, 4),
        what: 'per 1M output tokens',
        source: `${count(figures.outputTokens!)} tokens`,
      },
    );
  }
  return lines;
}

function worthLines(figures: InferenceFigures): Line[] {
  const { latencyMs, latencyBoundsMs, marginPer1k, revenuePer1k } = figures;
  const lines: Line[] = [];
  if (latencyMs.p95 !== null && latencyBoundsMs.p95 !== null) {
    const { low, high } = latencyBoundsMs.p95;
    const upTo = high === null ? 'and nobody knows how far above' : `and ${count(Math.round(high))} ms`;
    lines.push({
      figure: `${count(Math.round(latencyMs.p95))} ms`,
      what: '95th percentile',
      source: `for certain between ${count(Math.round(low))} ${upTo}`,
    });
  }
  for (const { score, mean, scored } of figures.quality)
    lines.push({
      figure: String(Number(mean.toPrecision(3))),
      what: score,
      source: `mean of ${count(scored)} scores`,
    });
  if (marginPer1k !== null && revenuePer1k !== null)
    lines.push({
      figure: money(marginPer1k, 4),
      what: 'margin per 1,000',
      source: `${money(revenuePer1k, 4)} earned, less the cost`,
    });
  return lines;
}

function money(text: string, decimals: number): string {
  return displayAmount(parsePicos(text)!.picos, decimals);
}

function amount(picos: Picos): string {
  return displayAmount(picos, 4);
}

function hours(ticks: bigint): string {
  return ticksToHours(ticks).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
