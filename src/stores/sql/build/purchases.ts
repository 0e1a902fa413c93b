import { HOUR_MS } from '../../../domain/time/window.ts';
import { at, type BuildContext, hourNumber, RUNNING, type Step, spreadByTime } from './context.ts';

/**
 * GPU purchases on the bill and what they paid for: `w_billed` has the cost of each slot (device, hour, place, price), `w_unseen` the GPU
 * time that no device explains. A purchase is all lines for one resource and charge period.
 */
export function purchaseSteps(context: BuildContext): Step[] {
  return [purchases(context), paid(context), billed(context), unseen(context)];
}

function purchases({ dialect: d, window }: BuildContext): Step {
  return {
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
  };
}

/** The slots of each purchase in the order in which a running sum hands its cost out. */
function paid({ dialect: d }: BuildContext): Step {
  const hour = (ms: string) => hourNumber(d, ms);
  const overlap =
    'CASE WHEN least(pe, ce) > greatest(ps, cs) THEN (least(pe, ce) - greatest(ps, cs)) * gpu_parts ELSE 0 END';
  return {
    name: 'w_paid',
    select: `
      SELECT purchase_id, device_no, hour_ms, place_id, rate_id, bought, price, bill_key, paid_ticks,
        ${d.sumOver('paid_ticks', 'PARTITION BY purchase_id')} AS seen,
        ${d.sumOver('paid_ticks', `PARTITION BY purchase_id ORDER BY hour_ms, device_no, slot_ms ${RUNNING}`)} AS upto
      FROM (
        SELECT purchase_id, device_no, hour_ms, place_id, rate_id, bought, price, bill_key, min(ps) AS slot_ms, ${d.sum(overlap)} AS paid_ticks
        FROM (
          SELECT purchase_id, device_no, place_id, rate_id, bought, price, bill_key, gpu_parts, cs, ce,
            cut AS hour_ms, greatest(s, cut) AS ps, least(e, cut + ${HOUR_MS}) AS pe
          FROM (
            SELECT g.purchase_id AS purchase_id, p.device_no AS device_no, p.place_id AS place_id, p.rate_id AS rate_id,
              g.bought AS bought, g.price AS price, g.bill_key AS bill_key, p.gpu_parts AS gpu_parts, g.cs AS cs, g.ce AS ce, p.s AS s, p.e AS e,
              ${d.series(`greatest(${hour('p.s')}, ${hour('g.cs')})`, `least(${hour('p.e - 1')}, ${hour('g.ce - 1')}) + 1`)} * ${HOUR_MS} AS cut
            FROM w_purchase AS g JOIN w_piece AS p ON p.resource_key = g.resource_key
            WHERE g.resource_key <> '' AND ${hour('p.s')} <= ${hour('g.ce - 1')} AND ${hour('p.e - 1')} >= ${hour('g.cs')}
          ) AS exploded
        ) AS hourly
        GROUP BY purchase_id, device_no, hour_ms, place_id, rate_id, bought, price, bill_key
      ) AS slots WHERE paid_ticks > 0`,
  };
}

function billed({ dialect: d, window }: BuildContext): Step {
  const part = (ticks: string) => d.wideDiv(`(price * (${ticks}))`, 'greatest(bought, seen)');
  return {
    name: 'w_billed',
    select: `
      SELECT device_no, hour_ms, place_id, rate_id, ${d.sum('part')} AS price, max(bill_key) AS bill_key
      FROM (
        SELECT device_no, hour_ms, place_id, rate_id, bill_key, ${part('upto')} - ${part('upto - paid_ticks')} AS part FROM w_paid
      ) AS parts
      WHERE hour_ms >= ${at(window.fromMs)} AND hour_ms < ${at(window.toMs)}
      GROUP BY device_no, hour_ms, place_id, rate_id`,
  };
}

function unseen({ dialect: d, window }: BuildContext): Step {
  const hour = (ms: string) => hourNumber(d, ms);
  const seen = `coalesce(k.seen, ${d.wide('0')})`;
  return {
    name: 'w_unseen',
    select: `
      SELECT hour_ms, gpu_device, bill_key, gpu_model, provider, region, instance_type, lifecycle,
        ${spreadByTime(d, 'left_ticks')} AS ticks, ${spreadByTime(d, 'left_price')} AS picos
      FROM (
        SELECT g.gpu_device AS gpu_device, g.bill_key AS bill_key, g.gpu_model AS gpu_model, g.provider AS provider,
          g.region AS region, g.instance_type AS instance_type, g.lifecycle AS lifecycle, g.cs AS cs, g.ce AS ce,
          g.bought - ${seen} AS left_ticks, g.price - ${d.wideDiv(`(g.price * ${seen})`, 'g.bought')} AS left_price,
          ${d.series(hour(`greatest(g.cs, ${at(window.fromMs)})`), `${hour(`least(g.ce, ${at(window.toMs)}) - 1`)} + 1`)} * ${HOUR_MS} AS hour_ms
        FROM w_purchase AS g
        LEFT JOIN (SELECT purchase_id, max(seen) AS seen FROM w_paid GROUP BY purchase_id) AS k ON k.purchase_id = g.purchase_id
        WHERE g.bought > ${seen}
      ) AS spread`,
  };
}

/** The direct and the shared costs of each hour: `w_other`. Every charge that buys no GPU time, spread by time over its period. */
export function otherChargeSteps({ dialect: d, window }: BuildContext): Step[] {
  const hour = (ms: string) => hourNumber(d, ms);
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
