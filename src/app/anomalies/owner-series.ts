import { groupBy } from '../../domain/collections/group-by.ts';
import type { HourSeries } from '../../domain/governance/anomalies/expected-hours.ts';
import type { Subject } from '../../domain/governance/anomalies/judgement.ts';
import { grossOf, tareOf } from '../../domain/ledger/buckets.ts';
import { type Picos, picosToNumber } from '../../domain/money/picos.ts';
import { HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { LedgerAggregate, LedgerDimension, LedgerFilter, Store } from '../../ports/store.ts';
import { totalPicos } from '../figures/ledger-figures.ts';

export type AnomalyStore = Pick<Store, 'ledger' | 'calls' | 'extent' | 'judgements'>;

/** The figure of one owner by the hour, and how the ledger is asked for what is behind it. */
export type OwnerSeries = Subject & Readonly<{ series: HourSeries; filters: readonly LedgerFilter[] }>;

/** How a row of the ledger is counted: as it stands, or at what it was estimated at before the bill came. */
export type Valuation = Readonly<{ cost(row: LedgerAggregate): Picos; tare(row: LedgerAggregate): Picos }>;

/** More than this part of its GPU time without a price or without a sample, and the figure of an hour is unknown. */
const MOST_UNKNOWN = 5n; // 1 part of 5
/** A unit cost of fewer requests in an hour is chance. */
const FEWEST_REQUESTS = 50;
export const ENDPOINT = 'endpoint';

/**
 * While the newest hours are still estimates, earlier ones are taken at their estimates too: what the bill corrects would look like a
 * change of price otherwise.
 */
export function valuationOf(newest: readonly LedgerAggregate[]): Valuation {
  const isEstimated = newest.some(({ estimatedPicos }) => estimatedPicos !== 0n);
  if (!isEstimated) return { cost: totalPicos, tare: ({ cost }) => tareOf(cost) };
  return {
    cost: (row) => totalPicos(row) - row.trueUpPicos,
    tare: ({ cost, trueUpPicos }) => {
      const gross = grossOf(cost);
      return gross === 0n ? 0n : (tareOf(cost) * (gross - trueUpPicos)) / gross;
    },
  };
}

/** Hours of which the ledger holds anything. One that holds nothing at all was not collected, and is no hour without cost. */
export function knownHours(fleet: readonly LedgerAggregate[], { fromMs }: TimeWindow): ReadonlySet<number> {
  return new Set(fleet.map(({ key }) => hourOf(key, fromMs)));
}

export async function ledgerSeries(
  store: AnomalyStore,
  window: TimeWindow,
  dimension: string,
  measures: readonly ('cost' | 'tare')[],
  known: ReadonlySet<number>,
  valuation: Valuation,
  endpoints: readonly string[],
): Promise<OwnerSeries[]> {
  const ledgerDimension = (dimension === ENDPOINT ? 'workload' : dimension) as LedgerDimension;
  const filters = dimension === ENDPOINT ? [{ dimension: ledgerDimension, values: endpoints }] : [];
  if (dimension === ENDPOINT && endpoints.length === 0) return [];
  const rows = await store.ledger({ window, by: [ledgerDimension, 'hour'], filters });
  const byOwner = groupBy(rows, ({ key }) => key[ledgerDimension] ?? '');
  return [...byOwner]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([owner, hours]) =>
      measures.map((measure) => ({
        measure,
        dimension,
        owner,
        series: toSeries(hours, window, known, (row) => amountOf(row, measure, valuation)),
        filters: [{ dimension: ledgerDimension, values: [owner] }],
      })),
    );
}

/** What a request of each endpoint cost. The requests are its weight. */
export async function unitCostSeries(
  store: AnomalyStore,
  window: TimeWindow,
  requests: ReadonlyMap<string, ReadonlyMap<number, number>>,
  valuation: Valuation,
): Promise<OwnerSeries[]> {
  if (requests.size === 0) return [];
  const filters = [{ dimension: 'workload' as const, values: [...requests.keys()] }];
  const rows = await store.ledger({ window, by: ['workload', 'hour'], filters });
  return [...groupBy(rows, ({ key }) => key['workload'] ?? '')].map(([endpoint, hours]) => {
    const asked = requests.get(endpoint)!;
    const weights = Array.from({ length: hoursIn(window) }, (_, hour) => asked.get(hour) ?? 0);
    const known = new Set([...asked].filter(([, count]) => count >= FEWEST_REQUESTS).map(([hour]) => hour));
    const costs = toSeries(hours, window, known, (row) => amountOf(row, 'cost', valuation));
    const values = costs.values.map((cost, hour) => (cost === null ? null : cost / weights[hour]!));
    return {
      measure: 'unitCost' as const,
      dimension: ENDPOINT,
      owner: endpoint,
      series: { ...costs, values, weights },
      filters: [{ dimension: 'workload' as const, values: [endpoint] }],
    };
  });
}

/** Requests of self-hosted endpoints by hour of the window: those that their servers counted, or else the calls. */
export async function requestsByHour(
  store: AnomalyStore,
  window: TimeWindow,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const calls = await store.calls({ window, by: ['endpoint', 'serving', 'hour'] });
  const byEndpoint = new Map<string, Map<number, number>>();
  for (const { key, source, requests } of calls) {
    if (source === 'labels' || key['serving'] === 'api') continue;
    const hours = byEndpoint.get(key['endpoint']!) ?? new Map<number, number>();
    const hour = hourOf(key, window.fromMs);
    hours.set(hour, (hours.get(hour) ?? 0) + requests);
    byEndpoint.set(key['endpoint']!, hours);
  }
  return byEndpoint;
}

function toSeries(
  rows: readonly LedgerAggregate[],
  window: TimeWindow,
  known: ReadonlySet<number>,
  value: (row: LedgerAggregate) => number | null,
): HourSeries {
  const byHour = new Map(rows.map((row) => [hourOf(row.key, window.fromMs), row]));
  const values = Array.from({ length: hoursIn(window) }, (_, hour) => {
    if (!known.has(hour)) return null;
    const row = byHour.get(hour);
    return row === undefined ? 0 : value(row);
  });
  return { startMs: window.fromMs, values, weights: null };
}

function amountOf(row: LedgerAggregate, measure: 'cost' | 'tare', valuation: Valuation): number | null {
  const gross = grossOf(row.ticks);
  if (row.unpricedTicks * MOST_UNKNOWN > gross) return null;
  if (measure === 'cost') return picosToNumber(valuation.cost(row));
  return row.ticks.unobserved * MOST_UNKNOWN > gross ? null : picosToNumber(valuation.tare(row));
}

export function hourOf(key: LedgerAggregate['key'], fromMs: number): number {
  return Math.floor((Date.parse(key['hour'] ?? '') - fromMs) / HOUR_MS);
}

function hoursIn({ fromMs, toMs }: TimeWindow): number {
  return Math.round((toMs - fromMs) / HOUR_MS);
}
