import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import type { z } from 'zod';
import { readCallDimensions, readCallFilters } from '../../app/inference/read-options.ts';
import { readIdleDimensions } from '../../app/read-idle-request.ts';
import {
  readChargeDimensions,
  readFilters,
  readLedgerDimensions,
  readWindow,
} from '../../app/read-request.ts';
import type { IdleRequest, InferenceRequest, LedgerRequest, Tare } from '../../app/tare.ts';
import type { Clock } from '../../ports/clock.ts';
import { chargesTable } from '../../reports/charges-table.ts';
import { commitmentTables } from '../../reports/commitments-tables.ts';
import { coverageTables } from '../../reports/coverage-tables.ts';
import { healthByDay } from '../../reports/health-tables.ts';
import { idleTable } from '../../reports/idle-table.ts';
import { inferenceTables } from '../../reports/inference-tables.ts';
import { ledgerTable } from '../../reports/ledger-table.ts';
import { answers, CSV_TYPE } from '../openapi-document.ts';
import { commitmentReport } from '../schemas/commitments.ts';
import { fleetReport } from '../schemas/fleet.ts';
import { healthReport } from '../schemas/health.ts';
import { inferenceReport } from '../schemas/inference.ts';
import {
  chargeQuery,
  comparedLedgerQuery,
  explainQuery,
  fleetQuery,
  inferenceQuery,
  ledgerQuery,
  windowQuery,
} from '../schemas/requests.ts';
import {
  chargeReport,
  coverageReport,
  explanation,
  idleReport,
  ledgerReport,
  overview,
} from '../schemas/results.ts';
import { jsonOrCsv } from './json-or-csv.ts';
import { validate } from './validate.ts';

const TAGS = ['reports'];
const MOST_MACHINES = 200;

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

  const idleRequest = (query: z.infer<typeof ledgerQuery>): IdleRequest => ({
    ...ledgerRequest({ ...query, by: undefined }),
    by: readIdleDimensions(query.by ?? 'team'),
  });

  routes.get(
    '/overview',
    describeRoute({
      operationId: 'overview',
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
      operationId: 'reportLedger',
      tags: TAGS,
      summary: 'Who pays for what, by bucket',
      responses: answers(ledgerReport, 'The ledger.', [CSV_TYPE]),
    }),
    validate('query', comparedLedgerQuery),
    async (context) => {
      const { compare, ...query } = context.req.valid('query');
      const isCompared = compare === 'before';
      const report = await tare.reportLedger({ ...ledgerRequest(query), isCompared });
      return jsonOrCsv(context, report, ledgerTable);
    },
  );

  routes.get(
    '/report/fleet',
    describeRoute({
      operationId: 'reportFleet',
      tags: TAGS,
      summary: 'What each node or device did over time, and what became of what was paid, pool by pool',
      responses: answers(fleetReport, 'Machines by time, and pools.'),
    }),
    validate('query', fleetQuery),
    async (context) => {
      const { by = 'node', ...query } = context.req.valid('query');
      const { window, filters, top } = ledgerRequest(query);
      return context.json(await tare.reportFleet({ window, by, filters, top: top ?? MOST_MACHINES }));
    },
  );

  routes.get(
    '/report/idle',
    describeRoute({
      operationId: 'reportIdle',
      tags: TAGS,
      summary: 'What was paid for and did nothing',
      responses: answers(idleReport, 'Idle, unallocated and unobserved time.', [CSV_TYPE]),
    }),
    validate('query', ledgerQuery),
    async (context) =>
      jsonOrCsv(context, await tare.reportIdle(idleRequest(context.req.valid('query'))), idleTable),
  );

  routes.get(
    '/report/charges',
    describeRoute({
      operationId: 'reportCharges',
      tags: TAGS,
      summary: 'What the bills say',
      responses: answers(chargeReport, 'Billed charges.', [CSV_TYPE]),
    }),
    validate('query', chargeQuery),
    async (context) => {
      const query = context.req.valid('query');
      const by = readChargeDimensions(query.by ?? 'team');
      const report = await tare.reportCharges({ window: windowOf(query), by, top: query.top ?? null });
      return jsonOrCsv(context, report, chargesTable);
    },
  );

  routes.get(
    '/report/coverage',
    describeRoute({
      operationId: 'reportCoverage',
      tags: TAGS,
      summary: 'Whether the figures can be trusted',
      responses: answers(coverageReport, 'Reconciliation, coverage and freshness.', [CSV_TYPE]),
    }),
    validate('query', windowQuery),
    async (context) =>
      jsonOrCsv(
        context,
        await tare.reportCoverage(windowOf(context.req.valid('query'))),
        (report) => coverageTables(report)[0],
      ),
  );

  routes.get(
    '/report/commitments',
    describeRoute({
      operationId: 'reportCommitments',
      tags: TAGS,
      summary: 'Commitments that are held: their use, what they cover, and when they end',
      responses: answers(commitmentReport, 'What is held, by commitment, day and month.', [CSV_TYPE]),
    }),
    validate('query', windowQuery),
    async (context) =>
      jsonOrCsv(
        context,
        await tare.reportCommitments(windowOf(context.req.valid('query'))),
        (report) => commitmentTables(report)[0],
      ),
  );
  routes.get(
    '/report/health',
    describeRoute({
      operationId: 'reportHealth',
      tags: TAGS,
      summary: 'What speaks for and against the figures, each problem with its remedy',
      responses: answers(
        healthReport,
        'Problems, reconciliation, coverage by day, sources, rejects and imports.',
        [CSV_TYPE],
      ),
    }),
    validate('query', windowQuery),
    async (context) =>
      jsonOrCsv(context, await tare.reportHealth(windowOf(context.req.valid('query'))), healthByDay),
  );

  const inferenceRequest = (query: z.infer<typeof inferenceQuery>): InferenceRequest => ({
    window: windowOf(query),
    by: readCallDimensions(query.by ?? 'endpoint,model'),
    filters: readCallFilters([query.filter ?? []].flat()),
    top: query.top ?? null,
    basis: query.basis ?? 'allocated',
    sloMs: query.sloMs ?? null,
    minQuality: [query.minQuality ?? []].flat(),
    tokenWeight: query.tokenWeight ?? null,
    apiPrice: query.apiPrice ?? null,
    against: [query.against ?? []].flat(),
    throughput: [query.throughput ?? []].flat(),
    training: [query.training ?? []].flat(),
  });

  routes.get(
    '/inference',
    describeRoute({
      operationId: 'reportInference',
      tags: TAGS,
      summary: 'What a thousand inferences cost, beside how fast and how good they were',
      responses: answers(inferenceReport, 'Unit costs, latency, quality and margin.', [CSV_TYPE]),
    }),
    validate('query', inferenceQuery),
    async (context) =>
      jsonOrCsv(
        context,
        await tare.reportInference(inferenceRequest(context.req.valid('query'))),
        (report) => inferenceTables(report)[0],
      ),
  );

  routes.get(
    '/explain',
    describeRoute({
      operationId: 'explain',
      tags: TAGS,
      summary: 'Where a figure comes from',
      responses: answers(explanation, 'Samples, price, rule and formula.'),
    }),
    validate('query', explainQuery),
    async (context) => context.json(await tare.explain(context.req.valid('query').row)),
  );
  return routes;
}
