import type { EndpointFigures, InferenceFigures, InferenceReport } from '../app/results/inference.ts';
import { displayAmount } from '../domain/money/display-money.ts';
import { parsePicos } from '../domain/money/picos.ts';
import { dimensionCells, dimensionColumns, labelCells } from './dimension-columns.ts';
import { apiSpendTables, comparisonTables } from './self-host-tables.ts';
import { type Column, cell, type Row, type TableModel } from './table-model.ts';
import { measureCell, rounded, unitCell } from './unit-cells.ts';

const COLUMNS: readonly Column[] = [
  { name: 'requests', title: 'requests', kind: 'count', importance: 20 },
  { name: 'errors', title: 'errors', kind: 'count', importance: 5 },
  { name: 'inputTokens', title: 'input', kind: 'count', importance: 9 },
  { name: 'cachedInputTokens', title: 'cached', kind: 'count', importance: 3 },
  { name: 'outputTokens', title: 'output', kind: 'count', importance: 8 },
  { name: 'cost', title: 'cost', kind: 'money', importance: 19 },
  { name: 'costPer1kRequests', title: 'per 1k', kind: 'count', importance: 18 },
  { name: 'costPer1mInputTokens', title: 'per 1M in', kind: 'count', importance: 12 },
  { name: 'costPer1mOutputTokens', title: 'per 1M out', kind: 'count', importance: 13 },
  { name: 'p50Ms', title: 'p50 ms', kind: 'count', importance: 10 },
  { name: 'p95Ms', title: 'p95 ms', kind: 'count', importance: 14 },
  { name: 'p99Ms', title: 'p99 ms', kind: 'count', importance: 6 },
  { name: 'firstTokenP95Ms', title: 'first token p95', kind: 'count', importance: 4 },
  { name: 'quality', title: 'quality', kind: 'text', importance: 11 },
  { name: 'costPer1kGood', title: 'per 1k good', kind: 'count', importance: 15 },
  { name: 'marginPer1k', title: 'margin per 1k', kind: 'count', importance: 16 },
  { name: 'utilisation', title: 'at work', kind: 'percent', importance: 7 },
  { name: 'allocatedCost', title: 'allocated', kind: 'money', isExportOnly: true },
  { name: 'usedCost', title: 'used', kind: 'money', isExportOnly: true },
  { name: 'unpricedRequests', title: 'unpriced', kind: 'count', isExportOnly: true },
  { name: 'goodRequests', title: 'good', kind: 'count', isExportOnly: true },
  { name: 'revenuePer1k', title: 'revenue per 1k', kind: 'count', isExportOnly: true },
  { name: 'gpuHours', title: 'GPU-hours', kind: 'hours', isExportOnly: true },
];

/** Unit costs beside latency and quality, then each endpoint's size and its price against an API. */
export function inferenceTables(report: InferenceReport): readonly [TableModel, ...TableModel[]] {
  const hasApi = report.endpoints.some(({ breakEven }) => breakEven !== null);
  return [
    unitTable(report),
    ...(report.endpoints.length > 0 ? [endpointTable(report.endpoints, hasApi)] : []),
    ...comparisonTables(report.endpoints),
    ...apiSpendTables(report.apiSpend),
  ];
}

function unitTable(report: InferenceReport): TableModel {
  const { by, rows, rest, total, sentence } = report;
  return {
    title: null,
    headline: sentence,
    columns: [...dimensionColumns(by), ...columnsOf(report)],
    rows: rows.map((row) => ({ ...dimensionCells(by, row), ...figureCells(row) })),
    rest: rest && { ...labelCells(by, `(${rest.rows} more)`), ...figureCells(rest) },
    total: { ...labelCells(by, 'TOTAL'), ...figureCells(total) },
    footnotes: [
      basisNote(report),
      splitNote(report),
      reconciliationNote(report),
      ...(hasUnknown(report) ? ['? part of it has no price, and is missing here'] : []),
      ...report.warnings.map(({ message }) => `warning: ${message}`),
    ],
  };
}

/** Columns in which nothing is known anywhere are left out. */
function columnsOf({ rows, total }: InferenceReport): Column[] {
  const cells = [...rows, total].map(figureCells);
  const isKnown = (name: string) => cells.some((row) => row[name]!.value !== null);
  return COLUMNS.filter(({ name, isExportOnly }) => isExportOnly || isKnown(name));
}

