import type { SentReport } from '../../domain/governance/alerts/sent-report.ts';
import { formatInstant } from '../../domain/time/window.ts';

/** A report as JSON: what it says, all its figures, and its files in base64. Receivers get 7 MB at most, 9.4 MB in base64. */
export function reportBody(report: SentReport): object {
  const { name, kind, title, sentence, figures, notes, dueMs, isLate, link, document, files } = report;
  return {
    name,
    kind,
    title,
    sentence,
    figures,
    notes,
    dueAt: dueMs === null ? null : formatInstant(dueMs),
    isLate,
    link,
    document,
    files: files.map(({ name: file, type, content }) => ({
      name: file,
      type,
      bytes: content.length,
      base64: Buffer.from(content).toString('base64'),
    })),
  };
}
