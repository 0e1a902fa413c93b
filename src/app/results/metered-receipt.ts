import type { RunState } from '../../domain/facts/facts.ts';
import type { BucketCost, BucketHours } from './results.ts';

/**
 * What one run held, did and cost, as `tare run` prints it. Money is an exact decimal text, hours and fractions (0–1) are numbers,
 * `null` is unknown.
 */
export type MeteredReceipt = Readonly<{
  runId: string;
  name: string;
  experiment: string | null;
  state: RunState;
  stateDetail: string | null;
  from: string;
  to: string;
  wallSeconds: number;
  currency: string;
  /** Whether GPUs could be seen at all; without that, none below means unknown. */
  sawGpus: boolean;
  gpus: readonly MeteredGpu[];
  gpuHours: BucketHours;
  /** `null` when no price is known for any of it. */
  cost: BucketCost | null;
  /** GPU time whose cost is missing, because no price is known. */
  unpricedGpuHours: number;
  /** Whether a bill may still replace the price. */
  isEstimate: boolean;
  prices: readonly MeteredPrice[];
  utilisation: Readonly<{
    /** Share of the observed time in which a kernel ran. */
    busy: number | null;
    /** Share of the held time for which samples say something. */
    observed: number | null;
    basis: 'sm_active' | 'engine_active' | 'gpu_util' | null;
  }>;
  peakMemoryMib: number | null;
  /** Of the largest GPU. */
  memoryMib: number | null;
  energyWattHours: number | null;
  /** Share of the held time for which the power is known. */
  energyCoverage: number | null;
  checkpoints: Readonly<{ count: number; last: string | null }>;
  /** What a reader has to know beside the figures, in sentences. */
  notes: readonly string[];
}>;

export type MeteredGpu = Readonly<{ gpuModel: string; devices: number; gpuHours: number }>;

export type MeteredPrice = Readonly<{
  gpuModel: string;
  source: string;
  perGpuHour: string | null;
  /** Day of the price, and where it can be checked. */
  date: string | null;
  reference: string | null;
}>;
