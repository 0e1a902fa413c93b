import { BUCKETS, grossOf, type PerBucket, tareOf } from '../../domain/ledger/buckets.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import type { BucketCost, BucketHours, LedgerFigures } from '../results/results.ts';
import { fraction } from './fraction.ts';

/** One group of the ledger as the figures of a report: exact, unrounded, the parts adding up to the whole. */
export function ledgerFigures(aggregate: LedgerAggregate): LedgerFigures {
  return {
    gpuHours: bucketHours(aggregate.ticks),
    cost: bucketCost(aggregate.cost),
    direct: formatPicos(aggregate.directPicos),
    shared: formatPicos(aggregate.sharedPicos),
    totalCost: formatPicos(totalPicos(aggregate)),
    tareFraction: tareFraction(aggregate),
    unpricedGpuHours: ticksToHours(aggregate.unpricedTicks),
    estimatedCost: formatPicos(aggregate.estimatedPicos),
  };
}

/** GPU cost and the charges beside it: `gross + direct + shared`. */
export function totalPicos({ cost, directPicos, sharedPicos }: LedgerAggregate): Picos {
  return grossOf(cost) + directPicos + sharedPicos;
}

/** True when there is GPU time and no price was known for any of it: its cost is unknown, not zero. */
export function isUnpriced({ ticks, unpricedTicks }: LedgerAggregate): boolean {
  const gross = grossOf(ticks);
  return gross > 0n && unpricedTicks === gross;
}

/** By cost; by GPU-hours where nothing has a price, or where credits have eaten the whole cost. */
export function tareFraction({ ticks, cost }: LedgerAggregate): number | null {
  const values = grossOf(cost) > 0n ? cost : ticks;
  return fraction(tareOf(values), grossOf(values));
}

function bucketHours(ticks: PerBucket<bigint>): BucketHours {
  return { gross: ticksToHours(grossOf(ticks)), ...mapBuckets(ticks, ticksToHours) };
}

function bucketCost(cost: PerBucket<Picos>): BucketCost {
  return { gross: formatPicos(grossOf(cost)), ...mapBuckets(cost, formatPicos) };
}

function mapBuckets<T>(
  values: PerBucket<bigint>,
  print: (value: bigint) => T,
): Record<keyof PerBucket<T>, T> {
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, print(values[bucket])])) as Record<
    keyof PerBucket<T>,
    T
  >;
}
