import type { BucketHours } from '../../../src/app/results/results.ts';
import type { Picos } from '../format/decimal.ts';
import { fractionOf, roundToUnits } from '../format/decimal.ts';
import { exactMoney, formatUnits, UNPRICED } from '../format/money.ts';
import { formatPercent, hoursText } from '../format/quantity.ts';
import { roundTogether } from '../format/round-together.ts';
import type { Bucket } from './buckets.ts';
import { BUCKETS } from './buckets.ts';

export type BucketLine = Readonly<{
  bucket: Bucket;
  hours: string;
  cost: string;
  exact: string;
  share: string;
  fraction: number;
}>;

type Split = Readonly<{
  hours: BucketHours;
  /** `null` where no price is known: then shares are those of the hours. */
  cost: Readonly<{ whole: Picos; of: (bucket: Bucket) => Picos }> | null;
  currency: string;
}>;

/** Where GPU time went, rounded together so that the parts add up. What was held never stands unallocated, unless it did. */
export function viewBucketSplit({ hours, cost, currency }: Split): readonly BucketLine[] {
  const shown = BUCKETS.filter((bucket) => bucket !== 'unallocated' || hours[bucket] > 0);
  const picos = cost === null ? [] : shown.map(cost.of);
  const units = cost === null ? [] : roundTogether(picos, 2, roundToUnits(cost.whole, 2));
  return shown.map((bucket, index) => {
    const fraction = cost === null ? hours[bucket] / hours.gross : fractionOf(picos[index]!, cost.whole);
    return {
      bucket,
      hours: hoursText(hours[bucket]),
      cost: cost === null ? UNPRICED : formatUnits(units[index]!, currency, 2),
      exact: cost === null ? UNPRICED : exactMoney(picos[index]!, currency),
      share: formatPercent(fraction, 1),
      fraction: fraction ?? 0,
    };
  });
}
