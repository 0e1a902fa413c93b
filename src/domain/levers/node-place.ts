import type { Lifecycle } from '../facts/facts.ts';

/** Where a node is and how it is bought, as far as anyone says. */
export type NodePlace = Readonly<{
  node: string;
  gpuModel: string;
  lifecycle: Lifecycle;
  provider: string | null;
  region: string | null;
  instanceType: string | null;
}>;
