import type { FiguresBefore, LedgerFigures, LedgerReport } from '../app/results/results.ts';
import { BUCKETS, type Bucket } from '../domain/ledger/buckets.ts';
import { NOBODY } from '../domain/ownership/owner.ts';
import { coverageNote } from './coverage-note.ts';
import { dimensionCells, dimensionColumns, labelCells } from './dimension-columns.ts';
import { printAmount } from './print-amount.ts';
import { type Column, cell, type PrintedRows, type Row, type TableModel } from './table-model.ts';

/** Who or what the money went to: the six buckets, gross, tare, and the charges beside them. */
export function ledgerTable(report: LedgerReport): TableModel {
  const { by, rows, rest, total, sentence } = report;
  const measure = isUnpriced(total) ? 'hours' : 'money';
  return {
    title: null,
    headline: sentence,
    columns: [...dimensionColumns(by), ...figureColumns(measure, report.previous !== null)],
    rows: rows.map((row) => ({
      ...dimensionCells(by, row),
      ...figureCells(row),
      ...beforeCells(row.before),
    })),
    rest: rest && {
      ...labelCells(by, `(${rest.rows} more)`),
      ...figureCells(rest),
      ...beforeCells(rest.before),
    },
    total: { ...labelCells(by, 'TOTAL'), ...figureCells(total), ...beforeCells(report.previous) },
    footnotes: [
      (printed) => nobodyNote(report, printed, measure),
      coverageNote(report),
      (printed) => weighingNote(printed, measure),
      reconciliationNote(report),
      beforeNote(report),
      ...signNotes(report),
      ...report.warnings.map(({ message }) => `warning: ${message}`),
    ],
  };
}

/** With nothing priced the table speaks in GPU-hours: a column of question marks says nothing. */
type Measure = 'hours' | 'money';

/** What stays on a narrow terminal; the remainder is announced. */
const IMPORTANCE: Readonly<Record<Bucket, number>> = {
  productive: 7,
  idle: 6,
  underused: 5,
  lost: 4,
  unallocated: 2,
  unobserved: 1,
};

function figureColumns(measure: Measure, isCompared: boolean): Column[] {
  const isMoney = measure === 'money';
  return [
    { name: 'grossGpuHours', title: isMoney ? 'GPU-hours' : 'gross', kind: 'hours', importance: 10 },
    ...bucketColumns('GpuHours', 'hours', 'grossGpuHours', isMoney),
    { name: 'grossCost', title: 'gross', kind: 'money', importance: 9, isExportOnly: !isMoney },
    ...bucketColumns('Cost', 'money', 'grossCost', !isMoney),
    { name: 'direct', title: 'direct', kind: 'money', importance: 3 },
    { name: 'shared', title: 'shared', kind: 'money', importance: 3 },
    { name: 'totalCost', title: 'total', kind: 'money', importance: 9, isExportOnly: !isCompared },
    ...(isCompared ? COMPARED : []),
    { name: 'tareFraction', title: 'tare', kind: 'percent', importance: 8 },
    { name: 'unpricedGpuHours', title: 'unpriced GPU-hours', kind: 'hours', isExportOnly: true },
    { name: 'estimatedCost', title: 'estimated', kind: 'money', isExportOnly: true },
  ];
}

const COMPARED: readonly Column[] = [
  { name: 'before', title: 'before', kind: 'money', importance: 9 },
  { name: 'change', title: 'change', kind: 'money', importance: 10 },
];

function bucketColumns(suffix: string, kind: Measure, partOf: string, isExportOnly: boolean): Column[] {
  return BUCKETS.map((bucket) => ({
    name: `${bucket}${suffix}`,
    title: bucket,
    kind,
    partOf,
    importance: IMPORTANCE[bucket],
    isExportOnly,
  }));
}

