import { type Bucket, grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import type { FunnelStep } from '../results/results.ts';
import { fraction } from './fraction.ts';
import { isUnpriced } from './ledger-figures.ts';

type Step = Readonly<{ step: FunnelStep['step']; meaning: string; loses: Bucket | null }>;

/** Each step is the one before less one bucket, so the last one is what the buckets leave: net. */
const STEPS: readonly Step[] = [
  { step: 'paid', meaning: 'every GPU-hour that was paid for', loses: null },
  { step: 'observed', meaning: 'something says what the GPU did', loses: 'unobserved' },
  { step: 'allocated', meaning: 'a workload held the GPU', loses: 'unallocated' },
  { step: 'active', meaning: 'a kernel was running', loses: 'idle' },
  { step: 'effective', meaning: 'the chip was at work', loses: 'underused' },
  { step: 'productive', meaning: 'the work was kept: net', loses: 'lost' },
];

/** From what was paid to what did useful work, step by step. Fractions are of cost, or of GPU time where nothing has a price. */
export function funnel(total: LedgerAggregate): FunnelStep[] {
  const weights = isUnpriced(total) || grossOf(total.cost) <= 0n ? total.ticks : total.cost;
  let [ticks, picos, weight] = [grossOf(total.ticks), grossOf(total.cost), grossOf(weights)];
  const paid = weight;
  return STEPS.map(({ step, meaning, loses }) => {
    if (loses)
      [ticks, picos, weight] = [
        ticks - total.ticks[loses],
        picos - total.cost[loses],
        weight - weights[loses],
      ];
    return {
      step,
      meaning,
      gpuHours: ticksToHours(ticks),
      cost: formatPicos(picos),
      fraction: fraction(weight, paid),
      loses: loses && lossOf(total, loses),
    };
  });
}

function lossOf(total: LedgerAggregate, bucket: Bucket): NonNullable<FunnelStep['loses']> {
  return { bucket, gpuHours: ticksToHours(total.ticks[bucket]), cost: formatPicos(total.cost[bucket]) };
}
