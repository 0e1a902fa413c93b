import type { EpochMs } from '../../domain/time/window.ts';
import { HOUR_MS } from '../../domain/time/window.ts';
import type { RollUpCounts } from '../../ports/store.ts';
import { at, type BuildContext, hourNumber, narrowSum } from './build/context.ts';
import { hourStep } from './build/measures.ts';
import { occupancySteps } from './build/occupancy.ts';
import { ROLLED_UP_GRID } from './cells.ts';
import type { SqlEngine } from './engine.ts';
import { columnsOf } from './schema.ts';

/**
 * Samples of hours long past become a few that say the same of the hour: the activity of a device is spread over whole parts per million
 * of at most three stretches, so that the sums over the hour, and with them the ledger, stay what they were to the last digit.
 *
 * Only hours go that the build answers from their sums: a full, even grid of one measure, in which device, price and holders stay the
 * same, and after which the next sample follows at once, so that nothing stands longer than before. Their keys are keys of the samples
 * that they replace: the same file imported again brings those back, and nothing counts twice.
 */
export const ROLLED_UNTIL = 'rolled-up-until';
/** Where it stays until the step is finished, also over a kill. */
export const ROLLED = 'kept_rolled_usage';
const SCRATCH = ['w_stay', 'w_hold', 'w_piece', 'w_seat', 'w_hour', 'w_rolling'];

/** Fewer samples than this in an hour are not worth replacing by up to three. */
const FEWEST_SAMPLES = 4;

/** Works out what takes the place of the samples in the window of the build, and says how many samples that are. */
export async function stageRolledUp(engine: SqlEngine, context: BuildContext): Promise<RollUpCounts> {
  try {
    for (const { name, select } of [...occupancySteps(context), hourStep(context)])
      await engine.scratch(name, select);
    await engine.scratch('w_rolling', wholeHours(context));
    await engine.keep(ROLLED, stretches(context));
    const [count] = await engine.rows(`
      SELECT count(*) AS hours, coalesce(sum(n), 0) AS before_n, (SELECT count(*) FROM ${ROLLED}) AS after_n FROM w_rolling`);
    return {
      hours: Number(count!['hours']),
      samplesBefore: Number(count!['before_n']),
      samplesAfter: Number(count!['after_n']),
    };
  } finally {
    await engine.drop(SCRATCH).catch(() => undefined);
  }
}

/** Safe to be run again from its start: what was put in the place of the samples lies in the same hours as they did. */
export async function applyRolledUp(engine: SqlEngine, fromMs: EpochMs, toMs: EpochMs): Promise<void> {
  const hour = (ms: string) => hourNumber(engine.dialect, ms);
  await engine.run(`
    DELETE FROM "usage" WHERE at_ms >= ${fromMs} AND at_ms < ${toMs}
      AND (device_id, ${hour('at_ms')}) IN (SELECT device_id, ${hour('at_ms')} FROM ${ROLLED})`);
  await engine.run(`INSERT INTO "usage" SELECT ${columnsOf('usage').join(', ')} FROM ${ROLLED}`);
}

const SUMS = [
  'device_id',
  'hour_ms',
  'n',
  'step_ms',
  'basis_code',
  'dataset_no',
  'busy_n',
  'busy_sum',
  'effective_n',
  'effective_sum',
  'most_memory',
  'mean_watts',
];

/** One row for each device and hour that can be rolled up, with the sums over it. */
function wholeHours({ dialect: d, window }: BuildContext): string {
  const from = at(window.fromMs);
  const to = at(window.toMs);
  const after = at(window.toMs + HOUR_MS);
  return `
    SELECT ${SUMS.map((name) => `s.${name} AS ${name}`).join(', ')}
    FROM (
      SELECT u.device_id AS device_id, h.hour_ms AS hour_ms, CAST(count(*) AS BIGINT) AS n, max(u.interval_ms) AS step_ms, max(u.basis) AS basis_code,
        max(u.dataset_id) AS dataset_no, count(DISTINCT u.dataset_id) AS datasets,
        count(u.busy_ppm) AS busy_n, ${narrowSum('u.busy_ppm')} AS busy_sum,
        count(u.effective_ppm) AS effective_n, ${narrowSum('u.effective_ppm')} AS effective_sum,
        max(u.memory_used_mib) AS most_memory, count(u.power_watts) AS watts_n, avg(u.power_watts) AS mean_watts
      FROM "usage" AS u
      JOIN (SELECT DISTINCT device_id, device_no FROM w_stay) AS d ON d.device_id = u.device_id
      JOIN (SELECT device_no, hour_ms FROM w_hour WHERE is_whole = 1) AS h ON h.device_no = d.device_no AND h.hour_ms = ${hourNumber(d, 'u.at_ms')} * ${HOUR_MS}
      WHERE u.at_ms >= ${from} AND u.at_ms < ${to}
      GROUP BY u.device_id, h.hour_ms
    ) AS s
    JOIN (SELECT device_id, at_ms FROM "usage" WHERE at_ms > ${from} AND at_ms < ${after} AND at_ms % ${HOUR_MS} = 0) AS next
      ON next.device_id = s.device_id AND next.at_ms = s.hour_ms + ${HOUR_MS}
    WHERE s.n >= ${FEWEST_SAMPLES} AND s.datasets = 1 AND (s.busy_n = 0 OR s.busy_n = s.n) AND (s.effective_n = 0 OR s.effective_n = s.n)
      AND (s.watts_n = 0 OR s.watts_n = s.n)`;
}

/**
 * A sum over n samples is n times its quotient and a remainder; the last so many samples as the remainder says are one part per million
 * higher. Busy and effective have a remainder each, which makes three stretches at most.
 */
function stretches({ dialect: d }: BuildContext): string {
  const rest = (sum: string) => `(${sum} - ${d.div(sum, 'n')} * n)`;
  const steps = `SELECT *, n - ${rest('busy_sum')} AS busy_step, n - ${rest('effective_sum')} AS effective_step FROM w_rolling`;
  const stretch = (first: string, end: string) =>
    `SELECT *, ${first} AS first_no, ${end} AS end_no FROM (${steps}) AS stepped`;
  const earlier = 'least(busy_step, effective_step)';
  const later = 'greatest(busy_step, effective_step)';
  const all = [stretch(at(0), earlier), stretch(earlier, later), stretch(later, 'n')].join(' UNION ALL ');
  const value = (measure: string) =>
    `CASE WHEN ${measure}_n = 0 THEN NULL ELSE CAST(${d.div(`${measure}_sum`, 'n')} + CASE WHEN first_no >= ${measure}_step THEN 1 ELSE 0 END AS INTEGER) END AS ${measure}_ppm`;
  return `
    SELECT dataset_no AS dataset_id, device_id, at_ms, stretch_ms AS interval_ms, ${value('busy')}, ${value('effective')}, basis_code AS basis,
      CAST(${ROLLED_UP_GRID} - basis_code AS INTEGER) AS grid,
      most_memory AS memory_used_mib, mean_watts AS power_watts
    FROM (
      SELECT *, hour_ms + first_no * step_ms AS at_ms, CAST((end_no - first_no) * step_ms AS INTEGER) AS stretch_ms
      FROM (${all}) AS cut WHERE first_no < end_no
    ) AS timed`;
}
