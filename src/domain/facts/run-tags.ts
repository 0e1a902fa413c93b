import type { Attributes } from './facts.ts';

/** Names of bill tags that carry the id of the run a charge was made for, in any case. */
export const RUN_TAGS = ['tag:run', 'tag:run-id', 'tag:run_id', 'tag:runid', 'tag:tare-run'] as const;

/** The run that a charge names: the value of the first such tag is the `runId`, spelled out in full. `null` when none does. */
export function taggedRun(attributes: Attributes): string | null {
  const byLowerName = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  return RUN_TAGS.map((name) => byLowerName.get(name)).find((value) => value !== undefined) ?? null;
}
