import { mergeSpans, type Span } from '../../domain/economics/spans.ts';
import type { RevenueFact } from '../../domain/facts/facts.ts';
import {
  DAY_MS,
  formatDay,
  formatInstant,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type {
  CallAggregate,
  CallDimension,
  CallQuery,
  CallSource,
  LatencyAggregate,
  ScoreAggregate,
  ScoreQuery,
  ServingPeak,
} from '../../ports/serving.ts';
import { NANOS_PER_SCORE, scoreNanos } from './cells.ts';
import { type Dialect, quote } from './dialect.ts';
import type { Row, SqlEngine } from './engine.ts';
import { TRAFFIC_MEANS, TRAFFIC_SUMS } from './schema.ts';
import { readSpan } from './serving-cells.ts';
import { countedIn, peaksIn, trafficIn } from './traffic-hours.ts';

type Column = (typeof TRAFFIC_SUMS)[number] | (typeof TRAFFIC_MEANS)[number] | 'cost_picos';

const OF_CALLS: readonly Column[] = [
  'input_tokens',
  'cached_tokens',
  'written_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_picos',
];

export async function calls(engine: SqlEngine, query: CallQuery): Promise<CallAggregate[]> {
  const { window, by, serving } = query;
  const { dialect } = engine;
  const fromCounters = serving === 'api' ? [] : await countedCalls(engine, query);
  const fromCalls = await engine.read(`
    SELECT ${SOURCE_OF_CALL} AS source, ${dimensionList(dialect, by, REQUESTS)}
      count(*) AS n_all, CAST(sum(CASE WHEN t.error <> '' THEN 1 ELSE 0 END) AS BIGINT) AS n_errors,
      ${OF_CALLS.map((column) => knownSum(dialect, column)).join(', ')}
    FROM ${requestsIn(dialect, window)}${serving === 'api' ? ` AND t.serving = 'api'` : ''} GROUP BY ${groupList(by)}`);
  return [...fromCounters, ...fromCalls].map((row) => toCalls(row, by)).sort(inOrder);
}

function countedCalls(engine: SqlEngine, { window, by }: CallQuery): Promise<Row[]> {
  const { dialect } = engine;
  const measures = [...TRAFFIC_SUMS, ...TRAFFIC_MEANS].flatMap((column) => [
    `${dialect.sum(`t.s_${column}`)} AS sum_${column}`,
    `CAST(sum(t.k_${column}) AS BIGINT) AS known_${column}`,
  ]);
  return engine.read(`
    SELECT 'counters' AS source, ${dimensionList(dialect, by, TRAFFIC, 't.hour_ms')}
      CAST(sum(t.requests) AS BIGINT) AS n_all, CAST(sum(t.errors) AS BIGINT) AS n_errors, ${measures.join(', ')}
    FROM ${trafficIn(dialect, window)} AS t JOIN attribute_set AS a ON a.set_id = t.set_id
    GROUP BY ${groupList(by)}`);
}

const SOURCE_OF_CALL = `CASE WHEN c.counted_hour IS NULL THEN 'calls' ELSE 'labels' END`;

/** Calls `t`, with the hours `c` in which the server that answered counted its calls itself. */
function requestsIn(dialect: Dialect, window: TimeWindow): string {
  const hour = dialect.div('h.hour_ms', String(HOUR_MS));
  return `request AS t JOIN attribute_set AS a ON a.set_id = t.set_id
    LEFT JOIN (SELECT h.endpoint AS counted_endpoint, ${hour} AS counted_hour FROM ${countedIn(dialect, window)} AS h GROUP BY 1, 2) AS c
      ON c.counted_endpoint = t.endpoint AND c.counted_hour = ${dialect.div('t.start_ms', String(HOUR_MS))}
    WHERE ${startsIn('t', window)}`;
}

function startsIn(alias: string, { fromMs, toMs }: TimeWindow): string {
  return `${alias}.start_ms >= ${fromMs} AND ${alias}.start_ms < ${toMs}`;
}

/** What each dimension is called in a table; the others it does not know. */
type DimensionColumns = Partial<Record<CallDimension, string>>;
const TRAFFIC: DimensionColumns = {
  endpoint: 't.endpoint',
  model: 't.model',
  serving: `'self_hosted'`,
  team: 'a.team',
  environment: 'a.environment',
};
const REQUESTS: DimensionColumns = {
  endpoint: 't.endpoint',
  model: 't.model',
  serving: 't.serving',
  provider: 't.provider',
  operation: 't.operation',
  prompt: 't.prompt_name',
  promptVersion: 't.prompt_version',
  step: 't.step',
  agent: 't.agent',
  conversation: 't.conversation',
  team: 'a.team',
  environment: 'a.environment',
};

function dimensionList(
  dialect: Dialect,
  by: readonly CallDimension[],
  columns: DimensionColumns,
  time = 't.start_ms',
): string {
  return by
    .map((dimension, index) => {
      const grain = dimension === 'day' ? DAY_MS : dimension === 'hour' ? HOUR_MS : null;
      const column = dimension.startsWith('tag:')
        ? `coalesce(${dialect.jsonText('a.owner', dimension.slice('tag:'.length))}, '')`
        : (columns[dimension] ?? `''`);
      const value =
        grain === null
          ? `CASE WHEN ${column} = '' THEN 'none' ELSE ${column} END`
          : `${dialect.div(time, String(grain))} * ${grain}`;
      return `${value} AS d${index}, `;
    })
    .join('');
}

/** The source or whatever stands first, and the dimensions. */
function groupList(by: readonly CallDimension[], first = 1): string {
  return [...Array(by.length + first).keys()].map((index) => index + 1).join(', ');
}

/** `sum_COLUMN` is the sum of those that are known and `known_COLUMN` how many are. */
function knownSum(dialect: Dialect, column: Column): string {
  const sum = dialect.sum(`coalesce(t.${column}, ${dialect.wide('0')})`);
  return `${sum} AS sum_${column}, count(t.${column}) AS known_${column}`;
}

function toCalls(row: Row, by: readonly CallDimension[]): CallAggregate {
  const isKnown = (column: Column) => Number(row[`known_${column}`] ?? 0) > 0;
  const sum = (column: Column) => (isKnown(column) ? Number(row[`sum_${column}`]) : null);
  const mean = (column: Column, scale: number) =>
    isKnown(column) ? Number(row[`sum_${column}`]) / Number(row[`known_${column}`]) / scale : null;
  return {
    key: keyOf(row, by),
    source: row['source'] as CallSource,
    requests: Number(row['n_all']),
    errors: Number(row['n_errors']),
    tokens: {
      input: sum('input_tokens'),
      cachedInput: sum('cached_tokens'),
      cacheWrittenInput: sum('written_tokens'),
      output: sum('output_tokens'),
      reasoning: sum('reasoning_tokens'),
    },
    prefillMicros: sum('prefill_us'),
    decodeMicros: sum('decode_us'),
    queueMicros: sum('queue_us'),
    runningRequests: mean('running_milli', 1_000),
    waitingRequests: mean('waiting_milli', 1_000),
    cacheUse: mean('cache_use_ppm', 1_000_000),
    batchSize: mean('batch_milli', 1_000),
    costPicos: isKnown('cost_picos') ? BigInt(row['sum_cost_picos'] as bigint | string) : null,
    pricedRequests: Number(row['known_cost_picos'] ?? 0),
  };
}

function keyOf(row: Row, by: readonly CallDimension[]): Record<string, string> {
  return Object.fromEntries(
    by.map((dimension, index) => {
      const value = row[`d${index}`];
      if (dimension === 'day') return [dimension, formatDay(Number(value))];
      return [dimension, dimension === 'hour' ? formatInstant(Number(value)) : String(value)];
    }),
  );
}

function inOrder(
  a: Readonly<{ key: object; source?: string }>,
  b: Readonly<{ key: object; source?: string }>,
): number {
  const [left, right] = [a, b].map(({ key, source = '' }) => JSON.stringify([Object.values(key), source]));
  return left! < right! ? -1 : left! > right! ? 1 : 0;
}

export async function latencies(engine: SqlEngine, query: CallQuery): Promise<LatencyAggregate[]> {
  const found = new Map<
    string,
    { key: Record<string, string>; source: CallSource } & Record<Measure, Span[]>
  >();
  for (const measure of ['duration', 'firstToken'] as const) {
    for (const row of await spanRows(engine, query, measure)) {
      const key = keyOf(row, query.by);
      const source = row['source'] as CallSource;
      const name = JSON.stringify([key, source]);
      const group = found.get(name) ?? { key, source, duration: [], firstToken: [] };
      group[measure].push(readSpan(String(row['bounds']), Number(row['n'])));
      found.set(name, group);
    }
  }
  return [...found.values()]
    .map((group) => ({
      ...group,
      duration: mergeSpans(group.duration),
      firstToken: mergeSpans(group.firstToken),
    }))
    .sort(inOrder);
}

type Measure = 'duration' | 'firstToken';
const HISTOGRAMS = { duration: 'latency', firstToken: 'first_token' } as const;
const TIMES = { duration: 'duration_us', firstToken: 'first_token_us' } as const;

async function spanRows(engine: SqlEngine, { window, by }: CallQuery, measure: Measure): Promise<Row[]> {
  const { dialect } = engine;
  const names = by.map((_, index) => `d${index}, `).join('');
  const counters = await engine.read(`
    SELECT 'counters' AS source, ${names} ${dialect.part('word', '=', 1)} AS bounds,
      CAST(sum(CAST(${dialect.part('word', '=', 2)} AS BIGINT)) AS BIGINT) AS n
    FROM (
      SELECT ${dimensionList(dialect, by, TRAFFIC, 't.hour_ms')} ${dialect.words(`t.${HISTOGRAMS[measure]}`)} AS word
      FROM ${trafficIn(dialect, window)} AS t JOIN attribute_set AS a ON a.set_id = t.set_id
      WHERE t.${HISTOGRAMS[measure]} <> ''
    ) AS words GROUP BY ${groupList(by, 2)}`);
  const time = `t.${TIMES[measure]}`;
  const timed = await engine.read(`
    SELECT source, ${names} low_us, width_us, count(*) AS n FROM (
      SELECT source, ${names} ${dialect.div('us', 'grid_us')} * grid_us AS low_us, grid_us AS width_us FROM (
        SELECT ${SOURCE_OF_CALL} AS source, ${dimensionList(dialect, by, REQUESTS)} ${time} AS us, ${gridOf(time)} AS grid_us
        FROM ${requestsIn(dialect, window)} AND ${time} IS NOT NULL AND ${time} >= 0
      ) AS timed
    ) AS rounded GROUP BY ${groupList(by, 3)}`);
  const ofCalls = timed.map((row) => ({
    ...row,
    bounds: `${row['low_us']}:${Number(row['low_us']) + Number(row['width_us']) - 1}`,
  }));
  return [...counters, ...ofCalls];
}

/** As `spanOfMicros` rounds: to three digits. */
function gridOf(micros: string): string {
  const steps = [3, 4, 5, 6, 7, 8, 9, 10, 11].map(
    (digits) => `WHEN ${micros} < 1${'0'.repeat(digits)} THEN 1${'0'.repeat(digits - 3)}`,
  );
  return `CASE ${steps.join(' ')} ELSE 1000000000 END`;
}

export async function scores(engine: SqlEngine, { window, by, bars }: ScoreQuery): Promise<ScoreAggregate[]> {
  const { dialect } = engine;
  const passes = bars.map(({ score, limit, isCeiling }) => {
    const holds = `s.value_nanos ${isCeiling ? '<=' : '>='} ${scoreNanos(limit)}`;
    return `WHEN s.name = ${quote(dialect, score)} THEN CASE WHEN ${holds} THEN 1 ELSE 0 END`;
  });
  const rows = await engine.read(`
    SELECT s.name AS score_name, ${dimensionList(dialect, by, SCORES, 's.at_ms')}
      count(*) AS n, ${dialect.sum('s.value_nanos')} AS total,
      CAST(sum(CASE ${passes.join(' ')} ${passes.length > 0 ? 'ELSE 0 END' : 'WHEN 1 = 0 THEN 1 ELSE 0 END'}) AS BIGINT) AS n_passed
    FROM score AS s
    LEFT JOIN request AS t ON s.request_id <> '' AND t.request_id = s.request_id
    LEFT JOIN attribute_set AS a ON a.set_id = t.set_id
    WHERE s.at_ms >= ${window.fromMs} AND s.at_ms < ${window.toMs} GROUP BY ${groupList(by)}`);
  return rows
    .map((row) => {
      const name = String(row['score_name']);
      const scored = Number(row['n']);
      return {
        key: keyOf(row, by),
        source: name,
        name,
        scored,
        mean: Number(row['total']) / NANOS_PER_SCORE / scored,
        passed: bars.some(({ score }) => score === name) ? Number(row['n_passed']) : null,
      };
    })
    .sort(inOrder)
    .map(({ source: _, ...aggregate }) => aggregate);
}

/** What the score says, or else the call that it judges. */
const SCORES: DimensionColumns = {
  endpoint: ownOr('endpoint'),
  model: ownOr('model'),
  serving: known('t.serving'),
  provider: known('t.provider'),
  operation: known('t.operation'),
  prompt: ownOr('prompt_name'),
  promptVersion: ownOr('prompt_version'),
  step: known('t.step'),
  agent: known('t.agent'),
  conversation: known('t.conversation'),
  team: known('a.team'),
  environment: known('a.environment'),
};

function ownOr(column: string): string {
  return `CASE WHEN s.${column} <> '' THEN s.${column} ELSE coalesce(t.${column}, '') END`;
}

function known(column: string): string {
  return `coalesce(${column}, '')`;
}

export async function servingPeaks(engine: SqlEngine, window: TimeWindow): Promise<ServingPeak[]> {
  const { dialect } = engine;
  const counters = await engine.read(`
    SELECT h.endpoint AS endpoint, max(h.slot_rate) AS peak, max(h.replica_rate) AS busiest,
      CAST(sum(h.replicas_ms) AS BIGINT) AS replica_time, CAST(sum(h.slots_ms) AS BIGINT) AS slot_time
    FROM ${peaksIn(dialect, window)} AS h GROUP BY h.endpoint ORDER BY h.endpoint`);
  const minutes = await engine.read(`
    SELECT endpoint, max(n) AS peak FROM (
      SELECT endpoint, ${dialect.div('t.start_ms', String(MINUTE_MS))} AS minute_of, count(*) AS n FROM request AS t WHERE ${startsIn('t', window)} GROUP BY 1, 2
    ) AS minutes GROUP BY 1 ORDER BY 1`);
  const peaks = new Map<string, ServingPeak>();
  for (const row of minutes) {
    const endpoint = String(row['endpoint']);
    const requestsPerHour = Number(row['peak']) * 60;
    peaks.set(endpoint, {
      endpoint,
      requestsPerHour,
      busiestReplicaPerHour: null,
      replicas: null,
      replicaHours: null,
    });
  }
  for (const row of counters) {
    const endpoint = String(row['endpoint']);
    peaks.set(endpoint, {
      endpoint,
      requestsPerHour: Number(row['peak']) / 1000,
      busiestReplicaPerHour: Number(row['busiest']) / 1000,
      replicas: Number(row['replica_time']) / Number(row['slot_time']),
      replicaHours: Number(row['replica_time']) / HOUR_MS,
    });
  }
  return [...peaks.values()];
}

export async function revenues(engine: SqlEngine): Promise<RevenueFact[]> {
  const rows = await engine.read('SELECT * FROM revenue ORDER BY endpoint, model, from_ms');
  return rows.map((row) => ({
    endpoint: String(row['endpoint']),
    model: String(row['model']) || null,
    fromMs: Number(row['from_ms']),
    per1kRequestsPicos: BigInt(row['per_1k_picos'] as bigint | string),
  }));
}
