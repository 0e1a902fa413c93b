import type { Lifecycle } from '../../domain/facts/facts.ts';
import type { GpuSpec, InstanceShape } from '../../ports/hardware-catalog.ts';
import type { Term } from '../../ports/price-list.ts';

/** What `catalog/**.yml` says, compiled by `scripts/build-catalog.mjs`. */
export type CatalogData = Readonly<{
  gpus: readonly CatalogGpu[];
  instances: readonly CatalogInstance[];
  prices: readonly CatalogPrice[];
}>;

export type CatalogGpu = GpuSpec & Readonly<{ aliases: readonly string[] }>;

export type CatalogInstance = InstanceShape & Readonly<{ source: string; checked: string }>;

export type CatalogPrice = Readonly<{
  provider: string;
  /** `*`: every region. */
  region: string;
  /** Set when the unit is `instance-hour`. */
  instanceType: string | null;
  /** Set when the unit is `gpu-hour`. */
  gpuModel: string | null;
  lifecycle: Exclude<Lifecycle, 'owned'>;
  term: Term | null;
  unit: 'instance-hour' | 'gpu-hour';
  amount: string;
  currency: string;
  from: string;
  /** The day it ended before; `null` while it stands. A later row of the same key ends it too, and is filled in here. */
  to: string | null;
  source: string;
  checked: string;
  confidence: 'published' | 'approximate';
}>;
