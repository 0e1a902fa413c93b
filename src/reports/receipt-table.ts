import type { RunReceipt } from '../app/results/runs.ts';
import { type Column, cell, type TableModel } from './table-model.ts';

const COLUMNS: readonly Column[] = [
  { name: 'attempt', title: 'attempt', kind: 'text' },
  { name: 'what', title: 'what', kind: 'text' },
  { name: 'deviceHours', title: 'device hours', kind: 'hours' },
  { name: 'unitPrice', title: 'price', kind: 'money' },
  { name: 'share', title: 'share', kind: 'percent' },
  { name: 'gpuHours', title: 'GPU-hours', kind: 'hours' },
  { name: 'amount', title: 'amount', kind: 'money' },
  { name: 'source', title: 'source', kind: 'text' },
];

/** The lines of a receipt for CSV and Markdown; the amounts add up to the run. */
export function receiptTable({ title, run, lines, charges }: RunReceipt): TableModel {
  const beside = [
    ...charges.map(({ description, amount, source }) => ({
      what: cell(description ?? 'a charge'),
      amount: cell(amount),
      source: cell(source),
    })),
    ...(Number(run.shared) === 0 ? [] : [{ what: cell('shared costs'), amount: cell(run.shared) }]),
  ];
  return {
    title: null,
    headline: title,
    columns: COLUMNS,
    rows: [
      ...lines.map((line) => ({
        attempt: cell(line.attempt),
        what: cell(`${line.gpuModel} ${line.lifecycle}`),
        deviceHours: cell(line.deviceHours),
        unitPrice: cell(line.unitPrice),
        share: cell(line.share),
        gpuHours: cell(line.gpuHours),
        amount: line.amount === null ? cell(null, '?' as const) : cell(line.amount),
        source: cell([line.priceSource, line.priceReference].filter(Boolean).join(', ')),
      })),
      ...beside,
    ],
    rest: null,
    total: { what: cell('TOTAL'), gpuHours: cell(run.gpuHours), amount: cell(run.cost) },
    footnotes: run.notes,
  };
}
