import { HOUR_MS } from '../../../domain/time/window.ts';
import { GRID_BASES } from '../cells.ts';
import { at, type BuildContext, hourNumber, hourOf, NEVER, narrowSum, type Step, ZERO } from './context.ts';

/**
 * What the samples say, by piece and hour.
 *
 * `w_hour` has every piece cut into hours, beside the sums over that device and hour, taken in one pass. Where the piece covers the hour
 * and the samples form a full, even grid of one measure, those sums are the answer (`is_whole`). Only the other hours go through their
 * single samples, each of which stands for the time to the next. `w_measure` has the answers for all hours that are not both whole and
 * held by one: milliseconds, and activity as milliseconds × parts per million.
 */
export function measureSteps(context: BuildContext): Step[] {
  return [hours(context), measures(context)];
}

function hours({ dialect: d, window }: BuildContext): Step {
  const from = at(window.fromMs);
  const to = at(window.toMs);
  const interval = d.div('least_grid', String(GRID_BASES));
  const sampled = `
    SELECT device_id, hour_ms, 1 AS is_full, least_grid % ${GRID_BASES} - 1 AS basis, busy_sum * ${interval} AS busy, effective_sum * ${interval} AS effective
    FROM (
      SELECT device_id, ${hourOf(d, 'at_ms')} AS hour_ms, count(*) AS n, ${narrowSum('busy_ppm')} AS busy_sum,
        ${narrowSum('effective_ppm')} AS effective_sum, min(grid) AS least_grid, max(grid) AS greatest_grid
      FROM "usage"
      WHERE at_ms >= ${from} AND at_ms < ${to}
      GROUP BY 1, 2
    ) AS hourly
    WHERE least_grid = greatest_grid AND n * ${interval} = ${HOUR_MS}`;
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
      SELECT c.piece_id AS piece_id, c.hour_ms AS hour_ms, c.ps AS ps, c.pe AS pe, coalesce(u.is_full, 0) AS is_full,
        CASE WHEN c.pe - c.ps = ${HOUR_MS} AND u.is_full = 1 THEN 1 ELSE 0 END AS is_whole,
        coalesce(u.basis, 0) AS basis, coalesce(u.busy, 0) AS busy, coalesce(u.effective, 0) AS effective
      FROM (${cut}) AS c
      LEFT JOIN (${sampled}) AS u ON u.device_id = c.device_id AND u.hour_ms = c.hour_ms`,
  };
}

function measures(context: BuildContext): Step {
  const { dialect: d, window, lookbackHours } = context;
  const reached = `
    SELECT device_no, device_id, hour_ms, ${d.series('0', String(lookbackHours + 1))} * ${HOUR_MS} AS back FROM part WHERE is_full = 0`;
  // On a full grid a sample ends where the next begins, and can be cut to its piece at once. Elsewhere (`piece_id` 0) the next has to be
  // looked up, also from the hours before.
  const wanted = `
    SELECT piece_id, device_no, device_id, hour_ms, ps, pe FROM part WHERE is_full = 1
    UNION ALL
    SELECT DISTINCT CAST(0 AS INTEGER) AS piece_id, device_no, device_id, hour_ms - back AS reached_ms, ${ZERO} AS ps, ${NEVER} AS pe FROM (${reached}) AS reached`;
  const picked = `
    SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, h.device_no AS device_no, u.at_ms AS at_ms, u.interval_ms AS interval_ms,
      CAST(least(u.at_ms + u.interval_ms, h.pe) - greatest(u.at_ms, h.ps) AS INTEGER) AS ms,
      u.busy_ppm AS busy_ppm, u.effective_ppm AS effective_ppm, u.basis AS basis
    FROM "usage" AS u JOIN (${wanted}) AS h ON h.device_id = u.device_id AND h.hour_ms = ${hourOf(d, 'u.at_ms')}
    WHERE u.at_ms >= ${at(window.fromMs - lookbackHours * HOUR_MS)} AND u.at_ms < ${at(window.toMs)}
      AND u.at_ms < h.pe AND u.at_ms + u.interval_ms > h.ps`;
  const weighted = (ppm: string) => `CAST(ms AS BIGINT) * coalesce(${ppm}, 0)`;
  const onBasis = (code: number) => narrowSum(`CASE WHEN basis = ${code} THEN ms ELSE 0 END`);
  return {
    name: 'w_measure',
    select: `
      WITH part AS (
          SELECT h.piece_id AS piece_id, p.device_no AS device_no, p.device_id AS device_id, h.hour_ms AS hour_ms, h.ps AS ps, h.pe AS pe, h.is_full AS is_full
          FROM (SELECT * FROM w_hour WHERE is_whole = 0) AS h JOIN w_piece AS p ON p.piece_id = h.piece_id
        ),
        picked AS (${picked})
      SELECT piece_id, hour_ms, ${narrowSum('ms')} AS observed, ${onBasis(1)} AS sm_active, ${onBasis(2)} AS engine_active,
        ${onBasis(3)} AS gpu_util, ${onBasis(-1)} AS contradictory,
        ${narrowSum(weighted('busy_ppm'))} AS busy, ${narrowSum(weighted('effective_ppm'))} AS effective
      FROM (
        SELECT piece_id, hour_ms, ms, busy_ppm, effective_ppm, basis FROM picked WHERE piece_id > 0
        UNION ALL
        ${unevenSamples(context)}
      ) AS overlapping
      GROUP BY piece_id, hour_ms
      UNION ALL
      ${wholeShared()}`,
  };
}

/** Samples that stand until the next one, or for the longest they may, cut to the pieces and hours that they reach. */
function unevenSamples({ dialect: d, maxHoldIntervals }: BuildContext): string {
  return `
    SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, CAST(least(x.e, h.pe) - greatest(x.s, h.ps) AS INTEGER) AS ms,
      x.busy_ppm AS busy_ppm, x.effective_ppm AS effective_ppm, x.basis AS basis
    FROM (
      SELECT device_no, s, e, busy_ppm, effective_ppm, basis, ${d.series(hourNumber(d, 's'), `${hourNumber(d, 'e - 1')} + 1`)} * ${HOUR_MS} AS hour_ms
      FROM (
        SELECT device_no, at_ms AS s, busy_ppm, effective_ppm, basis,
          least(lead(at_ms, 1, ${NEVER}) OVER (PARTITION BY device_no ORDER BY at_ms), at_ms + interval_ms * ${maxHoldIntervals}) AS e
        FROM picked WHERE piece_id = 0
      ) AS held
      WHERE s < e
    ) AS x
    JOIN (SELECT * FROM part WHERE is_full = 0) AS h ON h.device_no = x.device_no AND h.hour_ms = x.hour_ms
    WHERE x.s < h.pe AND x.e > h.ps`;
}

/** A whole hour with several holders: what the pass over all samples found, in the same form. */
function wholeShared(): string {
  const onBasis = (code: number) => `CASE WHEN h.basis = ${code} THEN ${at(HOUR_MS)} ELSE ${ZERO} END`;
  return `
    SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, ${at(HOUR_MS)} AS observed, ${onBasis(1)} AS sm_active, ${onBasis(2)} AS engine_active,
      ${onBasis(3)} AS gpu_util, ${onBasis(-1)} AS contradictory, h.busy AS busy, h.effective AS effective
    FROM w_hour AS h JOIN (SELECT DISTINCT piece_id FROM w_seat WHERE seats > 1) AS s ON s.piece_id = h.piece_id
    WHERE h.is_whole = 1`;
}
