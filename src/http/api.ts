import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { openAPIRouteHandler } from 'hono-openapi';
import { reportAdmission } from '../app/admission/report-admission.ts';
import { BadFieldsError } from '../app/bad-fields-error.ts';
import { TareError } from '../app/errors.ts';
import type { Simulations } from '../app/simulations/simulations.ts';
import type { Tare } from '../app/tare.ts';
import type { Clock } from '../ports/clock.ts';
import type { Revisions } from '../ports/revisions.ts';
import type { TelemetryReceiver } from '../ports/telemetry-receiver.ts';
import { type Access, type AccessEnvironment, checkHost, checkToken } from './access.ts';
import { API_DOCUMENT, PROGRESS_TYPE } from './openapi-document.ts';
import { PROBLEM_TYPE, toProblem } from './problem.ts';
import { actionRoutes } from './routes/actions.ts';
import { admissionRoutes, type ReadAdmission } from './routes/admission.ts';
import { budgetRoutes } from './routes/budgets.ts';
import { documentRoutes } from './routes/documents.ts';
import { fitRoutes } from './routes/fit.ts';
import { guardrailRoutes } from './routes/guardrails.ts';
import { idleActionRoutes } from './routes/idle-actions.ts';
import { leverRoutes } from './routes/levers.ts';
import { liveRoutes } from './routes/live.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { planRoutes } from './routes/plan.ts';
import { policyRoutes } from './routes/policies.ts';
import { type PriceSearch, priceRoutes } from './routes/prices.ts';
import { reportRoutes } from './routes/reports.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduledReportRoutes } from './routes/scheduled-reports.ts';
import { searchRoutes, viewLinks } from './routes/search.ts';
import { servingRoutes } from './routes/serving.ts';
import { MAX_TRACES_BYTES, simulationRoutes } from './routes/simulations.ts';
import { sizeRoutes } from './routes/size.ts';
import { telemetryRoutes } from './routes/telemetry.ts';
import { verificationRoutes } from './routes/verification.ts';
import { staticFiles } from './static-files.ts';

export type ApiOptions = Readonly<{
  clock: Clock;
  access: Access;
  searchPrices: PriceSearch;
  /** Simulators as long work; without them the API has none. */
  simulations?: Simulations | null;
  /** Folder of the built dashboard; `null` serves the API alone. */
  dashboardDirectory: string | null;
  /** Word of what is written; without it pages ask again by themselves. */
  revisions?: Revisions | null;
  /** Takes OpenTelemetry under `/v1`; without it nothing is there. */
  telemetry?: TelemetryReceiver | null;
  /** What an admission webhook beside this store wrote down; without it there was none. */
  readAdmission?: ReadAdmission;
  /** Whether the first ledger is built; `/readyz` says so. */
  isReady: () => boolean;
  /** Told about what should not have happened; the caller gets no more than that it did. */
  onBug: (error: unknown) => void;
}>;

const noAdmission: ReadAdmission = (request) => reportAdmission({ read: async () => [] }, request);

const MAX_BODY_BYTES = 1_000_000;

/** The HTTP API and the dashboard over a `Tare`. Runs in-process: `createApi(tare, options).request('/api/v1/overview')`. */
export function createApi(tare: Tare, options: ApiOptions): Hono<AccessEnvironment> {
  const api = new Hono<AccessEnvironment>();
  api.onError((error, context) => {
    const problem = toProblem(error);
    if (problem.status === 500) options.onBug(error);
    return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
      'Content-Type': PROBLEM_TYPE,
      'Cache-Control': 'no-store',
    });
  });
  api.notFound(({ req }) => {
    throw new TareError(
      'noSuchPage',
      `there is nothing at ${req.path}`,
      'see /openapi.json for what there is',
    );
  });

  api.use(secureHeaders(SECURE_HEADERS));
  api.use(compress());
  api.use(checkHost(options.access));
  api.get('/healthz', (context) => context.json({ status: 'ok' }));
  api.get('/readyz', (context) =>
    options.isReady() ? context.json({ status: 'ready' }) : context.json({ status: 'building' }, 503),
  );

  api.use(checkToken(options.access));
  api.route('/', metricsRoutes(tare, options.clock));
  if (options.telemetry) api.route('/v1', telemetryRoutes(options.telemetry));
  api.use('/api/v1/simulations', bodyLimit({ maxSize: MAX_TRACES_BYTES, onError: refuseTraces }));
  api.use('/api/*', except('/api/v1/simulations', bodyLimit({ maxSize: MAX_BODY_BYTES })));
  // Before what reads an answer to its end: a stream has none.
  if (options.revisions) api.route('/api/v1', liveRoutes(options.revisions));
  api.on('GET', '/api/v1/*', revalidate, tagWhole);
  api.route('/api/v1', reportRoutes(tare, options.clock));
  api.route('/api/v1', servingRoutes(tare, options.clock));
  api.route('/api/v1', runRoutes(tare, options.clock));
  api.route('/api/v1', searchRoutes(tare));
  api.route('/api/v1', budgetRoutes(tare, options.clock));
  api.route('/api/v1', policyRoutes(tare, options.clock));
  api.route('/api/v1', admissionRoutes(options.readAdmission ?? noAdmission));
  api.route('/api/v1', guardrailRoutes(tare, options.clock));
  api.route('/api/v1', leverRoutes(tare, options.clock));
  api.route('/api/v1', planRoutes(tare, options.clock));
  api.route('/api/v1', fitRoutes(tare, options.clock));
  api.route('/api/v1', documentRoutes(tare, options.clock));
  api.route('/api/v1', scheduledReportRoutes(tare));
  api.route('/api/v1', verificationRoutes(tare, options.clock));
  api.route('/api/v1', priceRoutes(options.searchPrices, options.clock));
  api.route('/api/v1', sizeRoutes(options.searchPrices, options.clock));
  if (options.simulations) api.route('/api/v1', simulationRoutes(tare, options.simulations, options.clock));
  api.route('/api/v1', idleActionRoutes(tare));
  api.route('/api/v1', actionRoutes(tare, options.clock));
  api.get(
    '/openapi.json',
    openAPIRouteHandler(api, { documentation: API_DOCUMENT, defaultValidationErrorResponse: false }),
  );
  api.route('/', viewLinks(tare));
  // For those who want one page, and nothing around it.
  api.get('/board', (context) => {
    const query = new URL(context.req.url).searchParams;
    query.set('format', 'html');
    return context.redirect(`/api/v1/documents/board?${query}`);
  });
  api.all('/api/*', (context) => context.notFound());
  if (options.dashboardDirectory !== null) api.get('*', staticFiles(options.dashboardDirectory));
  return api;
}

function refuseTraces(): never {
  throw new BadFieldsError(
    [{ field: 'files', message: `all traces together may have ${MAX_TRACES_BYTES / 1_000_000} MB` }],
    'give a shorter trace, or run tare simulate in a terminal, which has no such limit',
  );
}

/** The page may load nothing but its own files; the chart and component libraries set styles from script. */
const SECURE_HEADERS: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // Served over plain HTTP on this machine; whoever puts TLS in front sets it there.
  strictTransportSecurity: false,
};

const tagged = etag();
/** A tag is made of the whole answer; one that comes line by line would be held back for it. */
const tagWhole: Parameters<Hono<AccessEnvironment>['use']>[1] = (context, next) =>
  context.req.header('accept')?.includes(PROGRESS_TYPE) ? next() : tagged(context, next);

const revalidate: Parameters<Hono<AccessEnvironment>['use']>[1] = async (context, next) => {
  context.header('Cache-Control', 'private, no-cache');
  await next();
};
