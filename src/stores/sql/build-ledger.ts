import { MAX_BRIDGED_GAP_MS } from '../../domain/ledger/weigh-fleet.ts';
import { NOBODY, UNTAGGED } from '../../domain/ownership/owner.ts';
import { type EpochMs, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../../domain/units/gpu-time.ts';
import type { Dialect } from './dialect.ts';

/**
 * The weighing at scale, as a chain of queries of which each reads the ones before. `weighFleet` in the domain says the same in
 * plain words; the two must agree to the last digit.
 *
 * What makes it fast: nothing is cut into hours that need not be. Capacity, holders and prices become *pieces*, in which nothing
 * changes; samples are summed by device and hour in one pass. A device-hour inside one piece with one holder and a full, even
 * grid of samples (nearly all are) is read off those sums. Only the others go through their single samples.
 */
export type BuildContext = Readonly<{
  dialect: Dialect;
  /** Whole hours. */
  window: TimeWindow;
  /** What is still open ends here. */
  untilMs: EpochMs;
  maxHoldIntervals: number;
  /** The window, widened to the whole charge periods of GPU purchases that overlap it. */
  billedWindow: TimeWindow;
  /** How many hours back a sample can reach. */
  lookbackHours: number;
}>;

export type Step = Readonly<{ name: string; select: string }>;

const NEVER = at(9_007_199_254_740_991);
const ZERO = at(0);
const RUNNING = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';

/** When each device was paid for, who held it, and at what price: `w_piece` and `w_seat`. */
export function occupancySteps(context: BuildContext): Step[] {
  const { dialect: d, window, untilMs, billedWindow } = context;
  const from = at(billedWindow.fromMs);
  const to = at(billedWindow.toMs);
  return [
    {
      name: 'w_stated',
      select: `
        SELECT device_id, place_id, start_ms AS s,
          CASE WHEN node_life <> '' AND next_ms > stop_ms AND next_ms - stop_ms <= ${MAX_BRIDGED_GAP_MS}
            THEN next_ms ELSE stop_ms END AS e
        FROM (
          SELECT device_id, place_id, start_ms, node_life,
            least(coalesce(end_ms, ${at(untilMs)}), ${at(untilMs)}) AS stop_ms,
            lead(start_ms, 1, ${ZERO}) OVER (PARTITION BY device_id, node_life ORDER BY start_ms) AS next_ms
          FROM capacity
          WHERE start_ms < ${at(Math.min(untilMs, billedWindow.toMs + MAX_BRIDGED_GAP_MS))}
            AND coalesce(end_ms, ${at(untilMs)}) > ${at(billedWindow.fromMs - MAX_BRIDGED_GAP_MS)}
        ) AS near
        UNION ALL
        SELECT device_id, 0 AS place_id, first_ms AS s, least(last_ms, ${at(untilMs)}) AS e
        FROM evidence
        WHERE first_ms < ${to} AND last_ms > ${from} AND device_id NOT IN (SELECT device_id FROM capacity)`,
    },
    {
      name: 'w_stay',
      select: `
        SELECT device_id, place_id, s0, e0 FROM (
          ${united({ source: `(SELECT * FROM w_stated WHERE s < e) AS valid`, identity: ['device_id', 'place_id'] })}
        ) AS stays WHERE s0 < ${to} AND e0 > ${from}`,
    },
    {
      name: 'w_hold',
      select: `
        SELECT device_id, workload_id, share_parts, lost_ms, s0 AS s, e0 AS e FROM (
          ${united({
            source: `(
              SELECT device_id, workload_id, share_parts, coalesce(lost_from_ms, ${NEVER}) AS lost_ms, start_ms AS s,
                least(coalesce(end_ms, ${at(untilMs)}), ${at(untilMs)}) AS e
              FROM allocation
              WHERE start_ms < ${at(window.toMs)} AND coalesce(end_ms, ${at(untilMs)}) > ${at(window.fromMs)}
                AND start_ms < ${at(untilMs)} AND start_ms < coalesce(end_ms, ${at(untilMs)})
            ) AS valid`,
            identity: ['device_id', 'workload_id', 'share_parts', 'lost_ms'],
          })}
        ) AS holds`,
    },
    {
      name: 'w_edge',
      select: `
        SELECT DISTINCT device_id, edge_ms FROM (
          SELECT device_id, greatest(s0, ${from}) AS edge_ms FROM w_stay
          UNION ALL SELECT device_id, least(e0, ${to}) AS edge_ms FROM w_stay
          UNION ALL SELECT st.device_id AS device_id, r.from_ms AS edge_ms
            FROM w_stay AS st JOIN place AS pl ON pl.place_id = st.place_id JOIN rate AS r ON r.price_key_id = pl.price_key_id
            WHERE r.from_ms > greatest(st.s0, ${from}) AND r.from_ms < least(st.e0, ${to})
          UNION ALL SELECT device_id, greatest(s, ${at(window.fromMs)}) AS edge_ms FROM w_hold
          UNION ALL SELECT device_id, least(e, ${at(window.toMs)}) AS edge_ms FROM w_hold
          UNION ALL SELECT device_id, lost_ms AS edge_ms FROM w_hold WHERE lost_ms > greatest(s, ${at(window.fromMs)}) AND lost_ms < least(e, ${at(window.toMs)})
        ) AS edges`,
    },
    {
      name: 'w_piece',
      select: `
        SELECT row_number() OVER (ORDER BY found.device_id, found.s) AS piece_id, found.device_id AS device_id,
          found.s AS s, found.e AS e, found.stay_place AS place_id, pl.gpu_parts AS gpu_parts, pl.resource_key AS resource_key,
          r.rate_id AS rate_id
        FROM (
          SELECT sp.device_id AS device_id, sp.s AS s, sp.e AS e, argMax(st.place_id, st.s0) AS stay_place
          FROM (
            SELECT device_id, edge_ms AS s, lead(edge_ms, 1, ${ZERO}) OVER (PARTITION BY device_id ORDER BY edge_ms) AS e FROM w_edge
          ) AS sp
          JOIN w_stay AS st ON st.device_id = sp.device_id
          WHERE sp.s < sp.e AND st.s0 <= sp.s AND st.e0 >= sp.e
          GROUP BY sp.device_id, sp.s, sp.e
        ) AS found
        JOIN place AS pl ON pl.place_id = found.stay_place
        JOIN rate AS r ON r.price_key_id = pl.price_key_id
        WHERE r.from_ms <= found.s AND found.s < r.to_ms`,
    },
    {
      name: 'w_holder',
      select: `
        SELECT p.piece_id AS piece_id, h.workload_id AS workload_id, CAST(max(h.share_parts) AS BIGINT) AS claim,
          max(CASE WHEN h.lost_ms <= p.s THEN 1 ELSE 0 END) AS is_lost
        FROM w_piece AS p JOIN w_hold AS h ON h.device_id = p.device_id
        WHERE h.s <= p.s AND h.e >= p.e
        GROUP BY p.piece_id, h.workload_id`,
    },
    {
      name: 'w_seat',
      select: `
        SELECT row_number() OVER (ORDER BY piece_id, workload_id) AS seat_id, piece_id, workload_id, share, is_lost,
          count(*) OVER (PARTITION BY piece_id) AS seats
        FROM (
          SELECT piece_id, workload_id, is_lost,
            CASE WHEN claimed > ${PARTS_PER_GPU}
              THEN ${d.div(`${PARTS_PER_GPU} * upto`, 'claimed')} - ${d.div(`${PARTS_PER_GPU} * (upto - claim)`, 'claimed')}
              ELSE claim END AS share
          FROM (
            SELECT piece_id, workload_id, is_lost, claim,
              CAST(sum(claim) OVER (PARTITION BY piece_id) AS BIGINT) AS claimed,
              CAST(sum(claim) OVER (PARTITION BY piece_id ORDER BY workload_id ${RUNNING}) AS BIGINT) AS upto
            FROM w_holder
          ) AS claims
          UNION ALL
          SELECT p.piece_id AS piece_id, '' AS workload_id, 0 AS is_lost, ${PARTS_PER_GPU} - coalesce(c.claimed, 0) AS share
          FROM w_piece AS p
          LEFT JOIN (SELECT piece_id, CAST(sum(claim) AS BIGINT) AS claimed FROM w_holder GROUP BY piece_id) AS c ON c.piece_id = p.piece_id
          WHERE coalesce(c.claimed, 0) < ${PARTS_PER_GPU}
        ) AS seated`,
    },
  ];
}

/** A time literal. Bare, ClickHouse would take it for unsigned, which has no common type with signed columns. */
function at(ms: EpochMs): string {
  return `CAST(${ms} AS BIGINT)`;
}

/** Unites intervals `[s, e)` of one identity that touch or overlap, into `[s0, e0)`. */
function united({ source, identity }: { source: string; identity: readonly string[] }): string {
  const keys = identity.join(', ');
  return `
    SELECT ${keys}, min(s) AS s0, max(e) AS e0 FROM (
      SELECT ${keys}, s, e,
        sum(is_fresh) OVER (PARTITION BY ${keys} ORDER BY s ${RUNNING}) AS island
      FROM (
        SELECT ${keys}, s, e, CASE WHEN s > coalesce(max(e) OVER (
          PARTITION BY ${keys} ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) THEN 1 ELSE 0 END AS is_fresh
        FROM ${source}
      ) AS marked
    ) AS islands GROUP BY ${keys}, island`;
}

/** What the samples say: `w_hour` marks the device-hours that can be read off sums, `w_measure` holds the others' detail. */
export function usageSteps(context: BuildContext): Step[] {
  const { dialect: d, window, lookbackHours, maxHoldIntervals } = context;
  const hourOf = (ms: string) => `${d.div(ms, String(HOUR_MS))} * ${HOUR_MS}`;
  const lookback = Array.from({ length: lookbackHours + 1 }, (_, back) => back * HOUR_MS);
  return [
    {
      name: 'w_sampled',
      select: `
        SELECT device_id, hour_ms, n, known, busy, effective, step AS interval_ms, basis_low,
          CASE WHEN same_interval AND same_basis AND off_grid = 0 AND n * step = ${HOUR_MS} THEN 1 ELSE 0 END AS is_full
        FROM (
          SELECT device_id, ${hourOf('at_ms')} AS hour_ms, count(*) AS n, count(busy_ppm) AS known,
            sum(busy_ppm) AS busy, sum(effective_ppm) AS effective, max(interval_ms) AS step,
            min(interval_ms) = max(interval_ms) AS same_interval, max(at_ms % interval_ms) AS off_grid,
            min(basis) AS basis_low, min(basis) = max(basis) AS same_basis
          FROM "usage"
          WHERE at_ms >= ${at(window.fromMs)} AND at_ms < ${at(window.toMs)}
          GROUP BY 1, 2
        ) AS hourly`,
    },
    {
      name: 'w_hour',
      select: `
        SELECT c.piece_id AS piece_id, c.device_id AS device_id, c.hour_ms AS hour_ms, c.ps AS ps, c.pe AS pe,
          coalesce(u.is_full, 0) AS is_full,
          CASE WHEN c.pe - c.ps = ${HOUR_MS} AND seat.seats = 1 AND coalesce(u.is_full, 0) = 1 THEN 1 ELSE 0 END AS is_plain,
          coalesce(u.n, 0) AS n, coalesce(u.known, 0) AS known, coalesce(u.busy, 0) AS busy, coalesce(u.effective, 0) AS effective,
          coalesce(u.interval_ms, 0) AS interval_ms, coalesce(u.basis_low, 0) AS basis
        FROM (
          SELECT piece_id, device_id, cut AS hour_ms, greatest(s, cut) AS ps, least(e, cut + ${HOUR_MS}) AS pe
          FROM (
            SELECT piece_id, device_id, s, e,
              ${d.series(
                d.div(`greatest(s, ${at(window.fromMs)})`, String(HOUR_MS)),
                `${d.div(`least(e, ${at(window.toMs)}) - 1`, String(HOUR_MS))} + 1`,
              )} * ${HOUR_MS} AS cut
            FROM w_piece WHERE s < ${at(window.toMs)} AND e > ${at(window.fromMs)}
          ) AS exploded
        ) AS c
        JOIN (SELECT piece_id, max(seats) AS seats FROM w_seat GROUP BY piece_id) AS seat ON seat.piece_id = c.piece_id
        LEFT JOIN w_sampled AS u ON u.device_id = c.device_id AND u.hour_ms = c.hour_ms`,
    },
    {
      name: 'w_detail',
      select: `SELECT DISTINCT device_id, hour_ms, is_full FROM w_hour WHERE is_plain = 0`,
    },
    {
      name: 'w_sample',
      select: `
        SELECT device_id, s, e, busy_ppm, effective_ppm, basis, 1 AS is_full,
          ${hourOf('s')} AS first_hour_ms, ${hourOf('s')} AS last_hour_ms
        FROM (
          SELECT u.device_id AS device_id, u.at_ms AS s, u.at_ms + u.interval_ms AS e, u.busy_ppm AS busy_ppm,
            u.effective_ppm AS effective_ppm, u.basis AS basis
          FROM "usage" AS u
          JOIN (SELECT device_id, hour_ms FROM w_detail WHERE is_full = 1) AS g
            ON g.device_id = u.device_id AND g.hour_ms = ${hourOf('u.at_ms')}
          WHERE u.at_ms >= ${at(window.fromMs)} AND u.at_ms < ${at(window.toMs)}
        ) AS even
        UNION ALL
        SELECT device_id, s, e, busy_ppm, effective_ppm, basis, 0 AS is_full,
          ${hourOf('s')} AS first_hour_ms, ${hourOf('e - 1')} AS last_hour_ms
        FROM (
          SELECT u.device_id AS device_id, u.at_ms AS s,
            least(lead(u.at_ms, 1, ${NEVER}) OVER (PARTITION BY u.device_id ORDER BY u.at_ms),
              u.at_ms + u.interval_ms * ${maxHoldIntervals}) AS e,
            u.busy_ppm AS busy_ppm, u.effective_ppm AS effective_ppm, u.basis AS basis
          FROM "usage" AS u
          JOIN (SELECT DISTINCT device_id, hour_ms FROM (
            ${lookback.map((back) => `SELECT device_id, hour_ms - ${back} AS hour_ms FROM w_detail WHERE is_full = 0`).join(' UNION ALL ')}
          ) AS wanted) AS g ON g.device_id = u.device_id AND g.hour_ms = ${hourOf('u.at_ms')}
          WHERE u.at_ms >= ${at(window.fromMs - lookbackHours * HOUR_MS)} AND u.at_ms < ${at(window.toMs)}
        ) AS uneven`,
    },
    {
      name: 'w_measure',
      select: `
        SELECT piece_id, hour_ms,
          ${d.sum('ms')} AS observed,
          ${d.sum('CASE WHEN busy_ppm IS NULL THEN ms ELSE 0 END')} AS unknown,
          ${d.sum(`CASE WHEN busy_ppm IS NULL THEN 0 ELSE ms * (${PPM} - busy_ppm) END`)} AS idle,
          ${d.sum('CASE WHEN busy_ppm IS NULL THEN 0 ELSE ms * (busy_ppm - effective_ppm) END')} AS underused,
          ${d.sum('CASE WHEN busy_ppm IS NULL THEN 0 ELSE ms * effective_ppm END')} AS effective,
          ${d.sum('CASE WHEN basis = 1 THEN ms ELSE 0 END')} AS sm_active,
          ${d.sum('CASE WHEN basis = 2 THEN ms ELSE 0 END')} AS engine_active,
          ${d.sum('CASE WHEN basis = 3 THEN ms ELSE 0 END')} AS gpu_util,
          ${d.sum('CASE WHEN basis = -1 THEN ms ELSE 0 END')} AS contradictory
        FROM (
          SELECT h.piece_id AS piece_id, h.hour_ms AS hour_ms, least(x.e, h.pe) - greatest(x.s, h.ps) AS ms,
            x.busy_ppm AS busy_ppm, x.effective_ppm AS effective_ppm, x.basis AS basis
          FROM (
            SELECT device_id, s, e, busy_ppm, effective_ppm, basis, is_full,
              ${d.series(d.div('first_hour_ms', String(HOUR_MS)), `${d.div('last_hour_ms', String(HOUR_MS))} + 1`)} * ${HOUR_MS} AS hour_ms
            FROM w_sample WHERE s < e
          ) AS x
          JOIN (SELECT piece_id, device_id, hour_ms, ps, pe, is_full FROM w_hour WHERE is_plain = 0) AS h
            ON h.device_id = x.device_id AND h.hour_ms = x.hour_ms AND h.is_full = x.is_full
          WHERE x.s < h.pe AND x.e > h.ps
        ) AS overlapping
        GROUP BY piece_id, hour_ms`,
    },
  ];
}

/** GPU purchases on the bill, and the slots (device, hour, place, price) that each paid for. Needs `w_piece`. */
export function billSteps(context: BuildContext): Step[] {
  const { dialect: d, window } = context;
  const hour = (ms: string) => d.div(ms, String(HOUR_MS));
  const byTime = (amount: string) => spreadByTime(d, amount);
  return [
    {
      name: 'w_purchase',
      select: `
        SELECT row_number() OVER (ORDER BY c.gpu_device, c.start_ms, c.end_ms) AS purchase_id, c.gpu_device AS gpu_device,
          max(c.resource_key) AS resource_key, c.start_ms AS cs, c.end_ms AS ce,
          ${d.sum('c.gpu_ticks')} AS bought, ${d.sum('c.cost_picos')} AS price, max(a.set_key) AS bill_key,
          max(c.gpu_model) AS gpu_model, max(c.provider) AS provider, max(c.region) AS region,
          max(c.gpu_instance_type) AS instance_type, max(c.gpu_lifecycle) AS lifecycle
        FROM charge AS c JOIN attribute_set AS a ON a.set_id = c.set_id
        WHERE c.gpu_device <> '' AND c.start_ms < ${at(window.toMs)} AND c.end_ms > ${at(window.fromMs)}
        GROUP BY c.gpu_device, c.start_ms, c.end_ms`,
    },
    {
      name: 'w_paid',
      select: `
        SELECT purchase_id, device_id, hour_ms, place_id, rate_id, bought, price, bill_key, paid_ticks,
          ${d.sumOver('paid_ticks', 'PARTITION BY purchase_id')} AS seen,
          ${d.sumOver('paid_ticks', `PARTITION BY purchase_id ORDER BY hour_ms, device_id, slot_ms ${RUNNING}`)} AS upto
        FROM (
          SELECT purchase_id, device_id, hour_ms, place_id, rate_id, bought, price, bill_key, min(ps) AS slot_ms,
            ${d.sum(`CASE WHEN least(pe, ce) > greatest(ps, cs) THEN (least(pe, ce) - greatest(ps, cs)) * gpu_parts ELSE 0 END`)} AS paid_ticks
          FROM (
            SELECT purchase_id, device_id, place_id, rate_id, bought, price, bill_key, gpu_parts, cs, ce,
              cut AS hour_ms, greatest(s, cut) AS ps, least(e, cut + ${HOUR_MS}) AS pe
            FROM (
              SELECT g.purchase_id AS purchase_id, p.device_id AS device_id, p.place_id AS place_id, p.rate_id AS rate_id,
                g.bought AS bought, g.price AS price, g.bill_key AS bill_key, p.gpu_parts AS gpu_parts, g.cs AS cs, g.ce AS ce,
                p.s AS s, p.e AS e,
                ${d.series(
                  `greatest(${hour('p.s')}, ${hour('g.cs')})`,
                  `least(${hour('p.e - 1')}, ${hour('g.ce - 1')}) + 1`,
                )} * ${HOUR_MS} AS cut
              FROM w_purchase AS g JOIN w_piece AS p ON p.resource_key = g.resource_key
              WHERE g.resource_key <> '' AND ${hour('p.s')} <= ${hour('g.ce - 1')} AND ${hour('p.e - 1')} >= ${hour('g.cs')}
            ) AS exploded
          ) AS hourly
          GROUP BY purchase_id, device_id, hour_ms, place_id, rate_id, bought, price, bill_key
        ) AS slots WHERE paid_ticks > 0`,
    },
    {
      name: 'w_billed',
      select: `
        SELECT device_id, hour_ms, place_id, rate_id, ${d.sum('part')} AS price, max(bill_key) AS bill_key
        FROM (
          SELECT device_id, hour_ms, place_id, rate_id, bill_key,
            ${d.div('price * upto', 'greatest(bought, seen)')} - ${d.div('price * (upto - paid_ticks)', 'greatest(bought, seen)')} AS part
          FROM w_paid
        ) AS parts
        WHERE hour_ms >= ${at(window.fromMs)} AND hour_ms < ${at(window.toMs)}
        GROUP BY device_id, hour_ms, place_id, rate_id`,
    },
    {
      name: 'w_unseen',
      select: `
        SELECT hour_ms, gpu_device, bill_key, gpu_model, provider, region, instance_type, lifecycle,
          ${byTime('left_ticks')} AS ticks, ${byTime('left_price')} AS picos
        FROM (
          SELECT g.gpu_device AS gpu_device, g.bill_key AS bill_key, g.gpu_model AS gpu_model, g.provider AS provider,
            g.region AS region, g.instance_type AS instance_type, g.lifecycle AS lifecycle, g.cs AS cs, g.ce AS ce,
            g.bought - coalesce(k.seen, ${d.wide('0')}) AS left_ticks,
            g.price - ${d.div(`g.price * coalesce(k.seen, ${d.wide('0')})`, 'g.bought')} AS left_price,
            ${d.series(hour(`greatest(g.cs, ${at(window.fromMs)})`), `${hour(`least(g.ce, ${at(window.toMs)}) - 1`)} + 1`)} * ${HOUR_MS} AS hour_ms
          FROM w_purchase AS g
          LEFT JOIN (SELECT purchase_id, max(seen) AS seen FROM w_paid GROUP BY purchase_id) AS k ON k.purchase_id = g.purchase_id
          WHERE g.bought > coalesce(k.seen, ${d.wide('0')})
        ) AS spread`,
    },
  ];
}

/** One row per slot and holder, in GPU time and money: `w_row`. */
export function rowSteps({ dialect: d }: BuildContext): Step[] {
  const parts = String(PARTS_PER_GPU);
  const slot = 'hour_ms, device_id, place_id, rate_id';
  const wideHeld = `${d.wide('len')} * weight`;
  return [
    {
      name: 'w_mixed',
      select: `
        SELECT device_id, hour_ms, place_id, rate_id, workload_id, min(seat_id) AS seat_id, min(ps) AS slot_start,
          ${d.sum(wideHeld)} AS held,
          ${d.sum(`(len - observed + CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE unknown END) * weight`)} AS n_unobserved,
          ${d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE idle * weight END`)} AS n_idle,
          ${d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE underused * weight END`)} AS n_underused,
          ${d.sum(`CASE WHEN workload_id = '' OR is_lost = 0 THEN ${d.wide('0')} ELSE effective * weight END`)} AS n_lost,
          ${d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE sm_active * weight END`)} AS n_sm_active,
          ${d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE engine_active * weight END`)} AS n_engine_active,
          ${d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE gpu_util * weight END`)} AS n_gpu_util,
          ${d.sum('contradictory * weight')} AS n_contradictory
        FROM (
          SELECT h.device_id AS device_id, h.hour_ms AS hour_ms, h.ps AS ps, h.pe - h.ps AS len, p.place_id AS place_id,
            p.rate_id AS rate_id, s.seat_id AS seat_id, s.workload_id AS workload_id, s.is_lost AS is_lost,
            ${d.wide('s.share')} * p.gpu_parts AS weight,
            coalesce(m.observed, ${d.wide('0')}) AS observed, coalesce(m.unknown, ${d.wide('0')}) AS unknown,
            coalesce(m.idle, ${d.wide('0')}) AS idle, coalesce(m.underused, ${d.wide('0')}) AS underused,
            coalesce(m.effective, ${d.wide('0')}) AS effective, coalesce(m.sm_active, ${d.wide('0')}) AS sm_active,
            coalesce(m.engine_active, ${d.wide('0')}) AS engine_active, coalesce(m.gpu_util, ${d.wide('0')}) AS gpu_util,
            coalesce(m.contradictory, ${d.wide('0')}) AS contradictory
          FROM (SELECT piece_id, device_id, hour_ms, ps, pe FROM w_hour WHERE is_plain = 0) AS h
          JOIN w_piece AS p ON p.piece_id = h.piece_id
          JOIN w_seat AS s ON s.piece_id = h.piece_id
          LEFT JOIN w_measure AS m ON m.piece_id = h.piece_id AND m.hour_ms = h.hour_ms
        ) AS seated
        GROUP BY device_id, hour_ms, place_id, rate_id, workload_id`,
    },
    {
      name: 'w_ticks',
      select: `
        SELECT hour_ms, device_id, place_id, rate_id, seat_id, workload_id, slot_start, paid, before_ticks, held_ticks,
          unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
          held_ticks - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks,
          sm_active_ticks, engine_active_ticks, gpu_util_ticks, contradictory_ticks
        FROM (
          SELECT hour_ms, device_id, place_id, rate_id, seat_id, workload_id, slot_start, paid, before_ticks, held_ticks,
            CASE WHEN workload_id = '' THEN held_ticks - ${d.div('held - n_unobserved', parts)} ELSE ${d.div('n_unobserved', parts)} END AS unobserved_ticks,
            CASE WHEN workload_id = '' THEN ${d.div('held - n_unobserved', parts)} ELSE ${d.wide('0')} END AS unallocated_ticks,
            ${d.div('n_idle', `${d.wide(parts)} * ${PPM}`)} AS idle_ticks,
            ${d.div('n_underused', `${d.wide(parts)} * ${PPM}`)} AS underused_ticks,
            ${d.div('n_lost', `${d.wide(parts)} * ${PPM}`)} AS lost_ticks,
            ${d.div('n_sm_active', parts)} AS sm_active_ticks, ${d.div('n_engine_active', parts)} AS engine_active_ticks,
            ${d.div('n_gpu_util', parts)} AS gpu_util_ticks, ${d.div('n_contradictory', parts)} AS contradictory_ticks
          FROM (
            SELECT hour_ms, device_id, place_id, rate_id, seat_id, workload_id, slot_start, held, n_unobserved, n_idle, n_underused, n_lost,
              n_sm_active, n_engine_active, n_gpu_util, n_contradictory,
              ${d.div(d.sumOver('held', `PARTITION BY ${slot}`), parts)} AS paid,
              ${d.div('upto - held', parts)} AS before_ticks,
              ${d.div('upto', parts)} - ${d.div('upto - held', parts)} AS held_ticks
            FROM (
              SELECT *, ${d.sumOver('held', `PARTITION BY ${slot} ORDER BY workload_id ${RUNNING}`)} AS upto FROM w_mixed
            ) AS running
          ) AS rounded
        ) AS mixed`,
    },
    {
      name: 'w_plain',
      select: `
        SELECT h.hour_ms AS hour_ms, h.device_id AS device_id, p.place_id AS place_id, p.rate_id AS rate_id, s.seat_id AS seat_id,
          s.workload_id AS workload_id, CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts AS paid,
          CASE WHEN s.workload_id = '' THEN ${ZERO} ELSE (h.n - h.known) * h.interval_ms * p.gpu_parts END AS unobserved_ticks,
          CASE WHEN s.workload_id = '' THEN CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts ELSE ${ZERO} END AS unallocated_ticks,
          CASE WHEN s.workload_id = '' THEN ${ZERO}
            ELSE ${d.div(`CAST(h.known * ${PPM} - h.busy AS BIGINT) * h.interval_ms * p.gpu_parts`, String(PPM))} END AS idle_ticks,
          CASE WHEN s.workload_id = '' THEN ${ZERO}
            ELSE ${d.div('CAST(h.busy - h.effective AS BIGINT) * h.interval_ms * p.gpu_parts', String(PPM))} END AS underused_ticks,
          CASE WHEN s.workload_id = '' OR s.is_lost = 0 THEN ${ZERO}
            ELSE ${d.div('CAST(h.effective AS BIGINT) * h.interval_ms * p.gpu_parts', String(PPM))} END AS lost_ticks,
          CASE WHEN s.workload_id <> '' AND h.basis = 1 THEN CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts ELSE ${ZERO} END AS sm_active_ticks,
          CASE WHEN s.workload_id <> '' AND h.basis = 2 THEN CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts ELSE ${ZERO} END AS engine_active_ticks,
          CASE WHEN s.workload_id <> '' AND h.basis = 3 THEN CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts ELSE ${ZERO} END AS gpu_util_ticks,
          CASE WHEN h.basis = -1 THEN CAST(${HOUR_MS} AS BIGINT) * p.gpu_parts ELSE ${ZERO} END AS contradictory_ticks
        FROM (SELECT * FROM w_hour WHERE is_plain = 1) AS h
        JOIN w_piece AS p ON p.piece_id = h.piece_id
        JOIN w_seat AS s ON s.piece_id = h.piece_id`,
    },
    {
      name: 'w_row',
      select: `
        SELECT t.hour_ms AS hour_ms, t.seat_id AS seat_id, t.slot_start AS slot_start, t.paid AS paid, t.before_ticks AS before_ticks,
          t.unobserved_ticks AS unobserved_ticks, t.unallocated_ticks AS unallocated_ticks, t.idle_ticks AS idle_ticks,
          t.underused_ticks AS underused_ticks, t.lost_ticks AS lost_ticks, t.productive_ticks AS productive_ticks,
          t.sm_active_ticks AS sm_active_ticks, t.engine_active_ticks AS engine_active_ticks, t.gpu_util_ticks AS gpu_util_ticks,
          t.contradictory_ticks AS contradictory_ticks, coalesce(b.bill_key, '') AS bill_key,
          ${d.div(`r.per_gpu_hour_picos * ${d.wide('t.paid')}`, String(TICKS_PER_GPU_HOUR))} AS estimated, b.price AS billed
        FROM (
          SELECT hour_ms, device_id, place_id, rate_id, seat_id, slot_start, CAST(paid AS BIGINT) AS paid, CAST(before_ticks AS BIGINT) AS before_ticks,
            CAST(unobserved_ticks AS BIGINT) AS unobserved_ticks, CAST(unallocated_ticks AS BIGINT) AS unallocated_ticks,
            CAST(idle_ticks AS BIGINT) AS idle_ticks, CAST(underused_ticks AS BIGINT) AS underused_ticks,
            CAST(lost_ticks AS BIGINT) AS lost_ticks, CAST(productive_ticks AS BIGINT) AS productive_ticks,
            CAST(sm_active_ticks AS BIGINT) AS sm_active_ticks, CAST(engine_active_ticks AS BIGINT) AS engine_active_ticks,
            CAST(gpu_util_ticks AS BIGINT) AS gpu_util_ticks, CAST(contradictory_ticks AS BIGINT) AS contradictory_ticks
          FROM w_ticks
          UNION ALL
          SELECT hour_ms, device_id, place_id, rate_id, seat_id, hour_ms AS slot_start, paid, ${ZERO} AS before_ticks,
            unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
            paid - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks,
            sm_active_ticks, engine_active_ticks, gpu_util_ticks, contradictory_ticks
          FROM w_plain
        ) AS t
        JOIN rate AS r ON r.rate_id = t.rate_id
        LEFT JOIN w_billed AS b ON b.device_id = t.device_id AND b.hour_ms = t.hour_ms AND b.place_id = t.place_id AND b.rate_id = t.rate_id
        WHERE t.unobserved_ticks + t.unallocated_ticks + t.idle_ticks + t.underused_ticks + t.lost_ticks + t.productive_ticks > 0`,
    },
  ];
}

/** The direct and the shared costs of each hour: `w_other`. Every charge that buys no GPU time, spread by time over its period. */
export function otherChargeSteps({ dialect: d, window }: BuildContext): Step[] {
  const hour = (ms: string) => d.div(ms, String(HOUR_MS));
  return [
    {
      name: 'w_other',
      select: `
        SELECT hour_ms, set_id, provider, region, account, service, ${d.sum('part')} AS picos
        FROM (
          SELECT hour_ms, set_id, provider, region, account, service, ${spreadByTime(d, 'amount')} AS part
          FROM (
            SELECT set_id, provider, region, account, service, cs, ce, amount,
              ${d.series(hour(`greatest(cs, ${at(window.fromMs)})`), `${hour(`least(ce, ${at(window.toMs)}) - 1`)} + 1`)} * ${HOUR_MS} AS hour_ms
            FROM (
              SELECT set_id, provider, region, sub_account AS account, service, start_ms AS cs,
                CASE WHEN end_ms > start_ms THEN end_ms ELSE (${hour('start_ms')} + 1) * ${HOUR_MS} END AS ce, ${d.sum('cost_picos')} AS amount
              FROM charge
              WHERE gpu_device = '' AND start_ms < ${at(window.toMs)}
              GROUP BY 1, 2, 3, 4, 5, 6, 7
            ) AS grouped
            WHERE ce > ${at(window.fromMs)}
          ) AS exploded
        ) AS parts
        GROUP BY hour_ms, set_id, provider, region, account, service`,
    },
  ];
}

/** The part of an amount that falls into the hour at `hour_ms`, of the period from `cs` to `ce`; the hours add up to the amount. */
function spreadByTime(d: Dialect, amount: string): string {
  const upTo = (at: string) => d.div(`${amount} * (${at} - cs)`, 'ce - cs');
  return `${upTo(`least(hour_ms + ${HOUR_MS}, ce)`)} - ${upTo('greatest(hour_ms, cs)')}`;
}

/** Who and what each row is about. `w_subject` has one line per seat and bill, `w_other_subject` one per kind of other cost. */
export function subjectSteps(): Step[] {
  const firstOf = (column: string, otherwise: string) =>
    `CASE WHEN wa.${column} <> '' THEN wa.${column} WHEN na.${column} <> '' THEN na.${column} WHEN coalesce(ba.${column}, '') <> '' THEN ba.${column} ELSE ${otherwise} END`;
  const nobodyOr = (value: string) => `CASE WHEN s.workload_id = '' THEN '${NOBODY}' ELSE '${value}' END`;
  return [
    {
      name: 'w_subject',
      select: `
        SELECT k.seat_id AS seat_id, k.bill_key AS bill_key, p.device_id AS device_id, s.workload_id AS workload_id,
          CASE WHEN s.workload_id = '' THEN '' ELSE coalesce(w.name, s.workload_id) END AS workload_name,
          CASE WHEN s.workload_id = '' THEN 'none' ELSE coalesce(w.kind, 'unknown') END AS kind,
          ${firstOf('team', nobodyOr(UNTAGGED))} AS team, ${firstOf('model', nobodyOr(UNTAGGED))} AS model,
          ${firstOf('environment', nobodyOr(UNTAGGED))} AS environment,
          wa.set_id AS workload_set, na.set_id AS node_set, coalesce(ba.set_id, 0) AS bill_set, p.place_id AS place_id,
          pl.node AS node, pl.pool AS pool, pl.gpu_model AS gpu_model, pl.lifecycle AS lifecycle, pl.provider AS provider,
          pl.region AS region, pl.instance_type AS instance_type,
          CASE WHEN coalesce(ba.account, '') <> '' THEN ba.account ELSE na.account END AS account,
          coalesce(ba.service, '') AS service,
          CASE WHEN k.is_billed = 1 THEN 'bill' ELSE r.source END AS price_source, r.rate_id AS rate_id
        FROM (SELECT DISTINCT seat_id, bill_key, CASE WHEN billed IS NULL THEN 0 ELSE 1 END AS is_billed FROM w_row) AS k
        JOIN w_seat AS s ON s.seat_id = k.seat_id
        JOIN w_piece AS p ON p.piece_id = s.piece_id
        JOIN place AS pl ON pl.place_id = p.place_id
        JOIN rate AS r ON r.rate_id = p.rate_id
        JOIN attribute_set AS na ON na.set_id = pl.set_id
        LEFT JOIN workload AS w ON w.workload_id = s.workload_id
        JOIN attribute_set AS wa ON wa.set_id = coalesce(w.set_id, 0)
        LEFT JOIN attribute_set AS ba ON ba.set_key = k.bill_key`,
    },
    {
      name: 'w_other_subject',
      select: `
        SELECT a.set_id AS set_id, o.provider AS provider, o.region AS region, o.account AS account, o.service AS service,
          a.team AS team, a.model AS model, a.environment AS environment, CASE WHEN a.owner = '{}' THEN 0 ELSE 1 END AS is_direct
        FROM (SELECT DISTINCT set_id, provider, region, account, service FROM w_other) AS o
        JOIN attribute_set AS a ON a.set_id = o.set_id`,
    },
  ];
}

/** The ledger rows in their final form, but for the shared costs: `w_ledger`, with the text columns by which sharing is ordered. */
export function ledgerSteps({ dialect: d }: BuildContext): Step[] {
  const buckets = ['unobserved', 'unallocated', 'idle', 'underused', 'lost', 'productive'];
  const upTo = (count: number) =>
    ['before_ticks', ...buckets.slice(0, count).map((bucket) => `${bucket}_ticks`)].join(' + ');
  const cost = (index: number) =>
    `${d.div(`price * (${upTo(index + 1)})`, 'paid')} - ${d.div(`price * (${upTo(index)})`, 'paid')}`;
  const nothing = (names: readonly string[], value: string) =>
    names.map((name) => `${value} AS ${name}`).join(', ');
  const bases = ['sm_active_ticks', 'engine_active_ticks', 'gpu_util_ticks', 'contradictory_ticks'];
  const otherBuckets = buckets.filter((bucket) => bucket !== 'unobserved');
  return [
    {
      name: 'w_ledger',
      select: `
        SELECT hour_ms, subject_id, slot_start, ${buckets.map((bucket) => `${bucket}_ticks`).join(', ')},
          ${buckets.map((bucket, index) => `${cost(index)} AS ${bucket}_picos`).join(', ')},
          ${d.wide('0')} AS direct_picos, ${d.wide('0')} AS pool_picos, ${bases.join(', ')},
          CASE WHEN is_billed = 1 THEN ${d.div(`estimated * (${upTo(buckets.length)})`, 'paid')} - ${d.div('estimated * before_ticks', 'paid')}
            ELSE ${d.wide('0')} END AS estimate_picos
        FROM (
          SELECT r.hour_ms AS hour_ms, m.subject_id AS subject_id, r.slot_start AS slot_start, r.paid AS paid, r.before_ticks AS before_ticks,
            ${buckets.map((bucket) => `r.${bucket}_ticks AS ${bucket}_ticks`).join(', ')}, ${bases.map((name) => `r.${name} AS ${name}`).join(', ')},
            r.estimated AS estimated, CASE WHEN r.billed IS NULL THEN 0 ELSE 1 END AS is_billed, coalesce(r.billed, r.estimated) AS price
          FROM w_row AS r JOIN w_seat_subject AS m ON m.seat_id = r.seat_id AND m.bill_key = r.bill_key
        ) AS priced
        UNION ALL
        SELECT u.hour_ms AS hour_ms, s.subject_id AS subject_id, u.hour_ms AS slot_start, CAST(u.ticks AS BIGINT) AS unobserved_ticks,
          ${nothing(
            otherBuckets.map((bucket) => `${bucket}_ticks`),
            ZERO,
          )}, u.picos AS unobserved_picos,
          ${nothing(
            otherBuckets.map((bucket) => `${bucket}_picos`),
            d.wide('0'),
          )}, ${d.wide('0')} AS direct_picos, ${d.wide('0')} AS pool_picos,
          ${nothing(bases, ZERO)}, ${d.wide('0')} AS estimate_picos
        FROM w_unseen AS u JOIN w_unseen_subject AS s ON s.gpu_device = u.gpu_device AND s.bill_key = u.bill_key AND s.gpu_model = u.gpu_model
          AND s.provider = u.provider AND s.region = u.region AND s.instance_type = u.instance_type AND s.lifecycle = u.lifecycle
        UNION ALL
        SELECT o.hour_ms AS hour_ms, s.subject_id AS subject_id, o.hour_ms AS slot_start, ${nothing(
          buckets.map((bucket) => `${bucket}_ticks`),
          ZERO,
        )},
          ${nothing(
            buckets.map((bucket) => `${bucket}_picos`),
            d.wide('0'),
          )},
          CASE WHEN s.is_direct = 1 THEN o.picos ELSE ${d.wide('0')} END AS direct_picos,
          CASE WHEN s.is_direct = 1 THEN ${d.wide('0')} ELSE o.picos END AS pool_picos,
          ${nothing(bases, ZERO)}, ${d.wide('0')} AS estimate_picos
        FROM w_other AS o JOIN w_charge_subject AS s ON s.set_id = o.set_id AND s.provider = o.provider AND s.region = o.region
          AND s.account = o.account AND s.service = o.service`,
    },
  ];
}

/** Who bears the shared costs of each hour: `w_share`, by the ledger row (hour, subject, slot). See `spreadShared` in the oracle. */
export function sharingSteps({ dialect: d }: BuildContext, rule: 'proportional' | 'even'): Step[] {
  const team = rule === 'even' ? 's.team' : `'everybody'`;
  const order = 'device_id, workload_id, price_source, slot_start';
  return [
    {
      name: 'w_receiver',
      select: `
        SELECT r.hour_ms AS hour_ms, r.subject_id AS subject_id, r.slot_start AS slot_start, ${team} AS party,
          s.device_id AS device_id, s.workload_id AS workload_id, s.price_source AS price_source, p.pool AS pool,
          r.unobserved_picos + r.unallocated_picos + r.idle_picos + r.underused_picos + r.lost_picos + r.productive_picos AS gross
        FROM w_ledger AS r
        JOIN subject AS s ON s.subject_id = r.subject_id
        JOIN (SELECT hour_ms, ${d.sum('pool_picos')} AS pool FROM w_ledger GROUP BY hour_ms) AS p ON p.hour_ms = r.hour_ms
        WHERE s.workload_id <> '' AND p.pool <> 0
          AND r.unobserved_picos + r.unallocated_picos + r.idle_picos + r.underused_picos + r.lost_picos + r.productive_picos > 0`,
    },
    {
      name: 'w_party',
      select: `
        SELECT hour_ms, party, ${d.div('pool * place', 'parties')} - ${d.div('pool * (place - 1)', 'parties')} AS pool
        FROM (
          SELECT hour_ms, party, pool, row_number() OVER (PARTITION BY hour_ms ORDER BY party) AS place, count(*) OVER (PARTITION BY hour_ms) AS parties
          FROM (SELECT DISTINCT hour_ms, party, pool FROM w_receiver) AS parties_of_hour
        ) AS numbered`,
    },
    {
      name: 'w_share',
      select: `
        SELECT hour_ms, subject_id, slot_start, ${d.div('pool * upto', 'total')} - ${d.div('pool * (upto - gross)', 'total')} AS shared_picos
        FROM (
          SELECT r.hour_ms AS hour_ms, r.subject_id AS subject_id, r.slot_start AS slot_start, r.gross AS gross, p.pool AS pool,
            ${d.sumOver('r.gross', 'PARTITION BY r.hour_ms, r.party')} AS total,
            ${d.sumOver(
              'r.gross',
              `PARTITION BY r.hour_ms, r.party ORDER BY ${order
                .split(', ')
                .map((c) => `r.${c}`)
                .join(', ')} ${RUNNING}`,
            )} AS upto
          FROM w_receiver AS r JOIN w_party AS p ON p.hour_ms = r.hour_ms AND p.party = r.party
        ) AS running`,
    },
  ];
}
