import { costPerPoint } from '../domain/economics/cost-per-point.ts';
import { costQualityFrontier } from '../domain/economics/cost-quality-frontier.ts';
import { grossOf } from '../domain/ledger/buckets.ts';
import { displayMoney } from '../domain/money/display-money.ts';
import { formatInstant, type TimeWindow } from '../domain/time/window.ts';
import { displayHours } from '../domain/units/display-hours.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunGroup, RunQuality, RunRecord } from '../ports/run-queries.ts';
import type { Store } from '../ports/store.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { compareBigint, compareText } from './figures/compare-text.ts';
import {
  isSumUnknown,
  type RunContext,
  type RunMetric,
  runRow,
  runSums,
  totalOfRun,
} from './figures/run-figures.ts';
import { windowName } from './figures/window-name.ts';
import { readGeneratedMark } from './generated-mark.ts';
import type { WarningFigures } from './results/results.ts';
import type { RunsReport } from './results/runs.ts';
import type { RunsRequest, TareSettings } from './tare.ts';

export type RunParts = Readonly<{ store: Store; settings: TareSettings; clock: Clock }>;

/** What each run cost that was waiting or going on in the window, or groups of them. */
export async function reportRuns(
  { store, settings, clock }: RunParts,
  request: RunsRequest,
): Promise<RunsReport> {
  const { window, by, filters, text = null, metric } = request;
  const selection = { window, filters, text };
  const isGrouped = by.length > 0;
  const [groups, qualities] = await Promise.all([
    store.runGroups({ ...selection, by }),
    metric && !isGrouped ? store.runQualities({ ...selection, metric: metric.name }) : [],
  ]);
  const total = isGrouped ? sumGroups(groups) : groups[0]!;
  const page = isGrouped
    ? groupPage(groups, request)
    : await runPage(store, request, qualities, clock.nowMs());
  const { currency } = settings;
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    sentence: sentenceOf(total, window, currency),
    metric,
    ...page,
    offset: request.offset,
    total: runSums(total),
    generated: await readGeneratedMark(store),
    warnings: warningsOf(total),
  };
}

type Page = Pick<RunsReport, 'rows' | 'nextOffset'>;

function groupPage(groups: readonly RunGroup[], request: RunsRequest): Page {
  const sorted = groups.toSorted(groupOrder(request));
  const { rows, nextOffset } = slice(sorted, request);
  return { rows: rows.map((group) => ({ ...group.key, ...runSums(group) })), nextOffset };
}

/** Each run is in one group, so that the groups together are all of them. */
function sumGroups(groups: readonly RunGroup[]): RunGroup {
  const count = (pick: (group: RunGroup) => number) => groups.reduce((sum, group) => sum + pick(group), 0);
  const big = (pick: (group: RunGroup) => bigint) => groups.reduce((sum, group) => sum + pick(group), 0n);
  return {
    ...sumAggregates(groups),
    runs: count(({ runs }) => runs),
    attempts: count(({ attempts }) => attempts),
    lostAttempts: count(({ lostAttempts }) => lostAttempts),
    unknownRuns: count(({ unknownRuns }) => unknownRuns),
    waitMs: count(({ waitMs }) => waitMs),
    failed: {
      runs: count(({ failed }) => failed.runs),
      unknownRuns: count(({ failed }) => failed.unknownRuns),
      ticks: big(({ failed }) => failed.ticks),
      picos: big(({ failed }) => failed.picos),
    },
    duplicates: {
      runs: count(({ duplicates }) => duplicates.runs),
      unknownRuns: count(({ duplicates }) => duplicates.unknownRuns),
      picos: big(({ duplicates }) => duplicates.picos),
    },
  };
}

/** Days stay in the order of time; everything else by size, unless a sort says how. */
function groupOrder({ by, sort, isDescending }: RunsRequest) {
  const byKey = (a: RunGroup, b: RunGroup) =>
    by.map((name) => compareText(a.key[name] ?? '', b.key[name] ?? '')).find((order) => order !== 0) ?? 0;
  if (by.includes('day') && sort === 'cost') return byKey;
  const sizes: Readonly<Record<string, (group: RunGroup) => bigint>> = {
    gpuHours: ({ ticks }) => grossOf(ticks),
    lostCost: ({ cost }) => cost.lost,
    idleCost: ({ cost }) => cost.idle,
    productiveCost: ({ cost }) => cost.productive,
    waitHours: ({ waitMs }) => BigInt(waitMs),
    attempts: ({ attempts }) => BigInt(attempts),
  };
  const size = sizes[sort] ?? totalOfRun;
  const direction = isDescending ? -1 : 1;
  return (a: RunGroup, b: RunGroup) => direction * compareBigint(size(a), size(b)) || byKey(a, b);
}

async function runPage(
  store: Store,
  request: RunsRequest,
  qualities: readonly RunQuality[],
  nowMs: number,
): Promise<Page> {
  const { metric } = request;
  const { rows, nextOffset } =
    metric && (request.sort === 'quality' || request.sort === 'costPerPoint')
      ? await pageByQuality(store, request, metric, qualities)
      : await storedPage(store, request);
  const context: RunContext = {
    nowMs,
    metric,
    frontier: metric ? frontierOf(qualities, metric) : new Set(),
  };
  return { rows: rows.map((run) => runRow(run, context)), nextOffset };
}

