import type { ReportDocument } from '../results/documents.ts';
import type { DocumentRequest } from '../tare.ts';
import { boardPage } from './board-page.ts';
import { chargebackStatement } from './chargeback-statement.ts';
import type { DocumentParts } from './document-parts.ts';
import { documentWindow } from './document-window.ts';
import { monthlyReview } from './monthly-review.ts';
import { teamShowback } from './team-showback.ts';

/** What a company sends. Every figure is one of another report of the same window; nothing is asked of the store that they answer. */
export async function reportDocument(
  parts: DocumentParts,
  { kind, window, team, by }: DocumentRequest,
): Promise<ReportDocument> {
  const about = documentWindow(window, (await parts.store.extent()).ledger);
  switch (kind) {
    case 'board':
      return boardPage(parts, about);
    case 'review':
      return monthlyReview(parts, about);
    case 'showback':
      return teamShowback(parts, about, team);
    case 'chargeback':
      return chargebackStatement(parts, about, by ?? 'team');
    default:
      return kind satisfies never;
  }
}
