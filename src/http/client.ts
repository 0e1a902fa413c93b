import type { z } from 'zod';
import { TareError } from '../app/errors.ts';
import type { PriceQuery } from '../app/find-prices.ts';
import { writeThroughputs } from '../app/hardware/stated-speeds.ts';
import { writeSlos } from '../app/read-levers-request.ts';
import { writePairs } from '../app/read-spot-request.ts';
import type { ActionLog } from '../app/results/actions.ts';
import type { ReportDocument } from '../app/results/documents.ts';
import type { PriceReport } from '../app/results/prices.ts';
import type {
  ChargeRequest,
  IdleRequest,
  InferenceRequest,
  LedgerRequest,
  Progress,
  ProgressEvent,
  Tare,
  VerifyRequest,
} from '../app/tare.ts';
import { formatInstant } from '../domain/time/window.ts';
import { PROGRESS_TYPE } from './openapi-document.ts';
import { fromProblem, type Problem } from './problem.ts';
import { type Query, windowQuery } from './query.ts';
import { cadenceQuery, runsQuery } from './run-search.ts';
import * as actionSchemas from './schemas/actions.ts';
import { budgetReport } from './schemas/budgets.ts';
import { commitmentReport } from './schemas/commitments.ts';
import { reportDocument } from './schemas/documents.ts';
import { fleetReport } from './schemas/fleet.ts';
import * as guardrails from './schemas/guardrails.ts';
import { hardwareReport } from './schemas/hardware.ts';
import { healthReport } from './schemas/health.ts';
import { inferenceReport } from './schemas/inference.ts';
import { leverDetail, leversReport } from './schemas/levers.ts';
import { billPlan } from './schemas/plan.ts';
import * as policySchemas from './schemas/policies.ts';
import * as schemas from './schemas/results.ts';
import * as runSchemas from './schemas/runs.ts';
import * as scheduled from './schemas/scheduled-reports.ts';
import { searchResult, viewList, viewRow } from './schemas/search.ts';
import { historyChoices, historyTraces } from './schemas/simulations.ts';
import { spotReport } from './schemas/spot.ts';
import { endpointReceipt, unitsReport } from './schemas/units.ts';
import { takenRecord, takenReport, verificationReport } from './schemas/verification.ts';

export type Server = Readonly<{ url: string; token: string }>;
/** The prices that the server was configured with, asked over HTTP. */
export type RemoteTare = Tare &
  Readonly<{ searchPrices(query: Omit<PriceQuery, 'currency'>): Promise<PriceReport> }>;

