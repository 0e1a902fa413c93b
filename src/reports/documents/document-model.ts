import type { ReportDocument } from '../../app/results/documents.ts';
import { boardModel } from './board-model.ts';
import { chargebackModel } from './chargeback-model.ts';
import type { PageModel } from './page-model.ts';
import { reviewModel } from './review-model.ts';
import { showbackModel } from './showback-model.ts';

/** A document as what stands on it. */
export function documentModel(document: ReportDocument): PageModel {
  switch (document.kind) {
    case 'board':
      return boardModel(document);
    case 'showback':
      return showbackModel(document);
    case 'chargeback':
      return chargebackModel(document);
    case 'review':
      return reviewModel(document);
    default:
      return document satisfies never;
  }
}
