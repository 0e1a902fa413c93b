import type { RunState } from '../../../domain/facts/facts.ts';
import { DAY_MS, formatDay, formatInstant, HOUR_MS } from '../../../domain/time/window.ts';
import type {
  RunDimension,
  RunEvidence,
  RunGroup,
  RunPageQuery,
  RunPart,
  RunPartDimension,
  RunPartQuery,
  RunQuality,
  RunRecord,
  RunSelection,
  RunSort,
} from '../../../ports/run-queries.ts';
import { type Dialect, quote } from '../dialect.ts';
import type { Row, SqlEngine } from '../engine.ts';
import { measuresOf, toBig, toNumber } from '../read-measures.ts';
import { columnsOf, RUN_MEASURES } from '../schema.ts';
import { attributedRows } from './attribute-rows.ts';
import { LOST_STATES } from './refresh-runs.ts';
import { measureSums } from './run-measures.ts';

const NEVER = 9_007_199_254_740_991;
/**
 * Rows of `run_total`, one page of them. First which, then what they say: sorting a hundred thousand rows with everything on them would
 * take longer than anything else.
 */
export async function runs(engine: SqlEngine, query: RunPageQuery): Promise<RunRecord[]> {
  const { expression, isUnknown } = sortOf(query.sort);
  const direction = query.isDescending ? 'DESC' : 'ASC';
  const order = `ORDER BY CASE WHEN ${isUnknown} THEN 1 ELSE 0 END, ${expression} ${direction}, r.run_id`;
  const condition =
    query.limit === null ? selected(engine.dialect, query) : await pageIds(engine, query, order, query.limit);
  if (condition === null) return [];
  const columns = columnsOf('run_total').map((name) => `r.${name} AS ${name}`);
  const rows = await engine.read(
    `SELECT ${columns.join(', ')} FROM run_total AS r WHERE ${condition} ${order}`,
  );
  return rows.slice(query.limit === null ? query.offset : 0).map(toRecord);
}

async function pageIds(
  engine: SqlEngine,
  query: RunPageQuery,
  order: string,
  limit: number,
): Promise<string | null> {
  const rows = await engine.read(`
    SELECT r.run_id AS run_id FROM run_total AS r WHERE ${selected(engine.dialect, query)} ${order} LIMIT ${limit} OFFSET ${query.offset}`);
  const ids = rows.map((row) => quote(engine.dialect, String(row['run_id'])));
  return ids.length === 0 ? null : `r.run_id IN (${ids.join(', ')})`;
}

function sortOf(sort: RunSort): { expression: string; isUnknown: string } {
  const money = (expression: string) => ({ expression, isUnknown: 'r.is_unknown = 1' });
  const maybe = (expression: string) => ({ expression, isUnknown: `(${expression}) IS NULL` });
  const text = (column: string) => ({ expression: `r.${column}`, isUnknown: `r.${column} = ''` });
  switch (sort) {
    case 'cost':
      return money('r.total_picos');
    case 'gpuHours':
      return { expression: 'r.gross_ticks', isUnknown: 'r.known_attempts = 0 AND r.started_attempts > 0' };
    case 'lostCost':
      return money('r.lost_picos');
    case 'idleCost':
      return money('r.idle_picos');
    case 'productiveCost':
      return money('r.productive_picos');
    case 'waitHours':
      return maybe('r.wait_ms');
    case 'durationHours':
      return maybe('r.end_ms - r.start_ms');
    case 'startedAt':
      return maybe('r.start_ms');
    case 'endedAt':
      return maybe('r.end_ms');
    case 'attempts':
      return { expression: 'r.attempts', isUnknown: '1 = 0' };
    case 'name':
    case 'team':
    case 'model':
    case 'state':
      return text(sort);
    default:
      return sort satisfies never;
  }
}