/** A `Tare` that runs in another process. Paths of imports are paths of this machine, which both share. */
export function connectTare(server: Server): RemoteTare {
  const get = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    query: Query,
    signal?: AbortSignal,
  ) =>
    check(schema, await (await ask(server, `${path}?${toSearch(query)}`, signal ? { signal } : {})).json());
  const send = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    body: object,
    signal?: AbortSignal,
  ) => {
    const response = await ask(server, path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
      ...(signal && { signal }),
    });
    return check(schema, await response.json());
  };
  const post = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    body: object,
    progress: Progress,
    signal: AbortSignal,
  ) => {
    const response = await ask(server, path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', Accept: PROGRESS_TYPE },
      signal,
    });
    return check(schema, await readResult(response, server, progress, signal));
  };

  return {
    importFiles: (request, progress, signal) =>
      post(schemas.importResult, 'import', request, progress, signal),
    collect: ({ window, sources }, progress, signal) =>
      post(
        schemas.collectResult,
        'collect',
        { ...(window && windowQuery(window)), sources },
        progress,
        signal,
      ),
    buildLedger: (progress, signal) => post(schemas.buildResult, 'build', {}, progress, signal),
    reportLedger: (request) =>
      get(schemas.ledgerReport, 'report/ledger', {
        ...ledgerQuery(request),
        compare: request.isCompared ? 'before' : null,
      }),
    reportFleet: ({ window, by, filters, top }) =>
      get(fleetReport, 'report/fleet', { ...ledgerQuery({ window, by: [], filters, top }), by }),
    reportIdle: (request) => get(schemas.idleReport, 'report/idle', ledgerQuery(request)),
    reportCharges: (request) => get(schemas.chargeReport, 'report/charges', chargeQuery(request)),
    reportCoverage: (window) => get(schemas.coverageReport, 'report/coverage', windowQuery(window)),
    reportCommitments: (window) => get(commitmentReport, 'report/commitments', windowQuery(window)),
    reportHealth: (window) => get(healthReport, 'report/health', windowQuery(window)),
    reportInference: (request) => get(inferenceReport, 'inference', inferenceQuery(request)),
    reportUnits: ({ window, filters, ...rest }) =>
      get(unitsReport, 'units', { ...windowQuery(window), filter: filterTexts(filters), ...rest }),
    explainServing: ({ window, endpoint, ...rest }) =>
      get(endpointReceipt, `endpoints/${encodeURIComponent(endpoint)}`, { ...windowQuery(window), ...rest }),
    reportRuns: (request) => get(runSchemas.runsReport, 'runs', runsQuery(request)),
    explainRun: (runId) => get(runSchemas.runReceipt, `runs/${encodeURIComponent(runId)}`, {}),
    runsCadence: (request) => get(runSchemas.cadenceReport, 'cadence', cadenceQuery(request)),
    reportBudgets: (atMs) => get(budgetReport, 'budgets', { at: atMs === null ? null : formatInstant(atMs) }),
    reportPolicies: () => get(policySchemas.policiesReport, 'policies', {}),
    readPolicies: (text) => send(policySchemas.policyReadingReport, 'policies/read', { text }),
    previewPolicies: ({ window, ...request }) =>
      send(policySchemas.policyPreview, 'policies/preview', {
        ...(window && windowQuery(window)),
        ...request,
      }),
    reportIdleNow: (hours) => get(actionSchemas.idleNowReport, 'idle-now', { hours }),
    actions: async () => (await get(actionSchemas.actionLog, 'actions', {})) as unknown as ActionLog,
    keepAction: async (record) => {
      const headers = { 'Content-Type': 'application/json' };
      await ask(server, 'actions', { method: 'POST', body: JSON.stringify(record), headers });
    },
    reportAnomalies: ({ window, by, measures }) =>
      get(guardrails.anomalyReport, 'anomalies', {
        ...windowQuery(window),
        by: by.join(','),
        measures: measures.join(','),
      }),
    judgeAnomaly: (request) => send(guardrails.judgement, 'anomalies/judgements', request),
    reportForecast: ({ by, period, atMs }) =>
      get(guardrails.forecastReport, 'forecast', {
        by,
        period,
        at: atMs === null ? null : formatInstant(atMs),
      }),
    reportAlerts: () => get(guardrails.alertReport, 'alerts', {}),
    sendAlerts: (request, signal) => send(guardrails.alertSending, 'alerts/send', request, signal),
    overview: (window) => get(schemas.overview, 'overview', windowQuery(window)),
    planSavings: ({ window, seed, sloMs }) =>
      get(leversReport, 'levers', { ...windowQuery(window), seed, slo: writeSlos(sloMs) }),
    planBill: ({ window, sloMs, ...request }, progress = () => {}, signal = NEVER_ABORTED) =>
      post(billPlan, 'plan', { ...windowQuery(window), ...request, slo: writeSlos(sloMs) }, progress, signal),
    reportSpot: ({ window, deadlines, spotPrices, limit, ...request }) =>
      get(spotReport, 'report/spot', {
        ...windowQuery(window),
        ...request,
        limit: limit ?? 'all',
        deadline: writePairs(deadlines),
        spotPrice: writePairs(spotPrices),
      }),
    reportHardware: ({ window, sloMs, throughputs, limit, ...request }) =>
      get(hardwareReport, 'report/hardware', {
        ...windowQuery(window),
        ...request,
        limit: limit ?? 'all',
        slo: writeSlos(sloMs),
        throughput: writeThroughputs(throughputs),
      }),
    verifySaving: (request) => get(verificationReport, 'verify', verifyQuery(request)),
    takeLever: ({ changeId, atMs, takenBy, promised }) =>
      send(takenRecord, 'levers/take', { change: changeId, at: formatInstant(atMs), takenBy, promised }),
    reportTaken: () => get(takenReport, 'levers/taken', {}),
    explainLever: ({ window, seed, sloMs, id }) =>
      get(leverDetail, 'lever', { ...windowQuery(window), seed, slo: writeSlos(sloMs), id }),
    reportDocument: async ({ kind, window, team, by }) => {
      const query = { ...(window && windowQuery(window)), team, by };
      return (await get(reportDocument, `documents/${kind}`, query)) as ReportDocument;
    },
    reportSchedule: () => get(scheduled.scheduledReports, 'documents/schedule', {}),
    sendReport: (request, signal) =>
      send(scheduled.reportSending, 'documents/schedule/send', request, signal),
    historyChoices: ({ simulator, window }) =>
      get(historyChoices, `simulators/${encodeURIComponent(simulator)}/history`, windowQuery(window)),
    historyTraces: ({ simulator, window, about }) =>
      get(historyTraces, `simulators/${encodeURIComponent(simulator)}/history/traces`, {
        ...windowQuery(window),
        about,
      }),
    explain: (row) => get(schemas.explanation, 'explain', { row }),
    search: ({ text, limit }) => get(searchResult, 'search', { q: text, limit }),
    views: () => get(viewList, 'views', {}),
    saveView: (request) => send(viewRow, 'views', request),
    removeView: async (name) => {
      const response = await ask(server, `views/${encodeURIComponent(name)}`, { method: 'DELETE' });
      return check(viewRow, await response.json());
    },
    doctor: (signal) => get(schemas.doctorReport, 'doctor', {}, signal),
    searchPrices: ({ words, atMs, ...query }) =>
      get(schemas.priceReport, 'prices', { ...query, words: words.join(' '), at: formatInstant(atMs) }),
    close: async () => {},
  };
}

