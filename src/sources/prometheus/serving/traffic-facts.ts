import type { Attributes, Histogram, TrafficFact } from '../../../domain/facts/facts.ts';
import type { EpochMs, TimeWindow } from '../../../domain/time/window.ts';
import { groupBy } from '../group-by.ts';
import { holderOf } from '../holder.ts';
import { type KubeState, readKubeState } from '../kube-state.ts';
import { type Labels, pickLabel } from '../series.ts';
import { workloadFact } from '../workload-facts.ts';
import { counterIncreases } from './counter-increases.ts';
import type { PulledServing, ServingSeries } from './pull-serving.ts';
import {
  type HistogramRole,
  MODEL_LABELS,
  type Role,
  SERVER_PRIORITY,
  type ServingMetric,
  type ServingServer,
  servingMetric,
} from './serving-metrics.ts';

type Place = Readonly<{
  endpoint: string;
  replica: string;
  workloadId: string | null;
  attributes: Attributes;
  /** Where prefill and decode run apart, a request passes through one of each. */
  phase: 'prefill' | 'decode' | null;
}>;

type Placed = Readonly<{ series: ServingSeries; metric: ServingMetric; place: Place; model: string }>;

/**
 * What each replica of each endpoint did in each slot, from the counters of its server. The endpoint is the workload's name, as the
 * ledger has it, where the series say which pod it is; otherwise its service or job.
 */
export function trafficFacts(
  { serving, pods }: PulledServing,
  window: TimeWindow,
  stepMs: number,
): TrafficFact[] {
  const kube = readKubeState(pods, stepMs);
  const placed = serving.filter(isOwnSeries).map((series) => placeSeries(series, kube));
  const watchedSince = watchedSinceOf(placed, window);
  const facts = [...groupBy(placed, ({ place }) => place.replica).values()].flatMap((ofReplica) => {
    const server = SERVER_PRIORITY.find((one) => ofReplica.some(({ metric }) => metric.server === one))!;
    const own = ofReplica.filter(({ metric }) => metric.server === server);
    return [...groupBy(own, ({ model }) => model).values()].flatMap((ofModel) =>
      factsOf(ofModel, server, window, stepMs, watchedSince.get(ofModel[0]!.place.endpoint)!),
    );
  });
  return facts.sort(inOrder);
}

/** A router in front repeats the engines' series under their names, with the engine in the label `server`. */
function isOwnSeries({ name, labels }: ServingSeries): boolean {
  return !(name.startsWith('vllm:') && 'server' in labels && !('engine' in labels));
}

function placeSeries(series: ServingSeries, kube: KubeState): Placed {
  const metric = servingMetric(series.name)!;
  const place = placeOf(series.labels, metric.server, kube);
  const model = pickLabel(series.labels, ...MODEL_LABELS[metric.server]) ?? place.endpoint;
  return { series, metric, place, model };
}

function placeOf(labels: Labels, server: ServingServer, kube: KubeState): Place {
  const holder = holderOf(labels, false);
  if (holder?.kind !== 'pod') {
    const endpoint = pickLabel(labels, 'kn_service_name', 'application', 'service', 'job') ?? server;
    const replica = pickLabel(labels, 'replica', 'instance') ?? endpoint;
    return { endpoint, replica, workloadId: null, attributes: {}, phase: null };
  }
  const { workloadId, name, attributes } = workloadFact(holder, kube);
  const stated = attributes['label:llm_d_ai_role'];
  const phase = stated ?? /(?:^|-)(prefill|decode)(?:er)?(?:-|$)/.exec(holder.pod)?.[1];
  return {
    endpoint: name,
    replica: workloadId,
    workloadId,
    attributes,
    phase: phase === 'prefill' || phase === 'decode' ? phase : null,
  };
}

/** The first slot in which anything of an endpoint is known; the start of time where it was known before the window. */
function watchedSinceOf(placed: readonly Placed[], { toMs }: TimeWindow): ReadonlyMap<string, EpochMs> {
  const since = new Map<string, EpochMs>();
  for (const { place, series } of placed) {
    const first = series.before === null ? (series.samples[0]?.[0] ?? toMs) : Number.NEGATIVE_INFINITY;
    since.set(place.endpoint, Math.min(first, since.get(place.endpoint) ?? toMs));
  }
  return since;
}