/** Sums by dimensions; without any, the one group of all. */
export async function runGroups(
  engine: SqlEngine,
  query: RunSelection & Readonly<{ by: readonly RunDimension[] }>,
): Promise<RunGroup[]> {
  const { dialect: d } = engine;
  const by = query.by.map((dimension, index) => ({
    dimension,
    alias: `d${index}`,
    sql: dimensionSql(d, dimension),
  }));
  const failed = `r.state IN ${LOST_STATES}`;
  const sumIf = (condition: string, value: string) =>
    d.sum(`CASE WHEN ${condition} THEN ${value} ELSE ${d.wide('0')} END`);
  const sums = [
    ...Object.keys(RUN_MEASURES).map((name) => `${d.sum(`r.${name}`)} AS t_${name}`),
    'count(*) AS runs_n',
    `${d.sum('r.attempts')} AS attempts_n`,
    `${d.sum('r.lost_attempts')} AS lost_n`,
    `${d.sum('coalesce(r.wait_ms, 0)')} AS waited`,
    `${d.sum('r.is_unknown')} AS unknown_n`,
    `${sumIf(failed, '1')} AS failed_n`,
    `${sumIf(`${failed} AND r.is_unknown = 1`, '1')} AS failed_unknown_n`,
    `${sumIf(failed, 'r.gross_ticks')} AS failed_ticks`,
    `${sumIf(failed, 'r.total_picos')} AS failed_picos`,
    `${sumIf(`r.duplicate_of <> ''`, '1')} AS duplicate_n`,
    `${sumIf(`r.duplicate_of <> '' AND r.is_unknown = 1`, '1')} AS duplicate_unknown_n`,
    `${sumIf(`r.duplicate_of <> ''`, 'r.total_picos')} AS duplicate_picos`,
  ];
  const groups = by.map(({ alias }) => alias).join(', ');
  const rows = await engine.read(`
    SELECT ${[...by.map(({ sql, alias }) => `${sql} AS ${alias}`), ...sums].join(', ')}
    FROM run_total AS r WHERE ${selected(d, query)} ${groups ? `GROUP BY ${groups} ORDER BY ${groups}` : ''}`);
  return rows.map((row) => ({
    key: Object.fromEntries(by.map(({ dimension, alias }) => [dimension, keyText(dimension, row[alias])])),
    ...measuresOf(row, 't_'),
    runs: Number(row['runs_n']),
    attempts: Number(row['attempts_n']),
    lostAttempts: Number(row['lost_n']),
    unknownRuns: Number(row['unknown_n'] ?? 0),
    waitMs: Number(row['waited']),
    failed: {
      runs: Number(row['failed_n'] ?? 0),
      unknownRuns: Number(row['failed_unknown_n'] ?? 0),
      ticks: toBig(row['failed_ticks']),
      picos: toBig(row['failed_picos']),
    },
    duplicates: {
      runs: Number(row['duplicate_n'] ?? 0),
      unknownRuns: Number(row['duplicate_unknown_n'] ?? 0),
      picos: toBig(row['duplicate_picos']),
    },
  }));
}

/** What runs reached in one metric, and at what cost. */
export async function runQualities(
  engine: SqlEngine,
  query: RunSelection & Readonly<{ metric: string }>,
): Promise<RunQuality[]> {
  const { dialect: d } = engine;
  const rows = await engine.read(`
    SELECT run_id, model, end_ms, start_ms, quality, total FROM (
      SELECT r.run_id AS run_id, r.model AS model, r.end_ms AS end_ms, r.start_ms AS start_ms, ${d.jsonNumber('r.metrics', query.metric)} AS quality,
        CASE WHEN r.is_unknown = 1 THEN NULL ELSE r.total_picos END AS total
      FROM run_total AS r WHERE ${selected(d, query)}
    ) AS judged WHERE quality <> ''`);
  return rows.map((row) => ({
    runId: String(row['run_id']),
    model: String(row['model']),
    value: Number(row['quality']),
    endMs: toNumber(row['end_ms']),
    startMs: toNumber(row['start_ms']),
    totalPicos: row['total'] === null || row['total'] === undefined ? null : toBig(row['total']),
  }));
}

const COLUMNS: Readonly<Record<Exclude<RunDimension, 'day'>, string>> = {
  team: 'team',
  model: 'model',
  environment: 'environment',
  experiment: 'experiment',
  state: 'state',
  queue: 'queue',
  name: 'name',
  run: 'run_id',
  gpuModel: 'gpu_models',
  priceSource: 'price_sources',
};

