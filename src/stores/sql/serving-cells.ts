import { type Spans, spansOf } from '../../domain/economics/spans.ts';
import type { Histogram, RequestFact, TokenCounts, TrafficFact } from '../../domain/facts/facts.ts';
import { attributeSetId, type Interners } from './cells.ts';
import type { Cell } from './engine.ts';

/** Calls and the counters of servers as rows, in the column order of the schema. */
export function requestCells(fact: RequestFact, datasetId: number, interners: Interners): Cell[] {
  return [
    datasetId,
    fact.requestId,
    fact.endpoint,
    fact.serving,
    fact.model,
    fact.provider ?? '',
    fact.operation ?? '',
    fact.startMs,
    scaled(fact.durationMs, 1_000),
    scaled(fact.timeToFirstTokenMs, 1_000),
    fact.error === '' ? 'error' : (fact.error ?? ''),
    ...tokenCells(fact.tokens),
    fact.labels.promptName ?? '',
    fact.labels.promptVersion ?? '',
    fact.labels.step ?? '',
    fact.labels.agent ?? '',
    fact.labels.conversation ?? '',
    fact.costPicos,
    fact.priceReference ?? '',
    attributeSetId(fact.attributes, interners),
  ];
}

const MICROS = 1_000_000;

export function trafficCells(fact: TrafficFact, datasetId: number, interners: Interners): Cell[] {
  return [
    datasetId,
    fact.endpoint,
    fact.model,
    fact.replica,
    fact.workloadId ?? '',
    fact.startMs,
    fact.endMs,
    Math.round(fact.requests),
    Math.round(fact.errors),
    ...tokenCells(fact.tokens),
    histogramText(fact.latencySeconds),
    scaled(fact.latencySeconds?.sum ?? null, MICROS),
    histogramText(fact.timeToFirstTokenSeconds),
    scaled(fact.timeToFirstTokenSeconds?.sum ?? null, MICROS),
    scaled(fact.prefillSeconds, MICROS),
    scaled(fact.decodeSeconds, MICROS),
    scaled(fact.queueSeconds, MICROS),
    scaled(fact.runningRequests, 1_000),
    scaled(fact.waitingRequests, 1_000),
    scaled(fact.cacheUse, MICROS),
    scaled(fact.batchSize, 1_000),
    attributeSetId(fact.attributes, interners),
  ];
}

function tokenCells(tokens: TokenCounts): Cell[] {
  return [
    scaled(tokens.input, 1),
    scaled(tokens.cachedInput, 1),
    scaled(tokens.cacheWrittenInput, 1),
    scaled(tokens.output, 1),
    scaled(tokens.reasoning, 1),
  ];
}

function scaled(value: number | null, by: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * by);
}

/** `0:300000=12 300000:500000=3 10000000:inf=1`: the buckets of a histogram of seconds that hold something, in microseconds. */
export function histogramText(histogram: Histogram | null): string {
  if (histogram === null) return '';
  return spansOf(histogram)
    .map(({ low, high, count }) => `${micros(low)}:${micros(high)}=${Math.round(count)}`)
    .join(' ');
}

function micros(seconds: number): string {
  return seconds === Number.POSITIVE_INFINITY ? 'inf' : String(Math.round(seconds * MICROS));
}

/** `300000:500000` with its count, as the bounds of a span. */
export function readSpan(bounds: string, count: number): Spans[number] {
  const [low, high] = bounds.split(':');
  return { low: Number(low), high: high === 'inf' ? Number.POSITIVE_INFINITY : Number(high), count };
}
