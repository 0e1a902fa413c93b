import { closestWord } from '../domain/text/closest-word.ts';
import { formatInstant } from '../domain/time/window.ts';
import type { LedgerAggregate, LedgerDimension, Store } from '../ports/store.ts';
import { TareError } from './errors.ts';
import { sumAggregates } from './figures/aggregates.ts';
import { keepTop } from './figures/keep-top.ts';
import { ledgerFigures } from './figures/ledger-figures.ts';
import { moneySentence } from './figures/money-sentence.ts';
import { ownerDimensions, readLedgerFacts } from './ledger-facts.ts';
import type { LedgerReport } from './results/results.ts';
import type { LedgerRequest, TareSettings } from './tare.ts';

export type ReportParts = Readonly<{ store: Store; settings: TareSettings }>;

/** Who or what the money went to, and how much of it was tare. Without `by` there is only the total. */
export async function reportLedger(
  { store, settings }: ReportParts,
  { window, by, filters, top }: LedgerRequest,
): Promise<LedgerReport> {
  checkDimensions([...by, ...filters.map(({ dimension }) => dimension)], settings);
  const [rows, facts] = await Promise.all([
    by.length === 0 ? [] : store.ledger({ window, by, filters }),
    readLedgerFacts(store, settings, window, filters),
  ]);
  const { kept, leftOut } = keepTop(rows, by, top);
  const { currency } = settings;
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    by,
    sentence: moneySentence({ window, currency, total: facts.total, extent: facts.extent.ledger }),
    rows: kept.map((row) => ({ ...row.key, ...ledgerFigures(row) })),
    rest: restOf(leftOut),
    total: ledgerFigures(facts.total),
    reconciliation: facts.reconciliation,
    coverage: facts.coverage,
    warnings: facts.warnings,
  };
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

function restOf(leftOut: readonly LedgerAggregate[]): LedgerReport['rest'] {
  if (leftOut.length === 0) return null;
  return { rows: leftOut.length, ...ledgerFigures(sumAggregates(leftOut)) };
}
