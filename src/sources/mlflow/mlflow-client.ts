import { askRepeatedly, type Outcome, retryAfterMs } from '../../outside/ask-repeatedly.ts';
import { accessServer, type ServerAccess } from '../../outside/server-access.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import {
  type MetricPoint,
  type MlflowExperiment,
  type MlflowRun,
  parseExperiment,
  parsePoint,
  parseRun,
} from './parse-run.ts';

/** The url is as `MLFLOW_TRACKING_URI` has it. */
export type MlflowClientOptions = ServerAccess &
  Readonly<{
    /** Runs asked for at once; the server allows 50,000. */
    pageSize: number;
    /** Values of a metric asked for at once. */
    pointsPerPage: number;
    /** Pause before the second attempt; doubled for each further one. */
    firstPauseMs: number;
  }>;

/** Asks one MLflow tracking server over its REST API 2.0. Every method throws `OutsideFailure`, or the reason of the signal. */
export interface MlflowClient {
  /** The address without credentials. */
  readonly address: string;
  /** Deleted ones too: what their runs held was paid for. */
  experiments(signal: AbortSignal): Promise<readonly MlflowExperiment[]>;
  /** Deleted ones too, page by page in the order of their start. */
  searchRuns(
    experimentIds: readonly string[],
    filter: string,
    signal: AbortSignal,
  ): AsyncIterable<readonly MlflowRun[]>;
  /** `undefined` when there is no such run. */
  run(runId: string, signal: AbortSignal): Promise<MlflowRun | undefined>;
  /** Every value of a metric, oldest first. */
  history(runId: string, key: string, signal: AbortSignal): Promise<readonly MetricPoint[]>;
  /** `null` where the server does not tell. */
  version(signal: AbortSignal): Promise<string | null>;
}

const TIMEOUT_MS = 120_000;
const EXPERIMENTS_PER_PAGE = 1_000;

export function createMlflowClient(options: MlflowClientOptions): MlflowClient {
  const { address, headers } = accessServer(options, {
    source: 'an mlflow source',
    form: 'http://host:5000 or https://host/prefix in tare.yaml; a store such as sqlite: or databricks has a server in front of it',
  });
  const api = `${address}/api/2.0/mlflow`;
  const ask = (url: string, body: unknown, signal: AbortSignal) =>
    askRepeatedly(questionOf(url, body, headers), options.firstPauseMs, signal);
  const asked = { view_type: 'ALL', max_results: EXPERIMENTS_PER_PAGE };

  return {
    address,
    async experiments(signal) {
      const pages = pagesOf((token) => ask(`${api}/experiments/search`, { ...asked, ...token }, signal));
      const found: MlflowExperiment[] = [];
      for await (const page of pages) found.push(...listIn(page, 'experiments').flatMap(parseExperiment));
      return found;
    },
    async *searchRuns(experimentIds, filter, signal) {
      const search = {
        experiment_ids: experimentIds,
        filter,
        run_view_type: 'ALL',
        max_results: options.pageSize,
        order_by: ['attributes.start_time ASC'],
      };
      const pages = pagesOf((token) => ask(`${api}/runs/search`, { ...search, ...token }, signal));
      for await (const page of pages) yield listIn(page, 'runs').flatMap((run) => parseRun(run) ?? []);
    },
    async run(runId, signal) {
      const url = `${api}/runs/get?${new URLSearchParams({ run_id: runId })}`;
      try {
        return parseRun(((await ask(url, null, signal)) as { run?: unknown }).run);
      } catch (error) {
        if (error instanceof NothingThere) return undefined;
        throw error;
      }
    },
    async history(runId, metricKey, signal) {
      const wanted = { run_id: runId, metric_key: metricKey, max_results: String(options.pointsPerPage) };
      const pages = pagesOf((token) => {
        const query = new URLSearchParams({ ...wanted, ...token });
        return ask(`${api}/metrics/get-history?${query}`, null, signal);
      });
      const points: MetricPoint[] = [];
      for await (const page of pages) points.push(...listIn(page, 'metrics').flatMap(parsePoint));
      return points.sort((a, b) => a.atMs - b.atMs);
    },
    async version(signal) {
      const response = await fetch(`${address}/version`, { headers, signal }).catch(() => null);
      const text = response?.ok ? (await response.text()).trim() : '';
      signal.throwIfAborted();
      return /^\d+\.\d+[\w.]*$/.test(text) ? text : null;
    },
  };
}

/** A run or page that does not exist; not a failure where it was only looked for. */
class NothingThere extends OutsideFailure {}

type Token = Readonly<{ page_token?: string }>;

async function* pagesOf(ask: (token: Token) => Promise<unknown>): AsyncGenerator<unknown> {
  let token: Token = {};
  for (;;) {
    const page = await ask(token);
    yield page;
    const next = (page as { next_page_token?: unknown }).next_page_token;
    if (typeof next !== 'string' || next === '' || next === token.page_token) return;
    token = { page_token: next };
  }
}

/** The server leaves out lists that are empty. */
function listIn(page: unknown, name: string): readonly unknown[] {
  const list = (page as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(list) ? list : [];
}

function questionOf(url: string, body: unknown, headers: Headers) {
  const sent = new Headers(headers);
  if (body !== null) sent.set('content-type', 'application/json');
  return {
    url,
    request: { headers: sent, body: body === null ? null : JSON.stringify(body) },
    timeoutMs: TIMEOUT_MS,
    whenLate: 'look at the load of the server and its database',
    read: (response: Response, text: string) => readResponse(url.split('?')[0]!, response, text),
  };
}

function readResponse(place: string, response: Response, text: string): Outcome<unknown> {
  const json = parseJson(text);
  if (response.ok && json !== undefined) return { answer: json };
  const { status } = response;
  const said =
    (json as { message?: unknown } | undefined)?.message ?? `${status} ${response.statusText}`.trim();
  if (status === 429) {
    const failure = new OutsideFailure(
      'too-much-asked',
      `${place} says that it was asked too often: ${said}`,
      'collect less often: tare up --every 15m',
    );
    return { failure, mayPass: true, retryAfterMs: retryAfterMs(response) };
  }
  if (status >= 500) {
    const failure = new OutsideFailure(
      'unreachable',
      `${place} failed: ${said}`,
      'look at the log of the server; the collection goes on where it stopped when you run it again',
    );
    return { failure, mayPass: true, retryAfterMs: retryAfterMs(response) };
  }
  return { failure: refusal(place, status, String(said), json !== undefined), mayPass: false };
}

function refusal(place: string, status: number, said: string, isJson: boolean): OutsideFailure {
  if (status === 401 || status === 403)
    return new OutsideFailure(
      'refused',
      `${place} refused: ${said}`,
      'give bearerToken, or username and password, in tare.yaml; the user needs to read the experiments',
    );
  if (status >= 300 && status < 400)
    return new OutsideFailure(
      'refused',
      `${place} redirects elsewhere (${status}), as a login page does`,
      'use the address of the API itself, and a token that it takes',
    );
  if (status === 404 && isJson)
    return new NothingThere('answer-unexpected', `${place}: ${said}`, 'check the url in tare.yaml');
  return new OutsideFailure(
    'answer-unexpected',
    `${place} is not the API of an MLflow tracking server (${status}): ${said}`,
    'the url must be what MLFLOW_TRACKING_URI is, ending before /api/2.0',
  );
}

function parseJson(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
