import { formatPicos } from '../domain/money/picos.ts';
import { formatInstant, type TimeWindow } from '../domain/time/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { LedgerAggregate, Reconciliation } from '../ports/store.ts';
import { compareText } from './figures/compare-text.ts';
import { observedFraction } from './figures/coverage-figures.ts';
import { freshness } from './figures/freshness.ts';
import { servingCoverage } from './figures/serving-coverage.ts';
import { sourceFigures } from './figures/source-figures.ts';
import { unpricedFigures } from './figures/unpriced-figures.ts';
import { readLedgerFacts } from './ledger-facts.ts';
import type { ReportParts } from './report-ledger.ts';
import type { CoverageReport } from './results/results.ts';

/** Whether the figures can be trusted: against the bill, by what was observed, priced and owned, and how fresh it is. */
export async function reportCoverage(
  { store, settings, clock }: ReportParts & Readonly<{ clock: Clock }>,
  window: TimeWindow,
): Promise<CoverageReport> {
  const [facts, days, datasets, serving] = await Promise.all([
    readLedgerFacts(store, settings, window),
    store.ledger({ window, by: ['day'] }),
    store.datasets(),
    servingCoverage(store, window),
  ]);
  return {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    coverage: facts.coverage,
    reconciliation: facts.reconciliation,
    byDay: coverageByDay(facts.reconciliationByDay, days),
    unpriced: unpricedFigures(facts.unpriced),
    freshness: freshness(facts.extent, clock.nowMs()),
    serving,
    sources: sourceFigures(datasets),
  };
}

type Day = CoverageReport['byDay'][number];

/** Every day that the bill or the ledger knows. */
export function coverageByDay(
  reconciled: Reconciliation['byDay'],
  ledger: readonly LedgerAggregate[],
): Day[] {
  const observed = new Map(
    ledger.map((aggregate) => [aggregate.key['day'] ?? '', observedFraction(aggregate)]),
  );
  const money = new Map(reconciled.map((entry) => [entry.day, entry]));
  return [...new Set([...observed.keys(), ...money.keys()])].sort(compareText).map((day) => {
    const { billPicos, ledgerPicos, estimatedPicos } = money.get(day) ?? NO_MONEY;
    return {
      day,
      bill: formatPicos(billPicos),
      ledger: formatPicos(ledgerPicos),
      difference: formatPicos(ledgerPicos - billPicos),
      estimated: formatPicos(estimatedPicos),
      observed: observed.get(day) ?? null,
    };
  });
}

const NO_MONEY = { billPicos: 0n, ledgerPicos: 0n, estimatedPicos: 0n };
