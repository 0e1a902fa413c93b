import type { DocumentFormat, ReportDocument } from '../../app/results/documents.ts';
import type { ReportFigure, ReportFile } from '../../domain/governance/alerts/sent-report.ts';
import { DOCUMENT_TYPES } from './document-formats.ts';
import { documentModel } from './document-model.ts';
import { documentFileName, renderDocument } from './render-document.ts';
import { reportFigures } from './report-figures.ts';

/** A document as it is sent: as files, with its title and the figures that stand at its top. */
export async function renderReport(
  document: ReportDocument,
  formats: readonly DocumentFormat[],
): Promise<
  Readonly<{
    title: string;
    figures: readonly ReportFigure[];
    stamp: string | null;
    files: readonly ReportFile[];
  }>
> {
  const { title, stamp } = documentModel(document);
  return {
    title,
    stamp,
    figures: reportFigures(document),
    files: await Promise.all(formats.map((format) => toFile(document, format))),
  };
}

async function toFile(document: ReportDocument, format: DocumentFormat): Promise<ReportFile> {
  const body = await renderDocument(document, format);
  return {
    name: documentFileName(document, format),
    type: DOCUMENT_TYPES[format],
    content: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
  };
}
