import { HOUR_MS } from '../../../domain/time/window.ts';
import { at, NEVER, RUNNING, ZERO } from '../build/context.ts';
import type { Dialect } from '../dialect.ts';
import { LEDGER_MEASURES } from '../schema.ts';

/**
 * Which part of each ledger row belongs to which attempt of which run.
 *
 * Where one started attempt alone names a workload, it has all of the workload's rows. Otherwise a row (an hour of one device) is
 * shared by the time of the hour in which the workload held the device: each moment goes to the runs that were going on, evenly, and
 * what is outside any run to the empty name. Where one run alone names the workload, its attempts reach from one to the next, the first
 * backwards and the last onwards without end, so that splitting a run into attempts moves nothing out of it.
 *
 * Parts are handed out by running sums over run and attempt, so that they add up to the row to the last digit, and neither the number
 * of attempts of a run nor anything about other workloads changes what a run gets.
 */
export type AttributionScope = Readonly<{
  dialect: Dialect;
  /** What is still open is held until here. */
  untilMs: number;
  /** Condition on `s`, the subject: which workloads. */
  workloads: string;
  /** Condition on `l`, the ledger row. */
  rows?: string;
  /** Whole rows by the day instead of the hour: enough for sums, and far fewer. */
  isDaily?: boolean;
}>;

const MEASURES = Object.keys(LEDGER_MEASURES);
/** Divisible by every number of runs up to sixteen, so that a moment is shared evenly without a remainder. */
const MOMENT = 720_720;

/** A query of rows `at_ms, subject_id, run_id, attempt` and the measures of the ledger. It begins with `WITH`. */
export function attributedRows(scope: AttributionScope): string {
  return `WITH ${attempts(scope)}, ${weights(scope)} ${wholeRows(scope)} UNION ALL ${sharedRows(scope)}`;
}

/** `span`: from when to when an attempt claims its workload, and how many claim it. */
function attempts({ workloads }: AttributionScope): string {
  const named = workloads.replaceAll('s.workload_id', 'workload_id');
  return `
    started AS (
      SELECT run_id, attempt, workload_id, start_ms, coalesce(end_ms, ${NEVER}) AS stop_ms,
        lead(start_ms, 1, ${NEVER}) OVER (PARTITION BY workload_id, run_id ORDER BY start_ms, attempt) AS next_ms,
        row_number() OVER (PARTITION BY workload_id, run_id ORDER BY start_ms, attempt) AS place
      FROM run WHERE workload_id <> '' AND start_ms IS NOT NULL AND ${named}
    ),
    claims AS (SELECT workload_id, count(*) AS attempts_n, count(DISTINCT run_id) AS runs_n FROM started GROUP BY workload_id),
    span AS (
      SELECT t.run_id AS run_id, t.attempt AS attempt, t.workload_id AS workload_id, c.attempts_n AS attempts_n,
        CASE WHEN c.runs_n = 1 AND t.place = 1 THEN ${ZERO} ELSE t.start_ms END AS s,
        CASE WHEN c.runs_n = 1 THEN t.next_ms ELSE least(t.stop_ms, t.next_ms) END AS e
      FROM started AS t JOIN claims AS c ON c.workload_id = t.workload_id
    )`;
}

