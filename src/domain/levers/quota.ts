import { groupBy } from '../collections/group-by.ts';
import type { QueueFact } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import type { EpochMs, TimeWindow } from '../time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import { type Claim, type Proposal, smaller } from './proposal.ts';
import { type FullQueue, surveyQueues } from './queue-hours.ts';

/** GPUs in thousandths, so that shares of an hour stay whole numbers. */
const MILLI = 1_000;

/**
 * Quotas that held work back while GPUs were free, lent to whoever waits. In every hour as much of the free GPU time is put to use as the
 * work asked for that waited for its quota; what that time cost is what is no longer wasted.
 */
export function proposeQuota(
  hours: readonly HolderHour[],
  queues: readonly QueueFact[],
  window: TimeWindow,
): Proposal[] {
  const heldBack = [...surveyQueues([], queues, window).at].filter(([, { full }]) => full.length > 0);
  const fullAt = new Map(heldBack.map(([hourMs, { full }]) => [hourMs, full]));
  const scope = [...hours.keys()].filter(
    (index) => fullAt.has(hours[index]!.hourMs) && hours[index]!.ticks.unallocated > 0n,
  );
  return scope.length === 0 ? [] : [proposalOf(hours, scope, fullAt)];
}

function proposalOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  fullAt: ReadonlyMap<EpochMs, readonly FullQueue[]>,
): Proposal {
  const inScope = new Set(scope.map((index) => hours[index]!.hourMs));
  const seen = [...inScope].flatMap((hourMs) => fullAt.get(hourMs)!);
  const byQueue = [...groupBy(seen, ({ queue }) => queue)].sort(([a], [b]) => (a < b ? -1 : 1));
  const names = byQueue.map(([queue]) => queue);
  const pools = groupBy(scope, (index) => hours[index]!.pool);
  const [pool] = [...pools].sort(([, a], [, b]) => b.length - a.length)[0]!;
  const free = scope.reduce((sum, index) => sum + hours[index]!.ticks.unallocated, 0n);
  return {
    lever: 'quota',
    target: names.join(', '),
    owner: 'several',
    replay: (left) => claimsOf(hours, scope, fullAt, left),
    scope,
    cause: 'did-not-fit',
    risk: 'medium',
    facts: [
      ...byQueue.map(([queue, own]) => {
        const most = own.reduce((first, one) => (one.gpus > first.gpus ? one : first));
        return `${queue}: its ${round(most.nominalGpus)} GPUs were used up in ${own.length} of those hours while up to ${most.workloads} workloads waited for ${round(most.gpus)} GPUs`;
      }),
      `${Number(free / (TICKS_PER_GPU_HOUR / 10n)) / 10} GPU-hours were held by nobody in ${inScope.size} hours in which that was so`,
    ],
    assumptions: [
      'what waited would have run on what was free: nothing says which GPUs it had asked for',
      'no smaller bill: work that was paid for elsewhere, or not done, runs on GPUs that are paid for anyway',
    ],
    action: `let ${names.join(', ')} borrow what others leave, and give it back when they ask`,
    rows: seen.length,
    change: {
      kind: 'share-quota',
      pool,
      queues: byQueue.map(([queue, own]) => ({ queue, nominalGpus: Math.round(own[0]!.nominalGpus) })),
    },
  };
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function claimsOf(
  hours: readonly HolderHour[],
  scope: readonly number[],
  fullAt: ReadonlyMap<EpochMs, readonly FullQueue[]>,
  left: readonly Picos[],
): Claim[] {
  return [...groupBy(scope, (index) => hours[index]!.hourMs)].flatMap(([hourMs, indexes]) => {
    const askedMilli = fullAt.get(hourMs)!.reduce((sum, { gpus }) => sum + Math.round(gpus * MILLI), 0);
    const asked = (BigInt(askedMilli) * TICKS_PER_GPU_HOUR) / BigInt(MILLI);
    const free = indexes.reduce((sum, index) => sum + hours[index]!.ticks.unallocated, 0n);
    const used = smaller(asked, free);
    return indexes.map((index) => ({
      index,
      picos: smaller((hours[index]!.cost.unallocated * used) / free, left[index]!),
    }));
  });
}
