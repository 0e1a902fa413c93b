import { HOUR_MS } from '../time/window.ts';
import { type BatchOptions, DEFAULT_BATCH } from './batch-options.ts';
import { type FittedBatches, fitBatches } from './fit-batches.ts';
import { grossPicos, type HolderHour } from './holder-hour.ts';
import { type BatchPlan, planBatches } from './plan-batches.ts';
import { type FittedSteps, fitSteps, planSequences, type SequencePlan } from './plan-sequences.ts';
import { type Change, type Claim, type Proposal, smaller } from './proposal.ts';
import type { ServedEndpoint } from './served-endpoint.ts';

/**
 * Requests served in fuller batches, so that fewer replicas carry them. The time of a batch, or of a step of a language model, is fitted
 * to the endpoint's own counters; the busiest hour is replayed with it; the fewest replicas that keep the latency are taken. What is saved
 * is what the setting spares, not what stood idle anyway.
 */
export function proposeBatch(
  hours: readonly HolderHour[],
  endpoints: readonly ServedEndpoint[],
  options: BatchOptions = DEFAULT_BATCH,
): Proposal[] {
  return endpoints.flatMap((endpoint) => {
    const [least, most] = replicaBounds(hours, endpoint, options);
    if (most <= least) return [];
    const batches = fitBatches(endpoint.served);
    if (!('unknown' in batches)) {
      const plan = planBatches(endpoint, batches, least, most, options);
      return plan
        ? [proposalOf(hours, endpoint, plan, batchStory(endpoint, batches, plan, options), options)]
        : [];
    }
    const steps = fitSteps(endpoint.served);
    if ('unknown' in steps) return [];
    const plan = planSequences(endpoint, steps, least, options);
    return plan
      ? [proposalOf(hours, endpoint, plan, sequenceStory(endpoint, steps, plan, options), options)]
      : [];
  });
}

/** What is missing to judge the batches of an endpoint; `null` when nothing is. */
export function batchUnknown({ served }: ServedEndpoint): string | null {
  const batches = fitBatches(served);
  if (!('unknown' in batches)) return null;
  const steps = fitSteps(served);
  if (!('unknown' in steps)) return null;
  return served.some(({ outputTokens }) => outputTokens !== null) ? steps.unknown : batches.unknown;
}

function replicaBounds(
  hours: readonly HolderHour[],
  { scope, served }: ServedEndpoint,
  { leastReplicas }: BatchOptions,
): readonly [least: number, most: number] {
  const most = Math.round(
    served.reduce((longest, { replicaMs }) => Math.max(longest, replicaMs), 0) / HOUR_MS,
  );
  const isProduction = /^prod/i.test(hours[scope.at(-1)!]!.environment);
  return [isProduction ? Math.min(most, leastReplicas) : 1, most];
}

/** What differs between servers that form batches and those that let sequences join. */
type Story = Readonly<{
  facts: readonly string[];
  assumptions: readonly string[];
  how: string;
  change: (workloadId: string) => Change;
}>;

function batchStory(
  { name, latency }: ServedEndpoint,
  { time, meanBatch, basis }: FittedBatches,
  { best, maxBatch, present, replicas, limitMs, perSecond }: BatchPlan,
  { sloMs, latencyFactor }: BatchOptions,
): Story {
  const queueDelayMs = best.maxQueueDelayMs;
  return {
    facts: [
      `batches of ${meanBatch.toFixed(1)} requests on average; one of n takes ${time.fixedMs.toFixed(2)} + ${time.perRequestMs.toFixed(2)} n ms, by ${basis}`,
      `at ${perSecond.toFixed(1)} requests a second ${present} replicas are needed as they batch now, and ${replicas} with batches of up to ${maxBatch} that wait for at most ${queueDelayMs} ms`,
      `then 95 % are answered within ${ms(best.p95Ms!)} and 99 % within ${ms(best.p99Ms!)}, in batches of ${best.meanBatch!.toFixed(1)}`,
      ...(latency
        ? [`measured now: 95 % within ${ms(latency.p95Ms)}, 99 % within ${ms(latency.p99Ms)}`]
        : []),
    ],
    assumptions: [
      sloMs.has(name)
        ? `99 % of requests are promised within ${ms(limitMs)}`
        : `no promise is stated: 99 % of requests within ${ms(limitMs)}, ${latencyFactor} times what is ${latency ? 'measured' : 'replayed'} now`,
      `the time of a batch goes on growing as it did, up to ${maxBatch} requests, and so many fit into memory`,
    ],
    how: `let requests of ${name} wait up to ${queueDelayMs} ms for batches of up to ${maxBatch}`,
    change: (workloadId) => ({ kind: 'dynamic-batching', workloadId, maxBatch, queueDelayMs, replicas }),
  };
}

