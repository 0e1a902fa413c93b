import { createBestFit } from './best-fit.ts';
import { createDotProduct } from './dot-product.ts';
import { createFgd } from './fgd.ts';
import { createGpuClustering } from './gpu-clustering.ts';
import { createGpuPacking } from './gpu-packing.ts';
import type { CreatePolicy } from './policy.ts';
import { createRandom } from './random.ts';
import { createTare } from './tare.ts';

export const PACKING_POLICIES = [
  'random',
  'best-fit',
  'dot-product',
  'gpu-packing',
  'gpu-clustering',
  'fgd',
  'tare',
] as const;
export type PackingPolicy = (typeof PACKING_POLICIES)[number];

export const createPolicy: Readonly<Record<PackingPolicy, CreatePolicy>> = {
  random: createRandom,
  'best-fit': createBestFit,
  'dot-product': createDotProduct,
  'gpu-packing': createGpuPacking,
  'gpu-clustering': createGpuClustering,
  fgd: createFgd,
  tare: createTare,
};
