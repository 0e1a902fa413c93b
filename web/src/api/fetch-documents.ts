import type { ReportDocument } from '../../../src/app/results/documents.ts';
import type { ScheduledReports } from '../../../src/app/results/scheduled-reports.ts';
import { askApi, hasParts } from './ask-api.ts';

/** A document as figures. Rejects with a `ProblemError`. */
export function fetchDocument(path: string, signal: AbortSignal): Promise<ReportDocument> {
  return askApi(path, signal, (body): body is ReportDocument =>
    hasParts(body, ['kind', 'sentence', 'windowName', 'coverage']),
  );
}

/** What is sent by itself. Rejects with a `ProblemError`. */
export function fetchSchedule(signal: AbortSignal): Promise<ScheduledReports> {
  return askApi('/api/v1/documents/schedule', signal, (body): body is ScheduledReports =>
    hasParts(body, ['asOf', 'rows']),
  );
}
