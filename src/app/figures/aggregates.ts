import { BUCKETS, type PerBucket } from '../../domain/ledger/buckets.ts';
import type { LedgerAggregate } from '../../ports/store.ts';

/** All aggregates as one; of none, the empty one. The ledger is additive, so any grouping gives the same sum. */
export function sumAggregates(
  aggregates: readonly LedgerAggregate[],
  key: LedgerAggregate['key'] = {},
): LedgerAggregate {
  const sum = (value: (aggregate: LedgerAggregate) => bigint) =>
    aggregates.reduce((total, aggregate) => total + value(aggregate), 0n);
  return {
    key,
    ticks: perBucket((bucket) => sum(({ ticks }) => ticks[bucket])),
    cost: perBucket((bucket) => sum(({ cost }) => cost[bucket])),
    directPicos: sum(({ directPicos }) => directPicos),
    sharedPicos: sum(({ sharedPicos }) => sharedPicos),
    unpricedTicks: sum(({ unpricedTicks }) => unpricedTicks),
    basisTicks: {
      sm_active: sum(({ basisTicks }) => basisTicks.sm_active),
      engine_active: sum(({ basisTicks }) => basisTicks.engine_active),
      gpu_util: sum(({ basisTicks }) => basisTicks.gpu_util),
    },
    contradictoryTicks: sum(({ contradictoryTicks }) => contradictoryTicks),
    estimateOfBilledPicos: sum(({ estimateOfBilledPicos }) => estimateOfBilledPicos),
    trueUpPicos: sum(({ trueUpPicos }) => trueUpPicos),
    estimatedPicos: sum(({ estimatedPicos }) => estimatedPicos),
  };
}

/** Coarser groups of the same ledger: one aggregate per distinct value of `by`, in the order of their first appearance. */
export function groupAggregates(
  aggregates: readonly LedgerAggregate[],
  by: readonly string[],
): LedgerAggregate[] {
  const groups = new Map<string, LedgerAggregate[]>();
  for (const aggregate of aggregates) {
    const name = JSON.stringify(by.map((dimension) => aggregate.key[dimension]));
    const group = groups.get(name);
    if (group) group.push(aggregate);
    else groups.set(name, [aggregate]);
  }
  return [...groups.values()].map((members) => sumAggregates(members, pick(members[0]!.key, by)));
}

function pick(key: LedgerAggregate['key'], by: readonly string[]): Record<string, string> {
  return Object.fromEntries(by.map((dimension) => [dimension, key[dimension] ?? 'none']));
}

function perBucket(value: (bucket: (typeof BUCKETS)[number]) => bigint): PerBucket<bigint> {
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, value(bucket)])) as PerBucket<bigint>;
}
