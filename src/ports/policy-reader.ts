import type { GpuFacts } from '../domain/governance/gpu-facts.ts';
import type { Policy } from '../domain/governance/policy.ts';
import type { EpochMs } from '../domain/time/window.ts';

/** Reads the `policies` of a `tare.yaml`: a list, or a file that holds one under `policies`. Every mistake is found, and the rest is read. */
export type PolicyReader = (text: string) => PolicyReading;

export type PolicyReading = Readonly<{
  policies: readonly ReadPolicy[];
  mistakes: readonly PolicyMistake[];
}>;

export type ReadPolicy = Readonly<{
  policy: Policy;
  /** Where it begins, from 1. */
  line: number;
  /** It alone, in one spelling: what means the same is the same text. */
  text: string;
}>;

export type PolicyMistake = Readonly<{ line: number; column: number; message: string; remedy: string }>;

/** The policies of `tare.yaml`, and what it takes to judge by others. */
export type PoliciesInForce = Readonly<{
  /** Where they stand; `null` without a file. */
  path: string | null;
  text: string;
  read: PolicyReader;
  /** Owner dimensions that a policy may name. */
  dimensions: readonly string[];
  gpus(atMs: EpochMs): GpuFacts;
}>;
