import { closestWord } from '../domain/text/closest-word.ts';
import { formatInstant } from '../domain/time/window.ts';
import type { Clock } from '../ports/clock.ts';
import type { LedgerAggregate, LedgerDimension, Store } from '../ports/store.ts';
import { TareError } from './errors.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { figuresBefore, pairRows } from './figures/compare-ledgers.ts';
import { keepTop } from './figures/keep-top.ts';
import { ledgerFigures } from './figures/ledger-figures.ts';
import { moneySentence } from './figures/money-sentence.ts';
import { reachesBack, windowBefore } from './figures/window-before.ts';
import { ownerDimensions, readLedgerFacts } from './ledger-facts.ts';
import type { LedgerReport } from './results/results.ts';
import type { LedgerRequest, TareSettings } from './tare.ts';

export type ReportParts = Readonly<{ store: Store; settings: TareSettings }>;

/** Who or what the money went to, and how much of it was tare. Without `by` there is only the total. */
export async function reportLedger(
  { store, settings, clock }: ReportParts & Readonly<{ clock: Clock }>,
  { window, by, filters, top, isCompared = false }: LedgerRequest,
): Promise<LedgerReport> {
  checkDimensions([...by, ...filters.map(({ dimension }) => dimension)], settings);
  const before = isCompared ? windowBefore(window, clock.nowMs()) : null;
  const [rows, facts, earlier] = await Promise.all([
    by.length === 0 ? [] : store.ledger({ window, by, filters }),
    readLedgerFacts(store, settings, window, filters),
    before ? store.ledger({ window: before, by: hasTime(by) ? [] : by, filters }) : [],
  ]);
  const known = before && reachesBack(facts.extent.ledger, before) ? before : null;
  const pairs = known && !hasTime(by) ? pairRows(rows, earlier, by) : null;
  const { kept, leftOut } = keepTop(pairs ? pairs.map(({ row }) => row) : rows, by, top);
  const earlierOf = new Map(pairs?.map((pair) => [pair.row, pair.before]));
  const beforeOf = (members: readonly LedgerAggregate[]) =>
    pairs && {
      before: figuresBefore({
        row: sumAggregates(members),
        before: sumAggregates(members.map((row) => earlierOf.get(row)!)),
      }),
    };
  const { currency } = settings;
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    sentence: moneySentence({ window, currency, total: facts.total, extent: facts.extent.ledger }),
    rows: kept.map((row) => ({ ...row.key, ...ledgerFigures(row), ...beforeOf([row]) })),
    rest: leftOut.length === 0 ? null : { ...restOf(leftOut), ...beforeOf(leftOut) },
    total: ledgerFigures(facts.total),
    previous: known && {
      from: formatInstant(known.fromMs),
      to: formatInstant(known.toMs),
      ...figuresBefore({ row: facts.total, before: sumAggregates(earlier) }),
    },
    reconciliation: facts.reconciliation,
    coverage: facts.coverage,
    warnings: facts.warnings,
  };
}

/** Days and hours of two windows are not the same groups. */
function hasTime(by: readonly LedgerDimension[]): boolean {
  return by.some((dimension) => dimension === 'day' || dimension === 'hour');
}

/** A `tag:` dimension exists when an owner rule defines it; without the rule every row would say `none`. */
export function checkDimensions(dimensions: readonly LedgerDimension[], settings: TareSettings): void {
  const own = ownerDimensions(settings).filter((name) => name.startsWith('tag:'));
  for (const dimension of dimensions) {
    if (!dimension.startsWith('tag:') || own.includes(dimension)) continue;
    const meant = closestWord(dimension, own);
    const list = own.length === 0 ? 'no tag dimension is defined' : `defined: ${own.join(', ')}`;
    const remedy = `${meant ? `did you mean ${meant}? ` : ''}${list}; add one under owners: in tare.yaml`;
    throw new TareError('unknownDimension', `no owner rule defines "${dimension}"`, remedy);
  }
}

function restOf(leftOut: readonly LedgerAggregate[]): NonNullable<LedgerReport['rest']> {
  return { rows: leftOut.length, ...ledgerFigures(sumAggregates(leftOut)) };
}