function figureCells(figures: InferenceFigures): Row {
  const { latencyMs, timeToFirstTokenMs, unpricedRequests } = figures;
  const mark = unpricedRequests > 0 ? '?' : undefined;
  const quality = figures.quality.map(({ score, mean }) => `${score} ${rounded(mean)}`).join(', ');
  return {
    requests: cell(figures.requests),
    errors: cell(figures.errors),
    inputTokens: cell(figures.inputTokens),
    cachedInputTokens: cell(figures.cachedInputTokens),
    outputTokens: cell(figures.outputTokens),
    cost: cell(figures.cost, mark),
    costPer1kRequests: unitCell(figures.costPer1kRequests),
    costPer1mInputTokens: unitCell(figures.costPer1mInputTokens),
    costPer1mOutputTokens: unitCell(figures.costPer1mOutputTokens),
    p50Ms: measureCell(latencyMs.p50),
    p95Ms: measureCell(latencyMs.p95),
    p99Ms: measureCell(latencyMs.p99),
    firstTokenP95Ms: measureCell(timeToFirstTokenMs.p95),
    quality: cell(quality === '' ? null : quality),
    costPer1kGood: unitCell(figures.costPer1kGood),
    marginPer1k: unitCell(figures.marginPer1k),
    utilisation: cell(figures.utilisation),
    allocatedCost: cell(figures.allocatedCost),
    usedCost: cell(figures.usedCost),
    unpricedRequests: cell(unpricedRequests),
    goodRequests: cell(figures.goodRequests),
    revenuePer1k: unitCell(figures.revenuePer1k),
    gpuHours: cell(figures.gpuHours),
  };
}

function basisNote({ basis, currency }: InferenceReport): string {
  return basis === 'allocated'
    ? `${currency} · allocated: idle time and shared costs included, as the bill has them`
    : `${currency} · used: only what did work, without idle time and shared costs; the allocated basis agrees with the bill`;
}

function splitNote({ rows, total }: InferenceReport): string {
  const splits = [...rows, total].map(({ tokenSplit }) => tokenSplit).filter((split) => split !== null);
  if (splits.length === 0) return '';
  const weight = splits.find((split) => split.weight !== null)?.weight ?? null;
  const declared = `input and output weigh ${weight} by token: a stated weight, not a measured one`;
  if (splits.every(({ method }) => method === 'declared')) return declared;
  const measured = 'input and output share a cost by their seconds of prefill and decode';
  return weight === null ? measured : `${measured}; where these are not measured, ${declared}`;
}

function reconciliationNote({ reconciliation }: InferenceReport): string {
  const { ledger, rows, difference, apiCalls, apiBilled } = reconciliation;
  const own = `ledger ${amount(ledger)} · self-hosted rows ${amount(rows)} · difference ${amount(difference)}`;
  if (Number(apiCalls) === 0 && apiBilled === null) return own;
  const billed =
    apiBilled === null ? 'no bill of it' : `bills of AI services ${amount(apiBilled)}, not added`;
  return `${own} · API calls by their prices ${amount(apiCalls)}, ${billed}`;
}

function amount(text: string): string {
  return displayAmount(parsePicos(text)!.picos);
}

function hasUnknown({ rows, total }: InferenceReport): boolean {
  return [...rows, total].some(({ unpricedRequests }) => unpricedRequests > 0);
}

function endpointTable(endpoints: readonly EndpointFigures[], hasApi: boolean): TableModel {
  const columns: Column[] = [
    { name: 'endpoint', title: 'endpoint', kind: 'text' },
    { name: 'requestsPerHour', title: 'requests/h', kind: 'count' },
    { name: 'peakRequestsPerHour', title: 'busiest/h', kind: 'count' },
    { name: 'replicas', title: 'replicas', kind: 'count' },
    { name: 'replicasNeeded', title: 'needed', kind: 'count' },
    ...(hasApi
      ? ([
          { name: 'apiPer1k', title: 'API per 1k', kind: 'count' },
          { name: 'breakEvenPerHour', title: 'break-even/h', kind: 'count' },
          { name: 'cheaper', title: 'cheaper', kind: 'text' },
        ] satisfies Column[])
      : []),
    { name: 'diagnosis', title: 'diagnosis', kind: 'text' },
    { name: 'meaning', title: 'what to do', kind: 'text', importance: 1 },
  ];
  return {
    title: 'endpoints',
    headline: null,
    columns,
    rows: endpoints.map((one) => ({
      endpoint: cell(one.endpoint),
      requestsPerHour: measureCell(one.requestsPerHour),
      peakRequestsPerHour: measureCell(one.peakRequestsPerHour),
      replicas: measureCell(one.replicas),
      replicasNeeded: cell(one.replicasNeeded),
      apiPer1k: unitCell(one.breakEven?.apiCostPer1kRequests ?? null),
      breakEvenPerHour: measureCell(one.breakEven?.requestsPerHour ?? null),
      cheaper: cell(one.breakEven?.cheaper.replace('_', '-') ?? null),
      diagnosis: cell(one.diagnosis.replaceAll('_', ' ')),
      meaning: cell(one.meaning),
    })),
    rest: null,
    total: null,
    footnotes: [],
  };
}
