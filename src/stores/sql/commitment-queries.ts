import type { CommitmentLine } from '../../domain/commitments/commitment-line.ts';
import { DAY_MS, HOUR_MS, type TimeWindow } from '../../domain/time/window.ts';
import type { Row, SqlEngine } from './engine.ts';

/** What all lines of one commitment and period that differ in nothing else have in common. */
const KINDS = ['id', 'seller', 'in_region', 'state', 'model', 'label', 'called', 'kind', 'unit'] as const;

/** A fee for longer than any month is paid ahead, for the whole term. */
const LONG_FEE_MS = 32 * DAY_MS;

/**
 * Lines that name a commitment, cut at slots and added up. A line is spread over its period by time, as the ledger spreads it, and what
 * lies outside of the window is not of it.
 */
export async function commitmentLines(
  engine: SqlEngine,
  { fromMs, toMs }: TimeWindow,
  slotMs: number,
): Promise<CommitmentLine[]> {
  const { dialect: d } = engine;
  const slot = (ms: string) => d.div(ms, String(slotMs));
  const upTo = (amount: string, ms: string) => d.wideDiv(`(${amount} * (${ms} - cs))`, '(ce - cs)');
  const [start, end] = [
    `greatest(slot_ms, cs, CAST(${fromMs} AS BIGINT))`,
    `least(slot_ms + ${slotMs}, ce, CAST(${toMs} AS BIGINT))`,
  ];
  const part = (amount: string) => d.sum(`${upTo(amount, end)} - ${upTo(amount, start)}`);
  const longest = (edge: string) =>
    `max(CASE WHEN state = 'fee' AND ce - cs > ${LONG_FEE_MS} THEN ${edge} ELSE 0 END)`;
  const kinds = KINDS.join(', ');
  const rows = await engine.read(`
    SELECT slot_ms, ${kinds}, ${part('amount')} AS t_picos, ${part('bought')} AS t_ticks, ${part('quantity')} AS t_quantity, min(stated) AS all_stated,
      ${longest('cs')} AS term_from, ${longest('ce')} AS term_to
    FROM (
      SELECT ${kinds}, cs, ce, amount, bought, quantity, CASE WHEN stated = lines THEN 1 ELSE 0 END AS stated,
        ${d.series(slot(`greatest(cs, CAST(${fromMs} AS BIGINT))`), `${slot(`least(ce, CAST(${toMs} AS BIGINT)) - 1`)} + 1`)} * ${slotMs} AS slot_ms
      FROM (
        SELECT commitment_id AS id, provider AS seller, region AS in_region,
          CASE WHEN category = 'Purchase' THEN 'fee' WHEN commitment_status = 'Unused' THEN 'unused' ELSE 'used' END AS state,
          CASE WHEN gpu_device = '' THEN '' ELSE gpu_model END AS model, commitment_name AS label, commitment_type AS called,
          commitment_category AS kind, commitment_unit AS unit, start_ms AS cs,
          CASE WHEN end_ms > start_ms THEN end_ms ELSE (${d.div('start_ms', String(HOUR_MS))} + 1) * ${HOUR_MS} END AS ce,
          ${d.sum(`CASE WHEN category = 'Purchase' THEN billed_picos ELSE coalesce(effective_picos, cost_picos) END`)} AS amount,
          ${d.sum('gpu_ticks')} AS bought, ${d.sum(`coalesce(commitment_quantity, ${d.wide('0')})`)} AS quantity,
          count(commitment_quantity) AS stated, count(*) AS lines
        FROM charge
        WHERE commitment_id <> '' AND category IN ('Usage', 'Purchase') AND start_ms < ${toMs} AND greatest(end_ms, start_ms + 1) > ${fromMs}
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
      ) AS periods WHERE ce > ${fromMs}
    ) AS exploded
    GROUP BY slot_ms, ${kinds} ORDER BY slot_ms, ${kinds}`);
  return rows.map(toLine);
}

function toLine(row: Row): CommitmentLine {
  const text = (column: (typeof KINDS)[number]) => String(row[column]) || null;
  return {
    slotMs: Number(row['slot_ms']),
    commitmentId: String(row['id']),
    provider: String(row['seller']),
    region: text('in_region'),
    state: String(row['state']) as CommitmentLine['state'],
    gpuModel: text('model'),
    name: text('label'),
    type: text('called'),
    category: text('kind') as CommitmentLine['category'],
    costPicos: BigInt(String(row['t_picos'])),
    gpuTicks: BigInt(String(row['t_ticks'])),
    quantityPicos: Number(row['all_stated']) === 1 ? BigInt(String(row['t_quantity'])) : null,
    unit: text('unit'),
    term:
      Number(row['term_to']) === 0
        ? null
        : { fromMs: Number(row['term_from']), toMs: Number(row['term_to']) },
  };
}
