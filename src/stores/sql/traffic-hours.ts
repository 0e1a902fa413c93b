import { DAY_MS, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { Dialect } from './dialect.ts';
import type { SqlEngine } from './engine.ts';
import { columnsOf, TRAFFIC_MEANS, TRAFFIC_SUMS } from './schema.ts';

/**
 * Traffic by the hour, so that a report over a year does not read minutes. `traffic_hour` adds up the replicas of an endpoint, its model
 * and their attributes; `traffic_hour_peak` keeps of each endpoint what its busiest slot was. Both are worked out of `traffic` alone, and
 * for each hour anew when anything in it changes.
 */
export async function noteStaleTraffic(engine: SqlEngine, rows: string): Promise<void> {
  const hour = hourOf(engine.dialect, 'changed.start_ms');
  await engine.run(
    `INSERT INTO stale_traffic SELECT DISTINCT ${hour} AS stale_hour FROM (${rows}) AS changed`,
  );
}

/** So much at once fits in memory, however much was imported. */
const CHUNK_MS = 7 * DAY_MS;

/** Works out the hours that are noted as stale. May be run again from the start. */
export async function refreshTrafficHours(engine: SqlEngine): Promise<void> {
  const { dialect } = engine;
  const chunk = `${dialect.div('hour_ms', String(CHUNK_MS))} * ${CHUNK_MS}`;
  const chunks = await engine.rows(
    `SELECT DISTINCT ${chunk} AS chunk_ms FROM stale_traffic ORDER BY chunk_ms`,
  );
  for (const row of chunks) {
    const fromMs = Number(row['chunk_ms']);
    await rebuild(engine, { fromMs, toMs: fromMs + CHUNK_MS });
  }
  if (chunks.length > 0) await engine.run('DELETE FROM stale_traffic WHERE 1 = 1');
}

/** Of a store whose traffic is older than its hours. */
export async function fillTrafficHours(engine: SqlEngine): Promise<void> {
  await noteStaleTraffic(engine, 'SELECT start_ms FROM traffic');
  await refreshTrafficHours(engine);
}

async function rebuild(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<void> {
  const { dialect } = engine;
  const stale = `SELECT hour_ms FROM stale_traffic WHERE hour_ms >= ${fromMs} AND hour_ms < ${toMs}`;
  const where = `r.start_ms >= ${fromMs} AND r.start_ms < ${toMs} AND ${hourOf(dialect, 'r.start_ms')} IN (${stale})`;
  for (const table of ['traffic_hour', 'traffic_hour_peak']) {
    await engine.run(`DELETE FROM ${table} WHERE hour_ms IN (${stale})`);
  }
  await engine.run(`INSERT INTO traffic_hour ${addUpHours(dialect, where)}`);
  await engine.run(`INSERT INTO traffic_hour_peak ${peaksOf(dialect, where)}`);
}

function hourOf(dialect: Dialect, ms: string): string {
  return `${dialect.div(ms, String(HOUR_MS))} * ${HOUR_MS}`;
}

const KEY = ['at_hour', 'endpoint', 'model', 'set_id'] as const;

/** Rows of `traffic_hour`, in the order of its columns, out of rows `r` of `traffic`. */
function addUpHours(dialect: Dialect, where: string): string {
  const key = `${hourOf(dialect, 'r.start_ms')} AS at_hour, r.endpoint AS endpoint, r.model AS model, r.set_id AS set_id`;
  const measures = [
    'CAST(sum(r.requests) AS BIGINT) AS n_requests',
    'CAST(sum(r.errors) AS BIGINT) AS n_errors',
    ...TRAFFIC_SUMS.flatMap((column) => [
      `${dialect.sum(`coalesce(r.${column}, 0)`)} AS s_${column}`,
      `CAST(count(r.${column}) AS BIGINT) AS k_${column}`,
    ]),
    ...TRAFFIC_MEANS.flatMap((column) => [
      `${dialect.sum(`coalesce(r.${column}, 0) * (r.end_ms - r.start_ms)`)} AS s_${column}`,
      `CAST(sum(CASE WHEN r.${column} IS NULL THEN 0 ELSE r.end_ms - r.start_ms END) AS BIGINT) AS k_${column}`,
    ]),
  ];
  const names = [
    ...KEY,
    'n_requests',
    'n_errors',
    ...[...TRAFFIC_SUMS, ...TRAFFIC_MEANS].flatMap((name) => [`s_${name}`, `k_${name}`]),
  ];
  const on = (alias: string) => KEY.map((name) => `${alias}.${name} = m.${name}`).join(' AND ');
  return `
    SELECT ${names.map((name) => `m.${name}`).join(', ')}, coalesce(l.spans, '') AS l_spans, coalesce(f.spans, '') AS f_spans
    FROM (SELECT ${key}, ${measures.join(', ')} FROM traffic AS r WHERE ${where} GROUP BY 1, 2, 3, 4) AS m
    LEFT JOIN (${mergedSpans(dialect, key, 'latency', where)}) AS l ON ${on('l')}
    LEFT JOIN (${mergedSpans(dialect, key, 'first_token', where)}) AS f ON ${on('f')}`;
}

/** Counts of equal bounds added up, as the text that a single slot has. */
function mergedSpans(dialect: Dialect, key: string, column: string, where: string): string {
  const names = KEY.join(', ');
  const count = `CAST(sum(CAST(${dialect.part('word', '=', 2)} AS BIGINT)) AS VARCHAR)`;
  return `
    SELECT ${names}, replace(${dialect.list('span_text')}, ',', ' ') AS spans FROM (
      SELECT ${names}, ${dialect.part('word', '=', 1)} || '=' || ${count} AS span_text FROM (
        SELECT ${key}, ${dialect.words(`r.${column}`)} AS word FROM traffic AS r WHERE ${where} AND r.${column} <> ''
      ) AS words GROUP BY ${names}, ${dialect.part('word', '=', 1)}
    ) AS counted GROUP BY ${names}`;
}

/** The busiest slot of each endpoint and hour, in thousandths of a request an hour, and the time of its replicas and slots. */
function peaksOf(dialect: Dialect, where: string): string {
  const rate = (requests: string, ms: string) => dialect.div(`${requests} * ${HOUR_MS * 1000}`, ms);
  return `
    SELECT ${hourOf(dialect, 'slot_ms')} AS at_hour, endpoint, max(slot_rate) AS top_slot, max(replica_rate) AS top_replica,
      CAST(sum(replicas_ms) AS BIGINT) AS all_replicas_ms, CAST(sum(longest_ms) AS BIGINT) AS all_slots_ms
    FROM (
      SELECT endpoint, slot_ms, ${rate('CAST(sum(n_requests) AS BIGINT)', 'max(ms)')} AS slot_rate, max(one_rate) AS replica_rate,
        CAST(sum(ms) AS BIGINT) AS replicas_ms, max(ms) AS longest_ms
      FROM (
        SELECT r.endpoint AS endpoint, r.replica AS replica, r.start_ms AS slot_ms, CAST(sum(r.requests) AS BIGINT) AS n_requests,
          max(r.end_ms - r.start_ms) AS ms, ${rate('CAST(sum(r.requests) AS BIGINT)', 'max(r.end_ms - r.start_ms)')} AS one_rate
        FROM traffic AS r WHERE ${where} AND r.end_ms > r.start_ms GROUP BY 1, 2, 3
      ) AS replicas GROUP BY 1, 2
    ) AS slots GROUP BY 1, 2`;
}

/** Whole hours of a window, which are kept, and what is left of it at both ends. */
function partsOf({ fromMs, toMs }: TimeWindow): { whole: TimeWindow | null; edges: TimeWindow[] } {
  const firstMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const lastMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  if (firstMs >= lastMs) return { whole: null, edges: [{ fromMs, toMs }] };
  const edges = [
    { fromMs, toMs: firstMs },
    { fromMs: lastMs, toMs },
  ];
  return {
    whole: { fromMs: firstMs, toMs: lastMs },
    edges: edges.filter((edge) => edge.fromMs < edge.toMs),
  };
}

function startsIn({ fromMs, toMs }: TimeWindow): string {
  return `r.start_ms >= ${fromMs} AND r.start_ms < ${toMs}`;
}

/** Rows in the columns of a table of hours: those that are kept, and those of broken hours, worked out on the spot. */
function hoursIn(
  table: 'traffic_hour' | 'traffic_hour_peak',
  columns: readonly string[],
  window: TimeWindow,
  workOut: (where: string) => string,
): string {
  const { whole, edges } = partsOf(window);
  const named = columns.map((column) => `h.${column} AS ${column}`).join(', ');
  const kept = whole ?? { fromMs: 0, toMs: 0 };
  const rows = `SELECT ${named} FROM ${table} AS h WHERE h.hour_ms >= ${kept.fromMs} AND h.hour_ms < ${kept.toMs}`;
  return `(${[rows, ...edges.map((edge) => workOut(startsIn(edge)))].join(' UNION ALL ')})`;
}

/** What replicas counted in the window, in rows of `traffic_hour`. */
export function trafficIn(dialect: Dialect, window: TimeWindow): string {
  return hoursIn('traffic_hour', columnsOf('traffic_hour'), window, (where) => addUpHours(dialect, where));
}

/** Endpoints and the hours in which their servers counted anything, in columns `endpoint` and `hour_ms`. */
export function countedIn(dialect: Dialect, window: TimeWindow): string {
  return hoursIn('traffic_hour', ['endpoint', 'hour_ms'], window, (where) => {
    const hour = hourOf(dialect, 'r.start_ms');
    return `SELECT r.endpoint AS endpoint, ${hour} AS at_hour FROM traffic AS r WHERE ${where}`;
  });
}

/** The busiest slots of the window, in rows of `traffic_hour_peak`. */
export function peaksIn(dialect: Dialect, window: TimeWindow): string {
  return hoursIn('traffic_hour_peak', columnsOf('traffic_hour_peak'), window, (where) =>
    peaksOf(dialect, where),
  );
}
