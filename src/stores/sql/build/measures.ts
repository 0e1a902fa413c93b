import { HOUR_MS } from '../../../domain/time/window.ts';
import { GRID_BASES, ROLLED_UP_GRID } from '../cells.ts';
import { at, type BuildContext, hourNumber, inHalves, NEVER, narrowSum, type Step, ZERO } from './context.ts';

/**
 * What the samples say, by piece and hour.
 *
 * `w_hour` has every piece cut into hours, beside the sums over that device and hour, taken in one pass. Where the samples form a full,
 * even grid of one measure (`is_full`) and the piece covers the hour, those sums are the answer (`is_whole`). Only the other hours go
 * through their single samples, each of which stands for the time to the next; `measuresSelect` has the answers for them.
 */
export function measureSteps(context: BuildContext): Step[] {
  return [hourStep(context), picked(context)];
}

/** `w_hour` alone, out of `w_stay` and `w_piece`. */
export function hourStep(context: BuildContext): Step {
  const { dialect: d, window } = context;
  const from = at(window.fromMs);
  const to = at(window.toMs);
  const interval = d.div('least_grid', String(GRID_BASES));
  const isRolledUp = `least_grid < 0`;
  // Stretches have lengths of their own; samples of one grid are multiplied once they are added up.
  const summed = (ppm: string) =>
    narrowSum(
      context.hasRolledUp
        ? `CASE WHEN grid < 0 THEN ${ppm} * CAST(interval_ms AS BIGINT) ELSE ${ppm} END`
        : ppm,
    );
  const total = (sum: string) =>
    `CASE WHEN ${isRolledUp} THEN ${sum} ELSE ${sum} * ${interval} END AS ${sum.replace('_sum', '')}`;
  const full = `
    SELECT n.device_no AS device_no, hour_no,
      CASE WHEN ${isRolledUp} THEN ${ROLLED_UP_GRID} - least_grid ELSE least_grid % ${GRID_BASES} - 1 END AS basis, ${total('busy_sum')}, ${total('effective_sum')}
    FROM (
      SELECT device_id, ${hourNumber(d, 'at_ms')} AS hour_no, count(*) AS n, ${summed('busy_ppm')} AS busy_sum,
        ${summed('effective_ppm')} AS effective_sum, min(grid) AS least_grid, max(grid) AS greatest_grid
      FROM "usage"
      WHERE at_ms >= ${from} AND at_ms < ${to}
      GROUP BY 1, 2
    ) AS hourly
    JOIN (SELECT DISTINCT device_id, device_no FROM w_stay) AS n ON n.device_id = hourly.device_id
    WHERE least_grid = greatest_grid AND (${isRolledUp} OR n * ${interval} = ${HOUR_MS})`;
  const cut = `
    SELECT piece_id, device_no, cut_no, cut_no * ${HOUR_MS} AS hour_ms, greatest(s, cut_no * ${HOUR_MS}) AS ps, least(e, (cut_no + 1) * ${HOUR_MS}) AS pe
    FROM (
      ${inHalves(
        context,
        'device_no',
        (half) => `
      SELECT piece_id, device_no, s, e,
        ${d.series(hourNumber(d, `greatest(s, ${from})`), `${hourNumber(d, `least(e, ${to}) - 1`)} + 1`)} AS cut_no
      FROM w_piece WHERE s < ${to} AND e > ${from} AND ${half}`,
      )}
    ) AS exploded`;
  return {
    name: 'w_hour',
    select: `
      SELECT c.piece_id AS piece_id, c.device_no AS device_no, c.hour_ms AS hour_ms, c.ps AS ps, c.pe AS pe,
        CASE WHEN u.device_no IS NULL THEN 0 ELSE 1 END AS is_full,
        CASE WHEN c.pe - c.ps = ${HOUR_MS} AND u.device_no IS NOT NULL THEN 1 ELSE 0 END AS is_whole,
        coalesce(u.basis, 0) AS basis, coalesce(u.busy, 0) AS busy, coalesce(u.effective, 0) AS effective
      FROM (${cut}) AS c
      LEFT JOIN (${full}) AS u ON u.device_no = c.device_no AND u.hour_no = c.cut_no`,
  };
}

/**
 * Single samples of the hours that are not whole, in one pass: `w_picked`. On a full grid a sample ends where the next begins, so that it
 * can be cut to its piece and added up at once. Elsewhere the next has to be looked up, also from the hours before: those samples stay
 * as they are, under the negative number of their device.
 */