function dimensionSql(d: Dialect, dimension: RunDimension): string {
  if (dimension === 'day') return `${d.div('coalesce(r.start_ms, -1)', String(DAY_MS))} * ${DAY_MS}`;
  return `CASE WHEN r.${COLUMNS[dimension]} = '' THEN 'none' ELSE r.${COLUMNS[dimension]} END`;
}

function keyText(dimension: RunDimension, value: unknown): string {
  if (dimension !== 'day') return String(value);
  return Number(value) <= 0 ? 'none' : formatDay(Number(value));
}

function selected(d: Dialect, { window, filters, text }: RunSelection): string {
  const conditions = filters.map(({ dimension, values }) => {
    const literals = values.map((value) => quote(d, value));
    if (literals.length === 0) return '1 = 0';
    const sql =
      dimension === 'day'
        ? `CASE WHEN r.start_ms IS NULL THEN 'none' ELSE ${d.day('coalesce(r.start_ms, 0)')} END`
        : dimensionSql(d, dimension);
    return `${sql} IN (${literals.join(', ')})`;
  });
  if (text) conditions.push(contains(d, text));
  if (window) {
    const first = 'coalesce(r.queued_ms, r.start_ms, 0)';
    const last = `coalesce(r.end_ms, CASE WHEN r.state IN ('waiting', 'running', 'unknown') THEN ${NEVER} ELSE ${first} END)`;
    conditions.push(
      `${first} < ${window.toMs} AND (${last} > ${window.fromMs} OR ${first} >= ${window.fromMs})`,
    );
  }
  return conditions.length === 0 ? '1 = 1' : conditions.join(' AND ');
}

/** Taking the text out changes what it is in: the one way to ask that both engines have and that knows no wildcards. */
function contains(d: Dialect, text: string): string {
  const words = `lower(concat(r.name, ' ', r.run_id, ' ', r.experiment))`;
  return `replace(${words}, lower(${quote(d, text)}), '') <> ${words}`;
}

function toRecord(row: Row): RunRecord {
  const text = (name: string) => String(row[name]);
  const list = (name: string) => (text(name) === '' ? [] : text(name).split(','));
  return {
    ...measuresOf(row, ''),
    runId: text('run_id'),
    name: text('name'),
    experiment: text('experiment') || null,
    state: text('state') as RunState,
    stateDetail: text('state_detail') || null,
    queue: text('queue') || null,
    parentRunId: text('parent_run_id') || null,
    fingerprint: text('fingerprint') || null,
    duplicateOf: text('duplicate_of') || null,
    parameters: JSON.parse(text('parameters')),
    metrics: JSON.parse(text('metrics')),
    team: text('team'),
    model: text('model'),
    environment: text('environment'),
    attempts: Number(row['attempts']),
    startedAttempts: Number(row['started_attempts']),
    lostAttempts: Number(row['lost_attempts']),
    knownAttempts: Number(row['known_attempts']),
    checkpoints: Number(row['checkpoints']),
    queuedMs: toNumber(row['queued_ms']),
    startMs: toNumber(row['start_ms']),
    endMs: toNumber(row['end_ms']),
    waitMs: toNumber(row['wait_ms']),
    gpuModels: list('gpu_models'),
    priceSources: list('price_sources'),
  };
}

const PART_COLUMNS: Readonly<Record<Exclude<RunPartDimension, 'price'>, string>> = {
  run: 'l.run_id',
  attempt: 'l.attempt',
  hour: 'l.at_ms',
  device: 's.device_id',
  gpuModel: 's.gpu_model',
  lifecycle: 's.lifecycle',
  priceSource: 's.price_source',
};

