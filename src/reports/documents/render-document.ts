import type { ReportDocument } from '../../app/results/documents.ts';
import { renderCsv } from '../csv.ts';
import { renderJson } from '../json.ts';
import type { DocumentFormat } from './document-formats.ts';
import { documentModel } from './document-model.ts';

/** A document as a file; the same one gives the same bytes. What a format needs is loaded when it is asked for. */
export async function renderDocument(
  document: ReportDocument,
  format: DocumentFormat,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'json':
      return renderJson(document);
    case 'csv':
      return renderCsv(documentModel(document).figures);
    case 'md':
      return (await import('./document-markdown.ts')).documentMarkdown(documentModel(document));
    case 'html':
      return (await import('./document-html.ts')).documentHtml(documentModel(document));
    case 'svg':
      return (await import('./document-svg.ts')).documentSvg(documentModel(document));
    case 'png':
      return (await import('./document-png.ts')).documentPng(documentModel(document));
    case 'pdf':
      return (await import('./document-pdf.ts')).documentPdf(documentModel(document));
    default:
      return format satisfies never;
  }
}

/** `tare-board-2026-10.pdf`, `tare-showback-search-2026-10.pdf`: safe in every file system. */
export function documentFileName(document: ReportDocument, format: DocumentFormat): string {
  const about =
    document.kind === 'showback' ? [document.team] : document.kind === 'chargeback' ? [document.by] : [];
  const words = ['tare', document.kind, ...about, whenOf(document)];
  return `${words.map((word) => word.replace(/[^A-Za-z0-9._-]+/g, '-')).join('-')}.${format}`;
}

function whenOf({ from, to }: ReportDocument): string {
  const [start, end] = [new Date(from), new Date(Date.parse(to) - 1)];
  const days = [start, end].map((at) => at.toISOString().slice(0, 10));
  const next = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1);
  const isMonth = start.getUTCDate() === 1 && Date.parse(to) === next;
  return isMonth ? days[0]!.slice(0, 7) : days.join('-to-');
}
