import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import { readCallFilters } from '../../app/inference/read-options.ts';
import { readWindow } from '../../app/read-request.ts';
import type { ServingRequest, Tare, UnitsRequest } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { renderCsv } from '../../reports/csv.ts';
import { unitPointsTable } from '../../reports/units-tables.ts';
import { answers, CSV_TYPE, JSON_TYPE } from '../openapi-document.ts';
import { endpointQuery, unitsQuery } from '../schemas/requests.ts';
import { endpointReceipt, unitsReport } from '../schemas/units.ts';
import { validate } from './validate.ts';

const TAGS = ['reports'];

/** What serving cost over time and why it changed, and the receipt of one endpoint. */
export function servingRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();

  const unitsRequest = (query: z.infer<typeof unitsQuery>): UnitsRequest => ({
    ...qualityOf(query),
    window: readWindow(query.from, query.to, clock.nowMs()),
    filters: readCallFilters([query.filter ?? []].flat()),
    basis: query.basis ?? 'allocated',
  });

  routes.get(
    '/units',
    describeRoute({
      operationId: 'reportUnits',
      tags: TAGS,
      summary: 'How the cost of a thousand inferences moved, and what moved it',
      responses: answers(unitsReport, 'Days or hours, and drivers against as much time before.', [CSV_TYPE]),
    }),
    validate('query', unitsQuery),
    async (context) => {
      const report = await tare.reportUnits(unitsRequest(context.req.valid('query')));
      context.header('Vary', 'Accept', { append: true });
      const type = accepts(context, {
        header: 'Accept',
        supports: [JSON_TYPE, CSV_TYPE],
        default: JSON_TYPE,
      });
      if (type !== CSV_TYPE) return context.json(report);
      return context.body(renderCsv(unitPointsTable(report)), 200, {
        'Content-Type': `${CSV_TYPE}; charset=utf-8`,
      });
    },
  );

  routes.get(
    // A name may hold slashes: `serve/chat`.
    '/endpoints/:endpoint{.+}',
    describeRoute({
      operationId: 'explainServing',
      tags: TAGS,
      summary: 'The receipt of one endpoint',
      responses: answers(endpointReceipt, 'Devices and prices, traffic, unit costs, and what to do.'),
    }),
    validate('query', endpointQuery),
    async (context) => {
      const { from, to, apiPrice, against, throughput, ...query } = context.req.valid('query');
      const request: ServingRequest = {
        ...qualityOf(query),
        endpoint: context.req.param('endpoint'),
        window: readWindow(from, to, clock.nowMs()),
        apiPrice: apiPrice ?? null,
        against: [against ?? []].flat(),
        throughput: [throughput ?? []].flat(),
      };
      return context.json(await tare.explainServing(request));
    },
  );
  return routes;
}

type Judged = Pick<UnitsRequest, 'sloMs' | 'minQuality' | 'tokenWeight' | 'training'>;

function qualityOf(
  query: Pick<z.infer<typeof unitsQuery>, 'sloMs' | 'minQuality' | 'tokenWeight' | 'training'>,
): Judged {
  return {
    sloMs: query.sloMs ?? null,
    minQuality: [query.minQuality ?? []].flat(),
    tokenWeight: query.tokenWeight ?? null,
    training: [query.training ?? []].flat(),
  };
}
