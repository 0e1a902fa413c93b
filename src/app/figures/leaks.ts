import { type Bucket, grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate, LedgerDimension } from '../../ports/store.ts';
import type { Leak } from '../results/results.ts';
import { sumAggregates } from './aggregates.ts';
import { compareBigint, compareText } from './compare-text.ts';
import { fraction } from './fraction.ts';
import { leakAdvice } from './leak-advice.ts';
import { isUnpriced } from './ledger-figures.ts';

/** What the aggregates given to `largestLeaks` are grouped by. */
export const LEAK_DIMENSIONS: readonly LedgerDimension[] = ['workload', 'kind', 'team', 'pool'];

type TareBucket = Exclude<Bucket, 'productive'>;
const TARE_BUCKETS = [
  'unobserved',
  'unallocated',
  'idle',
  'underused',
  'lost',
] as const satisfies TareBucket[];

type Candidate = Readonly<{
  bucket: TareBucket;
  key: LedgerAggregate['key'];
  ticks: bigint;
  picos: Picos;
}>;

/** The places where most is lost, by cost; by GPU time where nothing has a price. */
export function largestLeaks(aggregates: readonly LedgerAggregate[], count: number): Leak[] {
  const total = sumAggregates(aggregates);
  const byTime = isUnpriced(total) || grossOf(total.cost) <= 0n;
  const weight = ({ ticks, picos }: Candidate) => (byTime ? ticks : picos);
  const whole = grossOf(byTime ? total.ticks : total.cost);
  return aggregates
    .flatMap(candidatesOf)
    .filter((candidate) => weight(candidate) > 0n)
    .sort((a, b) => compareBigint(weight(b), weight(a)) || compareText(nameOf(a), nameOf(b)))
    .slice(0, count)
    .map((candidate) => leakOf(candidate, fraction(weight(candidate), whole) ?? 0));
}

function candidatesOf({ key, ticks, cost }: LedgerAggregate): Candidate[] {
  return TARE_BUCKETS.map((bucket) => ({ bucket, key, ticks: ticks[bucket], picos: cost[bucket] }));
}

function leakOf({ bucket, key, ticks, picos }: Candidate, share: number): Leak {
  const [workload = 'none', kind = 'none', team = 'none', pool = 'none'] = LEAK_DIMENSIONS.map(
    (name) => key[name],
  );
  return {
    bucket,
    workload,
    kind,
    team,
    gpuHours: ticksToHours(ticks),
    cost: formatPicos(picos),
    fraction: share,
    advice: leakAdvice(bucket, { workload, kind, pool }),
  };
}

function nameOf({ bucket, key }: Candidate): string {
  return JSON.stringify([bucket, ...LEAK_DIMENSIONS.map((name) => key[name])]);
}