/** Which part of the ledger which attempt had: of the rows of one run's workloads, or of one device. */
export async function runParts(engine: SqlEngine, query: RunPartQuery, untilMs: number): Promise<RunPart[]> {
  const { dialect: d } = engine;
  const hasPrice = query.by.includes('price');
  const named = query.by.map((dimension, index) => ({ dimension, alias: `d${index}` }));
  const keys = [
    ...named.map(({ dimension, alias }) =>
      dimension === 'price' ? `s.rate_id AS ${alias}` : `${PART_COLUMNS[dimension]} AS ${alias}`,
    ),
    ...(hasPrice
      ? [
          `max(q.per_gpu_hour_picos) AS price_picos`,
          `max(q.price_date) AS price_date`,
          `max(q.reference) AS price_reference`,
        ]
      : []),
  ];
  const groups = named.map(({ alias }) => alias).join(', ');
  const order = `ORDER BY ${groups}`;
  const rows = await engine.read(`
    SELECT ${[...keys, measureSums(d, 't_')].join(', ')}
    FROM (${partRows(d, query, untilMs)}) AS l JOIN subject AS s ON s.subject_id = l.subject_id
    ${hasPrice ? 'LEFT JOIN rate AS q ON q.rate_id = s.rate_id' : ''}
    ${'runId' in query ? `WHERE l.run_id = ${quote(d, query.runId)}` : ''}
    GROUP BY ${groups} ${order}`);
  return rows.map((row) => ({
    key: Object.fromEntries(named.map(({ dimension, alias }) => [dimension, partKey(dimension, row[alias])])),
    ...measuresOf(row, 't_'),
    price:
      hasPrice && row['price_picos'] !== null && row['price_picos'] !== undefined
        ? {
            perGpuHourPicos: toBig(row['price_picos']),
            priceDate: String(row['price_date'] ?? '') || null,
            reference: String(row['price_reference'] ?? '') || null,
          }
        : null,
  }));
}

function partRows(d: Dialect, query: RunPartQuery, untilMs: number): string {
  if ('runId' in query) {
    const workloads = `s.workload_id IN (SELECT workload_id FROM run WHERE workload_id <> '' AND run_id = ${quote(d, query.runId)})`;
    return attributedRows({ dialect: d, untilMs, workloads });
  }
  const device = `s.device_id = ${quote(d, query.deviceId)}`;
  const claimed = `SELECT workload_id FROM run WHERE workload_id <> '' AND start_ms IS NOT NULL`;
  const measures = columnsOf('ledger').slice(2);
  return `
    ${attributedRows({ dialect: d, untilMs, workloads: `s.workload_id IN (${claimed})`, rows: device })}
    UNION ALL
    SELECT l.hour_ms AS at_ms, l.subject_id AS subject_id, '' AS run_id, 0 AS attempt, ${measures.map((name) => `l.${name} AS ${name}`).join(', ')}
    FROM ledger AS l JOIN subject AS s ON s.subject_id = l.subject_id WHERE ${device} AND s.workload_id NOT IN (${claimed})`;
}

function partKey(dimension: RunPartDimension, value: unknown): string {
  return dimension === 'hour' ? formatInstant(Number(value)) : String(value);
}

