import { BUCKETS } from '../../../domain/ledger/buckets.ts';
import { HOUR_MS } from '../../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../../../domain/units/gpu-time.ts';
import type { Dialect } from '../dialect.ts';
import { type BuildContext, RUNNING, type Step, ZERO } from './context.ts';
import { CHARGE_KEYS, UNSEEN_KEYS } from './subjects.ts';

/**
 * Ledger rows: GPU time and money by hour, holder and bucket.
 *
 * A *slot* is one device in one hour at one place and price; its cost is the price times what was paid for, or what the bill says. Time
 * and money of a slot go to its holders and their buckets by running sums, so that the parts add up to the slot to the last digit.
 */
const BASES = ['sm_active_ticks', 'engine_active_ticks', 'gpu_util_ticks', 'contradictory_ticks'];
const SLOT = 'hour_ms, device_id, place_id, rate_id';

/** Slots with several holders, pieces or uneven samples: `w_mixed`, already in ticks. */
export function mixedSteps({ dialect: d }: BuildContext): Step[] {
  const nothing = d.wide('0');
  const held = (value: string) =>
    d.sum(`CASE WHEN workload_id = '' THEN ${nothing} ELSE ${value} * weight END`);
  const measured = [
    'observed',
    'unknown',
    'idle',
    'underused',
    'effective',
    'sm_active',
    'engine_active',
    'gpu_util',
    'contradictory',
  ];
  const sums = `
    SELECT ${SLOT}, workload_id, min(seat_id) AS seat_id, min(ps) AS slot_start, ${d.sum(`${d.wide('len')} * weight`)} AS held,
      ${d.sum(`(len - observed + CASE WHEN workload_id = '' THEN ${nothing} ELSE unknown END) * weight`)} AS n_unobserved,
      ${held('idle')} AS n_idle, ${held('underused')} AS n_underused, ${held(`CASE WHEN is_lost = 0 THEN ${nothing} ELSE effective END`)} AS n_lost,
      ${held('sm_active')} AS n_sm_active, ${held('engine_active')} AS n_engine_active, ${held('gpu_util')} AS n_gpu_util,
      ${d.sum('contradictory * weight')} AS n_contradictory
    FROM (
      SELECT h.device_id AS device_id, h.hour_ms AS hour_ms, h.ps AS ps, h.pe - h.ps AS len, p.place_id AS place_id, p.rate_id AS rate_id,
        s.seat_id AS seat_id, s.workload_id AS workload_id, s.is_lost AS is_lost, ${d.wide('s.share')} * p.gpu_parts AS weight,
        ${measured.map((name) => `coalesce(m.${name}, ${nothing}) AS ${name}`).join(', ')}
      FROM (SELECT piece_id, device_id, hour_ms, ps, pe FROM w_hour WHERE is_plain = 0) AS h
      JOIN w_piece AS p ON p.piece_id = h.piece_id
      JOIN w_seat AS s ON s.piece_id = h.piece_id
      LEFT JOIN w_measure AS m ON m.piece_id = h.piece_id AND m.hour_ms = h.hour_ms
    ) AS seated
    GROUP BY ${SLOT}, workload_id`;
  const inTicks = (numerator: string) => d.wideDiv(numerator, d.wide(String(PARTS_PER_GPU)));
  const inPartsOfTicks = (numerator: string) =>
    d.wideDiv(numerator, `${d.wide(String(PARTS_PER_GPU))} * ${PPM}`);
  const observed = inTicks('(held - n_unobserved)');
  return [
    {
      name: 'w_mixed',
      select: `
        SELECT ${SLOT}, seat_id, slot_start, paid, before_ticks, ${BASES.join(', ')},
          unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
          held_ticks - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks
        FROM (
          SELECT ${SLOT}, seat_id, slot_start, paid, before_ticks, held_ticks,
            CASE WHEN workload_id = '' THEN held_ticks - ${observed} ELSE ${inTicks('n_unobserved')} END AS unobserved_ticks,
            CASE WHEN workload_id = '' THEN ${observed} ELSE ${nothing} END AS unallocated_ticks,
            ${inPartsOfTicks('n_idle')} AS idle_ticks, ${inPartsOfTicks('n_underused')} AS underused_ticks, ${inPartsOfTicks('n_lost')} AS lost_ticks,
            ${BASES.map((name) => `${inTicks(`n_${name.replace('_ticks', '')}`)} AS ${name}`).join(', ')}
          FROM (
            SELECT *, ${inTicks('slot_held')} AS paid, ${inTicks('(upto - held)')} AS before_ticks,
              ${inTicks('upto')} - ${inTicks('(upto - held)')} AS held_ticks
            FROM (
              SELECT *, ${d.sumOver('held', `PARTITION BY ${SLOT}`)} AS slot_held,
                ${d.sumOver('held', `PARTITION BY ${SLOT} ORDER BY workload_id ${RUNNING}`)} AS upto
              FROM (${sums}) AS summed
            ) AS running
          ) AS shared_out
        ) AS rounded`,
    },
  ];
}

