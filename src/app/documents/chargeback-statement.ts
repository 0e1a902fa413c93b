import { periodAround } from '../../domain/governance/budgets/budget.ts';
import { displayMoney } from '../../domain/money/display-money.ts';
import { formatPicos } from '../../domain/money/picos.ts';
import { NOBODY, UNTAGGED } from '../../domain/ownership/owner.ts';
import { formatDay, type TimeWindow } from '../../domain/time/window.ts';
import { displayPercent } from '../../domain/units/display-percent.ts';
import type { LedgerDimension } from '../../ports/store.ts';
import { amountOf } from '../figures/amount-of.ts';
import { fraction } from '../figures/fraction.ts';
import type { ChargebackFigures, ChargebackLine, ChargebackStatement } from '../results/documents.ts';
import type { LedgerFigures, LedgerReport } from '../results/results.ts';
import { documentHead } from './document-head.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';

/** Who bears what of the bill: GPU time by bucket, direct and shared charges, to the cent. */
export async function chargebackStatement(
  parts: DocumentParts,
  about: DocumentWindow,
  by: LedgerDimension,
): Promise<ChargebackStatement> {
  const { tare, settings } = parts;
  const { window } = about;
  const ask = (dimensions: readonly LedgerDimension[]) =>
    tare.reportLedger({ window, by: dimensions, filters: [], top: null });
  const [ledger, bySource] = await Promise.all([ask([by]), ask([by, 'priceSource'])]);
  const sourcesOf = (owner: unknown) => bySource.rows.filter((row) => row[by] === owner);
  const total = priced(ledger.total, bySource.rows);
  const { reconciliation } = ledger;
  const statement = {
    ...(await documentHead(parts, about, ledger)),
    number: numberOf(window, by),
    by,
    rows: ledger.rows.map((row) => lineOf(String(row[by]), row, sourcesOf(row[by]))),
    total,
    sharedRule: settings.shared,
    agreement: {
      bill: reconciliation.bill,
      estimated: reconciliation.estimated,
      difference: reconciliation.difference,
      total: total.totalCost,
    },
  };
  return { kind: 'chargeback', sentence: sentenceOf(statement), ...statement };
}

type Rows = LedgerReport['rows'];

function lineOf(owner: string, row: LedgerFigures, sources: Rows): ChargebackLine {
  return { owner, isUnassigned: [UNTAGGED, NOBODY, 'none'].includes(owner), ...priced(row, sources) };
}

function priced(row: LedgerFigures, sources: Rows): ChargebackFigures {
  const { gpuHours, cost, direct, shared, totalCost, tareFraction, unpricedGpuHours, estimatedCost } = row;
  const of = (source: string) => sources.filter((one) => one['priceSource'] === source);
  const costOf = (source: string) =>
    formatPicos(of(source).reduce((sum, one) => sum + amountOf(one.cost.gross), 0n));
  return {
    gpuHours,
    cost,
    direct,
    shared,
    totalCost,
    tareFraction,
    unpricedGpuHours,
    estimatedCost,
    pricedBy: sharesOf(row, of),
    costBy: {
      bill: costOf('bill'),
      contract: costOf('contract'),
      priceBook: costOf('price_book'),
      ownership: costOf('ownership'),
    },
  };
}

function sharesOf(row: LedgerFigures, of: (source: string) => Rows): ChargebackFigures['pricedBy'] {
  const whole = nanoHours(row.gpuHours.gross);
  if (whole === 0n) return null;
  const share = (source: string) =>
    fraction(
      of(source).reduce((sum, one) => sum + nanoHours(one.gpuHours.gross), 0n),
      whole,
    ) ?? 0;
  return {
    bill: share('bill'),
    contract: share('contract'),
    priceBook: share('price_book'),
    ownership: share('ownership'),
    unpriced: share('unpriced'),
  };
}

/** Hours of results have nine decimals. */
function nanoHours(hours: number): bigint {
  return BigInt(Math.round(hours * 1e9));
}

/** `TARE-202610-TEAM`; of a window that is no month `TARE-20261001-20261015-TEAM`, with its last day. */
function numberOf(window: TimeWindow, by: LedgerDimension): string {
  const name = by.replace(/^tag:/, '').toUpperCase();
  const days = [window.fromMs, window.toMs - 1].map((at) => formatDay(at).replaceAll('-', ''));
  const month = periodAround('monthly', window.fromMs);
  const isMonth = month.fromMs === window.fromMs && month.toMs === window.toMs;
  return isMonth ? `TARE-${days[0]!.slice(0, 6)}-${name}` : `TARE-${days.join('-')}-${name}`;
}

function sentenceOf({
  windowName: when,
  rows,
  total,
  currency,
  agreement,
}: Omit<ChargebackStatement, 'kind' | 'sentence'>): string {
  const money = (text: string) => displayMoney(amountOf(text), currency);
  const without = rows.filter(({ isUnassigned }) => isUnassigned).length;
  const owners = counted(rows.length - without, 'owner');
  const rest = without === 0 ? '' : `, with ${counted(without, 'line')} that nobody owns`;
  const estimated = fraction(amountOf(agreement.estimated), amountOf(agreement.total));
  const basis =
    estimated === null || estimated <= 0
      ? ''
      : ` ${capitalised(displayPercent(estimated))} of the total is estimated, because no bill covers it.`;
  const bill =
    amountOf(agreement.bill) === 0n
      ? 'no bill covers the window'
      : `the difference to the bill is ${money(agreement.difference)}`;
  return `${when}: ${money(total.totalCost)} over ${owners}${rest}; ${bill}.${basis}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
