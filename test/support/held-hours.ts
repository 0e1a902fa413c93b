import { BUCKETS, type Bucket, type PerBucket } from '../../src/domain/ledger/buckets.ts';
import type { HolderHour } from '../../src/domain/levers/holder-hour.ts';
import { PICOS_PER_UNIT } from '../../src/domain/money/picos.ts';
import { HOUR_MS } from '../../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';

/** An hour of one H100 at $2, all of it in one bucket. */
export function heldHour(hour: number, bucket: Bucket, given: Partial<HolderHour> = {}): HolderHour {
  const all = (amount: bigint) =>
    Object.fromEntries(
      BUCKETS.map((one) => [one, one === bucket ? amount : 0n]),
    ) as unknown as PerBucket<bigint>;
  return {
    hourMs: hour * HOUR_MS,
    workloadId: 'lab/n',
    workload: 'n',
    kind: 'notebook',
    team: 'ads',
    environment: 'dev',
    node: 'node-1',
    pool: 'pool-1',
    gpuModel: 'H100-SXM5-80GB',
    lifecycle: 'on_demand',
    devices: 1,
    ticks: all(TICKS_PER_GPU_HOUR),
    cost: all(2n * PICOS_PER_UNIT),
    unpricedTicks: 0n,
    ...given,
  };
}