function figureCells(figures: LedgerFigures): Row {
  const { gpuHours, cost } = figures;
  const hasNoPrice = isUnpriced(figures);
  const money = (value: string, mark?: '~' | '?') => (hasNoPrice ? cell(null, '?') : cell(value, mark));
  const buckets = BUCKETS.flatMap((bucket) => [
    [`${bucket}GpuHours`, cell(gpuHours[bucket])],
    [`${bucket}Cost`, money(cost[bucket])],
  ]);
  return {
    ...Object.fromEntries(buckets),
    grossGpuHours: cell(gpuHours.gross),
    grossCost: money(cost.gross, markOf(figures)),
    direct: cell(figures.direct),
    shared: cell(figures.shared),
    totalCost: cell(figures.totalCost),
    tareFraction: cell(figures.tareFraction),
    unpricedGpuHours: cell(figures.unpricedGpuHours),
    estimatedCost: cell(figures.estimatedCost),
  };
}

function beforeCells(figures: FiguresBefore | null | undefined): Row {
  return figures ? { before: cell(figures.totalCost), change: cell(figures.change) } : {};
}

/** What is missing weighs more than what is estimated. */
function markOf({ unpricedGpuHours, estimatedCost }: LedgerFigures): '~' | '?' | undefined {
  if (unpricedGpuHours > 0) return '?';
  return Number(estimatedCost) === 0 ? undefined : '~';
}

/** There is GPU time, and none of it has a price: its cost is unknown, not zero. */
function isUnpriced({ gpuHours, unpricedGpuHours }: LedgerFigures): boolean {
  return gpuHours.gross > 0 && unpricedGpuHours === gpuHours.gross;
}

/** What nobody held, split into its two reasons, where one row stands for it. */
function nobodyNote({ by, rows }: LedgerReport, printed: PrintedRows, measure: Measure): string {
  const [first, ...others] = [...rows.keys()].filter((index) =>
    by.some((name) => rows[index]![name] === NOBODY),
  );
  if (first === undefined || others.length > 0) return '';
  const text = (bucket: Bucket) => printed.rows[first]![bucketName(bucket, measure)];
  return `(nobody): unallocated ${text('unallocated')}, unobserved ${text('unobserved')}`;
}

/** The weighing as one line, in the digits of the table. */
function weighingNote({ total }: PrintedRows, measure: Measure): string {
  if (total === null) return '';
  const gross = total[measure === 'money' ? 'grossCost' : 'grossGpuHours'];
  const parts = BUCKETS.map((bucket) => `${bucket} ${total[bucketName(bucket, measure)]}`).join(' + ');
  return `gross ${gross} = ${parts}`;
}

function reconciliationNote({ reconciliation, currency }: LedgerReport): string {
  const { bill, ledger, difference, trueUp } = reconciliation;
  if (Number(bill) === 0) return 'no bill in this window';
  const money = [
    `bill ${printAmount(bill)}`,
    `ledger ${printAmount(ledger)}`,
    `difference ${printAmount(difference)}`,
  ];
  if (Number(trueUp) !== 0) money.push(`billed over estimated ${printAmount(trueUp)}`);
  return `${money.join(' · ')} ${currency}`;
}

function beforeNote({ previous }: LedgerReport): string {
  if (previous === null) return '';
  const shown = (instant: string) => instant.replace('T00:00:00Z', '').replace(':00Z', 'Z');
  return `before: ${shown(previous.from)} to ${shown(previous.to)}, the end excluded`;
}

function bucketName(bucket: Bucket, measure: Measure): string {
  return `${bucket}${measure === 'money' ? 'Cost' : 'GpuHours'}`;
}

function signNotes({ rows, total, rest }: LedgerReport): string[] {
  const lines = [...rows, total, ...(rest ? [rest] : [])];
  const hasEstimate = lines.some(({ estimatedCost }) => Number(estimatedCost) !== 0);
  const hasUnpriced = lines.some(({ unpricedGpuHours }) => unpricedGpuHours > 0);
  return [
    ...(hasEstimate ? ['~ rests on an estimate until the bill arrives'] : []),
    ...(hasUnpriced ? ['? holds GPU time without a price, whose cost is missing here'] : []),
  ];
}
