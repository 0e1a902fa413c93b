import { BUCKETS, type PerBucket } from '../../../domain/ledger/buckets.ts';
import { HOUR_MS } from '../../../domain/time/window.ts';
import { PARTS_PER_GPU, PPM, TICKS_PER_GPU_HOUR } from '../../../domain/units/gpu-time.ts';
import type { Dialect } from '../dialect.ts';
import { at, type BuildContext, narrowSum, type Step, ZERO } from './context.ts';
import { measuresSelect } from './measures.ts';
import { CHARGE_KEYS, UNSEEN_KEYS } from './subjects.ts';

/**
 * Ledger rows: GPU time and money by hour, holder and bucket.
 *
 * A *slot* is one device in one hour at one place and price; its cost is the price times what was paid for, or what the bill says. Time
 * and money of a slot go to its holders and their buckets by running sums, so that the parts add up to the slot to the last digit.
 */
const BASES = ['sm_active_ticks', 'engine_active_ticks', 'gpu_util_ticks', 'contradictory_ticks'];
const NUMERATORS = [
  'n_unobserved',
  'n_idle',
  'n_underused',
  'n_lost',
  'n_sm_active',
  'n_engine_active',
  'n_gpu_util',
  'n_contradictory',
];
const SLOT = ['hour_ms', 'device_no', 'place_id', 'rate_id'];
const SLOT_KEYS = SLOT.join(', ');

/**
 * What each holder of a slot with several pieces or uneven samples held and did in it: `w_mixed`. In parts of ticks: milliseconds
 * × parts of the device × parts of the share, which fit 64 bits, and activity further × parts per million, which does not.
 */
