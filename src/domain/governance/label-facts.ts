import { LIFECYCLES, type Lifecycle, WORKLOAD_KINDS, type WorkloadKind } from '../facts/facts.ts';

export type Labels = Readonly<Record<string, string>>;

/** What people say about a launch by labels and annotations with the prefix `tare.dev/` (in clouds without slashes, `tare-dev-`). */
export type StatedFacts = Readonly<{
  kind: WorkloadKind | null;
  lifecycle: Lifecycle | null;
  expectedHours: number | null;
  idleLimitHours: number | null;
  isInterruptible: boolean | null;
  isLatencyCritical: boolean | null;
  modelParameters: string | null;
}>;

export function statedFacts(labels: Labels): StatedFacts {
  const stated = (name: string) =>
    labels[`tare.dev/${name}`] ?? labels[`tare-dev-${name}`] ?? labels[`tare-${name}`] ?? null;
  const lifecycle = stated('lifecycle')?.replace('-', '_');
  const hours = stated('expected-hours');
  return {
    kind: WORKLOAD_KINDS.find((kind) => kind === stated('kind')) ?? null,
    lifecycle: LIFECYCLES.find((known) => known === lifecycle) ?? null,
    expectedHours: hours !== null && /^\d+(\.\d+)?$/.test(hours) ? Number(hours) : readHours(hours),
    idleLimitHours: readHours(stated('idle-limit')),
    isInterruptible: truthOf(stated('interruptible')),
    isLatencyCritical: truthOf(stated('latency-critical')),
    modelParameters: stated('model-parameters'),
  };
}

const HOURS_OF: Readonly<Record<string, number>> = { s: 1 / 3_600, m: 1 / 60, h: 1, d: 24, w: 168 };

/** `90s`, `30m`, `1h30m`, `2d`; a plain number is minutes when `plain` says so. */
export function readHours(text: string | null, plain: 'minutes' | 'seconds' | null = null): number | null {
  if (text === null) return null;
  if (plain !== null && /^\d+(\.\d+)?$/.test(text)) return Number(text) / (plain === 'minutes' ? 60 : 3_600);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return null;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * HOURS_OF[unit!]!, 0);
}

function truthOf(text: string | null): boolean | null {
  if (text === null) return null;
  return /^(true|yes|1)$/i.test(text) ? true : /^(false|no|0)$/i.test(text) ? false : null;
}

/** `label:NAME` for each, as owner rules look them up. Kubernetes' own spelling and that of kube-state-metrics are both known. */
export function labelAttributes(
  labels: Labels,
  prefix: 'label' | 'tag' | 'annotation',
): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (value === '') continue;
    attributes[`${prefix}:${name}`] = value;
    const flat = name.replace(/[^A-Za-z0-9_]/g, '_');
    if (prefix === 'label' && flat !== name) attributes[`label:${flat}`] = value;
  }
  return attributes;
}