function picked({ dialect: d, window, lookbackHours }: BuildContext): Step {
  const reached = `
    SELECT device_no, hour_ms, ${d.series('0', String(lookbackHours + 1))} * ${HOUR_MS} AS back FROM w_hour WHERE is_full = 0`;
  const wanted = `
    SELECT p.part_no AS part_no, n.device_id AS device_id, ${hourNumber(d, 'p.hour_ms')} AS hour_no, p.hour_ms AS hour_ms, p.ps AS ps, p.pe AS pe
    FROM (
      SELECT piece_id AS part_no, device_no, hour_ms, ps, pe FROM w_hour WHERE is_full = 1 AND is_whole = 0
      UNION ALL
      SELECT DISTINCT -device_no AS part_no, device_no, hour_ms - back AS reached_ms, ${ZERO} AS ps, ${NEVER} AS pe FROM (${reached}) AS reached
    ) AS p JOIN (SELECT DISTINCT device_id, device_no FROM w_stay) AS n ON n.device_no = p.device_no`;
  return {
    name: 'w_picked',
    select: `
      SELECT part_no, hour_ms, own_ms, ${narrowSum('ms * busy_ppm')} AS busy, ${narrowSum('ms * effective_ppm')} AS effective,
        max(interval_ms) AS interval_ms, max(basis) AS basis
      FROM (
        SELECT h.part_no AS part_no, h.hour_ms AS hour_ms, CASE WHEN h.part_no > 0 THEN ${ZERO} ELSE u.at_ms END AS own_ms,
          CASE WHEN h.part_no > 0 THEN least(u.at_ms + u.interval_ms, h.pe) - greatest(u.at_ms, h.ps) ELSE 1 END AS ms,
          coalesce(u.busy_ppm, 0) AS busy_ppm, coalesce(u.effective_ppm, 0) AS effective_ppm, u.interval_ms AS interval_ms, u.basis AS basis
        FROM "usage" AS u JOIN (${wanted}) AS h ON h.device_id = u.device_id AND h.hour_no = ${hourNumber(d, 'u.at_ms')}
        WHERE u.at_ms >= ${at(window.fromMs - lookbackHours * HOUR_MS)} AND u.at_ms < ${at(window.toMs)}
          AND u.at_ms < h.pe AND u.at_ms + u.interval_ms > h.ps
      ) AS cut
      GROUP BY part_no, hour_ms, own_ms`,
  };
}

/** By piece and hour, where the hour is not whole: milliseconds, and activity as milliseconds × parts per million. */
export function measuresSelect(context: BuildContext): string {
  const onBasis = (code: number) => narrowSum(`CASE WHEN basis = ${code} THEN ms ELSE 0 END`);
  return `
    SELECT piece_id, hour_ms, ${narrowSum('ms')} AS observed, ${onBasis(1)} AS sm_active, ${onBasis(2)} AS engine_active,
      ${onBasis(3)} AS gpu_util, ${onBasis(-1)} AS contradictory, ${narrowSum('ms * busy')} AS busy, ${narrowSum('ms * effective')} AS effective
    FROM (${unevenSamples(context)}) AS overlapping
    GROUP BY piece_id, hour_ms
    UNION ALL
    ${evenParts()}`;
}

/** Samples that stand until the next one, or for the longest they may, cut to the pieces and hours that they reach. */
function unevenSamples({ dialect: d, maxHoldIntervals }: BuildContext): string {
  return `
    SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, least(x.e, h.pe) - greatest(x.s, h.ps) AS ms,
      x.busy AS busy, x.effective AS effective, x.basis AS basis
    FROM (
      SELECT device_no, s, e, busy, effective, basis, ${d.series(hourNumber(d, 's'), `${hourNumber(d, 'e - 1')} + 1`)} * ${HOUR_MS} AS hour_ms
      FROM (
        SELECT -part_no AS device_no, own_ms AS s, busy, effective, basis,
          least(lead(own_ms, 1, ${NEVER}) OVER (PARTITION BY part_no ORDER BY own_ms), own_ms + interval_ms * ${maxHoldIntervals}) AS e
        FROM w_picked WHERE part_no < 0
      ) AS held
      WHERE s < e
    ) AS x
    JOIN (SELECT * FROM w_hour WHERE is_full = 0) AS h ON h.device_no = x.device_no AND h.hour_ms = x.hour_ms
    WHERE x.s < h.pe AND x.e > h.ps`;
}

/** A full grid leaves nothing of the piece unobserved. */
function evenParts(): string {
  const onBasis = (code: number) => `CASE WHEN h.basis = ${code} THEN h.pe - h.ps ELSE ${ZERO} END`;
  return `
    SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, h.pe - h.ps AS observed, ${onBasis(1)} AS sm_active, ${onBasis(2)} AS engine_active,
      ${onBasis(3)} AS gpu_util, ${onBasis(-1)} AS contradictory, k.busy AS busy, k.effective AS effective
    FROM w_hour AS h JOIN w_picked AS k ON k.part_no = h.piece_id AND k.hour_ms = h.hour_ms
    WHERE h.is_full = 1 AND h.is_whole = 0`;
}
