import type { Picos } from '../money/picos.ts';

/** What rules need to know about GPUs; made from the catalogue and the price books by whoever asks. */
export type GpuFacts = Readonly<{
  /** What could be used instead: each model that takes 16-bit models, at each cloud that lists it, with the price of a GPU-hour on demand. */
  priced: readonly PricedGpu[];
  /** Whether a model is what a policy calls `A100`, `h100-80gb` or by its full name. */
  isCalled(model: string, name: string): boolean;
}>;

export type PricedGpu = Readonly<{
  model: string;
  provider: string;
  memoryGib: number;
  perGpuHourPicos: Picos;
}>;
