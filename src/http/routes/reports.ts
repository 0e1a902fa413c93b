import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import {
  readChargeDimensions,
  readFilters,
  readLedgerDimensions,
  readWindow,
} from '../../app/read-request.ts';
import type { LedgerRequest, Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { answers, CSV_TYPE } from '../openapi-document.ts';
import { chargeQuery, explainQuery, ledgerQuery, windowQuery } from '../schemas/requests.ts';
import {
  chargeReport,
  coverageReport,
  explanation,
  idleReport,
  ledgerReport,
  overview,
} from '../schemas/results.ts';
import { validate } from './validate.ts';

const TAGS = ['reports'];

/** Everything that only reads. */
export function reportRoutes(tare: Tare, clock: Clock): Hono {
  const routes = new Hono();
  const windowOf = ({ from, to }: z.infer<typeof windowQuery>) => readWindow(from, to, clock.nowMs());
  const ledgerRequest = (query: z.infer<typeof ledgerQuery>): LedgerRequest => ({
    window: windowOf(query),
    by: readLedgerDimensions(query.by ?? 'team'),
    filters: readFilters([query.filter ?? []].flat()),
    top: query.top ?? null,
  });

  routes.get(
    '/overview',
    describeRoute({
      tags: TAGS,
      summary: 'Everything the first page shows',
      responses: answers(overview, 'The overview.'),
    }),
    validate('query', windowQuery),
    async (context) => context.json(await tare.overview(windowOf(context.req.valid('query')))),
  );

  routes.get(
    '/report/ledger',
    describeRoute({
      tags: TAGS,
      summary: 'Who pays for what, by bucket',
      responses: answers(ledgerReport, 'The ledger.', [CSV_TYPE]),
    }),
    validate('query', ledgerQuery),
    async (context) => {
      const report = await tare.reportLedger(ledgerRequest(context.req.valid('query')));
      return context.json(report);
    },
  );

  routes.get(
    '/report/idle',
    describeRoute({
      tags: TAGS,
      summary: 'What was paid for and did nothing',
      responses: answers(idleReport, 'Idle, unallocated and unobserved time.', [CSV_TYPE]),
    }),
    validate('query', ledgerQuery),
    async (context) => context.json(await tare.reportIdle(ledgerRequest(context.req.valid('query')))),
  );

  routes.get(
    '/report/charges',
    describeRoute({
      tags: TAGS,
      summary: 'What the bills say',
      responses: answers(chargeReport, 'Billed charges.', [CSV_TYPE]),
    }),
    validate('query', chargeQuery),
    async (context) => {
      const query = context.req.valid('query');
      const by = readChargeDimensions(query.by ?? 'service');
      return context.json(await tare.reportCharges({ window: windowOf(query), by, top: query.top ?? null }));
    },
  );

  routes.get(
    '/report/coverage',
    describeRoute({
      tags: TAGS,
      summary: 'Whether the figures can be trusted',
      responses: answers(coverageReport, 'Reconciliation, coverage and freshness.', [CSV_TYPE]),
    }),
    validate('query', windowQuery),
    async (context) => context.json(await tare.reportCoverage(windowOf(context.req.valid('query')))),
  );

  routes.get(
    '/explain',
    describeRoute({
      tags: TAGS,
      summary: 'Where a figure comes from',
      responses: answers(explanation, 'Samples, price, rule and formula.'),
    }),
    validate('query', explainQuery),
    async (context) => context.json(await tare.explain(context.req.valid('query').row)),
  );
  return routes;
}
