import type { DocumentFormat } from '../../app/results/documents.ts';

export { DOCUMENT_FORMATS, type DocumentFormat } from '../../app/results/documents.ts';

/** What each format is called over HTTP and in mails. */
export const DOCUMENT_TYPES: Readonly<Record<DocumentFormat, string>> = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};
