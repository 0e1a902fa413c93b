import { BUCKETS } from '../../../domain/ledger/buckets.ts';
import { type BuildContext, RUNNING, type Step } from './context.ts';

/** Who bears the shared costs of each hour: `w_share`, by row of `w_ledger` (hour, subject, slot). See `spreadShared` in the oracle. */
export function sharingSteps({ dialect: d }: BuildContext, rule: 'proportional' | 'even'): Step[] {
  const party = rule === 'even' ? 's.team' : `'everybody'`;
  const gross = BUCKETS.map((bucket) => `r.${bucket}_picos`).join(' + ');
  return [
    {
      name: 'w_receiver',
      select: `
        SELECT r.hour_ms AS hour_ms, r.subject_id AS subject_id, r.slot_start AS slot_start, ${party} AS party,
          s.device_id AS device_id, s.workload_id AS workload_id, s.price_source AS price_source, p.pool AS pool, ${gross} AS gross
        FROM w_ledger AS r
        JOIN subject AS s ON s.subject_id = r.subject_id
        JOIN (SELECT hour_ms, ${d.sum('pool_picos')} AS pool FROM w_ledger GROUP BY hour_ms) AS p ON p.hour_ms = r.hour_ms
        WHERE s.workload_id <> '' AND p.pool <> 0 AND ${gross} > 0`,
    },
    {
      name: 'w_share',
      select: `
        WITH parties AS (
          SELECT hour_ms, party, ${d.wideDiv('(pool * place)', 'parties')} - ${d.wideDiv('(pool * (place - 1))', 'parties')} AS pool_part
          FROM (
            SELECT hour_ms, party, pool, CAST(row_number() OVER (PARTITION BY hour_ms ORDER BY party) AS BIGINT) AS place,
              CAST(count(*) OVER (PARTITION BY hour_ms) AS BIGINT) AS parties
            FROM (SELECT DISTINCT hour_ms, party, pool FROM w_receiver) AS of_hour
          ) AS numbered
        )
        SELECT hour_ms, subject_id, slot_start, ${d.wideDiv('(pool_part * upto)', 'total')} - ${d.wideDiv('(pool_part * (upto - gross))', 'total')} AS shared_picos
        FROM (
          SELECT r.hour_ms AS hour_ms, r.subject_id AS subject_id, r.slot_start AS slot_start, r.gross AS gross, p.pool_part AS pool_part,
            ${d.sumOver('r.gross', 'PARTITION BY r.hour_ms, r.party')} AS total,
            ${d.sumOver('r.gross', `PARTITION BY r.hour_ms, r.party ORDER BY r.device_id, r.workload_id, r.price_source, r.slot_start ${RUNNING}`)} AS upto
          FROM w_receiver AS r JOIN parties AS p ON p.hour_ms = r.hour_ms AND p.party = r.party
        ) AS running`,
    },
  ];
}
