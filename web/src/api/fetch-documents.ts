import type { ReportDocument } from '../../../src/app/results/documents.ts';
import { askApi, hasParts } from './ask-api.ts';

/** A document as figures. Rejects with a `ProblemError`. */
export function fetchDocument(path: string, signal: AbortSignal): Promise<ReportDocument> {
  return askApi(path, signal, (body): body is ReportDocument =>
    hasParts(body, ['kind', 'sentence', 'windowName', 'coverage']),
  );
}
