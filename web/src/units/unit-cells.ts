import type { InferenceFigures } from '../../../src/app/results/inference.ts';
import { parseDecimal } from '../format/decimal.ts';
import { msText, threeDigits } from '../format/latency.ts';
import { exactMoney, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatCount, formatPercent, hoursText } from '../format/quantity.ts';
import { formatUnitMoney } from '../format/unit-money.ts';
import { isLessBetter, preferredScores } from './preferred-scores.ts';
import type { ColumnLook, ColumnName } from './units-columns.ts';
import { COLUMNS } from './units-columns.ts';

/** A cell as it is printed. */
export type CellView = Readonly<{
  text: string;
  /** Every digit, on hover. */
  exact?: string;
  /** Not known, which is no zero: shown as a marker. */
  isGap?: boolean;
  /** Loses money. */
  isBad?: boolean;
  /** A few words below. */
  note?: string | null;
}>;

/** Without these there is nothing to tell, and nothing is missing. */
const NEEDS_COST: readonly ColumnName[] = [
  'cost',
  'allocatedCost',
  'usedCost',
  'costPer1kRequests',
  'costPer1kSuccessful',
];

export function unitCell(figures: InferenceFigures, column: ColumnName, currency: string): CellView {
  if (column === 'quality') return qualityCell(figures);
  if (column === 'slo' && figures.slo !== null && figures.slo.attained === null) return gap('not timed');
  const { kind, pick }: ColumnLook = COLUMNS[column];
  const value = pick(figures);
  if (value === null) {
    const isMissing = NEEDS_COST.includes(column) && (figures.requests > 0 || column === 'cost');
    return isMissing && figures.cost === null ? gap('unpriced') : { text: UNKNOWN };
  }
  const view = valueCell(value, kind, currency);
  if (column === 'cost' && figures.unpricedRequests > 0)
    return { ...view, note: `? ${formatCount(figures.unpricedRequests)} unpriced` };
  return column === 'marginPer1k' && figures.isLosingMoney
    ? { ...view, isBad: true, note: 'loses money' }
    : view;
}

function valueCell(value: string | number, kind: ColumnLook['kind'], currency: string): CellView {
  switch (kind) {
    case 'money':
      return { text: formatMoney(String(value), currency, 2), exact: exactMoney(String(value), currency) };
    case 'unit':
      return { text: formatUnitMoney(String(value), currency), exact: exactMoney(String(value), currency) };
    case 'ms':
      return { text: msText(Number(value)), exact: `${value} ms` };
    case 'percent':
      return { text: formatPercent(Number(value)), exact: String(value) };
    case 'count':
      return { text: formatCount(Number(value)) };
    case 'hours':
      return { text: hoursText(Number(value)), exact: `${value} h` };
    case 'number':
    case 'quality':
      return { text: threeDigits(Number(value)), exact: String(value) };
    default:
      return kind satisfies never;
  }
}

/** One score with its name below; the others on hover, and in the trend. */
function qualityCell({ quality }: InferenceFigures): CellView {
  const [first] = preferredScores(quality);
  if (!first) return { text: UNKNOWN };
  const passing = first.passing === null ? '' : `, ${formatPercent(first.passing)} pass`;
  return {
    text: threeDigits(first.mean),
    exact: quality.map(({ score, mean, scored }) => `${score} ${mean} (${scored} scored)`).join('; '),
    note: `${first.score}${passing}${isLessBetter(first) ? ', less is better' : ''}`,
  };
}

/** For the order of rows; what is not known comes last, whichever way. */
export function sortRows<Row extends InferenceFigures>(
  rows: readonly Row[],
  column: ColumnName,
  isDescending: boolean,
): readonly Row[] {
  const { pick }: ColumnLook = COLUMNS[column];
  const keyed = rows.map((row, index) => ({ row, index, key: sortKey(pick(row)) }));
  const sign = isDescending ? -1 : 1;
  return keyed
    .sort((a, b) => {
      if (a.key === null || b.key === null)
        return Number(a.key === null) - Number(b.key === null) || a.index - b.index;
      return a.key === b.key ? a.index - b.index : a.key < b.key ? -sign : sign;
    })
    .map(({ row }) => row);
}

/** Money is compared as exact as it is; both kinds never meet in one column. */
function sortKey(value: string | number | null): bigint | number | null {
  return typeof value === 'string' ? parseDecimal(value) : value;
}

function gap(text: string): CellView {
  return { text: `? ${text}`, isGap: true };
}
