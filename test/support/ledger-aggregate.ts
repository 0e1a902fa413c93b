import { sumAggregates } from '../../src/app/figures/aggregates.ts';
import type { Bucket } from '../../src/domain/ledger/buckets.ts';
import { parsePicos } from '../../src/domain/money/picos.ts';
import { TICKS_PER_GPU_HOUR } from '../../src/domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../src/ports/store.ts';

type Weighed = Readonly<{
  /** Bucket → GPU-hours and exact cost. */
  buckets?: Partial<Record<Bucket, readonly [hours: number, cost: string]>>;
  direct?: string;
  shared?: string;
  unpricedHours?: number;
  estimated?: string;
  smActiveHours?: number;
  engineActiveHours?: number;
  gpuUtilHours?: number;
  contradictoryHours?: number;
}>;

/** One group of the ledger, written as a person would say it. */
export function ledgerAggregate(key: Record<string, string>, weighed: Weighed): LedgerAggregate {
  const nothing = sumAggregates([], key);
  const entries = Object.entries(weighed.buckets ?? {});
  return {
    ...nothing,
    ticks: {
      ...nothing.ticks,
      ...Object.fromEntries(entries.map(([bucket, [hours]]) => [bucket, ticks(hours)])),
    },
    cost: {
      ...nothing.cost,
      ...Object.fromEntries(entries.map(([bucket, [, cost]]) => [bucket, picos(cost)])),
    },
    directPicos: picos(weighed.direct ?? '0'),
    sharedPicos: picos(weighed.shared ?? '0'),
    unpricedTicks: ticks(weighed.unpricedHours ?? 0),
    basisTicks: {
      sm_active: ticks(weighed.smActiveHours ?? 0),
      engine_active: ticks(weighed.engineActiveHours ?? 0),
      gpu_util: ticks(weighed.gpuUtilHours ?? 0),
    },
    contradictoryTicks: ticks(weighed.contradictoryHours ?? 0),
    estimatedPicos: picos(weighed.estimated ?? '0'),
  };
}

/** October of a fleet of 160 GPUs. The figures are invented, and add up. */
export const OCTOBER: readonly LedgerAggregate[] = [
  ledgerAggregate(
    { team: 'search' },
    {
      buckets: {
        idle: [8_900, '31000'],
        underused: [7_000, '24500'],
        lost: [550, '1900'],
        productive: [22_150, '82600'],
      },
      direct: '12300',
      shared: '3757',
    },
  ),
  ledgerAggregate(
    { team: 'ranking' },
    {
      buckets: {
        idle: [2_800, '9852'],
        underused: [5_300, '18357'],
        lost: [1_750, '6095'],
        productive: [20_050, '68696'],
      },
      direct: '3119',
      shared: '2764',
    },
  ),
  ledgerAggregate(
    { team: 'research' },
    {
      buckets: {
        idle: [9_200, '29300'],
        underused: [4_400, '14000'],
        lost: [2_600, '8100'],
        productive: [10_000, '31600'],
      },
      direct: '1000',
      shared: '2227',
    },
  ),
  ledgerAggregate(
    { team: 'platform' },
    {
      buckets: {
        idle: [2_700, '8200'],
        underused: [1_600, '5000'],
        lost: [130, '400'],
        productive: [3_630, '10923'],
      },
      direct: '21795',
      shared: '658',
    },
  ),
  ledgerAggregate(
    { team: 'nobody' },
    { buckets: { unallocated: [14_100, '53609'], unobserved: [2_180, '8248'] } },
  ),
];

function ticks(hours: number): bigint {
  return (BigInt(Math.round(hours * 1_000_000)) * TICKS_PER_GPU_HOUR) / 1_000_000n;
}

function picos(decimal: string): bigint {
  const parsed = parsePicos(decimal);
  if (!parsed) throw new Error(`"${decimal}" is not a decimal`);
  return parsed.picos;
}
