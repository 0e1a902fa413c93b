import { formatPicos } from '../../domain/money/picos.ts';
import { formatInstant } from '../../domain/time/window.ts';
import type { LedgerFilter } from '../../ports/store.ts';
import { amountOf } from '../figures/amount-of.ts';
import { windowName } from '../figures/window-name.ts';
import type { MonthFigures, MonthForecast, PreviousFigures } from '../results/documents.ts';
import type { ForecastRow } from '../results/forecast.ts';
import type { LedgerFigures } from '../results/results.ts';
import type { DocumentParts } from './document-parts.ts';
import { comparedWindow, type DocumentWindow, type KnownWindow, monthsUpTo } from './document-window.ts';

/** Each month as the ledger report has it. */
export function monthFigures(
  parts: DocumentParts,
  about: DocumentWindow,
  filters: readonly LedgerFilter[] = [],
): Promise<readonly MonthFigures[]> {
  return Promise.all(
    monthsUpTo(about).map(async (month) => {
      const total = await totalOf(parts, month, filters);
      return {
        month: monthOf(month.fromMs),
        from: formatInstant(month.fromMs),
        to: formatInstant(month.toMs),
        isComplete: month.isComplete,
        netFraction: netOf(total),
        ...total,
      };
    }),
  );
}

/** The time before, beside the total of the window. */
export async function previousFigures(
  parts: DocumentParts,
  about: DocumentWindow,
  total: LedgerFigures,
  filters: readonly LedgerFilter[] = [],
): Promise<PreviousFigures | null> {
  const before = comparedWindow(about);
  if (before === null) return null;
  const figures = await totalOf(parts, before, filters);
  return {
    from: formatInstant(before.fromMs),
    to: formatInstant(before.toMs),
    windowName: windowName(before),
    isComplete: before.isComplete,
    netFraction: netOf(figures),
    change: before.isComplete ? formatPicos(amountOf(total.totalCost) - amountOf(figures.totalCost)) : null,
    ...figures,
  };
}

/** What did useful work; `null` without GPU time. */
export function netOf({ tareFraction }: LedgerFigures): number | null {
  // A share has nine decimals.
  return tareFraction === null ? null : Math.round((1 - tareFraction) * 1e9) / 1e9;
}

/** The month that the known time ends in, and the next one, from what was known then. */
export async function monthForecasts(
  { tare }: DocumentParts,
  { asOfMs }: DocumentWindow,
  team: string | null = null,
): Promise<readonly MonthForecast[]> {
  const by = team === null ? null : 'team';
  const report = await tare.reportForecast({ by, period: 'monthly', atMs: asOfMs });
  const row = team === null ? report.total : (report.rows.find(({ owner }) => owner === team) ?? null);
  return [
    ...(row?.forecast ? [{ month: report.from.slice(0, 7), ...row.forecast }] : []),
    ...(row?.next ? [withoutEnds(row.next)] : []),
  ];
}

function withoutEnds({ from, to: _, ...range }: NonNullable<ForecastRow['next']>): MonthForecast {
  return { month: from.slice(0, 7), ...range };
}

async function totalOf(
  { tare }: DocumentParts,
  { fromMs, toMs }: KnownWindow,
  filters: readonly LedgerFilter[],
): Promise<LedgerFigures> {
  return (await tare.reportLedger({ window: { fromMs, toMs }, by: [], filters, top: null })).total;
}

function monthOf(atMs: number): string {
  return formatInstant(atMs).slice(0, 7);
}