/** What the series of one replica and model add up to in a slot. */
type Slot = {
  sums: Partial<Record<Role, number>>;
  buckets: Record<HistogramRole, Map<number, number>>;
  isReset: boolean;
};

function factsOf(
  placed: readonly Placed[],
  server: ServingServer,
  window: TimeWindow,
  stepMs: number,
  watchedSince: EpochMs,
): TrafficFact[] {
  const slots = new Map<EpochMs, Slot>();
  for (const ofMetric of groupBy(placed, ({ series }) => seriesKind(series)).values()) {
    addMetric(slots, ofMetric, watchedSince);
  }
  const { place, model } = placed[0]!;
  const wasKnown = placed.some(({ series }) => series.before !== null);
  let endOfLast = wasKnown ? window.fromMs : null;
  return [...slots]
    .sort(([a], [b]) => a - b)
    .map(([at, slot]) => {
      // What was counted while nobody scraped happened since the last scrape.
      const startMs = slot.isReset || endOfLast === null ? at : Math.min(at, endOfLast);
      endOfLast = at + stepMs;
      const { endpoint, replica, workloadId, attributes, phase } = place;
      return {
        endpoint,
        model,
        replica,
        workloadId,
        startMs,
        endMs: at + stepMs,
        ...measuresOf(slot, server, phase),
        attributes,
      };
    });
}

/**
 * Labels by which one thing is told several times: ranks of one engine, and whoever scraped it. A pod that two jobs scrape counts once;
 * two processes of a pod have two instances.
 */
const REPEATING_LABELS = new Set([
  'tp_rank',
  'pp_rank',
  'moe_ep_rank',
  'job',
  'service',
  'endpoint',
  'prometheus',
  'prometheus_replica',
]);

