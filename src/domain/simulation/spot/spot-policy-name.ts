/** `optimal` knows the future and is a bound, not a policy: it is `cheapestInHindsight`. */
export const SPOT_POLICY_NAMES = ['on-demand', 'greedy', 'uniform-progress', 'optimal', 'tare'] as const;
export type SpotPolicyName = (typeof SPOT_POLICY_NAMES)[number];
