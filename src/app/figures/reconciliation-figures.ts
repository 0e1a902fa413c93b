import { grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import type { LedgerAggregate, LedgerDimension, Reconciliation } from '../../ports/store.ts';
import type { ReconciliationFigures } from '../results/results.ts';

/** How finely GPU time priced by the bill is grouped to see which of it had an estimate: a price knows no finer difference. */
export const TRUE_UP_DIMENSIONS: readonly LedgerDimension[] = ['node', 'gpuModel', 'lifecycle', 'pool'];

/** `billed` is the GPU time priced by the bill, by `TRUE_UP_DIMENSIONS`. */
export function reconciliationFigures(
  reconciliation: Reconciliation,
  billed: readonly LedgerAggregate[],
): ReconciliationFigures {
  const { billPicos, ledgerPicos, estimatedPicos } = reconciliation;
  return {
    bill: formatPicos(billPicos),
    ledger: formatPicos(ledgerPicos),
    difference: formatPicos(ledgerPicos - billPicos),
    estimated: formatPicos(estimatedPicos),
    trueUp: formatPicos(trueUpPicos(billed)),
  };
}

/** Billed now less estimated before. GPU time that never had an estimate has nothing to be compared with and stays out. */
function trueUpPicos(billed: readonly LedgerAggregate[]): Picos {
  return billed
    .filter(({ estimateOfBilledPicos }) => estimateOfBilledPicos !== 0n)
    .reduce((sum, { cost, estimateOfBilledPicos }) => sum + grossOf(cost) - estimateOfBilledPicos, 0n);
}
