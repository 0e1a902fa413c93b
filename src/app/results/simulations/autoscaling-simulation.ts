import type { TraceFigures } from './trace-figures.ts';

export type AutoscalingSimulation = Readonly<{
  autoscaler: 'knative' | 'keda' | 'ray-serve';
  requests: number;
  replicaHours: number;
  startingHours: number;
  alwaysOnHours: number;
  savedFraction: number;
  peakReplicas: number;
  meanReplicas: number;
  starts: number;
  coldStarts: number;
  meanQueueSeconds: number;
  p95QueueSeconds: number;
  p99QueueSeconds: number;
  estimatedCost: string | null;
  trace: TraceFigures;
}>;
