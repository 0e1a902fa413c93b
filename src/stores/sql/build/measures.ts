import { HOUR_MS } from '../../../domain/time/window.ts';
import { PPM } from '../../../domain/units/gpu-time.ts';
import { at, type BuildContext, hourNumber, hourOf, NEVER, type Step } from './context.ts';

/**
 * What the samples say, by piece and hour.
 *
 * `w_hour` has every piece cut into hours, beside the sums over that device and hour, taken in one pass. Where the hour lies in one
 * piece with one holder and its samples form a full, even grid of one measure, those sums are the answer (`is_plain`). Only the
 * other hours go through their single samples, each of which stands for the time to the next: `w_measure`.
 */
export function measureSteps(context: BuildContext): Step[] {
  return [hours(context), measures(context)];
}

// The shape of a sample in one number, so that "all samples of the hour are alike" is one comparison: its distance from the grid of its
// interval, its basis (−1 … 3, moved up by one), its interval. An interval of more than 2²² ms (70 minutes) never fills an hour.
const INTERVAL_BITS = 4_194_304;
const BASIS_BITS = 8 * INTERVAL_BITS;
const SHAPE = `(at_ms % interval_ms) * CAST(${BASIS_BITS} AS BIGINT) + (basis + 1) * ${INTERVAL_BITS} + interval_ms`;

function hours({ dialect: d, window }: BuildContext): Step {
  const from = at(window.fromMs);
  const to = at(window.toMs);
  const interval = `(shape % ${INTERVAL_BITS})`;
  const sampled = `
    SELECT device_id, hour_ms, n, busy, effective, ${interval} AS interval_ms, ${d.div('shape', String(INTERVAL_BITS))} - 1 AS basis,
      CASE WHEN shape = other_shape AND shape < ${BASIS_BITS} AND n * ${interval} = ${HOUR_MS} THEN 1 ELSE 0 END AS is_full
    FROM (
      SELECT device_id, ${hourOf(d, 'at_ms')} AS hour_ms, count(*) AS n, sum(busy_ppm) AS busy, sum(effective_ppm) AS effective,
        min(${SHAPE}) AS shape, max(${SHAPE}) AS other_shape
      FROM "usage"
      WHERE at_ms >= ${from} AND at_ms < ${to}
      GROUP BY 1, 2
    ) AS hourly`;
  const cut = `
    SELECT piece_id, device_id, cut AS hour_ms, greatest(s, cut) AS ps, least(e, cut + ${HOUR_MS}) AS pe
    FROM (
      SELECT piece_id, device_id, s, e,
        ${d.series(hourNumber(d, `greatest(s, ${from})`), `${hourNumber(d, `least(e, ${to}) - 1`)} + 1`)} * ${HOUR_MS} AS cut
      FROM w_piece WHERE s < ${to} AND e > ${from}
    ) AS exploded`;
  return {
    name: 'w_hour',
    select: `
      SELECT c.piece_id AS piece_id, c.device_id AS device_id, c.hour_ms AS hour_ms, c.ps AS ps, c.pe AS pe, coalesce(u.is_full, 0) AS is_full,
        CASE WHEN c.pe - c.ps = ${HOUR_MS} AND seat.seats = 1 AND coalesce(u.is_full, 0) = 1 THEN 1 ELSE 0 END AS is_plain,
        CASE WHEN coalesce(u.basis, 0) > 0 THEN u.n * u.interval_ms ELSE 0 END AS known_ms,
        CAST(coalesce(u.busy, 0) AS BIGINT) * coalesce(u.interval_ms, 0) AS busy,
        CAST(coalesce(u.effective, 0) AS BIGINT) * coalesce(u.interval_ms, 0) AS effective, coalesce(u.basis, 0) AS basis
      FROM (${cut}) AS c
      JOIN (SELECT piece_id, max(seats) AS seats FROM w_seat GROUP BY piece_id) AS seat ON seat.piece_id = c.piece_id
      LEFT JOIN (${sampled}) AS u ON u.device_id = c.device_id AND u.hour_ms = c.hour_ms`,
  };
}

