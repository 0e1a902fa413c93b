import { grossOf } from '../../domain/ledger/buckets.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import type { MeasuredSpeeds } from '../../domain/levers/weigh-hardware.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { RunRecord } from '../../ports/run-queries.ts';

/** So many runs on a kind of GPU say how long the work takes there. */
const LEAST_RUNS = 2;

/** Speeds from runs of the same workload that succeeded on several kinds of GPU: the medians of their GPU-hours against each other. */
export function measuredSpeeds(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  runs: readonly RunRecord[],
): MeasuredSpeeds {
  const workloadOf = new Map(hours.map(({ workloadId, workload }) => [workloadId, workload]));
  const nameOf = new Map(attempts.map(({ runId, workloadId }) => [runId, workloadOf.get(workloadId)]));
  const byKind = new Map<string, number[]>();
  for (const { runId, state, gpuModels, ticks, unpricedTicks: _ } of runs) {
    const workload = nameOf.get(runId);
    const gpuHours = ticksToHours(grossOf(ticks));
    if (workload === undefined || state !== 'succeeded' || gpuModels.length !== 1 || gpuHours === 0) continue;
    const key = JSON.stringify([workload, gpuModels[0]]);
    byKind.set(key, [...(byKind.get(key) ?? []), gpuHours]);
  }
  return {
    ratio(workload, from, to) {
      const [one, other] = [from, to].map((kind) => byKind.get(JSON.stringify([workload, kind])) ?? []);
      if (one!.length < LEAST_RUNS || other!.length < LEAST_RUNS) return null;
      return {
        ratio: medianOf(one!) / medianOf(other!),
        source: `measured on ${one!.length + other!.length} of its runs`,
      };
    },
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
