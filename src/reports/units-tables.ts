import type { UnitDriverFigures, UnitPoint, UnitsReport } from '../app/results/units.ts';
import { UNIT_DRIVERS } from '../domain/economics/explain-unit-change.ts';
import { displayPercent } from '../domain/units/display-percent.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';
import { measureCell, rounded, unitCell } from './unit-cells.ts';

/** What moved the cost of a thousand requests, then each day or hour beside how fast and how good it was. */
export function unitsTables(report: UnitsReport): readonly [TableModel, ...TableModel[]] {
  return report.change === null
    ? [{ ...unitPointsTable(report), headline: headlineOf(report) }]
    : [driversTable(report, report.change), unitPointsTable(report)];
}

function headlineOf({ sentence, comparison }: UnitsReport): string {
  return comparison === null ? sentence : `${sentence} ${comparison}`;
}

function driversTable(report: UnitsReport, change: NonNullable<UnitsReport['change']>): TableModel {
  return {
    title: null,
    headline: headlineOf(report),
    columns: [
      { name: 'driver', title: 'driver', kind: 'text' },
      { name: 'amount', title: 'per 1k', kind: 'count' },
      { name: 'seen', title: 'seen', kind: 'text', importance: 2 },
      { name: 'meaning', title: 'what it is', kind: 'text', importance: 1 },
    ],
    rows: change.drivers.map((one) => ({
      driver: cell(one.driver),
      amount: unitCell(one.amount),
      seen: cell(seenText(one)),
      meaning: cell(one.meaning),
    })),
    rest: null,
    total: { driver: cell('TOTAL'), amount: unitCell(change.amount), seen: cell(null), meaning: cell(null) },
    footnotes: [
      `${report.currency} for 1,000 requests: now ${unitCell(change.now).printed}, in the time before ${unitCell(change.before).printed}`,
    ],
  };
}

function seenText({ evidence }: UnitDriverFigures): string | null {
  if (evidence === null) return null;
  const { measure, unit, before, now } = evidence;
  const print = (value: number | string | null): string => {
    if (value === null) return '?';
    if (typeof value === 'string') return unitCell(value).printed!;
    return unit === 'fraction' ? displayPercent(value) : rounded(value);
  };
  return `${measure} ${print(before)} → ${print(now)}`;
}

const FIGURES: readonly Column[] = [
  { name: 'requests', title: 'requests', kind: 'count', importance: 20 },
  { name: 'errors', title: 'errors', kind: 'count', isExportOnly: true },
  { name: 'inputTokens', title: 'input', kind: 'count', isExportOnly: true },
  { name: 'outputTokens', title: 'output', kind: 'count', isExportOnly: true },
  { name: 'cost', title: 'cost', kind: 'money', importance: 19 },
  { name: 'costPer1kRequests', title: 'per 1k', kind: 'count', importance: 18 },
  { name: 'costPer1mInputTokens', title: 'per 1M in', kind: 'count', importance: 12 },
  { name: 'costPer1mOutputTokens', title: 'per 1M out', kind: 'count', importance: 13 },
  { name: 'p50Ms', title: 'p50 ms', kind: 'count', importance: 5 },
  { name: 'p95Ms', title: 'p95 ms', kind: 'count', importance: 14 },
  { name: 'sloAttained', title: 'within', kind: 'percent', importance: 6 },
  { name: 'quality', title: 'quality', kind: 'text', importance: 11 },
  { name: 'costPer1kGood', title: 'per 1k good', kind: 'count', importance: 15 },
  { name: 'utilisation', title: 'at work', kind: 'percent', importance: 9 },
  { name: 'batchSize', title: 'batch', kind: 'count', importance: 4 },
  { name: 'cachedFraction', title: 'cached', kind: 'percent', importance: 3 },
  ...UNIT_DRIVERS.map((name): Column => ({ name, title: name, kind: 'count', isExportOnly: true })),
];

/** One row for each day or hour; the drivers of each are in the CSV. */
export function unitPointsTable({ step, points, total }: UnitsReport): TableModel {
  const rows = points.map((point) => ({ at: cell(point.at), ...pointCells(point, point.drivers) }));
  const whole: Row = { at: cell('TOTAL'), ...pointCells(total, null) };
  const isKnown = (name: string) => [...rows, whole].some((row: Row) => row[name]!.value !== null);
  return {
    title: step === 'day' ? 'days' : 'hours',
    headline: null,
    columns: [
      { name: 'at', title: step === 'day' ? 'day' : 'hour', kind: 'text' },
      ...FIGURES.filter(({ name, isExportOnly }) => isExportOnly || isKnown(name)),
    ],
    rows,
    rest: null,
    total: whole,
    footnotes: [],
  };
}

function pointCells(figures: UnitsReport['total'], drivers: UnitPoint['drivers']): Row {
  const quality = figures.quality.map(({ score, mean }) => `${score} ${rounded(mean)}`).join(', ');
  return {
    requests: cell(figures.requests),
    errors: cell(figures.errors),
    inputTokens: cell(figures.inputTokens),
    outputTokens: cell(figures.outputTokens),
    cost: cell(figures.cost, figures.unpricedRequests > 0 ? '?' : undefined),
    costPer1kRequests: unitCell(figures.costPer1kRequests),
    costPer1mInputTokens: unitCell(figures.costPer1mInputTokens),
    costPer1mOutputTokens: unitCell(figures.costPer1mOutputTokens),
    p50Ms: measureCell(figures.latencyMs.p50),
    p95Ms: measureCell(figures.latencyMs.p95),
    sloAttained: cell(figures.slo?.attained ?? null),
    quality: cell(quality === '' ? null : quality),
    costPer1kGood: unitCell(figures.costPer1kGood),
    utilisation: cell(figures.utilisation),
    batchSize: measureCell(figures.batchSize),
    cachedFraction: cell(figures.cachedFraction),
    ...Object.fromEntries(UNIT_DRIVERS.map((name) => [name, unitCell(drivers?.[name] ?? null)])),
  };
}
