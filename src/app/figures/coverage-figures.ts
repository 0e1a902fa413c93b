import { grossOf } from '../../domain/ledger/buckets.ts';
import { NOBODY, UNTAGGED } from '../../domain/ownership/owner.ts';
import type { PriceSource } from '../../domain/pricing/price.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { LedgerAggregate } from '../../ports/store.ts';
import type { Coverage } from '../results/results.ts';
import { sumAggregates } from './aggregates.ts';
import { fraction } from './fraction.ts';
import { isUnpriced, totalPicos } from './ledger-figures.ts';

/**
 * How far the figures can be trusted. `aggregates` cover the window, grouped by at least `priceSource` and the owner dimensions.
 */
export function coverageFigures(
  aggregates: readonly LedgerAggregate[],
  ownerDimensions: readonly string[],
): Coverage {
  const total = sumAggregates(aggregates);
  return {
    observed: observedFraction(total),
    basis: basisShares(total),
    owned: Object.fromEntries(ownerDimensions.map((name) => [name, ownedFraction(aggregates, name)])),
    pricedBy: pricedBy(aggregates),
    contradictoryGpuHours: ticksToHours(total.contradictoryTicks),
  };
}

/** Share of paid GPU time that something observed. */
export function observedFraction({ ticks }: LedgerAggregate): number | null {
  const gross = grossOf(ticks);
  return fraction(gross - ticks.unobserved, gross);
}

function basisShares({ basisTicks }: LedgerAggregate): Coverage['basis'] {
  const measured = basisTicks.sm_active + basisTicks.engine_active + basisTicks.gpu_util;
  return {
    smActive: fraction(basisTicks.sm_active, measured) ?? 0,
    engineActive: fraction(basisTicks.engine_active, measured) ?? 0,
    gpuUtil: fraction(basisTicks.gpu_util, measured) ?? 0,
  };
}

const WITHOUT_OWNER: readonly string[] = [UNTAGGED, NOBODY, 'none'];

/** By cost, or by GPU time where nothing has a price. */
function ownedFraction(aggregates: readonly LedgerAggregate[], dimension: string): number | null {
  const owned = sumAggregates(
    aggregates.filter(({ key }) => !WITHOUT_OWNER.includes(key[dimension] ?? 'none')),
  );
  const total = sumAggregates(aggregates);
  if (isUnpriced(total)) return fraction(grossOf(owned.ticks), grossOf(total.ticks));
  return fraction(totalPicos(owned), totalPicos(total));
}

function pricedBy(aggregates: readonly LedgerAggregate[]): Coverage['pricedBy'] {
  const all = grossOf(sumAggregates(aggregates).ticks);
  const share = (source: PriceSource) => {
    const members = aggregates.filter(({ key }) => key['priceSource'] === source);
    return fraction(grossOf(sumAggregates(members).ticks), all) ?? 0;
  };
  return {
    bill: share('bill'),
    contract: share('contract'),
    priceBook: share('price_book'),
    ownership: share('ownership'),
    unpriced: share('unpriced'),
  };
}
