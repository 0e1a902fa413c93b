import type { Bucket } from '../buckets/buckets.ts';
import { BUCKETS } from '../buckets/buckets.ts';
import { formatShortDay, formatWeekday } from '../format/dates.ts';
import { fractionOf, parseDecimal, toNumber } from '../format/decimal.ts';
import { formatMoney, formatUnits, moneyDecimals } from '../format/money.ts';
import { countOf, formatGpuHours, formatPercent, hoursText } from '../format/quantity.ts';
import type { Measure } from '../state/url-state.ts';
import { bucketHours, bucketPicos, isEstimated, isMostlyEstimated } from './figures.ts';
import type { LedgerWindow } from './ledger-window.ts';
import { printTable } from './printed-figures.ts';

export type DayBar = Readonly<{
  day: string;
  /** `14 Oct`, with `~` when part of it is an estimate. */
  label: string;
  /** `Wed 14 Oct 2026`. */
  name: string;
  isEstimated: boolean;
  isLight: boolean;
  /** For the height of the bar only. */
  heights: Readonly<Record<Bucket, number>>;
  /** As printed, without a unit in the heading's measure. */
  texts: Readonly<Record<Bucket, string>>;
  gross: string;
  /** Only for money: charges that buy no GPU time. */
  beside: Readonly<{ direct: string; shared: string; total: string }> | null;
}>;

export type DaysView = Readonly<{
  bars: readonly DayBar[];
  total: Omit<DayBar, 'day' | 'label' | 'name' | 'isLight' | 'heights'>;
  /** What a person who does not see the bars is told. */
  summary: string;
}>;

/** The days of the window by bucket, in money or GPU-hours, as the chart draws and the table prints them. */
export function viewDays(ledger: LedgerWindow, measure: Measure): DaysView {
  const prints = measure === 'cost' ? moneyPrints(ledger) : hourPrints(ledger);
  const bars = ledger.days.map((figures, index) => ({
    day: figures.day,
    label: `${formatShortDay(figures.day)}${isEstimated(figures) ? ' ~' : ''}`,
    name: formatWeekday(figures.day),
    isEstimated: isEstimated(figures),
    isLight: isMostlyEstimated(figures),
    heights: measure === 'cost' ? moneyHeights(figures) : bucketHours(figures.gpuHours),
    ...prints.rows[index]!,
  }));
  const total = { isEstimated: isEstimated(ledger.total), ...prints.total };
  return { bars, total, summary: summarise(ledger, bars, measure) };
}

type Print = Pick<DayBar, 'texts' | 'gross' | 'beside'>;

function moneyPrints({ days, total, currency }: LedgerWindow): { rows: Print[]; total: Print } {
  const table = printTable(days, total, 2);
  const print = (row: (typeof table)['total']): Print => {
    const text = (units: bigint): string => formatUnits(units, currency, 2);
    return {
      texts: perBucket((bucket) => text(row.buckets[bucket])),
      gross: text(row.gross),
      beside: { direct: text(row.direct), shared: text(row.shared), total: text(row.total) },
    };
  };
  return { rows: table.rows.map(print), total: print(table.total) };
}

function hourPrints({ days, total }: LedgerWindow): { rows: Print[]; total: Print } {
  const print = (figures: LedgerWindow['total']): Print => ({
    texts: perBucket((bucket) => hoursText(figures.gpuHours[bucket])),
    gross: hoursText(figures.gpuHours.gross),
    beside: null,
  });
  return { rows: days.map(print), total: print(total) };
}

function moneyHeights(figures: LedgerWindow['total']): Readonly<Record<Bucket, number>> {
  const picos = bucketPicos(figures.cost);
  return perBucket((bucket) => toNumber(picos[bucket]));
}

function summarise(ledger: LedgerWindow, bars: readonly DayBar[], measure: Measure): string {
  const ordered = [...bars].sort((a, b) => height(b) - height(a));
  const [highest, lowest] = [ordered[0], ordered.at(-1)];
  if (!highest || !lowest) return 'No day of this window has GPU time.';
  const estimated = bars.filter((bar) => bar.isEstimated).length;
  const unit = measure === 'cost' ? '' : ' GPU-h';
  const extremes =
    bars.length === 1
      ? `${highest.name}: ${highest.gross}${unit}.`
      : `${countOf(bars.length, 'day')}, ${wholeText(ledger, measure)} in all; most on ${highest.name} (${highest.gross}${unit}), least on ${lowest.name} (${lowest.gross}${unit}).`;
  const rest =
    estimated === 0
      ? 'No day rests on estimates.'
      : `${countOf(estimated, 'day rests', 'days rest')} wholly or partly on estimates (~).`;
  return `${extremes} ${shares(ledger, measure)} ${rest}`;
}

function wholeText({ total, currency }: LedgerWindow, measure: Measure): string {
  const gross = parseDecimal(total.cost.gross);
  return measure === 'cost'
    ? formatMoney(gross, currency, moneyDecimals(gross ?? 0n))
    : formatGpuHours(total.gpuHours.gross);
}

function shares({ total }: LedgerWindow, measure: Measure): string {
  const picos = bucketPicos(total.cost);
  const gross = parseDecimal(total.cost.gross) ?? 0n;
  const hours = total.gpuHours;
  const share = (bucket: Bucket): number | null =>
    measure === 'cost'
      ? fractionOf(picos[bucket], gross)
      : hours.gross > 0
        ? hours[bucket] / hours.gross
        : null;
  return `By bucket: ${BUCKETS.map((bucket) => `${bucket} ${formatPercent(share(bucket))}`).join(', ')}.`;
}

function height(bar: DayBar): number {
  return BUCKETS.reduce((sum, bucket) => sum + bar.heights[bucket], 0);
}

function perBucket<T>(valueFor: (bucket: Bucket) => T): Readonly<Record<Bucket, T>> {
  return Object.fromEntries(BUCKETS.map((bucket) => [bucket, valueFor(bucket)])) as Record<Bucket, T>;
}
