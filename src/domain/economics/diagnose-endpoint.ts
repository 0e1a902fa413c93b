import type { Picos } from '../money/picos.ts';

export type Diagnosis =
  | 'no_traffic'
  | 'low_utilisation'
  | 'wrong_model'
  | 'model_fit'
  | 'over_provisioned'
  | 'fine'
  | 'unknown';

export const DIAGNOSIS_MEANINGS: Readonly<Record<Diagnosis, string>> = {
  no_traffic: 'it is paid for and nobody asks it: stop it, or scale it to zero',
  low_utilisation: 'cheap while it works, dear because it waits: fewer or shared devices, or scale to zero',
  wrong_model: 'dear idle or not: a smaller model, or an API, does the job for less',
  model_fit: 'well used, and each unit of work is dear: quantise, shrink the model, or change the GPU',
  over_provisioned: 'more replicas than the busiest moment needs at the rate that one has shown',
  fine: 'nothing stands out',
  unknown: 'too little is known to say',
};

/** Below this share of cost at work an endpoint waits more than it works. */
export const LOW_UTILISATION = 0.5;

export type EndpointFigures = Readonly<{
  requests: number;
  /** Per 1,000 requests on both bases; `null` where the cost is unknown. */
  allocatedPer1kPicos: Picos | null;
  usedPer1kPicos: Picos | null;
  /** What an API asks for the same requests; `null` when none is compared. */
  referencePer1kPicos: Picos | null;
  /** Mean number of replicas, and how many the busiest moment needs; `null` where replicas cannot be told apart. */
  replicas: number | null;
  replicasNeeded: number | null;
}>;

/**
 * The matrix of both bases against what an API asks: high is above it. Without an API to compare, only waiting shows (used below half
 * of allocated), and too many replicas.
 *
 * | allocated | used | |
 * | --- | --- | --- |
 * | high | low | the endpoint waits: utilisation |
 * | high | high, waits little | model size, quantisation or hardware |
 * | high | high, waits much | the wrong model for the job |
 * | low | low | fine, unless there are more replicas than needed |
 */
export function diagnoseEndpoint(figures: EndpointFigures): Diagnosis {
  const { requests, allocatedPer1kPicos: allocated, usedPer1kPicos: used, referencePer1kPicos } = figures;
  if (requests === 0) return 'no_traffic';
  if (allocated === null || used === null) return isOverProvisioned(figures) ? 'over_provisioned' : 'unknown';
  const waits = Number(used) < LOW_UTILISATION * Number(allocated);
  if (referencePer1kPicos !== null && allocated > referencePer1kPicos) {
    if (used <= referencePer1kPicos) return 'low_utilisation';
    return waits ? 'wrong_model' : 'model_fit';
  }
  if (isOverProvisioned(figures)) return 'over_provisioned';
  return referencePer1kPicos === null && waits ? 'low_utilisation' : 'fine';
}

function isOverProvisioned({ replicas, replicasNeeded }: EndpointFigures): boolean {
  // A replica is started and stopped whole: less than one too many is not too many.
  return replicas !== null && replicasNeeded !== null && replicas - Math.max(1, replicasNeeded) >= 1;
}

/**
 * How many replicas the busiest slot of an endpoint needs, when each can do what the busiest replica was seen doing. That one may not
 * have been at its limit, so fewer may do as well. Busy time says nothing here: a batching server is busy long before it is full.
 */
export function replicasNeeded(peakPerSecond: number, busiestReplicaPerSecond: number): number | null {
  return busiestReplicaPerSecond > 0 ? Math.ceil(peakPerSecond / busiestReplicaPerSecond - 1e-9) : null;
}
