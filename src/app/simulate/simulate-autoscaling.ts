import type { Autoscaler, ScaleLimits } from '../../domain/simulation/autoscaling/autoscaler.ts';
import { createKeda, KEDA_DEFAULTS } from '../../domain/simulation/autoscaling/keda.ts';
import { createKnative, KNATIVE_DEFAULTS } from '../../domain/simulation/autoscaling/knative.ts';
import { createRayServe, RAY_SERVE_DEFAULTS } from '../../domain/simulation/autoscaling/ray-serve.ts';
import {
  type ReplicaSettings,
  replayAutoscaling,
  type ServedRequests,
} from '../../domain/simulation/autoscaling/replay-autoscaling.ts';
import type { AutoscalingSimulation } from '../results/simulations/autoscaling-simulation.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';
import { estimateCost, roundTo } from './figures.ts';

export type AutoscalerName = AutoscalingSimulation['autoscaler'];
export const AUTOSCALERS = ['knative', 'keda', 'ray-serve'] as const satisfies readonly AutoscalerName[];

export type AutoscalingRequest = Readonly<{
  autoscaler: AutoscalerName;
  requests: ServedRequests;
  /** Requests at once that a replica is meant for. */
  target: number;
  limits: ScaleLimits;
  replica: ReplicaSettings;
  /** Of one replica, with all its GPUs. */
  perReplicaHour: string | null;
  trace: TraceFigures;
}>;

const DECIMALS = 6;

/** Replays requests against an autoscaler with its defaults. */
export function simulateAutoscaling(request: AutoscalingRequest): AutoscalingSimulation {
  const figures = replayAutoscaling(request.requests, create(request), request.replica);
  const { replicaHours, alwaysOnHours } = figures;
  const rounded = (value: number) => roundTo(value, DECIMALS);
  return {
    autoscaler: request.autoscaler,
    requests: figures.requests,
    replicaHours: rounded(replicaHours),
    startingHours: rounded(figures.startingHours),
    alwaysOnHours: rounded(alwaysOnHours),
    savedFraction: alwaysOnHours === 0 ? 0 : rounded(1 - replicaHours / alwaysOnHours),
    peakReplicas: figures.peakReplicas,
    meanReplicas: rounded(figures.meanReplicas),
    starts: figures.starts,
    coldStarts: figures.coldStarts,
    meanQueueSeconds: rounded(figures.meanQueueSeconds),
    p95QueueSeconds: rounded(figures.p95QueueSeconds),
    p99QueueSeconds: rounded(figures.p99QueueSeconds),
    estimatedCost:
      request.perReplicaHour === null ? null : estimateCost(replicaHours, request.perReplicaHour),
    trace: request.trace,
  };
}

function create({ autoscaler, target, limits }: AutoscalingRequest): Autoscaler {
  switch (autoscaler) {
    case 'knative':
      return createKnative({ target, ...KNATIVE_DEFAULTS }, limits);
    case 'keda':
      return createKeda({ target, ...KEDA_DEFAULTS }, limits);
    case 'ray-serve':
      return createRayServe({ target, ...RAY_SERVE_DEFAULTS }, limits);
    default:
      return autoscaler satisfies never;
  }
}
