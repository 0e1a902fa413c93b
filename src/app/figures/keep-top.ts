import { grossOf } from '../../domain/ledger/buckets.ts';
import { NOBODY, UNTAGGED } from '../../domain/ownership/owner.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import { compareBigint, compareText } from './compare-text.ts';
import { totalPicos } from './ledger-figures.ts';

export type Kept = Readonly<{ kept: readonly LedgerAggregate[]; leftOut: readonly LedgerAggregate[] }>;

/**
 * Orders the groups of a report and keeps the largest.
 *
 * Largest cost first, then most GPU time; what has no owner comes last and is never left out, since it is what someone should see
 * to. Days and hours stay in the order of time and are not cut.
 */
export function keepTop(
  aggregates: readonly LedgerAggregate[],
  by: readonly string[],
  top: number | null,
  size: (aggregate: LedgerAggregate) => bigint = totalPicos,
): Kept {
  const time = by.filter((dimension) => dimension === 'day' || dimension === 'hour');
  if (time.length > 0) return { kept: aggregates.toSorted(inOrderOf([...time, ...by])), leftOut: [] };

  const sorted = aggregates.toSorted(
    (a, b) =>
      strangeness(a) - strangeness(b) ||
      compareBigint(size(b), size(a)) ||
      compareBigint(grossOf(b.ticks), grossOf(a.ticks)) ||
      inOrderOf(by)(a, b),
  );
  const owned = sorted.filter((aggregate) => strangeness(aggregate) === OWNED);
  if (top === null || owned.length <= top) return { kept: sorted, leftOut: [] };
  return { kept: [...owned.slice(0, top), ...sorted.slice(owned.length)], leftOut: owned.slice(top) };
}

const OWNED = 0;

/** 0 with an owner, 1 held by somebody unnamed, 2 held by nobody. */
function strangeness({ key }: LedgerAggregate): number {
  const values = Object.values(key);
  if (values.includes(NOBODY)) return 2;
  return values.includes(UNTAGGED) ? 1 : OWNED;
}

function inOrderOf(by: readonly string[]) {
  return (a: LedgerAggregate, b: LedgerAggregate): number => {
    for (const dimension of by) {
      const order = compareText(a.key[dimension] ?? '', b.key[dimension] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  };
}
