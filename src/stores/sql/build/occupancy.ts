import { MAX_BRIDGED_GAP_MS } from '../../../domain/ledger/stays.ts';
import { PARTS_PER_GPU } from '../../../domain/units/gpu-time.ts';
import type { Dialect } from '../dialect.ts';
import { at, type BuildContext, NEVER, narrowSum, RUNNING, type Step, ZERO } from './context.ts';

/**
 * When each device was paid for, who held it, and at what price.
 *
 * Nothing is cut into hours yet: `w_piece` are stretches of one device in which place, price and holders stay the same, `w_seat` says
 * who holds which share of each (the empty name is nobody), in parts that add up to the device.
 */
export function occupancySteps(context: BuildContext): Step[] {
  return [stays(context), holds(context), pieces(context), seats(context)];
}

function stays({ dialect: d, untilMs, billedWindow }: BuildContext): Step {
  const from = at(billedWindow.fromMs);
  const to = at(billedWindow.toMs);
  const until = at(untilMs);
  const stated = `
    SELECT device_id, place_id, start_ms AS s,
      CASE WHEN node_life <> '' AND next_ms > stop_ms AND next_ms - stop_ms <= ${MAX_BRIDGED_GAP_MS} THEN next_ms ELSE stop_ms END AS e
    FROM (
      SELECT device_id, place_id, start_ms, node_life, least(coalesce(end_ms, ${until}), ${until}) AS stop_ms,
        CASE WHEN lead(device_id, 1, '') OVER by_life = device_id AND lead(node_life, 1, '') OVER by_life = node_life
          THEN lead(start_ms, 1, ${ZERO}) OVER by_life ELSE ${ZERO} END AS next_ms
      FROM capacity
      WHERE start_ms < ${at(Math.min(untilMs, billedWindow.toMs + MAX_BRIDGED_GAP_MS))}
        AND coalesce(end_ms, ${until}) > ${at(billedWindow.fromMs - MAX_BRIDGED_GAP_MS)}
      WINDOW by_life AS (ORDER BY device_id, node_life, start_ms)
    ) AS near
    UNION ALL
    SELECT device_id, 0 AS place_id, first_ms AS s, least(last_ms, ${until}) AS e
    FROM evidence
    WHERE first_ms < ${to} AND last_ms > ${from} AND device_id NOT IN (SELECT device_id FROM capacity)`;
  return {
    name: 'w_stay',
    select: `
      SELECT CAST(dense_rank() OVER (ORDER BY device_id) AS INTEGER) AS device_no, device_id, place_id, s0, e0
      FROM (${united(d, `(SELECT * FROM (${stated}) AS any_length WHERE s < e) AS valid`, ['device_id', 'place_id'])}) AS stays
      WHERE s0 < ${to} AND e0 > ${from}`,
  };
}

function holds({ dialect: d, untilMs, window }: BuildContext): Step {
  const until = at(untilMs);
  const valid = `(
    SELECT a.device_id AS device_id, a.workload_id AS workload_id, a.share_parts AS share_parts,
      CASE WHEN a.lost_from_ms IS NULL THEN ${NEVER} ELSE greatest(a.lost_from_ms, coalesce(k.saved_ms, a.lost_from_ms)) END AS lost_ms,
      a.start_ms AS s, least(coalesce(a.end_ms, ${until}), ${until}) AS e
    FROM (
      SELECT * FROM allocation
      WHERE start_ms < ${at(window.toMs)} AND coalesce(end_ms, ${until}) > ${at(window.fromMs)}
        AND start_ms < ${until} AND start_ms < coalesce(end_ms, ${until})
    ) AS a LEFT JOIN (${lastCheckpoints()}) AS k
      ON k.workload_id = a.workload_id AND k.device_id = a.device_id AND k.start_ms = a.start_ms
  ) AS valid`;
  return {
    name: 'w_hold',
    select: `
      SELECT device_id, workload_id, share_parts, lost_ms, s0 AS s, e0 AS e
      FROM (${united(d, valid, ['device_id', 'workload_id', 'share_parts', 'lost_ms'])}) AS holds`,
  };
}

/** The last checkpoint within each allocation whose work was thrown away: what was done before it is safe. See `lossStart`. */
function lastCheckpoints(): string {
  return `
    SELECT l.workload_id AS workload_id, l.device_id AS device_id, l.start_ms AS start_ms, max(c.at_ms) AS saved_ms
    FROM allocation AS l JOIN checkpoint AS c ON c.workload_id = l.workload_id
    WHERE l.lost_from_ms IS NOT NULL AND c.at_ms >= l.start_ms AND c.at_ms <= coalesce(l.end_ms, ${NEVER})
    GROUP BY l.workload_id, l.device_id, l.start_ms`;
}

/**
 * Unites intervals `[s, e)` of one identity that touch or overlap, into `[s0, e0)`.
 *
 * One running maximum over all identities in order, each lifted above all times of the one before: a window with a partition for each of
 * thousands of devices costs more than everything else in the query.
 */
function united(d: Dialect, source: string, identity: readonly string[]): string {
  const keys = identity.join(', ');
  const lifted = (ms: string) => `${d.wide('place')} * ${BEYOND_TIME} + ${ms}`;
  return `
    SELECT ${keys}, min(s) AS s0, max(e) AS e0 FROM (
      SELECT ${keys}, s, e, sum(is_fresh) OVER (ORDER BY place, s ${RUNNING}) AS island
      FROM (
        SELECT ${keys}, place, s, e, CASE WHEN ${lifted('s')} > coalesce(max(${lifted('e')}) OVER (
          ORDER BY place, s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), ${d.wide('0')}) THEN 1 ELSE 0 END AS is_fresh
        FROM (SELECT ${keys}, s, e, dense_rank() OVER (ORDER BY ${keys}) AS place FROM ${source}) AS ranked
      ) AS marked
    ) AS islands GROUP BY ${keys}, island`;
}

