import type { EpochMs } from '../../domain/time/window.ts';
import { askRepeatedly, type Outcome, retryAfterMs } from '../../outside/ask-repeatedly.ts';
import { accessServer, type ServerAccess } from '../../outside/server-access.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import { type Labels, labelKey } from './series.ts';

export type ClientOptions = ServerAccess &
  Readonly<{
    /** Pause before the second attempt; doubled for each further one. */
    firstPauseMs: number;
  }>;

export type RangeResult = Readonly<{
  series: readonly Readonly<{ labels: Labels; samples: readonly (readonly [EpochMs, number])[] }>[];
  /** What the server said about its answer: some stores behind it did not answer, it was cut at a limit. */
  warnings: readonly string[];
}>;

/** Asks one Prometheus-compatible server. Every method throws `OutsideFailure`, or the reason of the signal. */
export interface PrometheusClient {
  /** The address without credentials. */
  readonly address: string;
  /** Values at `firstMs`, `firstMs + stepMs` … up to `lastMs`; both ends belong to it. */
  queryRange(query: string, range: QueryRange, signal: AbortSignal): Promise<RangeResult>;
  query(query: string, atMs: EpochMs, signal: AbortSignal): Promise<RangeResult>;
  labelValues(
    label: string,
    match: string,
    range: QueryRange,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /** Version text of the server, `null` where it does not tell. */
  version(signal: AbortSignal): Promise<string | null>;
}

export type QueryRange = Readonly<{ firstMs: EpochMs; lastMs: EpochMs; stepMs: number }>;

/** The server refuses `(end − start) ÷ step > 11000`. */
const MAX_POINTS = 11_000;
const MAX_CONCURRENT = 4;
/** Longer than the server's own limit (two minutes by default), so that its answer, not ours, says what happened. */
const TIMEOUT_MS = 150_000;

export function createPrometheusClient(options: ClientOptions): PrometheusClient {
  const { address, headers } = accessServer(options, {
    source: 'a prometheus source',
    form: 'http://host:9090 or https://host/prefix in tare.yaml',
  });
  const inTurn = limitConcurrency(MAX_CONCURRENT);
  const ask = (path: string, form: URLSearchParams | null, signal: AbortSignal) =>
    inTurn(() =>
      askRepeatedly(
        {
          url: `${address}${path}`,
          request: { headers, body: form },
          timeoutMs: TIMEOUT_MS,
          whenLate: 'ask for a larger step, or raise --query.timeout of the server',
          read: (response, text) => readResponse(`${address}${path}`, response, text),
        },
        options.firstPauseMs,
        signal,
      ),
    );

  return {
    address,
    queryRange: (query, range, signal) => rangeInParts(ask, query, range, signal),
    async query(query, atMs, signal) {
      const form = new URLSearchParams({ query, time: seconds(atMs) });
      return toResult(await ask('/api/v1/query', form, signal), address);
    },
    async labelValues(label, match, { firstMs, lastMs }, signal) {
      const form = new URLSearchParams({ 'match[]': match, start: seconds(firstMs), end: seconds(lastMs) });
      const { data } = await ask(`/api/v1/label/${label}/values?${form}`, null, signal);
      if (!Array.isArray(data)) throw unexpected(address, 'the list of label values is not a list');
      return data.filter((value) => typeof value === 'string');
    },
    async version(signal) {
      const { data } = await ask('/api/v1/status/buildinfo', null, signal);
      const version = (data as { version?: unknown } | null)?.version;
      return typeof version === 'string' ? version : null;
    },
  };
}

type Answer = Readonly<{ data: unknown; warnings: readonly string[] }>;
type Ask = (path: string, form: URLSearchParams | null, signal: AbortSignal) => Promise<Answer>;

/** Splits what is more than the server answers at once, and halves what turns out to be. */
async function rangeInParts(
  ask: Ask,
  query: string,
  range: QueryRange,
  signal: AbortSignal,
): Promise<RangeResult> {
  const points = Math.floor((range.lastMs - range.firstMs) / range.stepMs) + 1;
  if (points > MAX_POINTS) return halve(ask, query, range, points, signal);
  try {
    const form = new URLSearchParams({
      query,
      start: seconds(range.firstMs),
      end: seconds(range.lastMs),
      step: seconds(range.stepMs),
    });
    return toResult(await ask('/api/v1/query_range', form, signal), query);
  } catch (error) {
    const isTooMuch = error instanceof OutsideFailure && error.code === 'too-much-asked';
    if (!isTooMuch || points === 1) throw error;
    return halve(ask, query, range, points, signal);
  }
}

async function halve(ask: Ask, query: string, range: QueryRange, points: number, signal: AbortSignal) {
  const middleMs = range.firstMs + Math.floor(points / 2) * range.stepMs;
  const first = await rangeInParts(ask, query, { ...range, lastMs: middleMs - range.stepMs }, signal);
  const second = await rangeInParts(ask, query, { ...range, firstMs: middleMs }, signal);
  return join(first, second);
}

function join(first: RangeResult, second: RangeResult): RangeResult {
  const byLabels = new Map(first.series.map((series) => [labelKey(series.labels), series]));
  for (const series of second.series) {
    const key = labelKey(series.labels);
    const earlier = byLabels.get(key)?.samples ?? [];
    byLabels.set(key, { labels: series.labels, samples: [...earlier, ...series.samples] });
  }
  return { series: [...byLabels.values()], warnings: [...first.warnings, ...second.warnings] };
}

/** Unix seconds with exact milliseconds: `1791882119.999`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

type Row = { metric?: unknown; value?: unknown; values?: unknown };

function toResult({ data, warnings }: Answer, where: string): RangeResult {
  const result = (data as { result?: unknown } | null)?.result;
  if (!Array.isArray(result)) throw unexpected(where, 'its data holds no list of results');
  const series = (result as Row[]).map(({ metric, value, values }) => {
    const pairs = (values ?? (value === undefined ? [] : [value])) as unknown;
    if (typeof metric !== 'object' || metric === null || !Array.isArray(pairs))
      throw unexpected(where, 'a result has no labels or no values');
    return { labels: metric as Labels, samples: toSamples(pairs, where) };
  });
  return { series, warnings };
}

/** NaN and infinities are no measures; they count as absent. */
function toSamples(pairs: readonly unknown[], where: string): (readonly [EpochMs, number])[] {
  const samples: (readonly [EpochMs, number])[] = [];
  for (const pair of pairs) {
    const [at, text] = Array.isArray(pair) ? pair : [];
    if (typeof at !== 'number' || typeof text !== 'string')
      throw unexpected(where, 'a sample is not [seconds, "value"]');
    const value = Number(text);
    if (Number.isFinite(value)) samples.push([Math.round(at * 1000), value]);
  }
  return samples;
}

function readResponse(url: string, response: Response, text: string): Outcome<Answer> {
  const place = withoutQuery(url);
  const envelope = parseEnvelope(text);
  if (response.ok && envelope?.status === 'success') {
    return { answer: { data: envelope.data, warnings: envelope.warnings ?? [] } };
  }
  const said = envelope?.error ?? `${response.status} ${response.statusText}`.trim();
  const isOverload =
    /too many samples|too many points|maximum resolution|exceeded.*limit|exceeds.*limit|limit.*exceeded/i;
  if ((response.status === 422 || response.status === 400) && isOverload.test(said))
    return { failure: tooMuch(place, said), mayPass: false };
  if (response.status === 429) {
    return { failure: tooMuch(place, said), mayPass: true, retryAfterMs: retryAfterMs(response) };
  }
  if (response.status === 503 && envelope?.errorType === 'timeout')
    return { failure: tooMuch(place, said), mayPass: false };
  if (response.status >= 500) {
    const failure = new OutsideFailure(
      'unreachable',
      `${place} failed: ${said}`,
      'look at the log of the server; the collection goes on where it stopped when you run it again',
    );
    return { failure, mayPass: true, retryAfterMs: retryAfterMs(response) };
  }
  return { failure: refusal(place, response, said), mayPass: false };
}

function refusal(place: string, response: Response, said: string): OutsideFailure {
  if (response.status === 401 || response.status === 403)
    return new OutsideFailure(
      'refused',
      `${place} refused: ${said}`,
      'give bearerToken, username and password, or headers (X-Scope-OrgID for Mimir) in tare.yaml',
    );
  if (response.status >= 300 && response.status < 400)
    return new OutsideFailure(
      'refused',
      `${place} redirects elsewhere (${response.status}), as a login page does`,
      'use the address of the API itself, and a token that it takes',
    );
  if (response.status === 404)
    return new OutsideFailure(
      'answer-unexpected',
      `${place} does not exist (404)`,
      'the url must end before /api/v1; Mimir and others serve it under a prefix such as /prometheus',
    );
  if (response.ok) return unexpected(place, 'it is not the JSON of a Prometheus API');
  return new OutsideFailure(
    'answer-unexpected',
    `${place} refused the query (${response.status}): ${said}`,
    'check extraMatchers of the source; otherwise this server speaks another dialect: please report it',
  );
}

function tooMuch(place: string, said: string): OutsideFailure {
  return new OutsideFailure(
    'too-much-asked',
    `${place} says that the question is too large: ${said}`,
    'narrow it with extraMatchers, ask for a larger step, or raise the limits of the server (--query.max-samples)',
  );
}

function unexpected(place: string, what: string): OutsideFailure {
  return new OutsideFailure(
    'answer-unexpected',
    `the answer to ${place} cannot be used: ${what}`,
    'check that the url leads to Prometheus, Thanos, Mimir or VictoriaMetrics, and to no proxy with a login page',
  );
}

type Envelope = Readonly<{
  status: string;
  data?: unknown;
  error?: string;
  errorType?: string;
  warnings?: readonly string[];
}>;

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'status' in parsed
      ? (parsed as Envelope)
      : undefined;
  } catch {
    return undefined;
  }
}

function withoutQuery(url: string): string {
  return url.split('?')[0]!;
}

function limitConcurrency(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
