import type { Lifecycle } from '../domain/facts/facts.ts';
import type { Picos } from '../domain/money/picos.ts';

/** A price book that can be leafed through, for `tare prices`. */
export interface PriceList {
  /** Every price with its period, in no particular order. A price that changed stands there once for each period. */
  listPrices(): readonly ListedPrice[];
}

export type Term = '1y' | '3y';

export type ListedPrice = Readonly<{
  provider: string;
  /** `*`: the same in every region. */
  region: string;
  /** `null`: sold by the GPU. */
  instanceType: string | null;
  gpuModel: string;
  /** GPUs in the machine, may be a fraction; 1 when sold by the GPU. */
  gpuCount: number;
  lifecycle: Lifecycle;
  /** Set when the lifecycle is `committed`. */
  term: Term | null;
  perGpuHourPicos: Picos;
  /** `null` when sold by the GPU. */
  perInstanceHourPicos: Picos | null;
  currency: string;
  /** First day of the price, and the day it ended before; `null` while it stands. */
  from: string;
  to: string | null;
  source: string;
  /** Day of the newest list it was compared with. */
  checked: string;
  /** `approximate`: not compared line by line with the maker's list. Shown with a `~`. */
  confidence: 'published' | 'approximate';
}>;
