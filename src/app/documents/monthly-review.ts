import { amountOf } from '../figures/amount-of.ts';
import { compareBigint, compareText } from '../figures/compare-text.ts';
import type { MonthlyReview } from '../results/documents.ts';
import type { CoverageReport, LedgerReport } from '../results/results.ts';
import { boardPage } from './board-page.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';

/** The board page, and beside it what changed, what came of promises, and whether the data can be trusted. */
export async function monthlyReview(parts: DocumentParts, about: DocumentWindow): Promise<MonthlyReview> {
  const { tare } = parts;
  const { window } = about;
  const [board, compared, taken, coverage] = await Promise.all([
    boardPage(parts, about),
    tare.reportLedger({ window, by: ['team'], filters: [], top: null, isCompared: true }),
    tare.reportTaken(),
    tare.reportCoverage(window),
  ]);
  return {
    ...board,
    kind: 'review',
    changes: { previous: compared.previous, teams: changesOf(compared) },
    taken: taken.rows,
    health: healthOf(coverage),
  };
}

function changesOf({ rows }: LedgerReport): MonthlyReview['changes']['teams'] {
  return rows
    .flatMap(({ before, totalCost, ...row }) =>
      before ? [{ team: String(row['team'] ?? 'none'), now: totalCost, ...before }] : [],
    )
    .toSorted((a, b) => compareBigint(size(b.change), size(a.change)) || compareText(a.team, b.team));
}

function size(change: string): bigint {
  const picos = amountOf(change);
  return picos < 0n ? -picos : picos;
}

function healthOf({ freshness, unpriced, serving, sources }: CoverageReport): MonthlyReview['health'] {
  return {
    freshness,
    unpriced,
    serving,
    sources: sources.map(({ kind, datasets, facts, newest, rowsRejected }) => ({
      kind,
      datasets,
      facts,
      newest,
      rowsRejected,
    })),
  };
}
