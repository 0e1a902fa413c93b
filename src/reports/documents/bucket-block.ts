import type { LedgerFigures } from '../../app/results/results.ts';
import { BUCKETS, type PerBucket } from '../../domain/ledger/buckets.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import { type Column, cell, type Row, type TableModel } from '../table-model.ts';
import { drawBuckets } from './bucket-chart.ts';
import { BUCKET_LOOKS } from './bucket-looks.ts';
import type { Block } from './page-model.ts';
import { currencySign, drawnAmount } from './words.ts';

export type BucketColumn = LedgerFigures & Readonly<{ label: string; name: string; isPartial: boolean }>;

export type BucketBlockOptions = Readonly<{
  heading: string;
  /** What a column is: `month`, `day`. */
  of: string;
  columns: readonly BucketColumn[];
  /** Of the window, for the words. */
  total: LedgerFigures;
  currency: string;
  width: 'half' | 'full';
  height: number;
}>;

/** Where GPU money went; in GPU-hours where nothing has a price. */
export function bucketBlock(options: BucketBlockOptions): Block {
  const { heading, of, columns, total, currency, width, height } = options;
  const isMoney = !hasNoPrice(total);
  return {
    kind: 'chart',
    width,
    heading,
    summary: `${summaryOf(total, isMoney)} By ${of} the six parts are in the table.`,
    draw: (wide) =>
      drawBuckets({
        columns: columns.map((column) => ({
          label: column.label,
          isPartial: column.isPartial,
          values: valuesOf(column, isMoney),
        })),
        currencySign: isMoney ? currencySign(currency) : null,
        width: wide,
        height,
      }),
    table: tableOf(of, columns, isMoney),
  };
}

export function hasNoPrice({ gpuHours, unpricedGpuHours }: LedgerFigures): boolean {
  return gpuHours.gross > 0 && unpricedGpuHours === gpuHours.gross;
}

function valuesOf({ cost, gpuHours }: LedgerFigures, isMoney: boolean): PerBucket<number> {
  const value = (bucket: (typeof BUCKETS)[number]) =>
    isMoney ? drawnAmount(cost[bucket]) : gpuHours[bucket];
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, value(bucket)])) as PerBucket<number>;
}

/** `53 % did useful work, 21 % was held, did nothing, …` */
function summaryOf(total: LedgerFigures, isMoney: boolean): string {
  const values = valuesOf(total, isMoney);
  const whole = BUCKETS.reduce((sum, bucket) => sum + Math.max(0, values[bucket]), 0);
  if (whole === 0) return 'No GPU time.';
  const parts = BUCKET_LOOKS.map(
    ({ bucket, plain }) => `${plain} ${displayPercent(Math.max(0, values[bucket]) / whole)}`,
  );
  return `Of the ${isMoney ? 'money for GPUs' : 'GPU time'}: ${parts.join(', ')}.`;
}

function tableOf(of: string, columns: readonly BucketColumn[], isMoney: boolean): TableModel {
  const kind = isMoney ? 'money' : 'hours';
  const parts: Column[] = BUCKET_LOOKS.map(({ bucket }) => ({
    name: bucket,
    title: bucket,
    kind,
    partOf: 'gross',
  }));
  return {
    title: null,
    headline: null,
    columns: [{ name: 'name', title: of, kind: 'text' }, ...parts, { name: 'gross', title: 'gross', kind }],
    rows: columns.map((column): Row => {
      const values = isMoney ? column.cost : column.gpuHours;
      return {
        name: cell(column.name),
        ...Object.fromEntries(BUCKETS.map((bucket) => [bucket, cell(values[bucket])])),
        gross: cell(values.gross),
      };
    }),
    rest: null,
    total: null,
    footnotes: [],
  };
}
