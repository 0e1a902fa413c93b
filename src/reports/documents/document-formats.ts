/** What a document can be made into, and how each is called over HTTP. */
export const DOCUMENT_FORMATS = ['json', 'html', 'pdf', 'png', 'svg', 'md', 'csv'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export const DOCUMENT_TYPES: Readonly<Record<DocumentFormat, string>> = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};
