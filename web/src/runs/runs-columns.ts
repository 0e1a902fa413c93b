import type { Bucket } from '../buckets/buckets.ts';

/** How a cell is read: words, a count, hours, GPU-hours, money, an instant. */
export type ColumnKind = 'text' | 'count' | 'hours' | 'gpuHours' | 'money' | 'instant' | 'number';

export type ColumnLook = Readonly<{
  title: string;
  kind: ColumnKind;
  /** What the server calls the sort; `null`: it does not sort by this. */
  sort: string | null;
  /** Groups of runs have it, too. */
  isOfGroups: boolean;
  /** Nothing to show without a metric. */
  needsMetric: boolean;
  /** For the heading: the colour and pattern of the bucket. */
  bucket?: Bucket;
}>;

/** In the order in which they stand, and are offered. */
export const COLUMNS = {
  name: text('Run', 'name'),
  team: text('Team', 'team'),
  model: text('Model', 'model'),
  experiment: text('Experiment'),
  environment: text('Environment'),
  state: text('State', 'state'),
  attempts: look('Attempts', 'count', 'attempts', { isOfGroups: true }),
  queue: text('Queue'),
  waitHours: look('Waited, h', 'hours', 'waitHours', { isOfGroups: true }),
  startedAt: look('Started, UTC', 'instant', 'startedAt'),
  endedAt: look('Ended, UTC', 'instant', 'endedAt'),
  durationHours: look('Took, h', 'hours', 'durationHours'),
  gpuModels: text('GPU'),
  gpuHours: look('GPU-hours', 'gpuHours', 'gpuHours', { isOfGroups: true }),
  quality: look('Quality', 'number', 'quality', { needsMetric: true }),
  costPerPoint: look('Cost per point', 'money', 'costPerPoint', { needsMetric: true }),
  cost: look('Cost', 'money', 'cost', { isOfGroups: true }),
  lostCost: bucket('lost', 'lostCost'),
  idleCost: bucket('idle', 'idleCost'),
  underusedCost: bucket('underused', null),
  productiveCost: bucket('productive', 'productiveCost'),
  unobservedCost: bucket('unobserved', null),
  direct: look('Direct', 'money', null, { isOfGroups: true }),
  shared: look('Shared', 'money', null, { isOfGroups: true }),
  trueUp: look('True-up', 'money', null, { isOfGroups: true }),
  priceSource: text('Price from'),
  parameters: text('Parameters'),
  metrics: text('Metrics'),
  notes: text('Notes'),
} as const satisfies Readonly<Record<string, ColumnLook>>;

export type ColumnName = keyof typeof COLUMNS;

export const DEFAULT_COLUMNS: readonly ColumnName[] = [
  'name',
  'team',
  'model',
  'state',
  'attempts',
  'gpuHours',
  'cost',
  'lostCost',
  'idleCost',
  'priceSource',
];

/** What is shown for the state of the page: with a metric its columns, too, and of groups only what groups have. */
export function shownColumns(
  chosen: readonly ColumnName[],
  hasMetric: boolean,
  isGrouped: boolean,
): readonly ColumnName[] {
  return (Object.keys(COLUMNS) as ColumnName[]).filter((name) => {
    const column: ColumnLook = COLUMNS[name];
    if (isGrouped) return column.isOfGroups && chosen.includes(name);
    if (column.needsMetric) return hasMetric;
    return name === 'name' || chosen.includes(name);
  });
}

type Traits = Partial<Pick<ColumnLook, 'isOfGroups' | 'needsMetric'>>;

function text(title: string, sort: string | null = null): ColumnLook {
  return look(title, 'text', sort);
}

function look(title: string, kind: ColumnKind, sort: string | null, traits: Traits = {}): ColumnLook {
  return { title, kind, sort, isOfGroups: false, needsMetric: false, ...traits };
}

function bucket(name: Bucket, sort: string | null): ColumnLook {
  return { ...look(name, 'money', sort, { isOfGroups: true }), bucket: name };
}
