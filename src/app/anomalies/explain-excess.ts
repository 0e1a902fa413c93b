import { groupBy } from '../../domain/collections/group-by.ts';
import { REFERENCE_WEEKS } from '../../domain/governance/anomalies/expected-hours.ts';
import {
  type ExcessByCause,
  type ResourceUse,
  splitExcess,
  type Uses,
} from '../../domain/governance/anomalies/split-excess.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { DAY_MS, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { LedgerAggregate, LedgerDimension } from '../../ports/store.ts';
import { type AnomalyStore, hourOf, type OwnerSeries, type Valuation } from './owner-series.ts';

export type ExplainedExcess = Readonly<{
  actualPicos: Picos;
  expectedPicos: Picos;
  byCause: ExcessByCause;
  /** Each kind of resource, and what stands beside them, with its own excess; the largest first. */
  resources: readonly Readonly<{ resource: string; excessPicos: Picos }>[];
}>;

export type HourRange = Readonly<{ firstHour: number; endHour: number }>;

const RESOURCE: readonly LedgerDimension[] = ['gpuModel', 'lifecycle', 'provider'];
const HOURS_OF_WEEK = 168;
const CHARGES = 'charges beside the GPUs';

/**
 * Why the hours of an episode cost what they did: their resources, against those of the same hours of the weeks before that were usual.
 * `startMs` is where the hours of the series are counted from.
 */
export async function explainExcess(
  store: AnomalyStore,
  { measure, series, filters }: OwnerSeries,
  episode: HourRange,
  others: readonly HourRange[],
  expected: number,
  valuation: Valuation,
): Promise<ExplainedExcess> {
  const { startMs, values } = series;
  const isKnown = (hour: number) => (values[hour] ?? null) !== null;
  const isUsual = (hour: number) =>
    isKnown(hour) && !others.some(({ firstHour, endHour }) => hour >= firstHour && hour < endHour);
  const at = (hour: number) => startMs + hour * HOUR_MS;
  const reach = Math.max(0, episode.firstHour - REFERENCE_WEEKS * HOURS_OF_WEEK);
  const rowsOf = (window: TimeWindow) =>
    window.fromMs < window.toMs ? store.ledger({ window, by: [...RESOURCE, 'hour'], filters }) : [];
  const [now, before] = await Promise.all([
    rowsOf({ fromMs: at(episode.firstHour), toMs: at(episode.endHour) }),
    rowsOf({ fromMs: at(reach), toMs: at(episode.firstHour) }),
  ]);
  const actual = usesOf(
    now.filter(({ key }) => isKnown(hourOf(key, startMs))),
    valuation,
  );
  const usual = usesOf(usualRows(before, episode, startMs, isUsual), valuation);
  const expectedPicos = toPicos(expected);
  return {
    actualPicos: totalOf(actual, measure),
    expectedPicos,
    byCause: splitExcess(measure, actual, usual, expectedPicos),
    resources: excessByResource(actual, usual, expectedPicos, measure),
  };
}

/** The same hours of the week; where there are none yet, all of the last three weeks. */
function usualRows(
  rows: readonly LedgerAggregate[],
  { firstHour, endHour }: HourRange,
  startMs: number,
  isUsual: (hour: number) => boolean,
): LedgerAggregate[] {
  const hoursOfWeek = new Set(
    Array.from({ length: Math.min(HOURS_OF_WEEK, endHour - firstHour) }, (_, index) => {
      return (firstHour + index) % HOURS_OF_WEEK;
    }),
  );
  const usual = rows.filter(({ key }) => isUsual(hourOf(key, startMs)));
  const same = usual.filter(({ key }) => hoursOfWeek.has(hourOf(key, startMs) % HOURS_OF_WEEK));
  if (same.length > 0) return same;
  const since = firstHour - (21 * DAY_MS) / HOUR_MS;
  return usual.filter(({ key }) => hourOf(key, startMs) >= since);
}

function usesOf(rows: readonly LedgerAggregate[], { cost, tare }: Valuation): Uses {
  const groups = groupBy(
    rows.filter(({ ticks }) => grossOf(ticks) > 0n),
    ({ key }) => RESOURCE.map((name) => key[name] ?? 'none').join(' '),
  );
  const sum = (members: readonly LedgerAggregate[], of: (row: LedgerAggregate) => bigint) =>
    members.reduce((total, row) => total + of(row), 0n);
  const resources = [...groups].map(
    ([resource, members]): ResourceUse => ({
      resource,
      ticks: sum(members, ({ ticks }) => grossOf(ticks)),
      productiveTicks: sum(members, ({ ticks }) => ticks.productive),
      unobservedTicks: sum(members, ({ ticks }) => ticks.unobserved),
      costPicos: sum(members, (row) => cost(row) - row.directPicos - row.sharedPicos),
      tarePicos: sum(members, tare),
    }),
  );
  return { resources, chargesPicos: sum(rows, (row) => row.directPicos + row.sharedPicos) };
}

function totalOf({ resources, chargesPicos }: Uses, measure: OwnerSeries['measure']): Picos {
  return measure === 'tare'
    ? resources.reduce((sum, { tarePicos }) => sum + tarePicos, 0n)
    : resources.reduce((sum, { costPicos }) => sum + costPicos, chargesPicos);
}

function excessByResource(
  actual: Uses,
  usual: Uses,
  expectedPicos: Picos,
  measure: OwnerSeries['measure'],
): ExplainedExcess['resources'] {
  const amountOf = ({ costPicos, tarePicos }: ResourceUse) => (measure === 'tare' ? tarePicos : costPicos);
  const usualTotal = totalOf(usual, measure);
  const amounts = new Map<string, Picos>();
  const add = (resource: string, picos: Picos) =>
    amounts.set(resource, (amounts.get(resource) ?? 0n) + picos);
  const scaled = (picos: Picos) => (usualTotal <= 0n ? 0n : (picos * expectedPicos) / usualTotal);
  for (const use of actual.resources) add(use.resource, amountOf(use));
  for (const use of usual.resources) add(use.resource, -scaled(amountOf(use)));
  if (measure !== 'tare') add(CHARGES, actual.chargesPicos - scaled(usual.chargesPicos));
  return [...amounts]
    .map(([resource, excessPicos]) => ({ resource, excessPicos }))
    .filter(({ excessPicos }) => excessPicos > 0n)
    .toSorted((a, b) => Number(b.excessPicos - a.excessPicos));
}

/** What is expected is an estimate, to the cent. */
function toPicos(amount: number): Picos {
  return BigInt(Math.round(amount * 100)) * 10_000_000_000n;
}
