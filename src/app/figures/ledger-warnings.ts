import { grossOf } from '../../domain/ledger/buckets.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { displayHours } from '../../domain/units/display-hours.ts';
import type { LedgerAggregate, Reconciliation, UnpricedItem } from '../../ports/store.ts';
import type { WarningFigures } from '../results/results.ts';

export type WarningFacts = Readonly<{
  currency: string;
  total: LedgerAggregate;
  reconciliation: Reconciliation;
  unpriced: readonly UnpricedItem[];
}>;

/** What a reader must know before using the figures. Nothing to say is an empty list. */
export function ledgerWarnings(facts: WarningFacts): WarningFigures[] {
  return [
    doesNotReconcile(facts),
    hasNoPrice(facts),
    isWeaklyMeasured(facts),
    contradictsItself(facts),
  ].filter((warning) => warning !== null);
}

function doesNotReconcile({ reconciliation, currency }: WarningFacts): WarningFigures | null {
  const difference = reconciliation.ledgerPicos - reconciliation.billPicos;
  if (difference === 0n) return null;
  const days = reconciliation.byDay.filter(({ billPicos, ledgerPicos }) => billPicos !== ledgerPicos);
  const where = days.length === 0 ? '' : `, on ${days.map(({ day }) => day).join(', ')}`;
  const message = `the ledger and the bill differ by ${displayMoney(difference, currency)}${where}`;
  return { code: 'does-not-reconcile', message, count: Math.max(1, days.length) };
}

function hasNoPrice({ total, unpriced }: WarningFacts): WarningFigures | null {
  if (total.unpricedTicks === 0n) return null;
  const models = [...new Set(unpriced.map(({ gpuModel }) => gpuModel))].join(', ');
  const message = `${displayHours(total.unpricedTicks)} GPU-hours have no price${models ? ` (${models})` : ''}; their cost is missing, not zero`;
  return { code: 'unpriced', message, count: Math.max(1, unpriced.length) };
}

/** GPU_UTIL says that some kernel ran, not how much of the chip it used. */
function isWeaklyMeasured({ total: { basisTicks } }: WarningFacts): WarningFigures | null {
  const hasBetter = basisTicks.sm_active > 0n || basisTicks.engine_active > 0n;
  if (hasBetter || basisTicks.gpu_util === 0n) return null;
  const message =
    'nothing better than GPU_UTIL was measured: underused time cannot be told apart, and productive is an upper bound';
  return { code: 'gpu-util-only', message, count: 1 };
}

function contradictsItself({ total }: WarningFacts): WarningFigures | null {
  if (total.contradictoryTicks === 0n || grossOf(total.ticks) === 0n) return null;
  const message = `${displayHours(total.contradictoryTicks)} GPU-hours claimed to be fully busy without a process or memory in use, and were not believed`;
  return { code: 'contradictory', message, count: 1 };
}
