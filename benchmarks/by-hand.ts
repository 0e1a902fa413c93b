import { HOUR_MS } from '../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../src/domain/units/gpu-time.ts';

/** What an engineer would write to get busy, idle and effective time by device and hour from the samples. */
export const AGGREGATE_BY_HAND = `
  SELECT device_id, at_ms // ${HOUR_MS} AS hour, count(*) AS samples, sum(1000000 - busy_ppm) AS idle, sum(busy_ppm - effective_ppm) AS underused,
    sum(effective_ppm) AS productive, avg(memory_used_mib) AS memory
  FROM "usage" GROUP BY ALL`;

/**
 * What an engineer would write to get the same answers as the ledger, in floating point and with each rule in its plainest form: a sample
 * stands for the time to the next one, whoever held the device when it was taken pays for it, at the device's price. It knows no gaps,
 * no shares that add up to the device, no time that nobody measured or held, no lost work, no bill and no exact money.
 */
export const RULES_BY_HAND = `
  SELECT u.device_id, u.at_ms // ${HOUR_MS} AS hour, a.workload_id,
    sum(u.held_ms * (1 - u.busy_ppm / 1e6) * a.share_parts / ${PARTS_PER_GPU} * r.per_gpu_hour_picos / ${HOUR_MS}) AS idle,
    sum(u.held_ms * (u.busy_ppm - u.effective_ppm) / 1e6 * a.share_parts / ${PARTS_PER_GPU} * r.per_gpu_hour_picos / ${HOUR_MS}) AS underused,
    sum(u.held_ms * u.effective_ppm / 1e6 * a.share_parts / ${PARTS_PER_GPU} * r.per_gpu_hour_picos / ${HOUR_MS}) AS productive
  FROM (
    SELECT device_id, at_ms, busy_ppm, effective_ppm,
      least(lead(at_ms) OVER (PARTITION BY device_id ORDER BY at_ms) - at_ms, 2 * interval_ms) AS held_ms
    FROM "usage"
  ) AS u
  JOIN capacity AS c ON c.device_id = u.device_id AND c.start_ms <= u.at_ms AND u.at_ms < c.end_ms
  JOIN place AS p ON p.place_id = c.place_id
  JOIN rate AS r ON r.price_key_id = p.price_key_id AND r.from_ms <= u.at_ms AND u.at_ms < r.to_ms
  LEFT JOIN allocation AS a ON a.device_id = u.device_id AND a.start_ms <= u.at_ms AND u.at_ms < a.end_ms
  GROUP BY ALL`;
