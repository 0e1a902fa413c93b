import type { Histogram, TrafficFact } from '../../domain/facts/facts.ts';
import type { SeriesState, SeriesValue } from './series-state.ts';
import type { CallPoint, Measure, ServiceMetrics } from './service-metrics.ts';

/** Adds up metrics of calls, export by export, on top of what was known before. */
export type TrafficSum = Readonly<{
  facts: readonly TrafficFact[];
  state: SeriesState;
  /** Points of services whose spans count the same calls already. */
  counted: number;
  /** Points of endpoints whose other side counts the same calls already. */
  otherSide: number;
}>;

/**
 * Traffic out of metrics, each export one slot of time per replica. A call is counted once: by its span where the service sends spans, and by
 * one side of the wire, the one that was heard first. Counters that went back started anew; a point that was sent twice counts once.
 */
export function addUpTraffic(
  exports: readonly ServiceMetrics[],
  callers: ReadonlySet<string>,
  before: SeriesState,
): TrafficSum {
  const series: Record<string, SeriesValue> = { ...before.series };
  const sides: Record<string, 'client' | 'server'> = { ...before.sides };
  const facts: TrafficFact[] = [];
  let [counted, otherSide] = [0, 0];
  for (const { service, replica, attributes, points } of exports) {
    const slots = new Map<string, Slot>();
    for (const point of points) {
      const increase = increaseOf(`${replica} ${point.series}`, point, series);
      if (increase === null) continue;
      if (service !== null && callers.has(service)) {
        counted += 1;
        continue;
      }
      sides[point.endpoint] ??= point.side;
      if (sides[point.endpoint] !== point.side) {
        otherSide += 1;
        continue;
      }
      addToSlot(slots, point, increase);
    }
    facts.push(...[...slots.values()].map((slot) => factOf(slot, replica, attributes)));
  }
  return { facts, state: { ...before, series, sides, callers: [...callers].toSorted() }, counted, otherSide };
}

/** Since the last point of the series; `null` for a point that is not newer. */
function increaseOf(key: string, point: CallPoint, series: Record<string, SeriesValue>): SeriesValue | null {
  const { startMs, atMs, count, sum, bucketCounts, temporality } = point;
  const last = series[key];
  if (last && atMs <= last.atMs) return null;
  series[key] = { startMs, atMs, count, sum, bucketCounts };
  const whole = { startMs: startMs > 0 ? startMs : atMs, atMs, count, sum, bucketCounts };
  if (temporality === 'delta' || !last || isRestarted(last, point)) return whole;
  return {
    startMs: last.atMs,
    atMs,
    count: count - last.count,
    sum: Math.max(0, sum - last.sum),
    bucketCounts: bucketCounts.map((value, index) => value - (last.bucketCounts[index] ?? 0)),
  };
}

function isRestarted(last: SeriesValue, { startMs, count, sum, bucketCounts }: CallPoint): boolean {
  return (
    startMs !== last.startMs ||
    count < last.count ||
    (count === 0 && sum < last.sum) ||
    bucketCounts.length !== last.bucketCounts.length ||
    bucketCounts.some((value, index) => value < last.bucketCounts[index]!)
  );
}

type Slot = {
  endpoint: string;
  model: string;
  startMs: number;
  endMs: number;
  requests: number;
  errors: number;
  tokens: Record<Exclude<Measure, 'duration' | 'timeToFirstToken'>, number | null>;
  latency: Histogram | null;
  timeToFirstToken: Histogram | null;
};

function addToSlot(slots: Map<string, Slot>, point: CallPoint, increase: SeriesValue): void {
  const key = `${point.endpoint} ${point.model}`;
  const slot = slots.get(key) ?? emptySlot(point);
  slots.set(key, slot);
  slot.startMs = Math.min(slot.startMs, increase.startMs);
  slot.endMs = Math.max(slot.endMs, increase.atMs);
  const { measure, upperBounds } = point;
  const { count, sum, bucketCounts } = increase;
  const histogram = bucketCounts.length === 0 ? null : { upperBounds, counts: bucketCounts, sum };
  if (measure === 'duration') {
    slot.requests += count;
    if (point.isError) slot.errors += count;
    slot.latency = merged(slot.latency, histogram);
  } else if (measure === 'timeToFirstToken') slot.timeToFirstToken = merged(slot.timeToFirstToken, histogram);
  else slot.tokens[measure] = (slot.tokens[measure] ?? 0) + Math.round(sum);
}

function emptySlot({ endpoint, model }: CallPoint): Slot {
  return {
    endpoint,
    model,
    startMs: Number.POSITIVE_INFINITY,
    endMs: 0,
    requests: 0,
    errors: 0,
    tokens: { input: null, cachedInput: null, cacheWrittenInput: null, output: null, reasoning: null },
    latency: null,
    timeToFirstToken: null,
  };
}

/** Histograms of one instrument share their bounds; where they do not, the first stays. */
function merged(a: Histogram | null, b: Histogram | null): Histogram | null {
  if (a === null || b === null) return a ?? b;
  const isAlike =
    a.upperBounds.length === b.upperBounds.length &&
    a.upperBounds.every((bound, index) => bound === b.upperBounds[index]);
  if (!isAlike) return a;
  return {
    upperBounds: a.upperBounds,
    counts: a.counts.map((count, index) => count + b.counts[index]!),
    sum: a.sum + b.sum,
  };
}

function factOf(slot: Slot, replica: string, attributes: TrafficFact['attributes']): TrafficFact {
  const startMs = Math.floor(slot.startMs);
  return {
    endpoint: slot.endpoint,
    model: slot.model,
    replica,
    workloadId: null,
    startMs,
    // A slot has a length, even where an exporter gives start and end as one.
    endMs: Math.max(startMs + 1, Math.ceil(slot.endMs)),
    requests: slot.requests,
    errors: slot.errors,
    tokens: slot.tokens,
    latencySeconds: slot.latency,
    timeToFirstTokenSeconds: slot.timeToFirstToken,
    prefillSeconds: null,
    decodeSeconds: null,
    queueSeconds: null,
    runningRequests: null,
    waitingRequests: null,
    cacheUse: null,
    batchSize: null,
    attributes,
  };
}
