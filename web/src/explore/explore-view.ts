import type { FiguresBefore, LedgerFigures, LedgerReport } from '../../../src/app/results/results.ts';
import { parseDecimal, roundToUnits } from '../format/decimal.ts';
import { isEstimated, unpricedShare } from '../ledger/figures.ts';
import type { PrintedFigures } from '../ledger/printed-figures.ts';
import { printTable } from '../ledger/printed-figures.ts';
import type { Dimension } from './dimensions.ts';
import type { ExploreSort, ExploreState, Selected } from './explore-state.ts';

export type ExploreRow = Readonly<{
  key: string;
  /** One value for each dimension; `null` for the sum of what was left out, and the total. */
  values: readonly Selected[] | null;
  /** Of the sum and the total. */
  title: string | null;
  figures: LedgerFigures;
  printed: PrintedFigures;
  /** `null`: no comparison. */
  before: FiguresBefore | null;
  isEstimated: boolean;
  unpriced: 'none' | 'some' | 'all';
}>;

type Order = Pick<ExploreState, 'sort' | 'isDescending' | 'measure'>;

export type ExploreView = Readonly<{
  rows: readonly ExploreRow[];
  rest: ExploreRow | null;
  total: ExploreRow;
}>;

/** A table of GPU-hours has no money to be sorted by. */
export function shownSort({ sort, measure }: Order): ExploreSort {
  return measure === 'gpu-hours' && sort === 'total' ? 'gpuHours' : sort;
}

/** The rows in the order asked for, rounded so that they add up to the total. */
export function viewLedger(report: LedgerReport, state: Order): ExploreView {
  const listed = [...report.rows, ...(report.rest ? [report.rest] : [])];
  const printed = printTable(listed, report.total, 2);
  const row = (figures: LedgerFigures & Readonly<{ before?: FiguresBefore | undefined }>, index: number) => ({
    figures,
    printed: printed.rows[index] ?? printed.total,
    before: figures.before ?? null,
    isEstimated: isEstimated(figures),
    unpriced: unpricedShare(figures),
  });
  const rows = report.rows.map((figures, index) => {
    const values = report.by.map((dimension) => ({
      dimension: dimension as Dimension,
      value: String(figures[dimension]),
    }));
    return { ...row(figures, index), key: values.map(({ value }) => value).join('\n'), values, title: null };
  });
  const sum = (title: string) => ({ key: title, values: null, title });
  return {
    rows: isInOrderOfTime(report, state) ? rows : rows.toSorted((a, b) => compareRows(a, b, state)),
    rest: report.rest && { ...row(report.rest, report.rows.length), ...sum(`${report.rest.rows} more`) },
    total: { ...row({ ...report.total, before: report.previous ?? undefined }, -1), ...sum('Total') },
  };
}

/** Days and hours come in order unless a heading was pressed. */
function isInOrderOfTime({ by }: LedgerReport, { sort, isDescending }: Order): boolean {
  return by.some((name) => name === 'day' || name === 'hour') && sort === 'total' && isDescending;
}

function compareRows(a: ExploreRow, b: ExploreRow, order: Order): number {
  const [sort, isDescending] = [shownSort(order), order.isDescending];
  const direction = isDescending ? -1 : 1;
  if (sort === 'name') return direction * a.key.localeCompare(b.key, 'en', { numeric: true });
  const [left, right] = [sortKey(a, sort), sortKey(b, sort)];
  // What nobody knows stays at the end, whichever way the rest is turned.
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return left === right ? a.key.localeCompare(b.key, 'en') : direction * (left < right ? -1 : 1);
}

function sortKey(
  { figures, before }: ExploreRow,
  sort: Exclude<ExploreSort, 'name'>,
): number | bigint | null {
  switch (sort) {
    case 'gpuHours':
      return figures.gpuHours.gross;
    case 'tare':
      return figures.tareFraction;
    case 'gross':
      return parseDecimal(figures.cost.gross);
    case 'direct':
      return parseDecimal(figures.direct);
    case 'shared':
      return parseDecimal(figures.shared);
    case 'total':
      return parseDecimal(figures.totalCost);
    case 'change':
      return before === null ? null : parseDecimal(before.change);
    default:
      return sort satisfies never;
  }
}

/** By how much, in cents and as a share of what it was; `null` where it was nothing. */
export function viewChange(before: FiguresBefore): Readonly<{ cents: bigint; share: number | null }> {
  const [change, was] = [parseDecimal(before.change) ?? 0n, parseDecimal(before.totalCost) ?? 0n];
  return {
    cents: roundToUnits(change, 2),
    share: was > 0n ? Number((change * 1_000_000n) / was) / 1_000_000 : null,
  };
}
