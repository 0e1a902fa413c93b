import { BUILT_IN_DIMENSIONS } from '../domain/ownership/owner.ts';
import type { TimeWindow } from '../domain/time/window.ts';
import type {
  Extent,
  LedgerAggregate,
  LedgerDimension,
  LedgerFilter,
  Reconciliation,
  Store,
  UnpricedItem,
} from '../ports/store.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { coverageFigures } from './figures/coverage-figures.ts';
import { ledgerWarnings } from './figures/ledger-warnings.ts';
import { reconciliationFigures } from './figures/reconciliation-figures.ts';
import type { Coverage, ReconciliationFigures, WarningFigures } from './results/results.ts';
import type { TareSettings } from './tare.ts';

/** What every report says beside its own rows: the whole, and how far it can be trusted. */
export type LedgerFacts = Readonly<{
  total: LedgerAggregate;
  /** The window by price source, owner and what else was asked for, for whoever needs one of these groupings. */
  byOwner: readonly LedgerAggregate[];
  coverage: Coverage;
  /** Of the whole window, whatever the filters, but for the true-up: a bill knows no team. */
  reconciliation: ReconciliationFigures;
  reconciliationByDay: Reconciliation['byDay'];
  unpriced: readonly UnpricedItem[];
  extent: Extent;
  warnings: readonly WarningFigures[];
}>;

const OF_EVERY_REPORT: readonly LedgerDimension[] = ['priceSource'];

export async function readLedgerFacts(
  store: Store,
  settings: TareSettings,
  window: TimeWindow,
  filters: readonly LedgerFilter[] = [],
  moreDimensions: readonly LedgerDimension[] = [],
): Promise<LedgerFacts> {
  const owners = ownerDimensions(settings);
  const [byOwner, reconciliation, unpriced, extent] = await Promise.all([
    store.ledger({ window, by: [...new Set([...OF_EVERY_REPORT, ...owners, ...moreDimensions])], filters }),
    store.reconcile(window),
    store.unpriced(window),
    store.extent(),
  ]);
  const total = sumAggregates(byOwner);
  return {
    total,
    byOwner,
    coverage: coverageFigures(byOwner, owners),
    reconciliation: reconciliationFigures(reconciliation, total.trueUpPicos),
    reconciliationByDay: reconciliation.byDay,
    unpriced,
    extent,
    warnings: ledgerWarnings({ currency: settings.currency, total, reconciliation, unpriced }),
  };
}

/** `team`, `model`, `environment`, and the user's own as `tag:NAME`. */
export function ownerDimensions({ owners }: TareSettings): LedgerDimension[] {
  const builtIn: readonly string[] = BUILT_IN_DIMENSIONS;
  const own = Object.keys(owners).filter((name) => !builtIn.includes(name));
  return [...BUILT_IN_DIMENSIONS, ...own.map((name): LedgerDimension => `tag:${name}`)];
}