/** `placed`: by workload, device and hour, how much of it each attempt had, with the running sum that hands it out. */
function weights({ dialect: d, untilMs, workloads, rows = '1 = 1' }: AttributionScope): string {
  const key = ['workload_id', 'device_id', 'hour_ms'];
  const of = (alias: string) => key.map((name) => `${alias}.${name} AS ${name}`).join(', ');
  const same = (a: string, b: string, names = key) =>
    names.map((name) => `${a}.${name} = ${b}.${name}`).join(' AND ');
  const inside = (ms: string) => `${ms} > h.hour_ms AND ${ms} < h.hour_ms + ${HOUR_MS}`;
  const byHold = ['workload_id', 'device_id'];
  return `
    shared_row AS (
      SELECT l.*, s.workload_id AS workload_id, s.device_id AS device_id
      FROM ledger AS l JOIN subject AS s ON s.subject_id = l.subject_id
      WHERE s.workload_id IN (SELECT workload_id FROM claims WHERE attempts_n > 1) AND ${workloads} AND ${rows}
    ),
    shared_hour AS (SELECT DISTINCT workload_id, device_id, hour_ms FROM shared_row),
    hold AS (
      SELECT workload_id, device_id, start_ms AS s, least(coalesce(end_ms, ${at(untilMs)}), ${at(untilMs)}) AS e FROM allocation
      WHERE workload_id IN (SELECT workload_id FROM claims WHERE attempts_n > 1)
    ),
    edge AS (
      SELECT DISTINCT workload_id, device_id, hour_ms, edge_ms FROM (
        SELECT ${of('h')}, h.hour_ms AS edge_ms FROM shared_hour AS h
        UNION ALL SELECT ${of('h')}, h.hour_ms + ${HOUR_MS} AS edge_ms FROM shared_hour AS h
        ${['s', 'e']
          .map(
            (end) => `
        UNION ALL SELECT ${of('h')}, a.${end} AS edge_ms FROM shared_hour AS h JOIN hold AS a ON ${same('a', 'h', byHold)} WHERE ${inside(`a.${end}`)}
        UNION ALL SELECT ${of('h')}, p.${end} AS edge_ms FROM shared_hour AS h JOIN span AS p ON p.workload_id = h.workload_id WHERE ${inside(`p.${end}`)}`,
          )
          .join('')}
      ) AS edges
    ),
    moment AS (
      SELECT ${key.join(', ')}, edge_ms AS s, lead(edge_ms, 1, ${ZERO}) OVER (PARTITION BY ${key.join(', ')} ORDER BY edge_ms) AS e FROM edge
    ),
    held AS (
      SELECT DISTINCT ${of('m')}, m.s AS s, m.e AS e FROM moment AS m JOIN hold AS a ON ${same('a', 'm', byHold)}
      WHERE m.e > m.s AND a.s <= m.s AND a.e >= m.e
    ),
    going AS (
      SELECT ${of('h')}, h.s AS s, h.e AS e, p.run_id AS run_id, p.attempt AS attempt
      FROM held AS h JOIN span AS p ON p.workload_id = h.workload_id WHERE p.s <= h.s AND p.e >= h.e
    ),
    crowd AS (SELECT ${key.join(', ')}, s, count(*) AS runs FROM going GROUP BY ${key.join(', ')}, s),
    weight AS (
      SELECT ${key.join(', ')}, run_id, attempt, ${d.sum('time')} AS part FROM (
        SELECT ${of('g')}, g.run_id AS run_id, g.attempt AS attempt, (g.e - g.s) * ${d.div(String(MOMENT), 'CAST(c.runs AS BIGINT)')} AS time
        FROM going AS g JOIN crowd AS c ON ${same('c', 'g', [...key, 's'])}
        UNION ALL
        SELECT ${of('h')}, '' AS run_id, 0 AS attempt, (h.e - h.s) * ${MOMENT} AS time
        FROM held AS h LEFT JOIN crowd AS c ON ${same('c', 'h', [...key, 's'])} WHERE c.runs IS NULL
      ) AS parts GROUP BY ${key.join(', ')}, run_id, attempt
    ),
    placed AS (
      SELECT ${key.join(', ')}, run_id, attempt, part, ${d.sumOver('part', `PARTITION BY ${key.join(', ')}`)} AS whole,
        ${d.sumOver('part', `PARTITION BY ${key.join(', ')} ORDER BY run_id, attempt ${RUNNING}`)} AS upto
      FROM weight
    )`;
}

function wholeRows({ workloads, rows = '1 = 1', isDaily = false }: AttributionScope): string {
  const [table, time] = isDaily ? ['ledger_day', 'day_ms'] : ['ledger', 'hour_ms'];
  return `
    SELECT l.${time} AS at_ms, l.subject_id AS subject_id, p.run_id AS run_id, p.attempt AS attempt,
      ${MEASURES.map((name) => `l.${name} AS ${name}`).join(', ')}
    FROM ${table} AS l JOIN subject AS s ON s.subject_id = l.subject_id
    JOIN (SELECT workload_id, run_id, attempt FROM span WHERE attempts_n = 1) AS p ON p.workload_id = s.workload_id
    WHERE ${workloads} AND ${rows}`;
}

/** A row whose hold is not known any more is outside any run, as a whole. */
function sharedRows({ dialect: d }: AttributionScope): string {
  const share = (name: string, end: string) => d.wideDiv(`(${d.wide(`r.${name}`)} * (${end}))`, 'p.whole');
  const part = (name: string) => {
    const value = `CASE WHEN p.whole IS NULL THEN ${d.wide(`r.${name}`)} ELSE ${share(name, 'p.upto')} - ${share(name, 'p.upto - p.part')} END`;
    return name.endsWith('_ticks') ? `CAST(${value} AS BIGINT)` : value;
  };
  return `
    SELECT r.hour_ms AS at_ms, r.subject_id AS subject_id, coalesce(p.run_id, '') AS run_id, coalesce(p.attempt, 0) AS attempt,
      ${MEASURES.map((name, index) => `${part(name)} AS part_${index}`).join(', ')}
    FROM shared_row AS r LEFT JOIN placed AS p
      ON p.workload_id = r.workload_id AND p.device_id = r.device_id AND p.hour_ms = r.hour_ms`;
}
