import type { ReactNode } from 'react';
import type { LedgerReport } from '../../../src/app/results/results.ts';
import { BucketName } from '../buckets/bucket-name.tsx';
import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { formatDay } from '../format/dates.ts';
import { exactMoney, formatMoney, formatUnits, UNKNOWN, UNPRICED } from '../format/money.ts';
import { formatChangePercent, formatGpuHours, formatPercent, hoursText } from '../format/quantity.ts';
import { Figure } from '../frame/figure.tsx';
import { Link } from '../frame/link.tsx';
import { Scroller } from '../frame/scroller.tsx';
import { SortHead } from '../frame/sort-head.tsx';
import type { ChangeState } from '../state/use-page-state.ts';
import type { Dimension } from './dimensions.ts';
import { dimensionTitle } from './dimensions.ts';
import type { ExploreSort, ExploreState } from './explore-state.ts';
import { drillInto, writeExploreState } from './explore-state.ts';
import type { ExploreRow } from './explore-view.ts';
import { shownSort, viewChange, viewLedger } from './explore-view.ts';

type ExploreTableProps = Readonly<{
  report: LedgerReport;
  state: ExploreState;
  change: ChangeState<ExploreState>;
}>;

type Column = Exclude<ExploreSort, 'name'> | 'before' | Bucket;

/** Groups of the ledger; a group leads to what lies within it. */
export function ExploreTable({ report, state, change }: ExploreTableProps) {
  const view = viewLedger(report, state);
  const columns = columnsOf(state, report.previous !== null && view.rows.some((row) => row.before !== null));
  const cells = { columns, currency: report.currency, state };
  return (
    <Scroller label="Table of the ledger">
      <table className="grid explore">
        <thead>
          <tr>
            {report.by.map((name, index) => (
              <Head
                key={name}
                sort={index === 0 ? 'name' : null}
                title={dimensionTitle(name as Dimension)}
                isNumber={false}
                state={state}
                change={change}
              />
            ))}
            {columns.map((column) => (
              <Head
                key={column}
                sort={isSort(column) ? column : null}
                title={isBucket(column) ? <BucketName bucket={column} /> : TITLES[column]}
                isNumber
                state={state}
                change={change}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <Line key={row.key} row={row} span={report.by.length} {...cells} />
          ))}
          {view.rest && <Line row={view.rest} span={report.by.length} {...cells} />}
        </tbody>
        <tfoot>
          <Line row={view.total} span={report.by.length} {...cells} />
        </tfoot>
      </table>
    </Scroller>
  );
}

const TITLES: Readonly<Record<Exclude<Column, Bucket>, string>> = {
  gpuHours: 'GPU-hours',
  gross: 'Gross',
  tare: 'Tare',
  direct: 'Direct',
  shared: 'Shared',
  total: 'Total',
  before: 'Before',
  change: 'Change',
};

function columnsOf({ measure, hasBuckets }: ExploreState, isCompared: boolean): readonly Column[] {
  const buckets = hasBuckets ? BUCKETS : [];
  if (measure === 'gpu-hours') return ['gpuHours', ...buckets, 'tare'];
  // What is compared stands in front, where a narrow screen shows it too.
  if (isCompared)
    return ['gpuHours', 'total', 'before', 'change', 'gross', ...buckets, 'tare', 'direct', 'shared'];
  return ['gpuHours', 'gross', ...buckets, 'tare', 'direct', 'shared', 'total'];
}

type HeadProps = Readonly<{
  /** `null`: it does not sort by this. */
  sort: ExploreSort | null;
  title: ReactNode;
  isNumber: boolean;
  state: ExploreState;
  change: ChangeState<ExploreState>;
}>;

function Head({ sort, title, isNumber, state, change }: HeadProps) {
  if (sort === null) {
    return (
      <th scope="col" className={isNumber ? 'number' : undefined}>
        {title}
      </th>
    );
  }
  const isSorted = shownSort(state) === sort;
  return (
    <SortHead
      isNumber={isNumber}
      order={isSorted ? (state.isDescending ? 'descending' : 'ascending') : null}
      onSort={() => change({ sort, isDescending: isSorted ? !state.isDescending : sort !== 'name' })}
    >
      {title}
    </SortHead>
  );
}

