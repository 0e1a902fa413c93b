import { createLeastWaste } from './least-waste.ts';
import type { Policy, PolicyParts } from './policy.ts';

/**
 * Fragmentation gradient descent (Weng et al., USENIX ATC '23): the node and GPU where placing the pod adds least to fragmentation.
 *
 * The change in thousandths of a GPU goes through a sigmoid and is cut to whole percent. The cut matters: many nodes tie, and the
 * first of them is taken, which packs. Without it the policy spreads and falls behind best fit.
 */
export function createFgd(parts: PolicyParts): Policy {
  return createLeastWaste(parts, {
    strandedWeight: 0,
    scoreOf: (addedMilli) => Math.trunc(100 / (1 + Math.exp(addedMilli / 1000))),
  });
}
