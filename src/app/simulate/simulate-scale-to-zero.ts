import { quantileOf } from '../../domain/simulation/batching/quantile.ts';
import {
  keepAliveFrontier,
  type ReplicaSamples,
} from '../../domain/simulation/scale-to-zero/keep-alive-frontier.ts';
import type { ScaleToZeroSimulation } from '../results/simulations/scale-to-zero-simulation.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';
import { estimateCost, meanOf, roundOrNull, roundTo } from './figures.ts';

export type ScaleToZeroRequest = Readonly<{
  samples: ReplicaSamples;
  intervalSeconds: number;
  samplesRepeated: number;
  samplesUnknown: number;
  keepAliveSeconds: readonly number[];
  /** What starts took; empty when nobody says. */
  startSeconds: readonly number[];
  /** Whether those were measured, rather than stated. */
  areMeasured: boolean;
  perGpuHour: string | null;
  trace: TraceFigures;
}>;

const DECIMALS = 6;

/** What releasing idle replicas would have saved, for each time they are kept alive. */
export function simulateScaleToZero(request: ScaleToZeroRequest): ScaleToZeroSimulation {
  const { samples, intervalSeconds, keepAliveSeconds, perGpuHour } = request;
  const coldStart = coldStartFigures(request);
  const sorted = [...new Set(keepAliveSeconds)].sort((a, b) => a - b);
  const found = keepAliveFrontier(samples, intervalSeconds, sorted, coldStart?.meanSeconds ?? null);
  return {
    replicas: found.replicas,
    samples: found.samples,
    intervalSeconds,
    gpuHours: roundTo(found.gpuHours, DECIMALS),
    idleFraction: roundTo(found.idleFraction, DECIMALS),
    gaps: found.gaps,
    samplesRepeated: request.samplesRepeated,
    samplesUnknown: request.samplesUnknown,
    coldStart,
    frontier: found.frontier.map((point) => ({
      ...point,
      gpuHoursSavedFraction: roundTo(point.gpuHoursSavedFraction, DECIMALS),
      gpuHoursSaved: roundTo(point.gpuHoursSaved, DECIMALS),
      coldStartsPerReplicaDay: roundTo(point.coldStartsPerReplicaDay, DECIMALS),
      coldStartSeconds: roundOrNull(point.coldStartSeconds, DECIMALS),
      netGpuHoursSaved: roundOrNull(point.netGpuHoursSaved, DECIMALS),
      estimatedSaving:
        perGpuHour === null ? null : estimateCost(point.netGpuHoursSaved ?? point.gpuHoursSaved, perGpuHour),
    })),
    trace: request.trace,
  };
}

function coldStartFigures({
  startSeconds,
  areMeasured,
}: ScaleToZeroRequest): ScaleToZeroSimulation['coldStart'] {
  if (startSeconds.length === 0) return null;
  const sorted = startSeconds.toSorted((a, b) => a - b);
  return {
    meanSeconds: roundTo(
      meanOf(sorted, (seconds) => seconds),
      DECIMALS,
    ),
    p50Seconds: quantileOf(sorted, 0.5)!,
    p95Seconds: quantileOf(sorted, 0.95)!,
    measured: areMeasured ? sorted.length : 0,
  };
}
