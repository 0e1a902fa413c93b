import { PICOS_PER_UNIT } from '../money/picos.ts';
import { type EpochMs, HOUR_MS } from '../time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../units/gpu-time.ts';
import type { HolderHour } from './holder-hour.ts';

/** A Wednesday. */
export const START: EpochMs = Date.UTC(2026, 9, 14);

const NOTHING = { unobserved: 0n, unallocated: 0n, idle: 0n, underused: 0n, lost: 0n, productive: 0n };

/**
 * Hours of one holder of one GPU at 1.00 an hour, one sign each: `#` busy, `+` busy for half of it, `.` idle, `?` seen by nobody,
 * `0` held by nobody, a blank for an hour that it does not hold.
 */
export function hoursOf(signs: string, given: Partial<HolderHour> = {}): HolderHour[] {
  return [...signs].flatMap((sign, index) =>
    sign === ' ' ? [] : [hourOf(sign, START + index * HOUR_MS, given)],
  );
}

function hourOf(sign: string, hourMs: EpochMs, given: Partial<HolderHour>): HolderHour {
  const shares: Readonly<Record<string, Partial<typeof NOTHING>>> = {
    '#': { productive: 100n },
    '+': { productive: 50n, idle: 50n },
    '.': { idle: 100n },
    '?': { unobserved: 100n },
    '0': { unallocated: 100n },
  };
  const percent = { ...NOTHING, ...shares[sign] };
  const of = (whole: bigint) =>
    Object.fromEntries(
      Object.entries(percent).map(([bucket, part]) => [bucket, (whole * part) / 100n]),
    ) as unknown as HolderHour['ticks'];
  const isFree = sign === '0';
  return {
    hourMs,
    workloadId: isFree ? '' : 'lab/one',
    workload: isFree ? 'nobody' : 'one',
    kind: isFree ? 'none' : 'notebook',
    team: isFree ? 'nobody' : 'research',
    environment: 'development',
    node: 'node-1',
    pool: 'lab',
    gpuModel: 'L40S',
    lifecycle: 'on_demand',
    devices: 1,
    ticks: of(TICKS_PER_GPU_HOUR),
    cost: of(PICOS_PER_UNIT),
    unpricedTicks: 0n,
    ...given,
  };
}
