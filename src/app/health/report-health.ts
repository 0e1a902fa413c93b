import { grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { DAY_MS, floorToDay, formatDay, formatInstant, type TimeWindow } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DatasetRecord, LedgerAggregate, ServiceReconciliation, Store } from '../../ports/store.ts';
import { sumAggregates } from '../figures/aggregates.ts';
import { compareBigint, compareText } from '../figures/compare-text.ts';
import { fraction } from '../figures/fraction.ts';
import { freshness } from '../figures/freshness.ts';
import { totalPicos } from '../figures/ledger-figures.ts';
import { servingCoverage } from '../figures/serving-coverage.ts';
import { rowsRejected } from '../figures/source-figures.ts';
import { type LedgerFacts, readLedgerFacts } from '../ledger-facts.ts';
import type { Market } from '../plan/priced-evidence.ts';
import { coverageByDay } from '../report-coverage.ts';
import type { ReportParts } from '../report-ledger.ts';
import type { ContradictoryDevice, CostSource, HealthReport, ImportRecord } from '../results/health.ts';
import { coverageCalendar } from './coverage-calendar.ts';
import { findProblems } from './find-problems.ts';
import { groupRejects } from './group-rejects.ts';
import { healthSentence } from './health-sentence.ts';
import { sourceHealth } from './source-health.ts';
import { unpricedRisk } from './unpriced-risk.ts';

export type HealthParts = ReportParts & Readonly<{ clock: Clock; market?: Market }>;

const MOST_IMPORTS = 100;
const MOST_DEVICES = 50;

/** Can these numbers be trusted: everything that speaks for or against them, each with what to do about it. */
export async function reportHealth(parts: HealthParts, window: TimeWindow): Promise<HealthReport> {
  const { store, settings, clock, market } = parts;
  const [facts, byDay, services, datasets, serving] = await Promise.all([
    readLedgerFacts(store, settings, window),
    store.ledger({ window, by: ['day'] }),
    store.reconcileServices(window),
    store.datasets(),
    servingCoverage(store, window),
  ]);
  const contradictory =
    facts.total.contradictoryTicks === 0n ? [] : await contradictoryDevices(store, window);
  const days = coverageByDay(facts.reconciliationByDay, byDay);
  const { kept: rejects, notListed } = groupRejects(datasets);
  const newestFirst = datasets.toSorted(
    (a, b) => b.importedAtMs - a.importedAtMs || compareText(a.name, b.name),
  );
  const found = {
    currency: settings.currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    reconciliation: { ...facts.reconciliation, ...trueUpOf(facts.total) },
    byDay: days,
    services: serviceDifferences(services),
    coverage: facts.coverage,
    billExplained: billExplained(facts),
    pricedBy: pricedBy(facts.byOwner),
    calendar: coverageCalendar({ days, datasets, window: shownWindow(window, facts, days) }),
    freshness: freshness(facts.extent, clock.nowMs()),
    sources: sourceHealth(datasets, clock.nowMs()),
    rejects,
    rejectsNotListed: notListed,
    unpriced: unpricedRisk(facts.unpriced, market?.prices ?? null, settings.currency, window.toMs),
    imports: newestFirst.slice(0, MOST_IMPORTS).map(importRecord),
    importsNotListed: Math.max(0, datasets.length - MOST_IMPORTS),
    contradictory,
    serving,
    warnings: facts.warnings,
  };
  const problems = findProblems(found, datasets);
  return {
    ...found,
    problems,
    sentence: healthSentence({ ...found, problems, window, extent: facts.extent.ledger, total: facts.total }),
  };
}

function trueUpOf({ estimateOfBilledPicos, trueUpPicos }: LedgerAggregate) {
  return {
    estimatedBefore: formatPicos(estimateOfBilledPicos),
    billedOfEstimated: formatPicos(estimateOfBilledPicos + trueUpPicos),
    trueUpFraction: fraction(trueUpPicos, estimateOfBilledPicos),
  };
}