function chargeQuery({ window, by, top }: ChargeRequest): Query {
  return { ...windowQuery(window), by: by.join(','), top };
}

function ledgerQuery({ window, by, filters, top }: LedgerRequest | IdleRequest): Query {
  const filter = filterTexts(filters);
  return { ...windowQuery(window), by: by.join(','), top, filter };
}

function inferenceQuery({ window, by, filters, ...rest }: InferenceRequest): Query {
  const filter = filterTexts(filters);
  return { ...windowQuery(window), by: by.join(','), filter, ...rest };
}

function filterTexts(
  filters: readonly Readonly<{ dimension: string; values: readonly string[] }>[],
): string[] {
  return filters.flatMap(({ dimension, values }) => values.map((value) => `${dimension}=${value}`));
}

function verifyQuery({ window, atMs, ...request }: VerifyRequest): Query {
  return {
    ...request,
    ...(window === null ? {} : windowQuery(window)),
    at: atMs === null ? null : formatInstant(atMs),
  };
}

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== null) search.append(name, String(one));
  }
  return search.toString();
}

async function ask(server: Server, path: string, init: RequestInit): Promise<Response> {
  const headers = { ...init.headers, Authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.url}/api/v1/${path}`, { ...init, headers }).catch(
    (cause: unknown) => {
      if (init.signal?.aborted) throw stopped();
      throw unreachable(server, cause);
    },
  );
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as Problem | null;
  throw body?.code
    ? fromProblem(body)
    : new TareError(
        'serverUnreachable',
        `${server.url} answered ${response.status}, and it is not Tare`,
        'stop what listens there, then run tare up again',
      );
}

const NEVER_ABORTED = new AbortController().signal;

type Line = Readonly<{ progress?: ProgressEvent; result?: unknown; problem?: Problem }>;

async function readResult(
  response: Response,
  server: Server,
  progress: Progress,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    for await (const line of readLines(response.body!)) {
      const { progress: event, result, problem } = JSON.parse(line) as Line;
      if (event) progress(event);
      if (problem) throw fromProblem(problem);
      if (result !== undefined) return result;
    }
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw error instanceof TareError ? error : unreachable(server, error);
  }
  throw unreachable(server, undefined);
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines.filter((line) => line !== '');
  }
}

function check<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  // The body itself, with the keys that a newer server may have added.
  if (parsed.success) return body as z.infer<Schema>;
  throw new TareError(
    'serverUnreachable',
    `the server answered in a shape of another version: ${parsed.error.issues[0]?.path.join('.')}`,
    'stop the running tare up and start it again, so that both are the same version',
    parsed.error,
  );
}

function stopped(): TareError {
  return new TareError('interrupted', 'stopped; the server keeps what had landed', 'run it again to go on');
}

function unreachable(server: Server, cause: unknown): TareError {
  return new TareError(
    'serverUnreachable',
    `the server of this store at ${server.url} stopped answering`,
    'see its output; once it has ended, run the command again',
    cause,
  );
}
