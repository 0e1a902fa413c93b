import type { Attributes } from '../facts/facts.ts';

/** Held by a workload that no rule gives an owner. Always shown. */
export const UNTAGGED = 'untagged';
/** Paid for and held by no workload. */
export const NOBODY = 'nobody';

/** `team`, `model` and `environment` always exist; others are the user's own. */
export type OwnerRules = Readonly<Record<string, readonly string[]>>;

export const BUILT_IN_DIMENSIONS = ['team', 'model', 'environment'] as const;

export const DEFAULT_OWNER_RULES: OwnerRules = {
  team: ['label:team', 'tag:team', 'namespace', 'slurm:account'],
  model: ['label:model', 'tag:model'],
  environment: ['label:environment', 'label:env', 'tag:environment', 'tag:env'],
};

/** Dimension → value, only for the dimensions that some rule matched. */
export type Owner = Readonly<Record<string, string>>;

/**
 * The first rule that finds a value wins, for each dimension by itself. Names are compared without regard to case, since bills,
 * Kubernetes and people spell `Team` in three ways.
 */
export function resolveOwner(rules: OwnerRules, attributes: Attributes): Owner {
  const byLowerName = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  const owner: Record<string, string> = {};
  for (const [dimension, sources] of Object.entries(rules)) {
    const source = sources.find((name) => byLowerName.has(name.toLowerCase()));
    if (source !== undefined) owner[dimension] = byLowerName.get(source.toLowerCase())!;
  }
  return owner;
}
