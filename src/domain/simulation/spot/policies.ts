import { greedy } from './greedy.ts';
import { learnedLifetimes } from './learned-lifetimes.ts';
import { onDemandOnly } from './on-demand-only.ts';
import type { SpotPolicy } from './spot-job.ts';
import type { SpotPolicyName } from './spot-policy-name.ts';
import { uniformProgress } from './uniform-progress.ts';

export const SPOT_POLICIES: Readonly<Record<Exclude<SpotPolicyName, 'optimal'>, SpotPolicy>> = {
  'on-demand': onDemandOnly,
  greedy,
  'uniform-progress': uniformProgress,
  tare: learnedLifetimes,
};