function sequenceStory(
  { name }: ServedEndpoint,
  { fixedMs, perSequenceMs, basis, sequencesInCache }: FittedSteps,
  { present, replicas, perSecond, running, slowdown, mostSlowdown, maxSequences }: SequencePlan,
  { sloMs, latencyFactor }: BatchOptions,
): Story {
  return {
    facts: [
      `a step with n sequences takes ${fixedMs.toFixed(2)} + ${perSequenceMs.toFixed(2)} n ms, by ${basis}`,
      `at ${perSecond.toFixed(1)} requests a second ${running.present.toFixed(1)} sequences run in each of ${present} replicas, and ${running.then.toFixed(1)} in each of ${replicas}`,
      `a request then takes ${slowdown.toFixed(2)} times as long`,
      ...(sequencesInCache === null
        ? []
        : [`the cache of a replica holds about ${Math.floor(sequencesInCache)} sequences like these`]),
    ],
    assumptions: [
      sloMs.has(name)
        ? `requests may take ${mostSlowdown.toFixed(2)} times as long, up to the promised latency`
        : `no promise is stated: requests may take ${latencyFactor} times as long as they do`,
      'a step goes on growing with its sequences as it did',
    ],
    how: `fill the batches of ${name}`,
    change: (workloadId) => ({ kind: 'continuous-batching', workloadId, maxSequences, replicas }),
  };
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

type Spared = Readonly<{ present: number; replicas: number }>;

function proposalOf(
  hours: readonly HolderHour[],
  { name, scope, served }: ServedEndpoint,
  spared: Spared,
  { facts, assumptions, how, change }: Story,
  { peakFactor }: BatchOptions,
): Proposal {
  const last = hours[scope.at(-1)!]!;
  const thereMs = new Map(served.map(({ hourMs, replicaMs }) => [hourMs, replicaMs]));
  const { replicas } = spared;
  return {
    lever: 'batch',
    target: name,
    owner: last.team,
    replay: (left) => claimsOf(hours, scope, thereMs, spared, left),
    scope,
    cause: 'waiting-for-batch',
    risk: 'medium',
    facts,
    assumptions: [
      ...assumptions,
      `requests come by chance, ${peakFactor} times as many as in the busiest hour of this history, dealt to the replicas in turn`,
      'a GPU given back stops costing money, or is taken by work that would have been paid for elsewhere',
    ],
    action: `${how}, and run it on ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
    rows: served.length,
    change: change(last.workloadId),
  };
}

/** Of each hour the replicas that the present batches need and the fuller ones do not; none where no more were there. */
function claimsOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  thereMs: ReadonlyMap<number, number>,
  { present, replicas }: Spared,
  left: readonly bigint[],
): Claim[] {
  return scope.flatMap((index) => {
    const replicaMs = thereMs.get(hours[index]!.hourMs) ?? 0;
    const sparedMs = Math.min(replicaMs, present * HOUR_MS) - replicas * HOUR_MS;
    if (sparedMs <= 0) return [];
    const picos = (grossPicos(hours[index]!) * BigInt(Math.round(sparedMs))) / BigInt(Math.round(replicaMs));
    return [{ index, picos: smaller(picos, left[index]!) }];
  });
}
