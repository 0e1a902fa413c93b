import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { renderCsv } from '../../reports/csv.ts';
import type { TableModel } from '../../reports/table-model.ts';
import { CSV_TYPE, JSON_TYPE } from '../openapi-document.ts';

/** JSON, or the same rows as CSV for those who ask for it. */
export function jsonOrCsv<Report extends object>(
  context: Context,
  report: Report,
  toTable: (report: Report) => TableModel,
): Response {
  context.header('Vary', 'Accept', { append: true });
  const type = accepts(context, { header: 'Accept', supports: [JSON_TYPE, CSV_TYPE], default: JSON_TYPE });
  if (type !== CSV_TYPE) return context.json(report);
  return context.body(renderCsv(toTable(report)), 200, { 'Content-Type': `${CSV_TYPE}; charset=utf-8` });
}
