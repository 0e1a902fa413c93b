import { formatInstant } from '../../domain/time/window.ts';
import { windowName } from '../figures/window-name.ts';
import { readGeneratedMark } from '../generated-mark.ts';
import type { ReportDocument } from '../results/documents.ts';
import type { LedgerReport } from '../results/results.ts';
import type { DocumentParts } from './document-parts.ts';
import type { DocumentWindow } from './document-window.ts';

type Head = Pick<
  ReportDocument,
  | 'currency'
  | 'from'
  | 'to'
  | 'windowName'
  | 'asOf'
  | 'isComplete'
  | 'generated'
  | 'coverage'
  | 'reconciliation'
  | 'warnings'
>;

/** What stands on every document beside its sentence. */
export async function documentHead(
  { store }: DocumentParts,
  { window, asOfMs }: DocumentWindow,
  { currency, coverage, reconciliation, warnings }: LedgerReport,
): Promise<Head> {
  return {
    currency,
    from: formatInstant(window.fromMs),
    to: formatInstant(window.toMs),
    windowName: windowName(window),
    asOf: formatInstant(asOfMs),
    isComplete: asOfMs === window.toMs,
    generated: await readGeneratedMark(store),
    coverage,
    reconciliation,
    warnings,
  };
}
