import { BUCKETS, type PerBucket } from '../../domain/ledger/buckets.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import type { Row } from './engine.ts';

/** The measures of a ledger group, from columns that are named like them behind a prefix. */
export function measuresOf(row: Row, prefix: string): Omit<LedgerAggregate, 'key'> {
  const big = (name: string) => toBig(row[`${prefix}${name}`]);
  const perBucket = (unit: string) =>
    Object.fromEntries(
      BUCKETS.map((bucket) => [bucket, big(`${bucket}_${unit}`)]),
    ) as unknown as PerBucket<bigint>;
  return {
    ticks: perBucket('ticks'),
    cost: perBucket('picos'),
    directPicos: big('direct_picos'),
    sharedPicos: big('shared_picos'),
    unpricedTicks: big('unpriced_ticks'),
    basisTicks: {
      sm_active: big('sm_active_ticks'),
      engine_active: big('engine_active_ticks'),
      gpu_util: big('gpu_util_ticks'),
    },
    contradictoryTicks: big('contradictory_ticks'),
    estimateOfBilledPicos: big('estimate_picos'),
    trueUpPicos: big('true_up_picos'),
    estimatedPicos: big('estimated_picos'),
  };
}

export function toBig(value: unknown): bigint {
  return BigInt((value ?? 0) as bigint | string | number);
}

export function toNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