export function mixedSteps(context: BuildContext): Step[] {
  const { dialect: d } = context;
  const known = '(sm_active + engine_active + gpu_util)';
  const held = (value: string) => `CASE WHEN workload_id = '' THEN ${ZERO} ELSE (${value}) * weight END`;
  const active = (value: string) =>
    d.sum(`CASE WHEN workload_id = '' THEN ${d.wide('0')} ELSE ${d.wide(value)} * weight END`);
  const unobserved = `(len - CASE WHEN workload_id = '' THEN observed ELSE ${known} END) * weight`;
  const measured = [
    'observed',
    'sm_active',
    'engine_active',
    'gpu_util',
    'contradictory',
    'busy',
    'effective',
  ];
  return [
    {
      name: 'w_mixed',
      select: `
        SELECT ${SLOT_KEYS}, workload_id, min(seat_id) AS seat_id, min(ps) AS slot_start, ${narrowSum('len * weight')} AS held,
          ${narrowSum(unobserved)} AS n_unobserved, ${active(`${known} * ${PPM} - busy`)} AS n_idle, ${active('busy - effective')} AS n_underused,
          ${active('CASE WHEN is_lost = 1 THEN effective ELSE 0 END')} AS n_lost, ${narrowSum(held('sm_active'))} AS n_sm_active,
          ${narrowSum(held('engine_active'))} AS n_engine_active, ${narrowSum(held('gpu_util'))} AS n_gpu_util,
          ${narrowSum('contradictory * weight')} AS n_contradictory
        FROM (
          SELECT h.hour_ms AS hour_ms, h.device_no AS device_no, p.place_id AS place_id, p.rate_id AS rate_id, h.ps AS ps, h.pe - h.ps AS len,
            s.seat_id AS seat_id, s.workload_id AS workload_id, s.is_lost AS is_lost, s.share * p.gpu_parts AS weight,
            ${measured.map((name) => `coalesce(m.${name}, ${ZERO}) AS ${name}`).join(', ')}
          FROM w_hour AS h
          JOIN w_piece AS p ON p.piece_id = h.piece_id
          JOIN w_seat AS s ON s.piece_id = h.piece_id
          LEFT JOIN (${measuresSelect(context)}) AS m ON m.piece_id = h.piece_id AND m.hour_ms = h.hour_ms
          WHERE h.is_whole = 0
        ) AS seated
        GROUP BY ${SLOT_KEYS}, workload_id`,
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
  const rows = [gpuRows(context, has.purchases)];
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

/** Slots with their subject and money. */
function gpuRows({ dialect: d, isOrdinaryPrice }: BuildContext, hasPurchases: boolean): string {
  const several = `${mixedRows(d)} UNION ALL ${sharedSlotRows(d)}`;
  if (hasPurchases || !isOrdinaryPrice) {
    return anyPriceRows(d, `${plainRows(d)} UNION ALL ${several}`, hasPurchases);
  }
  return `${plainCostRows(d)} UNION ALL ${severalCostRows(d, several)}`;
}

const TICKS = BUCKETS.map((bucket) => `${bucket}_ticks`);
/** `upto_0` is what the slot gave to holders before this one, `upto_n` that and the buckets of this one up to the n-th. */
const UPTO = [...Array(BUCKETS.length + 1).keys()].map((index) => `upto_${index}`);

function uptoColumns(): string {
  return UPTO.map((name, index) => {
    const terms = ['before_ticks', ...TICKS.slice(0, index)].map((term) => `t.${term}`);
    return `${terms.join(' + ')} AS ${name}`;
  }).join(', ');
}

function estimateOf(d: Dialect): string {
  return `CASE WHEN t.paid = ${TICKS_PER_GPU_HOUR} THEN t.per_gpu_hour_picos
    ELSE ${d.wideDiv('(t.per_gpu_hour_picos * t.paid)', String(TICKS_PER_GPU_HOUR))} END`;
}

const KEPT = ['hour_ms', 'slot_start', 'paid', ...TICKS, ...BASES].map((name) => `t.${name} AS ${name}`);

/** The cost of a slot is handed out at its one price; the buckets that one holder fills are few, so that little is divided. */
function plainCostRows(d: Dialect): string {
  const upTo = (ticks: string) => d.smallDiv(`(${d.wide('estimated')} * (${ticks}))`, 'paid');
  const all = (ticks: string) => `CASE WHEN ${ticks} > 0 THEN estimated ELSE ${d.wide('0')} END`;
  return storedRows(
    d,
    {
      unobserved: all('unobserved_ticks'),
      unallocated: all('unallocated_ticks'),
      idle: 'upto_idle',
      underused: 'upto_underused - upto_idle',
      lost: 'upto_lost - upto_underused',
      productive: `CASE WHEN unobserved_ticks + unallocated_ticks > 0 THEN ${d.wide('0')} ELSE estimated - upto_lost END`,
    },
    `(
      SELECT *, CASE WHEN lost_ticks = 0 THEN upto_underused ELSE ${upTo('idle_ticks + underused_ticks + lost_ticks')} END AS upto_lost
      FROM (
        SELECT *, ${upTo('idle_ticks')} AS upto_idle, ${upTo('idle_ticks + underused_ticks')} AS upto_underused
        FROM (
          SELECT ${KEPT.join(', ')}, m.subject_id AS subject_id, ${estimateOf(d)} AS estimated
          FROM (${plainRows(d)}) AS t JOIN w_seat_subject AS m ON m.seat_id = t.seat_id
        ) AS priced
      ) AS begun
    ) AS costed`,
  );
}

function severalCostRows(d: Dialect, rows: string): string {
  const costs = UPTO.map(
    (end, index) => `${d.smallDiv(`(${d.wide('estimated')} * ${end})`, 'paid')} AS cost_${index}`,
  );
  return storedRows(
    d,
    differences(),
    `(
      SELECT *, ${costs.join(', ')} FROM (
        SELECT ${KEPT.join(', ')}, m.subject_id AS subject_id, ${uptoColumns()}, ${estimateOf(d)} AS estimated
        FROM (${rows}) AS t JOIN w_seat_subject AS m ON m.seat_id = t.seat_id
        WHERE t.held_ticks > 0
      ) AS priced
    ) AS costed`,
  );
}

/** The same where a bill may say anything, or a price is beyond what is divided quickly. */
function anyPriceRows(d: Dialect, rows: string, hasPurchases: boolean): string {
  const joinBill = hasPurchases
    ? `LEFT JOIN w_billed AS b ON ${SLOT.map((key) => `b.${key} = t.${key}`).join(' AND ')}`
    : '';
  const ofBill = hasPurchases ? `AND m.bill_key = coalesce(b.bill_key, '')` : '';
  const price = hasPurchases ? 'coalesce(bill_price, estimated)' : 'estimated';
  const near = UPTO.map((end, index) => `${d.nearShare(price, end, 'paid')} AS near_${index}`);
  const cost = UPTO.map(
    (end, index) => `${d.exactShare(`near_${index}`, price, end, 'paid')} AS cost_${index}`,
  );
  const estimateUpTo = (end: string) => d.wideDiv(`(estimated * ${end})`, 'paid');
  const estimate = `CASE WHEN bill_price IS NULL THEN ${d.wide('0')} ELSE ${estimateUpTo(UPTO.at(-1)!)} - ${estimateUpTo(UPTO[0]!)} END`;
  return storedRows(
    d,
    differences(),
    `(
      SELECT *, ${cost.join(', ')} FROM (
        SELECT *, ${near.join(', ')} FROM (
          SELECT ${KEPT.join(', ')}, m.subject_id AS subject_id, ${uptoColumns()}, ${estimateOf(d)} AS estimated,
            ${hasPurchases ? 'b.price' : 'NULL'} AS bill_price
          FROM (${rows}) AS t
          ${joinBill}
          JOIN w_seat_subject AS m ON m.seat_id = t.seat_id ${ofBill}
          WHERE t.held_ticks > 0
        ) AS priced
      ) AS estimated_costs
    ) AS costed`,
    hasPurchases ? estimate : undefined,
  );
}

function differences(): PerBucket<string> {
  return Object.fromEntries(
    BUCKETS.map((bucket, index) => [bucket, `cost_${index + 1} - cost_${index}`]),
  ) as PerBucket<string>;
}

function storedRows(d: Dialect, picos: PerBucket<string>, from: string, estimate = d.wide('0')): string {
  return `
    SELECT hour_ms, subject_id, slot_start, ${TICKS.join(', ')},
      ${BUCKETS.map((bucket) => `${d.wide(picos[bucket])} AS ${bucket}_picos`).join(', ')},
      ${d.wide('0')} AS direct_picos, ${d.wide('0')} AS pool_picos, ${BASES.join(', ')}, ${estimate} AS estimate_picos
    FROM ${from}`;
}

/** What a slot holds goes to its holders in the order of their names, in whole ticks by running sums; what each did is rounded down. */
function mixedRows(d: Dialect): string {
  // A slot has few holders, and a partition each would cost more than meeting each other.
  const running = `
    SELECT a.hour_ms AS hour_ms, a.seat_id AS seat_id, ${narrowSum('b.held')} AS slot_held,
      ${narrowSum('CASE WHEN b.workload_id <= a.workload_id THEN b.held ELSE 0 END')} AS upto
    FROM w_mixed AS a JOIN w_mixed AS b ON ${SLOT.map((key) => `b.${key} = a.${key}`).join(' AND ')}
    GROUP BY a.hour_ms, a.seat_id`;
  const observed = inTicks(d, 'held - n_unobserved');
  const kept = [...SLOT, 'seat_id', 'workload_id', 'slot_start', 'held', ...NUMERATORS];
  return `
    SELECT ${SLOT_KEYS}, seat_id, slot_start, per_gpu_hour_picos, paid, before_ticks, held_ticks,
      unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
      held_ticks - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks, ${BASES.join(', ')}
    FROM (
      SELECT ${SLOT_KEYS}, seat_id, slot_start, per_gpu_hour_picos, paid, before_ticks, held_ticks,
        CASE WHEN workload_id = '' THEN held_ticks - ${observed} ELSE ${inTicks(d, 'n_unobserved')} END AS unobserved_ticks,
        CASE WHEN workload_id = '' THEN ${observed} ELSE ${ZERO} END AS unallocated_ticks,
        ${activeTicks(d, 'n_idle')} AS idle_ticks, ${activeTicks(d, 'n_underused')} AS underused_ticks, ${activeTicks(d, 'n_lost')} AS lost_ticks,
        ${BASES.map((name) => `${inTicks(d, `n_${name.replace('_ticks', '')}`)} AS ${name}`).join(', ')}
      FROM (
        SELECT ${kept.map((name) => `x.${name} AS ${name}`).join(', ')}, r.per_gpu_hour_picos AS per_gpu_hour_picos, ${inTicks(d, 'u.slot_held')} AS paid, ${inTicks(d, 'u.upto - x.held')} AS before_ticks,
          ${inTicks(d, 'u.upto')} - ${inTicks(d, 'u.upto - x.held')} AS held_ticks
        FROM w_mixed AS x
        JOIN (${running}) AS u ON u.hour_ms = x.hour_ms AND u.seat_id = x.seat_id
        JOIN rate AS r ON r.rate_id = x.rate_id
      ) AS shared_out
    ) AS mixed`;
}

/** One holder for the whole hour: the sums over the hour are the answer. */
function plainRows(d: Dialect): string {
  const whole = `${at(HOUR_MS)} * p.gpu_parts`;
  const inHour = (active: string) => d.div(`(${active}) * p.gpu_parts`, String(PPM));
  const held = (value: string) => `CASE WHEN s.workload_id = '' THEN ${ZERO} ELSE ${value} END`;
  const onBasis = (code: number) => held(`CASE WHEN h.basis = ${code} THEN ${whole} ELSE ${ZERO} END`);
  return `
    SELECT ${SLOT_KEYS}, seat_id, hour_ms AS slot_start, per_gpu_hour_picos, paid, ${ZERO} AS before_ticks, paid AS held_ticks,
      unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
      paid - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks, ${BASES.join(', ')}
    FROM (
      SELECT h.hour_ms AS hour_ms, h.device_no AS device_no, p.place_id AS place_id, p.rate_id AS rate_id, s.seat_id AS seat_id,
        p.per_gpu_hour_picos AS per_gpu_hour_picos, ${whole} AS paid,
        ${held(`CASE WHEN h.basis > 0 THEN ${ZERO} ELSE ${whole} END`)} AS unobserved_ticks,
        CASE WHEN s.workload_id = '' THEN ${whole} ELSE ${ZERO} END AS unallocated_ticks,
        ${held(`CASE WHEN h.basis > 0 THEN ${inHour(`${at(HOUR_MS * PPM)} - h.busy`)} ELSE ${ZERO} END`)} AS idle_ticks,
        ${held(inHour('h.busy - h.effective'))} AS underused_ticks,
        CASE WHEN s.workload_id = '' OR s.is_lost = 0 THEN ${ZERO} ELSE ${inHour('h.effective')} END AS lost_ticks,
        ${onBasis(1)} AS sm_active_ticks, ${onBasis(2)} AS engine_active_ticks, ${onBasis(3)} AS gpu_util_ticks,
        CASE WHEN h.basis = -1 THEN ${whole} ELSE ${ZERO} END AS contradictory_ticks
      FROM w_hour AS h
      JOIN w_piece AS p ON p.piece_id = h.piece_id
      JOIN w_seat AS s ON s.piece_id = h.piece_id
      WHERE h.is_whole = 1 AND s.seats = 1
    ) AS plain`;
}

/** Several holders for the whole hour, of which each has its part of the sums over the hour. */
function sharedSlotRows(d: Dialect): string {
  const upTo = (parts: string) => inTicks(d, `${at(HOUR_MS)} * p.gpu_parts * (${parts})`);
  const share = inTicks(d, `${at(HOUR_MS)} * weight`);
  const held = (value: string) => `CASE WHEN workload_id = '' THEN ${ZERO} ELSE ${value} END`;
  const active = (value: string) => activeTicks(d, `(${d.wide(value)} * weight)`);
  const onBasis = (code: number) => held(`CASE WHEN basis = ${code} THEN ${share} ELSE ${ZERO} END`);
  const before = `
    SELECT a.seat_id AS seat_id, ${narrowSum('b.share')} AS share
    FROM w_seat AS a JOIN w_seat AS b ON b.piece_id = a.piece_id
    WHERE a.seats > 1 AND b.workload_id < a.workload_id GROUP BY a.seat_id`;
  return `
    SELECT ${SLOT_KEYS}, seat_id, hour_ms AS slot_start, per_gpu_hour_picos, paid, before_ticks, held_ticks,
      unobserved_ticks, unallocated_ticks, idle_ticks, underused_ticks, lost_ticks,
      held_ticks - unobserved_ticks - unallocated_ticks - idle_ticks - underused_ticks - lost_ticks AS productive_ticks, ${BASES.join(', ')}
    FROM (
      SELECT ${SLOT_KEYS}, seat_id, per_gpu_hour_picos, paid, before_ticks, held_ticks,
        CASE WHEN workload_id = '' THEN held_ticks - ${share} WHEN basis > 0 THEN ${ZERO} ELSE ${share} END AS unobserved_ticks,
        CASE WHEN workload_id = '' THEN ${share} ELSE ${ZERO} END AS unallocated_ticks,
        ${held(`CASE WHEN basis > 0 THEN ${active(`(${at(HOUR_MS * PPM)} - busy)`)} ELSE ${ZERO} END`)} AS idle_ticks,
        ${held(active('(busy - effective)'))} AS underused_ticks,
        ${held(`CASE WHEN is_lost = 1 THEN ${active('effective')} ELSE ${ZERO} END`)} AS lost_ticks,
        ${onBasis(1)} AS sm_active_ticks, ${onBasis(2)} AS engine_active_ticks, ${onBasis(3)} AS gpu_util_ticks,
        CASE WHEN basis = -1 THEN ${share} ELSE ${ZERO} END AS contradictory_ticks
      FROM (
        SELECT h.hour_ms AS hour_ms, h.device_no AS device_no, p.place_id AS place_id, p.rate_id AS rate_id, s.seat_id AS seat_id,
          s.workload_id AS workload_id, s.is_lost AS is_lost, s.share * p.gpu_parts AS weight, h.basis AS basis, h.busy AS busy,
          h.effective AS effective, p.per_gpu_hour_picos AS per_gpu_hour_picos, ${at(HOUR_MS)} * p.gpu_parts AS paid,
          ${upTo('coalesce(b.share, 0)')} AS before_ticks, ${upTo('coalesce(b.share, 0) + s.share')} - ${upTo('coalesce(b.share, 0)')} AS held_ticks
        FROM w_hour AS h
        JOIN w_piece AS p ON p.piece_id = h.piece_id
        JOIN w_seat AS s ON s.piece_id = h.piece_id
        LEFT JOIN (${before}) AS b ON b.seat_id = s.seat_id
        WHERE h.is_whole = 1 AND s.seats > 1
      ) AS seated
    ) AS shared_slot`;
}

/** Parts of a device × parts of a share, in ticks. */
function inTicks(d: Dialect, parts: string): string {
  return d.div(parts, String(PARTS_PER_GPU));
}

/** The same × parts per million. */
function activeTicks(d: Dialect, parts: string): string {
  return d.smallDiv(parts, `CAST(${PARTS_PER_GPU * PPM} AS BIGINT)`);
}
