import type { PerBucket } from '../ledger/buckets.ts';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { HOUR_MS } from '../time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';
import { hoursOf, START } from './hours.fixture.ts';
import type { ServedHour } from './served-hour.ts';

/** An endpoint of replicas with one GPU each at 1.00 an hour, hour by hour. */
export type InventedEndpoint = Readonly<{
  replicas: number;
  hours: readonly InventedHour[];
  given?: Partial<HolderHour>;
}>;

/** Of one replica; `fill` is how much of the chip works while it is busy. */
export type InventedHour = Readonly<{ busy: number; fill: number; requests: number }> &
  Partial<Omit<ServedHour, 'requests'>>;

/** Its hours in the ledger, and at its server. */
export function serve({ replicas, hours, given = {} }: InventedEndpoint) {
  const ledger = hours.flatMap(({ busy, fill }, hour) =>
    hoursOf('.', {
      workload: 'encoder',
      workloadId: 'search/encoder',
      kind: 'inference',
      team: 'search',
      environment: 'production',
      ...given,
    }).map((one) => ({
      ...one,
      hourMs: START + hour * HOUR_MS,
      devices: replicas,
      ticks: buckets(BigInt(replicas) * TICKS_PER_GPU_HOUR, busy, fill),
      cost: buckets(BigInt(replicas) * PICOS_PER_UNIT, busy, fill),
    })),
  );
  const served = hours.map(({ busy: _, fill: _fill, requests, ...more }, hour): ServedHour => {
    const all = requests * replicas;
    return {
      endpoint: 'encoder',
      hourMs: START + hour * HOUR_MS,
      requests: all,
      replicaMs: replicas * HOUR_MS,
      batches: null,
      batchedRequests: all,
      latencyMs: null,
      queueMs: null,
      prefillMs: null,
      decodeMs: null,
      promptTokens: null,
      outputTokens: null,
      running: null,
      cacheUse: null,
      ...more,
    };
  });
  return { ledger, served };
}

function buckets(whole: bigint, busy: number, fill: number): PerBucket<bigint> {
  const part = (share: number) => (whole * BigInt(Math.round(share * 1e9))) / 1_000_000_000n;
  const [productive, underused] = [part(busy * fill), part(busy * (1 - fill))];
  const none = { unobserved: 0n, unallocated: 0n, lost: 0n };
  return { ...none, productive, underused, idle: whole - productive - underused };
}
