import type { Tree } from './tree.ts';

/** Pods that are alike, and how many there are of them in a copy. */
export type PodGroup = Readonly<{
  name: string;
  /** `spec` of the pods. */
  pod: Tree;
  /** `metadata` of the pods; its labels count too. */
  metadata: Tree | null;
  nodes: number;
  nodesMin: number;
  nodesMax: number;
  nodesLine: number | null;
  /** Where GPUs are asked for outside of a container. */
  resources: Tree | null;
}>;