function measures({ dialect: d, window, lookbackHours, maxHoldIntervals }: BuildContext): Step {
  const from = at(window.fromMs);
  const to = at(window.toMs);
  const lookback = Array.from({ length: lookbackHours + 1 }, (_, back) => back * HOUR_MS);
  // On a full grid a sample ends where the next begins; elsewhere the next has to be looked up, also from the hours before.
  const even = `
    SELECT device_id, s, e, busy_ppm, effective_ppm, basis, 1 AS is_full, ${hourNumber(d, 's')} AS first_hour, ${hourNumber(d, 's')} AS last_hour
    FROM (
      SELECT u.device_id AS device_id, u.at_ms AS s, u.at_ms + u.interval_ms AS e, u.busy_ppm AS busy_ppm,
        u.effective_ppm AS effective_ppm, u.basis AS basis
      FROM "usage" AS u
      JOIN (SELECT device_id, hour_ms FROM detail WHERE is_full = 1) AS g ON g.device_id = u.device_id AND g.hour_ms = ${hourOf(d, 'u.at_ms')}
      WHERE u.at_ms >= ${from} AND u.at_ms < ${to}
    ) AS on_grid`;
  const wanted = lookback.map(
    (back) => `SELECT device_id, hour_ms - ${back} AS hour_ms FROM detail WHERE is_full = 0`,
  );
  const uneven = `
    SELECT device_id, s, e, busy_ppm, effective_ppm, basis, 0 AS is_full, ${hourNumber(d, 's')} AS first_hour, ${hourNumber(d, 'e - 1')} AS last_hour
    FROM (
      SELECT u.device_id AS device_id, u.at_ms AS s,
        least(lead(u.at_ms, 1, ${NEVER}) OVER (PARTITION BY u.device_id ORDER BY u.at_ms), u.at_ms + u.interval_ms * ${maxHoldIntervals}) AS e,
        u.busy_ppm AS busy_ppm, u.effective_ppm AS effective_ppm, u.basis AS basis
      FROM "usage" AS u
      JOIN (SELECT DISTINCT device_id, hour_ms FROM (${wanted.join(' UNION ALL ')}) AS reached) AS g
        ON g.device_id = u.device_id AND g.hour_ms = ${hourOf(d, 'u.at_ms')}
      WHERE u.at_ms >= ${at(window.fromMs - lookbackHours * HOUR_MS)} AND u.at_ms < ${to}
    ) AS off_grid`;
  const where = (condition: string) => d.sum(`CASE WHEN ${condition} THEN ms ELSE 0 END`);
  const weighted = (ppm: string) => d.sum(`CASE WHEN busy_ppm IS NULL THEN 0 ELSE ms * (${ppm}) END`);
  return {
    name: 'w_measure',
    select: `
      WITH detail AS (SELECT DISTINCT device_id, hour_ms, is_full FROM w_hour WHERE is_plain = 0),
        sample AS (${even} UNION ALL ${uneven})
      SELECT piece_id, hour_ms, ${d.sum('ms')} AS observed, ${where('busy_ppm IS NULL')} AS unknown,
        ${weighted(`${PPM} - busy_ppm`)} AS idle, ${weighted('busy_ppm - effective_ppm')} AS underused, ${weighted('effective_ppm')} AS effective,
        ${where('basis = 1')} AS sm_active, ${where('basis = 2')} AS engine_active, ${where('basis = 3')} AS gpu_util,
        ${where('basis = -1')} AS contradictory
      FROM (
        SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, least(x.e, h.pe) - greatest(x.s, h.ps) AS ms,
          x.busy_ppm AS busy_ppm, x.effective_ppm AS effective_ppm, x.basis AS basis
        FROM (
          SELECT device_id, s, e, busy_ppm, effective_ppm, basis, is_full, ${d.series('first_hour', 'last_hour + 1')} * ${HOUR_MS} AS hour_ms
          FROM sample WHERE s < e
        ) AS x
        JOIN (SELECT piece_id, device_id, hour_ms, ps, pe, is_full FROM w_hour WHERE is_plain = 0) AS h
          ON h.device_id = x.device_id AND h.hour_ms = x.hour_ms AND h.is_full = x.is_full
        WHERE x.s < h.pe AND x.e > h.ps
      ) AS overlapping
      GROUP BY piece_id, hour_ms`,
  };
}