/** All rows in the form in which they are stored, before shared costs: with `slot_start` and `pool_picos`, what is left to share. */
export function ledgerSelect(context: BuildContext, has: { purchases: boolean; others: boolean }): string {
  const { dialect: d } = context;
  const nothing = d.wide('0');
  const zeros = (names: readonly string[], value: string) =>
    names.map((name) => `${value} AS ${name}`).join(', ');
  const ticks = BUCKETS.map((bucket) => `${bucket}_ticks`);
  const picos = BUCKETS.map((bucket) => `${bucket}_picos`);
  const rows = [gpuRows(d, has.purchases)];
  if (has.purchases) {
    rows.push(`
      SELECT u.hour_ms AS hour_ms, s.subject_id AS subject_id, u.hour_ms AS slot_start, CAST(u.ticks AS BIGINT) AS unobserved_ticks,
        ${zeros(ticks.slice(1), ZERO)}, u.picos AS unobserved_picos, ${zeros(picos.slice(1), nothing)},
        ${nothing} AS direct_picos, ${nothing} AS pool_picos, ${zeros(BASES, ZERO)}, ${nothing} AS estimate_picos
      FROM w_unseen AS u JOIN w_unseen_subject AS s ON ${UNSEEN_KEYS.map((key) => `s.${key} = u.${key}`).join(' AND ')}`);
  }
  if (has.others) {
    rows.push(`
      SELECT o.hour_ms AS hour_ms, s.subject_id AS subject_id, o.hour_ms AS slot_start, ${zeros(ticks, ZERO)}, ${zeros(picos, nothing)},
        CASE WHEN s.is_direct = 1 THEN o.picos ELSE ${nothing} END AS direct_picos,
        CASE WHEN s.is_direct = 1 THEN ${nothing} ELSE o.picos END AS pool_picos, ${zeros(BASES, ZERO)}, ${nothing} AS estimate_picos
      FROM w_other AS o JOIN w_charge_subject AS s ON ${CHARGE_KEYS.map((key) => `s.${key} = o.${key}`).join(' AND ')}`);
  }
  return rows.join(' UNION ALL ');
}

/** Plain and mixed slots with their subject and money. */
function gpuRows(d: Dialect, hasPurchases: boolean): string {
  const nothing = d.wide('0');
  const slot = ['device_id', 'place_id', 'rate_id'];
  const joinBill = hasPurchases
    ? `LEFT JOIN w_billed AS b ON b.hour_ms = t.hour_ms AND ${slot.map((key) => `b.${key} = t.${key}`).join(' AND ')}`
    : '';
  const estimated = d.wideDiv(`(t.per_gpu_hour_picos * t.paid)`, d.wide(String(TICKS_PER_GPU_HOUR)));
  const columns = [
    'hour_ms',
    'slot_start',
    'paid',
    'before_ticks',
    ...BUCKETS.map((bucket) => `${bucket}_ticks`),
    ...BASES,
  ];
  const priced = `
    SELECT ${columns.map((name) => `t.${name} AS ${name}`).join(', ')}, m.subject_id AS subject_id, ${estimated} AS estimated,
      ${hasPurchases ? `coalesce(b.price, ${estimated})` : estimated} AS price, ${hasPurchases ? 'CASE WHEN b.price IS NULL THEN 0 ELSE 1 END' : '0'} AS is_billed
    FROM (${mixedRows(slot)} UNION ALL ${plainRows(d, slot)}) AS t
    ${joinBill}
    JOIN w_seat_subject AS m ON m.seat_id = t.seat_id AND m.bill_key = ${hasPurchases ? `coalesce(b.bill_key, '')` : `''`}
    WHERE ${BUCKETS.map((bucket) => `t.${bucket}_ticks`).join(' + ')} > 0`;

  // `up_i` is the cost of the slot up to the end of bucket i; empty buckets take over the one before and cost no division.
  const last = BUCKETS.length - 1;
  let chained = `SELECT *, ${costUpTo(d, 0)} AS up_0 FROM (${priced}) AS priced`;
  for (const [index, bucket] of BUCKETS.entries()) {
    const isWhole = `before_ticks + ${ticksUpTo(index + 1)} = paid`;
    chained = `SELECT *, CASE WHEN ${bucket}_ticks = 0 THEN up_${index} WHEN ${isWhole} THEN price ELSE ${costUpTo(d, index + 1)} END AS up_${index + 1}
      FROM (${chained}) AS chain_${index}`;
  }
  const share = (whole: string) =>
    `${d.wideDiv(`(${whole} * (before_ticks + ${ticksUpTo(last + 1)}))`, 'paid')} - ${d.wideDiv(`(${whole} * before_ticks)`, 'paid')}`;
  return `
    SELECT hour_ms, subject_id, slot_start, ${BUCKETS.map((bucket) => `${bucket}_ticks`).join(', ')},
      ${BUCKETS.map((bucket, index) => `up_${index + 1} - up_${index} AS ${bucket}_picos`).join(', ')},
      ${nothing} AS direct_picos, ${nothing} AS pool_picos, ${BASES.join(', ')},
      CASE WHEN is_billed = 0 THEN ${nothing} ELSE ${share('estimated')} END AS estimate_picos
    FROM (${chained}) AS costed`;
}