type Records = Readonly<{ rows: readonly RunRecord[]; nextOffset: number | null }>;

/** One more than asked for says whether there is a next page. */
async function storedPage(store: Store, request: RunsRequest): Promise<Records> {
  const { sort, limit } = request;
  const rows = await store.runs({
    ...request,
    sort: sort === 'quality' || sort === 'costPerPoint' ? 'cost' : sort,
    limit: limit === null ? null : limit + 1,
  });
  return limit === null || rows.length <= limit
    ? { rows, nextOffset: null }
    : { rows: rows.slice(0, limit), nextOffset: request.offset + limit };
}

/** Only runs that have the metric, the best first when descending means best: more for `max`, less for `min`. */
async function pageByQuality(
  store: Store,
  request: RunsRequest,
  metric: RunMetric,
  qualities: readonly RunQuality[],
): Promise<Records> {
  const priced = qualities.map(({ runId, value, totalPicos }) => ({
    runId,
    value,
    perPoint: totalPicos === null ? null : costPerPoint(totalPicos, value, metric),
  }));
  const direction = request.isDescending ? -1 : 1;
  const sorted =
    request.sort === 'quality'
      ? priced.toSorted((a, b) => direction * (a.value - b.value) || compareText(a.runId, b.runId))
      : priced
          .filter(({ perPoint }) => perPoint !== null)
          .toSorted(
            (a, b) => direction * compareBigint(a.perPoint!, b.perPoint!) || compareText(a.runId, b.runId),
          );
  const page = slice(sorted, request);
  const ids = page.rows.map(({ runId }) => runId);
  const records = await store.runs({
    ...EVERY_RUN,
    filters: [{ dimension: 'run', values: ids }],
  });
  const byId = new Map(records.map((record) => [record.runId, record]));
  return { rows: ids.flatMap((id) => byId.get(id) ?? []), nextOffset: page.nextOffset };
}

export const EVERY_RUN = {
  window: null,
  filters: [],
  sort: 'startedAt',
  isDescending: false,
  limit: null,
  offset: 0,
} as const satisfies Parameters<Store['runs']>[0];

function slice<T>(
  rows: readonly T[],
  { offset, limit }: RunsRequest,
): { rows: readonly T[]; nextOffset: number | null } {
  if (limit === null) return { rows: rows.slice(offset), nextOffset: null };
  return {
    rows: rows.slice(offset, offset + limit),
    nextOffset: rows.length > offset + limit ? offset + limit : null,
  };
}

/** Runs of different models are not compared: their metrics mean different things. */
function frontierOf(qualities: readonly RunQuality[], { direction }: RunMetric): ReadonlySet<string> {
  const byModel = new Map<string, { id: string; totalPicos: bigint; quality: number }[]>();
  for (const { runId, model, value, totalPicos } of qualities) {
    if (totalPicos === null) continue;
    const known = byModel.get(model) ?? [];
    known.push({ id: runId, totalPicos, quality: value });
    byModel.set(model, known);
  }
  return new Set([...byModel.values()].flatMap((runs) => [...costQualityFrontier(runs, direction)]));
}

function sentenceOf(total: RunGroup, window: TimeWindow, currency: string): string {
  const name = windowName(window);
  if (total.runs === 0) return `${name}: no run was waiting or going on.`;
  const runs = `${total.runs} ${total.runs === 1 ? 'run' : 'runs'}`;
  const hours = `${displayHours(grossOf(total.ticks))} GPU-hours`;
  const cost = totalOfRun(total);
  const ended = `${total.failed.runs} of them ended failed, cancelled, preempted or timed out`;
  if (isSumUnknown(total.unknownRuns, cost)) {
    const failed = total.failed.runs === 0 ? '' : ` ${ended}.`;
    return `${name}: ${runs}, ${hours}, and no cost is known of any that held a GPU.${failed}`;
  }
  const { picos, unknownRuns } = total.failed;
  const lost = isSumUnknown(unknownRuns, picos)
    ? 'at a cost that is not known'
    : `and cost ${displayMoney(picos, currency)}${ofAll(picos, cost)}`;
  const failed = total.failed.runs === 0 ? 'None of them failed.' : `${ended}, ${lost}.`;
  return `${name}: ${runs} cost ${displayMoney(cost, currency)} as a whole for ${hours}. ${failed}`;
}

function ofAll(part: bigint, whole: bigint): string {
  return whole > 0n ? ` (${displayPercent(Number((part * 10_000n) / whole) / 10_000)})` : '';
}

function warningsOf(total: RunGroup): WarningFigures[] {
  const warnings: WarningFigures[] = [];
  if (total.unknownRuns > 0)
    warnings.push({
      code: 'runs-of-unknown-cost',
      message: `${total.unknownRuns} of ${total.runs} runs have no known device or price; their cost is missing, not zero`,
      count: total.unknownRuns,
    });
  if (total.duplicates.runs > 0)
    warnings.push({
      code: 'runs-repeated',
      message: `${total.duplicates.runs} runs did again what an earlier one had done: the same code, data and parameters`,
      count: total.duplicates.runs,
    });
  return warnings;
}
