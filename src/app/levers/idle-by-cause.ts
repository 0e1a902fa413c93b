import { BUCKETS, grossOf, type PerBucket } from '../../domain/ledger/buckets.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import type { HourCauses } from '../../domain/levers/idle-causes.ts';
import { formatDay, formatInstant } from '../../domain/time/window.ts';
import type { LedgerAggregate, LedgerFilter } from '../../ports/store.ts';
import { TareError } from '../errors.ts';
import { groupAggregates } from '../figures/aggregates.ts';
import { CAUSE, type IdleDimension } from '../tare.ts';
import type { ExplainedHours } from './read-levers.ts';

/** Paid time that did something. */
export const WORKING = 'working';
/** Paid time that nothing saw: without a sample there is no cause either. */
export const UNOBSERVED = 'unobserved';

type Read = (hour: HolderHour) => string;
const DIMENSIONS: Partial<Record<IdleDimension, Read>> = {
  team: ({ team }) => team,
  environment: ({ environment }) => environment,
  workload: ({ workload }) => workload,
  kind: ({ kind }) => kind,
  pool: ({ pool }) => pool,
  node: ({ node }) => node,
  gpuModel: ({ gpuModel }) => gpuModel,
  lifecycle: ({ lifecycle }) => lifecycle,
  day: ({ hourMs }) => formatDay(hourMs),
  hour: ({ hourMs }) => formatInstant(hourMs),
};

/**
 * The paid time of a window by why it stood still: each hour is cut into what worked, what nobody saw, and the idle and unallocated time
 * with their causes. The groups add up to all of it.
 */
export function idleByCause(
  { hours, causes }: ExplainedHours,
  by: readonly IdleDimension[],
  filters: readonly LedgerFilter[],
): LedgerAggregate[] {
  for (const dimension of [...by, ...filters.map((filter) => filter.dimension)]) checkDimension(dimension);
  const pieces = hours.flatMap((hour, index) =>
    filters.every(({ dimension, values }) => values.includes(DIMENSIONS[dimension]!(hour)))
      ? piecesOf(hour, causes[index]!, by)
      : [],
  );
  return groupAggregates(pieces, by);
}

function checkDimension(dimension: IdleDimension): void {
  if (dimension === CAUSE || DIMENSIONS[dimension]) return;
  throw new TareError(
    'unknownDimension',
    `"${dimension}" cannot stand beside "${CAUSE}"`,
    `beside ${CAUSE}: ${Object.keys(DIMENSIONS).join(', ')}`,
  );
}

function piecesOf(
  hour: HolderHour,
  { idle, unallocated }: HourCauses,
  by: readonly IdleDimension[],
): LedgerAggregate[] {
  const piece = (cause: string, buckets: readonly (keyof PerBucket<bigint>)[]) => {
    const only = (values: PerBucket<bigint>) =>
      Object.fromEntries(
        BUCKETS.map((bucket) => [bucket, buckets.includes(bucket) ? values[bucket] : 0n]),
      ) as PerBucket<bigint>;
    const ticks = only(hour.ticks);
    if (grossOf(ticks) === 0n) return [];
    const key = Object.fromEntries(
      by.map((dimension) => [dimension, dimension === CAUSE ? cause : DIMENSIONS[dimension]!(hour)]),
    );
    return [{ ...EMPTY, key, ticks, cost: only(hour.cost), unpricedTicks: unpricedOf(hour, grossOf(ticks)) }];
  };
  return [
    ...piece(WORKING, ['underused', 'lost', 'productive']),
    ...piece(UNOBSERVED, ['unobserved']),
    ...piece(idle?.cause ?? 'unknown', ['idle']),
    ...piece(unallocated?.cause ?? 'unknown', ['unallocated']),
  ];
}

/** An hour has one price or none on each of its devices; what has none is spread over its pieces. */
function unpricedOf({ ticks, unpricedTicks }: HolderHour, part: bigint): bigint {
  const gross = grossOf(ticks);
  return unpricedTicks === gross ? part : (part * unpricedTicks) / gross;
}

const EMPTY = {
  directPicos: 0n,
  sharedPicos: 0n,
  basisTicks: { sm_active: 0n, engine_active: 0n, gpu_util: 0n },
  contradictoryTicks: 0n,
  estimateOfBilledPicos: 0n,
  trueUpPicos: 0n,
  estimatedPicos: 0n,
};