/** A series without the labels over which its server repeats it. */
function seriesKind({ name, labels }: ServingSeries): string {
  const telling = Object.entries(labels).filter(([label]) => !REPEATING_LABELS.has(label));
  return JSON.stringify([name, ...telling.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function addMetric(slots: Map<EpochMs, Slot>, repeated: readonly Placed[], watchedSince: EpochMs): void {
  const { metric, series } = repeated[0]!;
  const values = new Map<EpochMs, Value>();
  for (const one of largestFirst(repeated.map(({ series: own }) => valuesOf(metric, own, watchedSince)))) {
    // The fullest of them counts, and the others where it is silent.
    for (const value of one) if (!values.has(value.at)) values.set(value.at, value);
  }
  const role = metric.roleOf(series.labels);
  for (const { at, value, isReset } of values.values()) {
    const slot = slotAt(slots, at);
    if (metric.histogram !== null) addBucket(slot, metric, series.labels, value);
    else if (role === 'cacheUse') slot.sums.cacheUse = Math.max(slot.sums.cacheUse ?? 0, value);
    else if (role !== null) slot.sums[role] = (slot.sums[role] ?? 0) + value * metric.scale;
    slot.isReset ||= isReset;
  }
}

type Value = Readonly<{ at: EpochMs; value: number; isReset: boolean }>;

function valuesOf(
  metric: ServingMetric,
  { samples, before }: ServingSeries,
  watchedSince: EpochMs,
): readonly Value[] {
  if (metric.kind === 'gauge') return samples.map(([at, value]) => ({ at, value, isReset: false }));
  const increases = counterIncreases(samples, before, watchedSince);
  return [...increases].map(([at, { by, isReset }]) => ({ at, value: by, isReset }));
}

function largestFirst(many: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  const total = (values: readonly Value[]) => values.reduce((sum, { value }) => sum + value, 0);
  return [...many].sort((a, b) => total(b) - total(a));
}

function slotAt(slots: Map<EpochMs, Slot>, at: EpochMs): Slot {
  let slot = slots.get(at);
  if (!slot) {
    slot = { sums: {}, buckets: { latency: new Map(), firstToken: new Map() }, isReset: false };
    slots.set(at, slot);
  }
  return slot;
}

function addBucket(slot: Slot, metric: ServingMetric, { le }: Labels, value: number): void {
  const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le) * metric.scale;
  const buckets = slot.buckets[metric.histogram!];
  if (!Number.isNaN(bound)) buckets.set(bound, (buckets.get(bound) ?? 0) + value);
}

type Measures = Omit<
  TrafficFact,
  'endpoint' | 'model' | 'replica' | 'workloadId' | 'startMs' | 'endMs' | 'attributes'
>;

function measuresOf({ sums, buckets }: Slot, server: ServingServer, phase: Place['phase']): Measures {
  const failures = sums.failures ?? 0;
  const counted = (sums.requests ?? 0) + failures;
  const unfinished = server === 'tgi' ? Math.max(0, counted - (sums.successes ?? counted)) : 0;
  const whole: Measures = {
    requests: counted,
    errors: Math.min(counted, failures + (sums.errors ?? 0) + unfinished),
    tokens: {
      input: sums.inputTokens ?? null,
      cachedInput: sums.cachedTokens ?? sums.prefixHits ?? null,
      cacheWrittenInput: null,
      output: sums.outputTokens ?? null,
      reasoning: null,
    },
    latencySeconds: histogramOf(buckets.latency, sums.latencySeconds),
    timeToFirstTokenSeconds: histogramOf(buckets.firstToken, sums.firstTokenSeconds),
    prefillSeconds: sums.prefillSeconds ?? null,
    decodeSeconds: sums.decodeSeconds ?? null,
    queueSeconds: sums.queueSeconds ?? null,
    runningRequests: sums.running ?? null,
    waitingRequests: sums.waiting ?? null,
    cacheUse: sums.cacheUse ?? null,
    batchSize: sums.batches ? (sums.batchItems ?? 0) / sums.batches : null,
  };
  return phase === null ? whole : ofPhase(whole, phase, sums.transferredTokens ?? 0);
}

/**
 * A request that is prefilled by one pod and decoded by another is counted by both. The one that decodes counts it, with its output;
 * the one that prefills counts the prompt. What the decoding pod was handed as finished cache is prompt that was counted there.
 */
function ofPhase(whole: Measures, phase: 'prefill' | 'decode', transferred: number): Measures {
  const { tokens } = whole;
  if (phase === 'decode') {
    const minus = (count: number | null) => (count === null ? null : Math.max(0, count - transferred));
    return {
      ...whole,
      tokens: { ...tokens, input: minus(tokens.input), cachedInput: minus(tokens.cachedInput) },
    };
  }
  return {
    ...whole,
    requests: 0,
    errors: 0,
    tokens: { ...tokens, output: null },
    latencySeconds: null,
    timeToFirstTokenSeconds: null,
    decodeSeconds: null,
  };
}

/** From cumulative counts by upper bound; `null` where the server has none. */
function histogramOf(cumulative: ReadonlyMap<number, number>, sum: number | undefined): Histogram | null {
  if (cumulative.size === 0) return null;
  const bounds = [...cumulative.keys()].sort((a, b) => a - b);
  let below = 0;
  const counts = bounds.map((bound) => {
    // Buckets of one scrape may lie a request apart.
    const upTo = Math.max(below, cumulative.get(bound)!);
    const count = upTo - below;
    below = upTo;
    return count;
  });
  const upperBounds = bounds.filter((bound) => bound !== Number.POSITIVE_INFINITY);
  if (upperBounds.length === bounds.length) counts.push(0);
  return { upperBounds, counts, sum: sum ?? 0 };
}

function inOrder(a: TrafficFact, b: TrafficFact): number {
  const [left, right] = [a, b].map(({ endpoint, model, replica }) =>
    JSON.stringify([endpoint, model, replica]),
  );
  return left === right ? a.startMs - b.startMs : left! < right! ? -1 : 1;
}
