import type { Basis } from '../facts/facts.ts';
import type { Picos } from '../money/picos.ts';
import { NOBODY } from '../ownership/owner.ts';
import type { PriceSource } from '../pricing/price.ts';
import type { EpochMs } from '../time/window.ts';
import { BUCKETS, type Bucket, type PerBucket } from './buckets.ts';
import { compareText } from './compare-text.ts';

export type LedgerRow = Readonly<{
  hourMs: EpochMs;
  /** Empty for direct and shared costs. */
  deviceId: string;
  /** Empty for time that nobody held. */
  workloadId: string;
  team: string;
  node: string;
  gpuModel: string;
  priceSource: PriceSource | 'none';
  ticks: PerBucket<bigint>;
  cost: PerBucket<Picos>;
  directPicos: Picos;
  sharedPicos: Picos;
  unpricedTicks: bigint;
  basisTicks: Readonly<Record<Exclude<Basis, 'none'>, bigint>>;
  contradictoryTicks: bigint;
  estimateOfBilledPicos: Picos;
}>;

export function perBucket(value: (bucket: Bucket, position: number) => bigint): PerBucket<bigint> {
  return Object.fromEntries(BUCKETS.map((bucket, position) => [bucket, value(bucket, position)])) as Record<
    Bucket,
    bigint
  >;
}

export const NOTHING: PerBucket<bigint> = perBucket(() => 0n);

/** A row that stands for a cost without GPU time. */
export function emptyRow(hourMs: EpochMs): LedgerRow {
  return {
    hourMs,
    deviceId: '',
    workloadId: '',
    team: NOBODY,
    node: 'none',
    gpuModel: 'none',
    priceSource: 'none',
    ticks: NOTHING,
    cost: NOTHING,
    directPicos: 0n,
    sharedPicos: 0n,
    unpricedTicks: 0n,
    basisTicks: { sm_active: 0n, engine_active: 0n, gpu_util: 0n },
    contradictoryTicks: 0n,
    estimateOfBilledPicos: 0n,
  };
}

/** By hour, device, workload and price. */
export function byRowKey(a: LedgerRow, b: LedgerRow): number {
  return (
    a.hourMs - b.hourMs ||
    compareText(a.deviceId, b.deviceId) ||
    compareText(a.workloadId, b.workloadId) ||
    compareText(a.priceSource, b.priceSource)
  );
}
