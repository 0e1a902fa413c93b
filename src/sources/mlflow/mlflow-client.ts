import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideFailure } from '../../ports/failures.ts';
import {
  type MetricPoint,
  type MlflowExperiment,
  type MlflowRun,
  parseExperiment,
  parsePoint,
  parseRun,
} from './parse-run.ts';

export type MlflowClientOptions = Readonly<{
  /** `http(s)://host[:port][/prefix]`, as `MLFLOW_TRACKING_URI` has it. */
  url: string;
  bearerToken: string | null;
  user: Readonly<{ name: string; password: string }> | null;
  headers: Readonly<Record<string, string>>;
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

const MAX_ATTEMPTS = 5;
const TIMEOUT_MS = 120_000;
const LONGEST_PAUSE_MS = 30_000;
const EXPERIMENTS_PER_PAGE = 1_000;

export function createMlflowClient(options: MlflowClientOptions): MlflowClient {
  const { address, headers } = access(options);
  const api = `${address}/api/2.0/mlflow`;
  const ask = (url: string, body: unknown, signal: AbortSignal) =>
    askRepeatedly({ url, body, headers }, options.firstPauseMs, signal);
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

function access({ url, bearerToken, user, headers }: MlflowClientOptions) {
  const parsed = parseUrl(url);
  const known = user ?? userIn(parsed);
  const all: Record<string, string> = { accept: 'application/json', ...headers };
  if (known)
    all['authorization'] = `Basic ${Buffer.from(`${known.name}:${known.password}`).toString('base64')}`;
  if (bearerToken !== null) all['authorization'] = `Bearer ${bearerToken}`;
  return { address: `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`, headers: toHeaders(all) };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  // The text is not repeated: it may hold a password.
  throw new OutsideFailure(
    'unreachable',
    'the url of an mlflow source is not an http(s) address',
    'write it as http://host:5000 or https://host/prefix in tare.yaml; a store such as sqlite: or databricks has a server in front of it',
  );
}

function userIn({ username, password }: URL): MlflowClientOptions['user'] {
  if (username === '') return null;
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Here and not in `fetch`, whose complaint about a line break in a token repeats the token. */
function toHeaders(all: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(all);
  } catch {
    throw new OutsideFailure(
      'refused',
      'a header or the token of an mlflow source holds a character that HTTP does not allow',
      'look for a line break at the end of the secret; its text is not shown here',
    );
  }
}

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

type Question = Readonly<{ url: string; body: unknown; headers: Headers }>;
type Outcome =
  | Readonly<{ answer: unknown }>
  | Readonly<{ failure: OutsideFailure; mayPass: boolean; retryAfterMs?: number | undefined }>;

/** Tries again what may pass: a rate limit, a server that restarts, a connection that breaks. All questions only read. */
async function askRepeatedly(
  question: Question,
  firstPauseMs: number,
  signal: AbortSignal,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    const outcome = await askOnce(question, signal);
    if ('answer' in outcome) return outcome.answer;
    if (!outcome.mayPass || attempt === MAX_ATTEMPTS) throw outcome.failure;
    const pauseMs = outcome.retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1);
    await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal });
  }
}

async function askOnce({ url, body, headers }: Question, signal: AbortSignal): Promise<Outcome> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const place = url.split('?')[0]!;
  const sent = new Headers(headers);
  if (body !== null) sent.set('content-type', 'application/json');
  try {
    const response = await fetch(url, {
      method: body === null ? 'GET' : 'POST',
      headers: sent,
      body: body === null ? null : JSON.stringify(body),
      // A redirect leads to a login page more often than to another server, and would carry the token along.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    return readResponse(place, response, await response.text());
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return { failure: timedOut(place, error), mayPass: false };
    const failure = new OutsideFailure(
      'unreachable',
      `${place} cannot be reached: ${causeOf(error)}`,
      'check the url in tare.yaml and that the server runs: curl must reach it from here',
      error,
    );
    return { failure, mayPass: true };
  }
}

function readResponse(place: string, response: Response, text: string): Outcome {
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
    return { failure, mayPass: true, retryAfterMs: retryAfter(response) };
  }
  if (status >= 500) {
    const failure = new OutsideFailure(
      'unreachable',
      `${place} failed: ${said}`,
      'look at the log of the server; the collection goes on where it stopped when you run it again',
    );
    return { failure, mayPass: true, retryAfterMs: retryAfter(response) };
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

function timedOut(place: string, error: unknown): OutsideFailure {
  return new OutsideFailure(
    'timed-out',
    `${place} did not answer within ${TIMEOUT_MS / 1000} seconds`,
    'look at the load of the server and its database',
    error,
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

function retryAfter(response: Response): number | undefined {
  const waitSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(waitSeconds) ? waitSeconds * 1000 : undefined;
}

function causeOf(error: unknown): string {
  const cause = (error as Error).cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : cause instanceof Error ? cause.message : (error as Error).message;
}