type LineProps = Readonly<{
  row: ExploreRow;
  span: number;
  columns: readonly Column[];
  currency: string;
  state: ExploreState;
}>;

function Line({ row, span, columns, currency, state }: LineProps) {
  return (
    <tr>
      {row.values === null ? (
        <th scope="row" colSpan={span}>
          {row.title}
          <Unpriced row={row} />
        </th>
      ) : (
        row.values.map(({ dimension, value }, index) => {
          const href = `/explore${writeExploreState({ ...state, ...drillInto(state, row.values!.slice(0, index + 1)) })}`;
          const isLast = index === row.values!.length - 1;
          const content = (
            <>
              <Link href={href}>{valueText(dimension, value)}</Link>
              {isLast && <Unpriced row={row} />}
            </>
          );
          return index === 0 ? (
            <th key={dimension} scope="row">
              {content}
            </th>
          ) : (
            <td key={dimension}>{content}</td>
          );
        })
      )}
      {columns.map((column) => (
        <td key={column} className="number">
          <Cell row={row} column={column} currency={currency} measure={state.measure} />
        </td>
      ))}
    </tr>
  );
}

function valueText(dimension: Dimension, value: string): string {
  if (dimension === 'day') return formatDay(value);
  return value === '' ? 'none' : value;
}

function Unpriced({ row }: Readonly<{ row: ExploreRow }>) {
  if (row.unpriced === 'none') return null;
  return <span className="row-note unpriced">? {formatGpuHours(row.figures.unpricedGpuHours)} unpriced</span>;
}

type CellProps = Readonly<{
  row: ExploreRow;
  column: Column;
  currency: string;
  measure: ExploreState['measure'];
}>;

function Cell({ row, column, currency, measure }: CellProps) {
  const { figures, printed } = row;
  if (column === 'gpuHours') {
    return <Figure text={hoursText(figures.gpuHours.gross)} exact={`${figures.gpuHours.gross} GPU-hours`} />;
  }
  if (column === 'tare') return figures.tareFraction === null ? UNKNOWN : formatPercent(figures.tareFraction);
  if (column === 'before' || column === 'change')
    return <Compared row={row} column={column} currency={currency} />;
  if (measure === 'gpu-hours' && isBucket(column)) {
    return (
      <Figure text={hoursText(figures.gpuHours[column])} exact={`${figures.gpuHours[column]} GPU-hours`} />
    );
  }
  const isOfGpus = column === 'gross' || isBucket(column);
  if (row.unpriced === 'all' && isOfGpus) return <span className="unpriced">{UNPRICED}</span>;
  const amount = column === 'total' ? figures.totalCost : isOfGpus ? figures.cost[column] : figures[column];
  const units = isBucket(column) ? printed.buckets[column] : printed[column];
  return (
    <Figure
      text={formatUnits(units, currency, 2)}
      exact={exactMoney(amount, currency)}
      isEstimate={row.isEstimated && (column === 'gross' || column === 'total')}
    />
  );
}

type ComparedProps = Readonly<{ row: ExploreRow; column: 'before' | 'change'; currency: string }>;

function Compared({ row: { before }, column, currency }: ComparedProps) {
  if (before === null) return UNKNOWN;
  if (column === 'before') {
    return (
      <Figure
        text={formatMoney(before.totalCost, currency, 2)}
        exact={exactMoney(before.totalCost, currency)}
      />
    );
  }
  const { cents, share } = viewChange(before);
  const sign = cents > 0n ? '+' : '';
  return (
    <>
      <Figure
        text={`${sign}${formatUnits(cents, currency, 2)}`}
        exact={exactMoney(before.change, currency)}
      />
      <span className="quiet change-share">{share === null ? 'new' : formatChangePercent(share)}</span>
    </>
  );
}

function isBucket(column: Column): column is Bucket {
  return BUCKETS.some((bucket) => bucket === column);
}

function isSort(column: Column): column is Exclude<ExploreSort, 'name'> {
  return !isBucket(column) && column !== 'before';
}
