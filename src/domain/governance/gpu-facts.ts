import type { Picos } from '../money/picos.ts';

/** What rules need to know about GPUs; made from the catalogue and the price books by whoever asks. */
export type GpuFacts = Readonly<{
  /** Of a whole GPU; `null` when the model is unknown. */
  memoryGib(model: string): number | null;
  /** Smallest memory first: what could be used instead, with the price of a GPU-hour on demand. */
  priced: readonly Readonly<{ model: string; memoryGib: number; perGpuHourPicos: Picos }>[];
  /** Whether a model is what a policy calls `A100`, `h100-80gb` or by its full name. */
  isCalled(model: string, name: string): boolean;
}>;