function ticksUpTo(count: number): string {
  return ['0', ...BUCKETS.slice(0, count).map((bucket) => `${bucket}_ticks`)].join(' + ');
}

function costUpTo(d: Dialect, count: number): string {
  return `CASE WHEN before_ticks + ${ticksUpTo(count)} = 0 THEN ${d.wide('0')} ELSE ${d.wideDiv(`(price * (before_ticks + ${ticksUpTo(count)}))`, 'paid')} END`;
}

function mixedRows(slot: readonly string[]): string {
  const counts = ['paid', 'before_ticks', ...BUCKETS.map((bucket) => `${bucket}_ticks`), ...BASES];
  return `
    SELECT x.hour_ms AS hour_ms, ${slot.map((key) => `x.${key} AS ${key}`).join(', ')}, x.seat_id AS seat_id, x.slot_start AS slot_start,
      r.per_gpu_hour_picos AS per_gpu_hour_picos, ${counts.map((name) => `CAST(x.${name} AS BIGINT) AS ${name}`).join(', ')}
    FROM w_mixed AS x JOIN rate AS r ON r.rate_id = x.rate_id`;
}

function plainRows(d: Dialect, slot: readonly string[]): string {
  const whole = `CAST(${HOUR_MS} AS BIGINT) * gpu_parts`;
  const inTicks = (weighted: string) => d.div(`(${weighted}) * gpu_parts`, String(PPM));
  const held = (value: string) => `CASE WHEN workload_id = '' THEN ${ZERO} ELSE ${value} END`;
  const onBasis = (code: number) => held(`CASE WHEN basis = ${code} THEN ${whole} ELSE ${ZERO} END`);
  return `
    SELECT hour_ms, ${slot.join(', ')}, seat_id, hour_ms AS slot_start, per_gpu_hour_picos, paid, ${ZERO} AS before_ticks,
      unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
      paid - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks, ${BASES.join(', ')}
    FROM (
      SELECT hour_ms, ${slot.join(', ')}, seat_id, per_gpu_hour_picos, ${whole} AS paid,
        ${held(`(${HOUR_MS} - known_ms) * gpu_parts`)} AS unobserved_ticks,
        CASE WHEN workload_id = '' THEN ${whole} ELSE ${ZERO} END AS unallocated_ticks,
        ${held(inTicks(`known_ms * ${PPM} - busy`))} AS idle_ticks, ${held(inTicks('busy - effective'))} AS underused_ticks,
        CASE WHEN workload_id = '' OR is_lost = 0 THEN ${ZERO} ELSE ${inTicks('effective')} END AS lost_ticks,
        ${onBasis(1)} AS sm_active_ticks, ${onBasis(2)} AS engine_active_ticks, ${onBasis(3)} AS gpu_util_ticks,
        CASE WHEN basis = -1 THEN ${whole} ELSE ${ZERO} END AS contradictory_ticks
      FROM (
        SELECT h.hour_ms AS hour_ms, p.device_id AS device_id, p.place_id AS place_id, p.rate_id AS rate_id, s.seat_id AS seat_id,
          s.workload_id AS workload_id, s.is_lost AS is_lost, p.per_gpu_hour_picos AS per_gpu_hour_picos, p.gpu_parts AS gpu_parts,
          h.known_ms AS known_ms, h.busy AS busy, h.effective AS effective, h.basis AS basis
        FROM (SELECT * FROM w_hour WHERE is_plain = 1) AS h
        JOIN w_piece AS p ON p.piece_id = h.piece_id
        JOIN w_seat AS s ON s.piece_id = h.piece_id
      ) AS plain
    ) AS weighed`;
}