/** More than any time in milliseconds. */
const BEYOND_TIME = at(2 ** 53);

function pieces({ window, billedWindow }: BuildContext): Step {
  const from = at(billedWindow.fromMs);
  const to = at(billedWindow.toMs);
  const held = { from: at(window.fromMs), to: at(window.toMs) };
  const edges = `
    SELECT DISTINCT device_id, edge_ms FROM (
      SELECT device_id, greatest(s0, ${from}) AS edge_ms FROM w_stay
      UNION ALL SELECT device_id, least(e0, ${to}) AS edge_ms FROM w_stay
      UNION ALL SELECT st.device_id AS device_id, r.from_ms AS edge_ms
        FROM w_stay AS st JOIN place AS pl ON pl.place_id = st.place_id JOIN rate AS r ON r.price_key_id = pl.price_key_id
        WHERE r.from_ms > greatest(st.s0, ${from}) AND r.from_ms < least(st.e0, ${to})
      UNION ALL SELECT device_id, greatest(s, ${held.from}) AS edge_ms FROM w_hold
      UNION ALL SELECT device_id, least(e, ${held.to}) AS edge_ms FROM w_hold
      UNION ALL SELECT device_id, lost_ms AS edge_ms FROM w_hold
        WHERE lost_ms > greatest(s, ${held.from}) AND lost_ms < least(e, ${held.to})
    ) AS edges`;
  return {
    name: 'w_piece',
    select: `
      SELECT CAST(row_number() OVER () AS INTEGER) AS piece_id, found.device_no AS device_no, found.device_id AS device_id, found.s AS s, found.e AS e,
        found.stay_place AS place_id, pl.gpu_parts AS gpu_parts, pl.resource_key AS resource_key, r.rate_id AS rate_id,
        r.per_gpu_hour_picos AS per_gpu_hour_picos
      FROM (
        SELECT sp.device_id AS device_id, sp.s AS s, sp.e AS e, argMax(st.place_id, st.s0) AS stay_place, max(st.device_no) AS device_no
        FROM (
          SELECT device_id, edge_ms AS s,
            CASE WHEN lead(device_id, 1, '') OVER by_device = device_id THEN lead(edge_ms, 1, ${ZERO}) OVER by_device ELSE ${ZERO} END AS e
          FROM (${edges}) AS edge
          WINDOW by_device AS (ORDER BY device_id, edge_ms)
        ) AS sp
        JOIN w_stay AS st ON st.device_id = sp.device_id
        WHERE sp.s < sp.e AND st.s0 <= sp.s AND st.e0 >= sp.e
        GROUP BY sp.device_id, sp.s, sp.e
      ) AS found
      JOIN place AS pl ON pl.place_id = found.stay_place
      JOIN rate AS r ON r.price_key_id = pl.price_key_id
      WHERE r.from_ms <= found.s AND found.s < r.to_ms`,
  };
}

function seats({ dialect: d }: BuildContext): Step {
  const P = PARTS_PER_GPU;
  const scaled = `${d.div(`${P} * upto`, 'claimed')} - ${d.div(`${P} * (upto - claim)`, 'claimed')}`;
  const holders = `
    SELECT p.piece_id AS piece_id, h.workload_id AS workload_id, CAST(max(h.share_parts) AS BIGINT) AS claim,
      max(CASE WHEN h.lost_ms <= p.s THEN 1 ELSE 0 END) AS is_lost
    FROM w_piece AS p JOIN w_hold AS h ON h.device_id = p.device_id
    WHERE h.s <= p.s AND h.e >= p.e
    GROUP BY p.piece_id, h.workload_id`;
  // Nobody holds what is left of the device; who claim more than the device share it in proportion.
  return {
    name: 'w_seat',
    select: `
      WITH holder AS (${holders}),
        total AS (SELECT piece_id, ${narrowSum('claim')} AS claimed, CAST(count(*) AS INTEGER) AS claims FROM holder GROUP BY piece_id)
      SELECT CAST(row_number() OVER () AS INTEGER) AS seat_id, piece_id, workload_id, share, is_lost, seats
      FROM (
        SELECT h.piece_id AS piece_id, h.workload_id AS workload_id, h.claim AS share, h.is_lost AS is_lost,
          CASE WHEN t.claimed < ${P} THEN t.claims + 1 ELSE t.claims END AS seats
        FROM holder AS h JOIN total AS t ON t.piece_id = h.piece_id WHERE t.claimed <= ${P}
        UNION ALL
        SELECT piece_id, workload_id, ${scaled} AS share, is_lost, claims AS seats
        FROM (
          SELECT h.piece_id AS piece_id, h.workload_id AS workload_id, h.is_lost AS is_lost, h.claim AS claim, t.claimed AS claimed, t.claims AS claims,
            CAST(sum(h.claim) OVER (PARTITION BY h.piece_id ORDER BY h.workload_id ${RUNNING}) AS BIGINT) AS upto
          FROM holder AS h JOIN total AS t ON t.piece_id = h.piece_id WHERE t.claimed > ${P}
        ) AS claims
        UNION ALL
        SELECT p.piece_id AS piece_id, '' AS workload_id, ${P} - coalesce(t.claimed, 0) AS share, 0 AS is_lost,
          coalesce(t.claims, 0) + 1 AS seats
        FROM w_piece AS p LEFT JOIN total AS t ON t.piece_id = p.piece_id
        WHERE coalesce(t.claimed, 0) < ${P}
      ) AS seated`,
  };
}