export async function runEvidence(engine: SqlEngine, runId: string, untilMs: number): Promise<RunEvidence> {
  const { dialect: d } = engine;
  const id = quote(d, runId);
  const own = `SELECT workload_id FROM run WHERE workload_id <> '' AND run_id = ${id}`;
  const attempts = await engine.read(`
    SELECT r.attempt AS attempt, r.state AS state, r.state_detail AS state_detail, r.queue AS queue, r.queued_ms AS queued_ms,
      r.start_ms AS start_ms, r.end_ms AS end_ms, r.workload_id AS workload_id, t.name AS dataset, k.saved_ms AS saved_ms
    FROM run AS r JOIN dataset AS t ON t.dataset_id = r.dataset_id
    LEFT JOIN (
      SELECT a.attempt AS attempt, max(c.at_ms) AS saved_ms FROM run AS a JOIN checkpoint AS c ON c.workload_id = a.workload_id
      WHERE a.run_id = ${id} AND a.workload_id <> '' AND c.at_ms >= a.start_ms AND c.at_ms <= coalesce(a.end_ms, ${NEVER}) GROUP BY a.attempt
    ) AS k ON k.attempt = r.attempt
    WHERE r.run_id = ${id} ORDER BY r.attempt`);
  const holds = await engine.read(`
    SELECT a.workload_id AS workload_id, a.device_id AS device_id, a.start_ms AS start_ms, least(coalesce(a.end_ms, ${untilMs}), ${untilMs}) AS stop_ms,
      coalesce(p.gpu_model, 'unknown') AS gpu_model, p.gpu_parts AS gpu_parts
    FROM allocation AS a LEFT JOIN (
      SELECT c.device_id AS device_id, argMax(pl.gpu_model, c.start_ms) AS gpu_model, argMax(pl.gpu_parts, c.start_ms) AS gpu_parts
      FROM capacity AS c JOIN place AS pl ON pl.place_id = c.place_id GROUP BY c.device_id
    ) AS p ON p.device_id = a.device_id
    WHERE a.workload_id IN (${own}) AND a.start_ms < ${untilMs} ORDER BY a.device_id, a.start_ms`);
  const others = await engine.read(
    `SELECT DISTINCT run_id FROM run WHERE workload_id IN (${own}) AND run_id <> ${id} ORDER BY run_id`,
  );
  const charges = await engine.read(`
    SELECT c.at_where AS at_where, c.description AS description, c.cost_picos AS picos, t.name AS dataset
    FROM charge AS c JOIN run_tag AS m ON m.set_id = c.set_id JOIN dataset AS t ON t.dataset_id = c.dataset_id
    WHERE m.run_id = ${id} AND c.gpu_device = '' ORDER BY c.start_ms, c.at_where`);
  return {
    attempts: attempts.map((row) => ({
      attempt: Number(row['attempt']),
      state: String(row['state']) as RunState,
      stateDetail: String(row['state_detail']) || null,
      queue: String(row['queue']) || null,
      queuedMs: toNumber(row['queued_ms']),
      startMs: toNumber(row['start_ms']),
      endMs: toNumber(row['end_ms']),
      workloadId: String(row['workload_id']) || null,
      checkpointMs: toNumber(row['saved_ms']),
      dataset: String(row['dataset']),
    })),
    holds: holds.map((row) => ({
      workloadId: String(row['workload_id']),
      deviceId: String(row['device_id']),
      gpuModel: String(row['gpu_model']),
      gpuParts: Number(row['gpu_parts'] ?? 840_000),
      startMs: Number(row['start_ms']),
      endMs: Number(row['stop_ms']),
    })),
    sharedWith: others.map((row) => String(row['run_id'])),
    charges: charges.map((row) => ({
      where: String(row['at_where']),
      description: String(row['description']) || null,
      costPicos: toBig(row['picos']),
      dataset: String(row['dataset']),
    })),
    power: await power(engine, runId, own, untilMs),
  };
}

/** Samples of the devices while the run was going on and held them. A device that others hold too is drawn as a whole. */
async function power(
  engine: SqlEngine,
  runId: string,
  workloads: string,
  untilMs: number,
): Promise<RunEvidence['power']> {
  const { dialect: d } = engine;
  const hour = `${d.div('u.at_ms', String(HOUR_MS))} * ${HOUR_MS}`;
  const rows = await engine.read(`
    SELECT hour_ms, sum(watts) AS watts, avg(busy) AS busy, count(busy) AS busy_n FROM (
      SELECT ${hour} AS hour_ms, u.device_id AS device_id, avg(u.power_watts) AS watts, avg(u.busy_ppm) AS busy
      FROM "usage" AS u JOIN (
        SELECT DISTINCT a.device_id AS device_id, greatest(a.start_ms, r.start_ms) AS s,
          least(coalesce(a.end_ms, ${untilMs}), coalesce(r.end_ms, ${untilMs}), ${untilMs}) AS e
        FROM allocation AS a JOIN run AS r ON r.workload_id = a.workload_id
        WHERE a.workload_id IN (${workloads}) AND r.run_id = ${quote(d, runId)} AND r.start_ms IS NOT NULL
      ) AS h ON h.device_id = u.device_id
      WHERE u.at_ms >= h.s AND u.at_ms < h.e
      GROUP BY 1, 2
    ) AS by_device GROUP BY hour_ms ORDER BY hour_ms`);
  return rows.map((row) => ({
    hourMs: Number(row['hour_ms']),
    meanWatts: row['watts'] === null ? null : Number(row['watts']),
    busyFraction: row['busy'] === null ? null : Number(row['busy']) / 1e6,
  }));
}
