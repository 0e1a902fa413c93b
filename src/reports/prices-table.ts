import type { PriceFigures, PriceReport } from '../app/results/prices.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

/** List prices, cheapest GPU first. A `~` was not compared line by line with the seller's list. */
export function pricesTable({ at, rows }: PriceReport): TableModel {
  const isApproximate = rows.some(({ confidence }) => confidence === 'approximate');
  return {
    title: null,
    headline: null,
    columns: COLUMNS,
    rows: rows.map(cellsOf),
    rest: null,
    total: null,
    footnotes: [
      `List prices of ${at}, before any discount.`,
      isApproximate ? '~ not compared line by line with the list of the seller' : '',
    ],
  };
}

const COLUMNS: readonly Column[] = [
  { name: 'gpuModel', title: 'GPU', kind: 'text' },
  { name: 'perGpuHour', title: 'per GPU-hour', kind: 'money' },
  { name: 'currency', title: 'currency', kind: 'text' },
  { name: 'lifecycle', title: 'lifecycle', kind: 'text' },
  { name: 'provider', title: 'provider', kind: 'text' },
  { name: 'instanceType', title: 'machine', kind: 'text', importance: 5 },
  { name: 'gpuCount', title: 'GPUs', kind: 'count', importance: 3 },
  { name: 'perInstanceHour', title: 'per machine-hour', kind: 'money', importance: 2 },
  { name: 'region', title: 'region', kind: 'text', importance: 4 },
  { name: 'term', title: 'term', kind: 'text', importance: 1 },
  { name: 'from', title: 'from', kind: 'text', importance: 0 },
  { name: 'checked', title: 'checked', kind: 'text', isExportOnly: true },
  { name: 'confidence', title: 'confidence', kind: 'text', isExportOnly: true },
  { name: 'source', title: 'source', kind: 'text', isExportOnly: true },
];

function cellsOf(row: PriceFigures): TableModel['rows'][number] {
  const mark = row.confidence === 'approximate' ? '~' : undefined;
  return {
    gpuModel: cell(row.gpuModel),
    perGpuHour: cell(row.perGpuHour, mark),
    currency: cell(row.currency),
    lifecycle: cell(row.lifecycle),
    provider: cell(row.provider),
    instanceType: cell(row.instanceType),
    gpuCount: cell(row.gpuCount),
    perInstanceHour: cell(row.perInstanceHour, mark),
    region: cell(row.region),
    term: cell(row.term),
    from: cell(row.from),
    checked: cell(row.checked),
    confidence: cell(row.confidence),
    source: cell(row.source),
  };
}
