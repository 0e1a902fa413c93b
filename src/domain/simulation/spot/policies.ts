import { greedy } from './greedy.ts';
import { learnedLifetimes } from './learned-lifetimes.ts';
import { onDemandOnly } from './on-demand-only.ts';
import type { SpotPolicy } from './spot-job.ts';
import { uniformProgress } from './uniform-progress.ts';

/** `optimal` knows the future and is a bound, not a policy: it is `cheapestInHindsight`. */
export const SPOT_POLICY_NAMES = ['on-demand', 'greedy', 'uniform-progress', 'optimal', 'tare'] as const;
export type SpotPolicyName = (typeof SPOT_POLICY_NAMES)[number];

export const SPOT_POLICIES: Readonly<Record<Exclude<SpotPolicyName, 'optimal'>, SpotPolicy>> = {
  'on-demand': onDemandOnly,
  greedy,
  'uniform-progress': uniformProgress,
  tare: learnedLifetimes,
};
