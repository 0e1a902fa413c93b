import type { LedgerDimension } from '../../../src/ports/store.ts';

export type Dimension = LedgerDimension;

/** Dimensions that every ledger has, in the words of a person; those of owner rules (`tag:NAME`) come from the server. */
export const DIMENSION_NAMES = {
  team: 'team',
  model: 'model',
  environment: 'environment',
  workload: 'workload',
  kind: 'kind of work',
  pool: 'pool',
  gpuModel: 'GPU model',
  lifecycle: 'lifecycle',
  node: 'node',
  device: 'device',
  provider: 'provider',
  region: 'region',
  account: 'account',
  service: 'service',
  priceSource: 'price from',
  day: 'day',
  hour: 'hour',
} as const satisfies Readonly<Record<Exclude<Dimension, `tag:${string}`>, string>>;

/** What to look at next inside one value, the most telling first; the last steps end at one hour of one device, which has a receipt. */
const NEXT: Readonly<Partial<Record<Dimension, readonly Dimension[]>>> = {
  team: ['workload'],
  model: ['workload'],
  environment: ['team'],
  kind: ['workload'],
  pool: ['gpuModel'],
  gpuModel: ['node'],
  node: ['device'],
  account: ['service'],
  provider: ['account'],
  region: ['pool'],
  day: ['team', 'workload'],
};
const OTHERWISE: readonly Dimension[] = ['workload', 'device', 'day', 'hour'];

/** The first of these that the selection does not fix already; `null` when it is one hour of one device and workload. */
export function nextDimension(from: Dimension, isFixed: (dimension: Dimension) => boolean): Dimension | null {
  return [...(NEXT[from] ?? []), ...OTHERWISE].find((one) => one !== from && !isFixed(one)) ?? null;
}

export function isDimension(text: string): text is Dimension {
  return /^tag:./.test(text) || Object.hasOwn(DIMENSION_NAMES, text);
}

export function dimensionName(dimension: Dimension): string {
  return dimension.startsWith('tag:')
    ? dimension.slice('tag:'.length)
    : DIMENSION_NAMES[dimension as keyof typeof DIMENSION_NAMES];
}

/** At the start of a heading. */
export function dimensionTitle(dimension: Dimension): string {
  const name = dimensionName(dimension);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
