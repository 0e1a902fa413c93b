import { PPM } from '../units/gpu-time.ts';

/**
 * Two jobs on one GPU, by 1,388 measured pairs of training jobs on an RTX 3090 (Lucid, ASPLOS '23): both speeds, each as a share of what it
 * is alone, add up to this. Above 1 in every pair.
 */
export const PAIR_SPEED = { mean: 1.873, worstTenth: 1.59 } as const;

/** How much longer work takes beside one other tenant, as a factor: each has half of what the pair does. */
export function pairSlowdown(pairSpeed: number): number {
  return 2 / pairSpeed;
}

/** What tenants cost each other, in parts per million of the GPU that they share: one more slows all as the first pair was slowed. */
export function slowdownPpm(tenants: number, pairSpeed: number = PAIR_SPEED.mean): bigint {
  if (tenants < 2) return 0n;
  return BigInt(Math.round((pairSlowdown(pairSpeed) ** (tenants - 1) - 1) * PPM));
}
