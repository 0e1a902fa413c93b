import type { TraceFigures } from './trace-figures.ts';

export type ScaleToZeroSimulation = Readonly<{
  replicas: number;
  samples: number;
  intervalSeconds: number;
  gpuHours: number;
  idleFraction: number;
  /** Steps longer than the interval; nothing is known about them, and nothing is counted. */
  gaps: number;
  samplesRepeated: number;
  samplesUnknown: number;
  coldStart: Readonly<{
    meanSeconds: number;
    p50Seconds: number;
    p95Seconds: number;
    measured: number;
  }> | null;
  frontier: readonly Readonly<{
    keepAliveSeconds: number;
    keepAliveIntervals: number;
    gpuHoursSavedFraction: number;
    gpuHoursSaved: number;
    coldStarts: number;
    coldStartsPerReplicaDay: number;
    coldStartSeconds: number | null;
    netGpuHoursSaved: number | null;
    /** Of the net hours where these are known. */
    estimatedSaving: string | null;
  }>[];
  trace: TraceFigures;
}>;