function billExplained({ total }: LedgerFacts): number | null {
  const cost = totalPicos(total);
  return cost <= 0n ? null : fraction(cost - total.estimatedPicos, cost);
}

const SOURCES = [
  ['bill', ['bill', 'none']],
  ['contract', ['contract']],
  ['priceBook', ['price_book']],
  ['ownership', ['ownership']],
] as const satisfies readonly (readonly [CostSource, readonly string[]])[];

/** Direct and shared costs come from the bill, whatever the price of the row that carries them. */
function pricedBy(aggregates: readonly LedgerAggregate[]): HealthReport['pricedBy'] {
  const total = sumAggregates(aggregates);
  const beside = total.directPicos + total.sharedPicos;
  return SOURCES.map(([source, names]) => {
    const members = aggregates.filter(({ key }) => names.some((name: string) => name === key['priceSource']));
    const picos: Picos = grossOf(sumAggregates(members).cost) + (source === 'bill' ? beside : 0n);
    return { source, cost: formatPicos(picos), fraction: fraction(picos, totalPicos(total)) };
  });
}

function serviceDifferences(lines: readonly ServiceReconciliation[]): HealthReport['services'] {
  return lines
    .toSorted(
      (a, b) =>
        compareBigint(b.billPicos, a.billPicos) ||
        compareText(a.service ?? '', b.service ?? '') ||
        compareText(a.use, b.use),
    )
    .map(({ service, use, billPicos, ledgerPicos }) => ({
      service,
      use,
      bill: formatPicos(billPicos),
      ledger: formatPicos(ledgerPicos),
      difference: formatPicos(ledgerPicos - billPicos),
    }));
}

/** Whole days that the window, or the ledger or the bill in it, reaches. */
function shownWindow(window: TimeWindow, { extent }: LedgerFacts, days: HealthReport['byDay']): TimeWindow {
  const edges = [days[0]?.day, days.at(-1)?.day].flatMap((day) => (day ? [Date.parse(day)] : []));
  const first = Math.min(extent.ledger?.fromMs ?? Number.POSITIVE_INFINITY, ...edges);
  const last = Math.max(extent.ledger?.toMs ?? 0, ...edges.map((edge) => edge + DAY_MS));
  const fromMs = floorToDay(Math.max(window.fromMs, first));
  const toMs = floorToDay(Math.min(window.toMs, last) + DAY_MS - 1);
  return Number.isFinite(fromMs) && toMs > fromMs ? { fromMs, toMs } : { fromMs: 0, toMs: 0 };
}

function importRecord(dataset: DatasetRecord): ImportRecord {
  const { name, kind, importedAtMs, facts, rowsRead, warnings, firstMs, lastMs } = dataset;
  return {
    dataset: name,
    kind,
    importedAt: formatInstant(importedAtMs),
    facts,
    rowsRead,
    rowsRejected: rowsRejected(dataset),
    warnings: warnings.length,
    from: firstMs === null ? null : formatInstant(firstMs),
    to: lastMs === null ? null : formatInstant(lastMs),
  };
}

async function contradictoryDevices(
  store: Store,
  window: TimeWindow,
): Promise<readonly ContradictoryDevice[]> {
  const rows = await store.ledger({ window, by: ['device', 'node', 'pool', 'gpuModel'] });
  return rows
    .filter(({ contradictoryTicks }) => contradictoryTicks > 0n)
    .toSorted(
      (a, b) =>
        compareBigint(b.contradictoryTicks, a.contradictoryTicks) ||
        compareText(a.key['device']!, b.key['device']!),
    )
    .slice(0, MOST_DEVICES)
    .map(({ key, ticks, contradictoryTicks }) => ({
      device: key['device']!,
      node: key['node']!,
      pool: key['pool']!,
      gpuModel: key['gpuModel']!,
      contradictoryGpuHours: ticksToHours(contradictoryTicks),
      gpuHours: ticksToHours(grossOf(ticks)),
      command: `tare report ledger --from ${formatDay(window.fromMs)} --to ${formatDay(window.toMs + DAY_MS - 1)} --filter device=${key['device']} --by day`,
    }));
}
