import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import type { Reconciliation } from '../../ports/store.ts';
import type { ReconciliationFigures } from '../results/results.ts';

/** The bill's total beside the ledger's, and what the bill changed on estimates that stood before it. */
export function reconciliationFigures(
  { billPicos, ledgerPicos, estimatedPicos }: Reconciliation,
  trueUpPicos: Picos,
): ReconciliationFigures {
  return {
    bill: formatPicos(billPicos),
    ledger: formatPicos(ledgerPicos),
    difference: formatPicos(ledgerPicos - billPicos),
    estimated: formatPicos(estimatedPicos),
    trueUp: formatPicos(trueUpPicos),
  };
}
