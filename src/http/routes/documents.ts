import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { readDocumentRequest } from '../../app/read-document-request.ts';
import { DOCUMENT_KINDS, type DocumentKind, type ReportDocument } from '../../app/results/documents.ts';
import type { Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  DOCUMENT_FORMATS,
  DOCUMENT_TYPES,
  type DocumentFormat,
} from '../../reports/documents/document-formats.ts';
import { documentFileName, renderDocument } from '../../reports/documents/render-document.ts';
import { answers } from '../openapi-document.ts';
import * as schemas from '../schemas/documents.ts';
import { validate } from './validate.ts';

const ANSWER_OF = {
  board: { schema: schemas.boardPage, summary: 'One page for those who decide' },
  showback: { schema: schemas.teamShowback, summary: 'One team: what it cost, and what it can do' },
  chargeback: { schema: schemas.chargebackStatement, summary: 'Who bears what of the bill, to the cent' },
  review: {
    schema: schemas.monthlyReview,
    summary: 'The board page, and what changed, what came of promises, how good the data is',
  },
} as const satisfies Record<DocumentKind, unknown>;

/** What a document can be beside JSON, without the character set. */
const FILE_TYPES = DOCUMENT_FORMATS.filter((format) => format !== 'json').map(
  (format) => DOCUMENT_TYPES[format].split(';')[0]!,
);

/** What a company sends. */
export function documentRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  for (const kind of DOCUMENT_KINDS) {
    const { schema, summary } = ANSWER_OF[kind];
    routes.get(
      `/documents/${kind}`,
      describeRoute({
        operationId: `document${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
        tags: ['documents'],
        summary,
        responses: answers(schema, 'The document.', FILE_TYPES),
      }),
      validate('query', schemas.documentQuery),
      async (context) => {
        const { format = 'json', ...query } = context.req.valid('query');
        const document = await tare.reportDocument(readDocumentRequest({ kind, ...query }, clock.nowMs()));
        return context.body(await bodyOf(document, format), 200, {
          'Content-Type': DOCUMENT_TYPES[format],
          // Shown where it can be; under this name where it is saved.
          'Content-Disposition': `inline; filename="${documentFileName(document, format)}"`,
        });
      },
    );
  }
  return routes;
}

async function bodyOf(document: ReportDocument, format: DocumentFormat): Promise<string | ArrayBuffer> {
  const body = await renderDocument(document, format);
  return typeof body === 'string' ? body : new Uint8Array(body).buffer;
}
