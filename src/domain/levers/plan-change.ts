import type { Picos } from '../money/picos.ts';

/** What has to be changed for a lever on prices or machines, in the words of the domain. */
export type PlanChange =
  | Readonly<{
      kind: 'spot-task';
      pool: string;
      gpuModel: string;
      gpusPerNode: number;
      nodes: number;
      provider: string | null;
      region: string | null;
      /** The kind of machine that the jobs ran on, as the provider calls it. */
      machine: string | null;
      checkpointSeconds: number;
    }>
  | Readonly<{ kind: 'other-gpu'; workload: string; from: string; to: string; provider: string | null }>
  | Readonly<{
      kind: 'purchase';
      provider: string;
      gpuModel: string;
      units: number;
      term: '1y' | '3y';
      perGpuHourPicos: Picos;
      onDemandPerGpuHourPicos: Picos;
    }>;
