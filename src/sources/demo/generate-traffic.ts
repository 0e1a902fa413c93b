import type { FactBatch, Histogram, TokenCounts, TrafficFact } from '../../domain/facts/facts.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import { PARTS_PER_GPU } from '../../domain/units/gpu-time.ts';
import type { Machine } from './build-machines.ts';
import { BLIND_SPOTS } from './fleet-plan.ts';
import { labelsOf } from './generate-inventory.ts';
import type { Hold } from './hold.ts';
import { arrivals, type Random, randomStream } from './random.ts';
import {
  ENDPOINTS,
  type EndpointPlan,
  FINE_DAYS,
  FINE_SLOT_MINUTES,
  ROLLOUT,
  type TokenPlan,
} from './traffic-plan.ts';
import { WORKLOADS } from './work-plan.ts';
import { growth, trafficLevel } from './workload-patterns.ts';

/** A server of an endpoint while it stood on some devices. */
type Replica = Readonly<{
  hold: Hold;
  plan: EndpointPlan;
  name: string;
  /** Of the plan's rate: a replica on a slice or a shared device does less. */
  size: number;
  /** How many replicas came with it, and the how many-th it is. */
  siblings: number;
  index: number;
}>;

const FACTS_PER_BATCH = 10_000;
const SLOT_NOISE = 0.05;
const TOKEN_NOISE = 0.03;

/** What model servers count, replica by replica and slot by slot: busy when their devices are, as both follow one curve. */
export function* generateTraffic(
  machines: readonly Machine[],
  holds: readonly Hold[],
  seed: number,
  window: TimeWindow,
): Generator<FactBatch> {
  const slots = slotsOf(window);
  let traffic: TrafficFact[] = [];
  for (const replica of replicasOf(machines, holds)) {
    const random = randomStream(seed, `traffic/${replica.name}/${replica.hold.fromMs}`);
    for (const slot of slots) {
      const fromMs = Math.max(slot.fromMs, replica.hold.fromMs);
      const toMs = Math.min(slot.toMs, replica.hold.toMs);
      if (fromMs < toMs) traffic.push(serve(replica, { fromMs, toMs }, window, random));
    }
    if (traffic.length < FACTS_PER_BATCH) continue;
    yield { traffic };
    traffic = [];
  }
  yield { traffic };
}

/** Minutes of the newest days and hours before them; none while the metrics server was down. */
function slotsOf({ fromMs, toMs }: TimeWindow): TimeWindow[] {
  const fineFromMs = Math.max(fromMs, floorToDay(toMs - FINE_DAYS * DAY_MS));
  const { daysAgo, hour, hours } = BLIND_SPOTS.outage;
  const outageMs = floorToDay(toMs - daysAgo * DAY_MS) + hour * HOUR_MS;
  const isDown = (atMs: EpochMs) => outageMs <= atMs && atMs < outageMs + hours * HOUR_MS;
  const slots: TimeWindow[] = [];
  for (let atMs = fromMs; atMs < toMs; ) {
    const nextMs = atMs + (atMs < fineFromMs ? HOUR_MS : FINE_SLOT_MINUTES * MINUTE_MS);
    if (!isDown(atMs)) slots.push({ fromMs: atMs, toMs: nextMs });
    atMs = nextMs;
  }
  return slots;
}

function replicasOf(machines: readonly Machine[], holds: readonly Hold[]): Replica[] {
  const nodes = new Map(
    machines.flatMap(({ plan, devices }) => devices.map(({ id }) => [id, plan.name] as const)),
  );
  return holds.flatMap((hold) => {
    const plan = ENDPOINTS[hold.workload];
    if (!plan) return [];
    const siblings = Math.ceil(hold.devices.length / plan.gpusPerReplica);
    return Array.from({ length: siblings }, (_, index) => {
      const devices = hold.devices.slice(index * plan.gpusPerReplica, (index + 1) * plan.gpusPerReplica);
      const slots = devices.map(({ slot }) => slot).join('-');
      const parts = devices.reduce((sum, { gpuParts }) => sum + gpuParts, 0);
      return {
        hold,
        plan,
        name: `${nameOf(hold)}-${nodes.get(devices[0]!.id)}-${slots}`,
        size: (hold.share * parts) / (PARTS_PER_GPU * plan.gpusPerReplica),
        siblings,
        index,
      };
    });
  });
}

function nameOf({ workload }: Hold): string {
  return workload.split('/')[1]!;
}

function serve(replica: Replica, slot: TimeWindow, window: TimeWindow, random: Random): TrafficFact {
  const { hold, plan } = replica;
  const [namespace, endpoint] = hold.workload.split('/') as [string, string];
  const workload = WORKLOADS[hold.workload]!;
  const progress = (slot.fromMs - window.fromMs) / (window.toMs - window.fromMs);
  const level = levelAt(plan, slot.fromMs) * growth(progress);
  const hours = (slot.toMs - slot.fromMs) / HOUR_MS;
  const noise = 1 + random.between(-1, 1) * SLOT_NOISE;
  const share = shareOf(replica, slot, window);
  const requests = arrivals(plan.peakPerHour * replica.size * level * share * hours * noise, random);
  const load = Math.min(1, level * share);
  const latency = plan.latencySeconds * slowdown(load);
  const firstToken = plan.firstTokenSeconds === null ? null : plan.firstTokenSeconds * slowdown(load) ** 2;
  const tokens = plan.tokens === null ? NO_TOKENS : countTokens(plan.tokens, requests, random);
  return {
    endpoint,
    model: workload.model ?? endpoint,
    replica: replica.name,
    workloadId: hold.workloadId,
    startMs: slot.fromMs,
    endMs: slot.toMs,
    requests,
    errors: Math.min(requests, arrivals(requests * plan.errorRate, random)),
    tokens,
    latencySeconds: histogramOf(requests, latency, LATENCY_BOUNDS),
    timeToFirstTokenSeconds:
      firstToken === null ? null : histogramOf(requests, firstToken, FIRST_TOKEN_BOUNDS),
    ...phases(plan.tokens, tokens, load),
    queueSeconds: plan.tokens === null ? null : requests * plan.latencySeconds * 0.08 * load ** 4,
    // As many are inside as arrive while one is answered.
    runningRequests: (requests * latency * MEAN_OF_MEDIAN) / (hours * 3600),
    waitingRequests: Math.max(0, load - 0.85) * 12,
    cacheUse: plan.tokens === null || plan.fullBatch !== null ? null : 0.12 + 0.7 * load,
    batchSize: plan.fullBatch === null ? null : 1 + (plan.fullBatch - 1) * load,
    attributes: labelsOf(namespace, workload),
  };
}

function levelAt({ curve, quiet }: EndpointPlan, atMs: EpochMs): number {
  return Math.max(quiet, trafficLevel(curve, atMs));
}

/** While the others restart, the first replica has what all of them had. */
function shareOf({ hold, siblings, index }: Replica, { fromMs }: TimeWindow, window: TimeWindow): number {
  const { workload, daysAgo, hour, hours } = ROLLOUT;
  if (hold.workload !== workload || siblings === 1) return 1;
  const rolloutMs = floorToDay(window.toMs - daysAgo * DAY_MS) + hour * HOUR_MS;
  const isRollout = rolloutMs <= fromMs && fromMs < rolloutMs + hours * HOUR_MS;
  if (!isRollout) return 1;
  return index === 0 ? siblings : 0;
}

const NO_TOKENS: TokenCounts = {
  input: null,
  cachedInput: null,
  cacheWrittenInput: null,
  output: null,
  reasoning: null,
};

function countTokens(plan: TokenPlan, requests: number, random: Random): TokenCounts {
  const some = (mean: number) => Math.round(requests * mean * (1 + random.between(-1, 1) * TOKEN_NOISE));
  const input = some(plan.input);
  return {
    input,
    cachedInput: Math.min(input, some(plan.input * plan.cachedFraction)),
    cacheWrittenInput: null,
    output: plan.output === null ? null : some(plan.output),
    reasoning: null,
  };
}

function phases(
  plan: TokenPlan | null,
  { input, cachedInput, output }: TokenCounts,
  load: number,
): Pick<TrafficFact, 'prefillSeconds' | 'decodeSeconds'> {
  if (plan === null || output === null) return { prefillSeconds: null, decodeSeconds: null };
  const computed = (input ?? 0) - (cachedInput ?? 0);
  return {
    prefillSeconds: computed / plan.prefillPerSecond,
    decodeSeconds: output * plan.decodeSecondsPerToken * slowdown(load),
  };
}

/** A full server answers each request half as slowly again. */
function slowdown(load: number): number {
  return 1 + 0.5 * load ** 3;
}

const LATENCY_BOUNDS = [
  0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120,
] as const;
const FIRST_TOKEN_BOUNDS = [0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;

/** Mean ÷ median of what `histogramOf` spreads: π/4 ÷ sin(π/4). */
const MEAN_OF_MEDIAN = Math.PI / 4 / Math.sin(Math.PI / 4);

/** Spread like most latencies are, with a long tail: log-logistic, the 95th percentile at twice the median. */
function histogramOf(requests: number, median: number, upperBounds: readonly number[]): Histogram {
  let below = 0;
  const counts = [...upperBounds, Number.POSITIVE_INFINITY].map((bound) => {
    const upTo = Math.round(requests / (1 + (median / bound) ** 4));
    const count = upTo - below;
    below = upTo;
    return count;
  });
  return { upperBounds, counts, sum: requests * median * MEAN_OF_MEDIAN };
}
