import { BUCKETS } from '../../domain/ledger/buckets.ts';
import { MAX_BRIDGED_GAP_MS } from '../../domain/ledger/stays.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  formatInstant,
  HOUR_MS,
  parseInstant,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type {
  ChargeAggregate,
  ChargeDimension,
  ChargeQuery,
  Evidence,
  Extent,
  LedgerAggregate,
  LedgerDimension,
  LedgerFilter,
  LedgerQuery,
  Reconciliation,
  ServiceReconciliation,
  UnpricedItem,
} from '../../ports/store.ts';
import { basisOf, CONTRADICTORY } from './cells.ts';
import { type Dialect, quote } from './dialect.ts';
import type { Row, SqlEngine } from './engine.ts';
import { type LedgerRows, rowsIn, SUBJECT_COLUMNS } from './ledger-rows.ts';
import { measuresOf, toBig, toNumber } from './read-measures.ts';
import { ROLLED_UNTIL } from './roll-up-samples.ts';
import { FACT_TABLES, type FactTable, LEDGER_MEASURES } from './schema.ts';

const MEASURES = Object.keys(LEDGER_MEASURES);
const GROSS_PICOS = BUCKETS.map((bucket) => `l.${bucket}_picos`).join(' + ');
const GROSS_TICKS = BUCKETS.map((bucket) => `l.${bucket}_ticks`).join(' + ');

/** Hours in which workloads, nodes or charges with these attribute sets appear. */
export function staleBySets(ids: string): string {
  const never = '9007199254740991';
  const open = `coalesce(end_ms, ${never})`;
  return `
    INSERT INTO stale SELECT min(lo) AS lo_ms, max(hi) AS hi_ms, 0 AS paid FROM (
      SELECT min(start_ms) AS lo, max(${open}) AS hi, count(*) AS n FROM allocation WHERE workload_id IN (SELECT workload_id FROM workload WHERE set_id IN (${ids}))
      UNION ALL
      SELECT min(start_ms) AS lo, max(${open}) AS hi, count(*) AS n FROM capacity WHERE place_id IN (SELECT place_id FROM place WHERE set_id IN (${ids}))
      UNION ALL
      SELECT min(start_ms) AS lo, max(greatest(end_ms, start_ms + 1)) AS hi, count(*) AS n FROM charge WHERE set_id IN (${ids})
    ) AS spans WHERE n > 0 HAVING count(*) > 0`;
}

/** Hours in which devices with these price keys are paid for. */
export function staleByPriceKeys(ids: string): string {
  return `
    INSERT INTO stale SELECT min(c.start_ms) AS lo, max(coalesce(c.end_ms, 9007199254740991)) AS hi, 0 AS paid
    FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id WHERE p.price_key_id IN (${ids}) HAVING count(*) > 0`;
}

/** First and last instant that any fact reaches, or a ledger row that outlived its facts, and how many facts reach beyond what is built. */
export function factExtent(untilMs: EpochMs, builtUntilMs: EpochMs): string {
  return `
    SELECT min(lo) AS lo, max(hi) AS hi, sum(open_n) AS open FROM (
      SELECT min(start_ms) AS lo, max(coalesce(end_ms, ${untilMs})) AS hi, coalesce(sum(CASE WHEN end_ms IS NULL OR end_ms > ${builtUntilMs} THEN 1 ELSE 0 END), 0) AS open_n, count(*) AS n FROM capacity
      UNION ALL
      SELECT min(first_ms) AS lo, max(last_ms) AS hi, coalesce(sum(CASE WHEN last_ms > ${builtUntilMs} THEN 1 ELSE 0 END), 0) AS open_n, count(*) AS n FROM evidence
      UNION ALL
      SELECT min(start_ms) AS lo, max(greatest(end_ms, start_ms + 1)) AS hi, 0 AS open_n, count(*) AS n FROM charge
      UNION ALL
      SELECT min(hour_ms) AS lo, max(hour_ms) + ${HOUR_MS} AS hi, 0 AS open_n, count(*) AS n FROM ledger
    ) AS spans WHERE n > 0`;
}

/** Where the earliest gap begins that is bridged by a machine which comes back in these hours. One row, or none. */
export function gapBefore(fromMs: EpochMs, toMs: EpochMs): string {
  return `
    SELECT min(gap_ms) AS lo FROM (
      SELECT argMax(m.end_ms, m.start_ms) AS gap_ms
      FROM (SELECT device_id, node_life, start_ms FROM capacity WHERE node_life <> '' AND start_ms >= ${fromMs} AND start_ms < ${toMs}) AS r
      JOIN capacity AS m ON m.device_id = r.device_id AND m.node_life = r.node_life
      WHERE m.start_ms < r.start_ms AND m.end_ms > r.start_ms - ${MAX_BRIDGED_GAP_MS} AND m.end_ms < ${fromMs}
      GROUP BY r.device_id, r.start_ms
    ) AS gaps HAVING count(*) > 0`;
}

export function datasetSpan(datasetId: number): string {
  const time: Record<FactTable, [string, string] | undefined> = {
    capacity: ['start_ms', 'coalesce(end_ms, start_ms)'],
    allocation: ['start_ms', 'coalesce(end_ms, start_ms)'],
    usage: ['at_ms', 'at_ms + interval_ms'],
    charge: ['start_ms', 'end_ms'],
    run: ['coalesce(start_ms, queued_ms)', 'coalesce(end_ms, start_ms, queued_ms)'],
    checkpoint: ['at_ms', 'at_ms'],
    request: ['start_ms', 'start_ms'],
    traffic: ['start_ms', 'end_ms'],
    score: ['at_ms', 'at_ms'],
    revenue: ['from_ms', 'from_ms'],
    queue: ['start_ms', 'end_ms'],
    taken: ['at_ms', 'at_ms'],
    workload: undefined,
  };
  const spans = FACT_TABLES.flatMap((table) => {
    const columns = time[table];
    return columns
      ? [
          `SELECT min(${columns[0]}) AS lo, max(${columns[1]}) AS hi, count(*) AS n FROM "${table}" WHERE dataset_id = ${datasetId}`,
        ]
      : [];
  });
  return `SELECT min(lo) AS lo, max(hi) AS hi FROM (${spans.join(' UNION ALL ')}) AS spans WHERE n > 0`;
}

export async function ledger(engine: SqlEngine, query: LedgerQuery): Promise<LedgerAggregate[]> {
  const { dialect } = engine;
  const rows = rowsIn(dialect, query);
  const [source, hasEstimate] = [rows.column('price_source'), rows.column('has_estimate')];
  const dimensions = query.by.map((dimension, index) => ({
    dimension,
    alias: `d${index}`,
    sql: dimensionSql(dialect, dimension, rows),
  }));
  const measures = [
    ...MEASURES.map((column) => `${dialect.sum(`l.${column}`)} AS t_${column}`),
    `${dialect.sum(`CASE WHEN ${source} = 'unpriced' THEN ${GROSS_TICKS} ELSE 0 END`)} AS t_unpriced_ticks`,
    `${dialect.sum(`CASE WHEN ${source} IN ('bill', 'none') THEN ${dialect.wide('0')} ELSE ${GROSS_PICOS} END`)} AS t_estimated_picos`,
    `${dialect.sum(`CASE WHEN ${hasEstimate} = 1 THEN ${GROSS_PICOS} - l.estimate_picos ELSE ${dialect.wide('0')} END`)} AS t_true_up_picos`,
  ];
  const where = (query.filters ?? []).map((filter) => filterSql(dialect, filter, rows));
  const groups = dimensions.map(({ alias }) => alias).join(', ');
  const found = await engine.read(`
    SELECT ${[...dimensions.map(({ sql, alias }) => `${sql} AS ${alias}`), ...measures].join(', ')}
    FROM ${rows.from} ${tagJoins(query)}
    ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
    ${groups ? `GROUP BY ${groups} ORDER BY ${groups}` : ''}`);
  return found.map((row) => toAggregate(row, dimensions));
}

/** A number, which is grouped faster than the text that is made of it once for each row of the answer. */
function dayOf(dialect: Dialect): string {
  return `${dialect.div('l.at_ms', String(DAY_MS))} * ${DAY_MS}`;
}

function dimensionSql(dialect: Dialect, dimension: LedgerDimension, rows: LedgerRows): string {
  if (dimension === 'day') return dayOf(dialect);
  if (dimension === 'hour') return 'l.at_ms';
  if (dimension === 'workload') {
    return `CASE WHEN s.workload_id <> '' THEN s.workload_name WHEN s.device_id <> '' THEN 'nobody' ELSE 'none' END`;
  }
  if (dimension.startsWith('tag:')) {
    const key = dimension.slice(4);
    const [w, n, b] = ['tw', 'tn', 'tb'].map((table) => dialect.jsonText(`${table}.owner`, key));
    return `CASE WHEN ${w} <> '' THEN ${w} WHEN ${n} <> '' THEN ${n} WHEN ${b} <> '' THEN ${b} WHEN s.workload_id <> '' THEN 'untagged' ELSE 'nobody' END`;
  }
  const column = rows.column(SUBJECT_COLUMNS[dimension]!);
  return `CASE WHEN ${column} = '' THEN 'none' ELSE ${column} END`;
}

function tagJoins({ by, filters }: LedgerQuery): string {
  const needsTags = [...by, ...(filters ?? []).map((filter) => filter.dimension)].some((name) =>
    name.startsWith('tag:'),
  );
  if (!needsTags) return '';
  return [
    ['tw', 'workload_set'],
    ['tn', 'node_set'],
    ['tb', 'bill_set'],
  ]
    .map(([alias, column]) => `JOIN attribute_set AS ${alias} ON ${alias}.set_id = s.${column}`)
    .join(' ');
}

function filterSql(dialect: Dialect, { dimension, values }: LedgerFilter, rows: LedgerRows): string {
  const sql = dimension === 'day' ? dialect.day('l.at_ms') : dimensionSql(dialect, dimension, rows);
  // Hours are numbers inside and instants outside; a text that is none names no hour.
  const literals =
    dimension === 'hour'
      ? values.map((value) => String(parseInstant(value) ?? -1))
      : values.map((value) => quote(dialect, value));
  return literals.length > 0 ? `${sql} IN (${literals.join(', ')})` : '1 = 0';
}

function toAggregate(row: Row, dimensions: readonly { dimension: string; alias: string }[]): LedgerAggregate {
  return {
    key: Object.fromEntries(
      dimensions.map(({ dimension, alias }) => [dimension, keyText(dimension, row[alias])]),
    ),
    ...measuresOf(row, 't_'),
  };
}

function keyText(dimension: string, value: unknown): string {
  if (dimension === 'hour') return formatInstant(Number(value));
  return dimension === 'day' ? formatDay(Number(value)) : String(value);
}

export async function charges(engine: SqlEngine, { window, by }: ChargeQuery): Promise<ChargeAggregate[]> {
  const { dialect } = engine;
  const dimensions = by.map((dimension, index) => ({
    dimension,
    alias: `d${index}`,
    sql: chargeDimensionSql(dialect, dimension),
  }));
  const groups = dimensions.map(({ alias }) => alias).join(', ');
  const sums = ['billed', 'effective', 'list', 'contracted', 'cost'].map(
    (name) => `${dialect.sum(`coalesce(c.${name}_picos, ${dialect.wide('0')})`)} AS t_${name}`,
  );
  const rows = await engine.read(`
    SELECT ${[...dimensions.map(({ sql, alias }) => `${sql} AS ${alias}`), 'count(*) AS n', ...sums].join(', ')}
    FROM charge AS c JOIN attribute_set AS a ON a.set_id = c.set_id
    WHERE c.start_ms >= ${window.fromMs} AND c.start_ms < ${window.toMs}
    ${groups ? `GROUP BY ${groups} ORDER BY ${groups}` : ''}`);
  return rows.map((row) => ({
    key: Object.fromEntries(dimensions.map(({ dimension, alias }) => [dimension, String(row[alias])])),
    rows: Number(row['n']),
    billedPicos: toBig(row['t_billed']),
    effectivePicos: toBig(row['t_effective']),
    listPicos: toBig(row['t_list']),
    contractedPicos: toBig(row['t_contracted']),
    costPicos: toBig(row['t_cost']),
  }));
}

const CHARGE_COLUMNS: Partial<Record<ChargeDimension, string>> = {
  provider: 'c.provider',
  account: `CASE WHEN a.account <> '' THEN a.account WHEN c.sub_account <> '' THEN c.sub_account ELSE c.billing_account END`,
  service: 'c.service',
  serviceCategory: 'c.service_category',
  category: 'c.category',
  sku: 'c.sku',
  region: 'c.region',
  resource: 'c.resource_id',
  pricingCategory: 'c.pricing_category',
  commitment: 'c.commitment_id',
};

function chargeDimensionSql(dialect: Dialect, dimension: ChargeDimension): string {
  switch (dimension) {
    case 'day':
      return dialect.day('c.start_ms');
    case 'use':
      return `CASE WHEN c.gpu_device <> '' THEN 'gpu' WHEN a.owner = '{}' THEN 'shared' ELSE 'direct' END`;
    case 'team':
    case 'model':
    case 'environment':
      return `CASE WHEN a.${dimension} = '' THEN 'untagged' ELSE a.${dimension} END`;
    default: {
      const column = CHARGE_COLUMNS[dimension];
      return `CASE WHEN (${column}) = '' THEN 'none' ELSE ${column} END`;
    }
  }
}

/**
 * The bill beside the ledger. Charges that the window cuts are taken whole: both sides are compared over the window widened to whole
 * charge periods, as far as the ledger reaches, and what the window itself holds of the bill is then what the ledger holds, less
 * the difference.
 */
export async function reconcile(engine: SqlEngine, window: TimeWindow): Promise<Reconciliation> {
  const whole = await widenToChargePeriods(engine, window);
  const days = { fromMs: floorToDay(whole.fromMs), toMs: floorToDay(whole.toMs - 1) + DAY_MS };
  const bills = await billByDay(engine, days);
  const kept = await costByDay(engine, days);
  const isWhole = days.fromMs === window.fromMs && days.toMs === window.toMs;
  const inWindow = isWhole ? kept : await costByDay(engine, window);

  const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);
  const difference = sum([...kept.values()].map((day) => day.ledgerPicos)) - sum(bills.values());
  const ledgerPicos = sum([...inWindow.values()].map((day) => day.ledgerPicos));
  const byDay = [...new Set([...bills.keys(), ...kept.keys()])].sort().map((day) => ({
    day,
    billPicos: bills.get(day) ?? 0n,
    ledgerPicos: kept.get(day)?.ledgerPicos ?? 0n,
    estimatedPicos: kept.get(day)?.estimatedPicos ?? 0n,
  }));
  return {
    billPicos: ledgerPicos - difference,
    ledgerPicos,
    estimatedPicos: sum([...inWindow.values()].map((day) => day.estimatedPicos)),
    byDay: byDay.filter(({ day }) => {
      const at = Date.parse(day);
      return at + DAY_MS > window.fromMs && at < window.toMs;
    }),
  };
}

/** Widening may meet further charges; a bill with chains longer than this is compared where they are cut. */
const WIDENINGS = 4;

async function widenToChargePeriods(engine: SqlEngine, { fromMs, toMs }: TimeWindow): Promise<TimeWindow> {
  const kept = await keptHours(engine);
  if (!kept) return { fromMs, toMs };
  const ledgerEnd = kept.toMs;
  let widened = { fromMs, toMs: Math.max(fromMs + HOUR_MS, Math.min(toMs, ledgerEnd)) };
  for (let round = 0; round < WIDENINGS; round++) {
    const cuts = (at: EpochMs) => `(start_ms < ${at} AND end_ms > ${at})`;
    const [row] = await engine.read(
      `SELECT min(start_ms) AS lo, max(end_ms) AS hi, count(*) AS n FROM charge WHERE ${cuts(widened.fromMs)} OR ${cuts(widened.toMs)}`,
    );
    if (Number(row!['n']) === 0) break;
    const next = {
      fromMs: Math.min(widened.fromMs, Number(row!['lo'])),
      toMs: Math.min(Math.max(widened.toMs, Number(row!['hi'])), Math.max(ledgerEnd, widened.toMs)),
    };
    if (next.fromMs === widened.fromMs && next.toMs === widened.toMs) break;
    widened = next;
  }
  return widened;
}

/** What each UTC day has of the bill. */
async function billByDay(engine: SqlEngine, days: TimeWindow): Promise<Map<string, bigint>> {
  const { dialect: d } = engine;
  const rows = await engine.read(
    `SELECT day_ms, ${d.sum('part')} AS bill FROM (${partsOfBill(d, days)}) AS parts GROUP BY day_ms`,
  );
  return new Map(rows.map((row) => [formatDay(Number(row['day_ms'])), toBig(row['bill'])]));
}

/** `day_ms` and `part` of whole UTC days of the bill, by time, rounded as the ledger rounds it: over what is alike in it. */
function partsOfBill(d: Dialect, { fromMs, toMs }: TimeWindow): string {
  const upTo = (at: string) => d.wideDiv(`(amount * (${at} - cs))`, '(ce - cs)');
  return `
      SELECT day_ms, gpu_device, set_id, service, ${upTo(`least(day_ms + ${DAY_MS}, ce)`)} - ${upTo('greatest(day_ms, cs)')} AS part
      FROM (
        SELECT cs, ce, amount, gpu_device, set_id, service,
          ${d.series(d.div(`greatest(cs, CAST(${fromMs} AS BIGINT))`, String(DAY_MS)), `${d.div(`least(ce, CAST(${toMs} AS BIGINT)) - 1`, String(DAY_MS))} + 1`)} * ${DAY_MS} AS day_ms
        FROM (
          SELECT start_ms AS cs, CASE WHEN end_ms > start_ms THEN end_ms ELSE (${d.div('start_ms', String(HOUR_MS))} + 1) * ${HOUR_MS} END AS ce,
            gpu_device, set_id, provider, region, sub_account, service, ${d.sum('cost_picos')} AS amount
          FROM charge WHERE start_ms < ${toMs} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        ) AS periods WHERE ce > ${fromMs}
      ) AS exploded`;
}

type DaySums = { ledgerPicos: bigint; estimatedPicos: bigint };

async function costByDay(engine: SqlEngine, window: TimeWindow): Promise<Map<string, DaySums>> {
  const { dialect: d } = engine;
  const { from, column } = rowsIn(d, { window, by: ['day'] });
  const isBilled = `${column('price_source')} = 'bill'`;
  // Shared costs are spread over rows of every price; they come from the bill all the same.
  const ofBill = `CASE WHEN ${isBilled} THEN ${GROSS_PICOS} ELSE ${d.wide('0')} END + l.direct_picos + l.shared_picos`;
  const estimated = `CASE WHEN ${isBilled} THEN ${d.wide('0')} ELSE ${GROSS_PICOS} END`;
  const rows = await engine.read(`
    SELECT ${dayOf(d)} AS day_ms, ${d.sum(ofBill)} AS t_ledger, ${d.sum(estimated)} AS t_estimated
    FROM ${from} GROUP BY 1`);
  return new Map(
    rows.map((row) => [
      formatDay(Number(row['day_ms'])),
      { ledgerPicos: toBig(row['t_ledger']), estimatedPicos: toBig(row['t_estimated']) },
    ]),
  );
}

/** The bill beside the ledger by service: GPU time, direct charges, and all that is shared in one. */
export async function reconcileServices(
  engine: SqlEngine,
  window: TimeWindow,
): Promise<ServiceReconciliation[]> {
  if (window.toMs <= window.fromMs) return [];
  const { dialect: d } = engine;
  const days = { fromMs: floorToDay(window.fromMs), toMs: floorToDay(window.toMs - 1) + DAY_MS };
  const use = `CASE WHEN p.gpu_device <> '' THEN 'gpu' WHEN a.owner = '{}' THEN 'shared' ELSE 'direct' END`;
  const bills = await engine.read(`
    SELECT ${use} AS spent_on, CASE WHEN p.gpu_device <> '' THEN a.service ELSE p.service END AS service, ${d.sum('p.part')} AS amount
    FROM (${partsOfBill(d, days)}) AS p JOIN attribute_set AS a ON a.set_id = p.set_id GROUP BY 1, 2`);
  const { from, column } = rowsIn(d, { window: days, by: ['service', 'priceSource'] });
  const billed = `CASE WHEN ${column('price_source')} = 'bill' THEN ${GROSS_PICOS} ELSE ${d.wide('0')} END`;
  const kept = await engine.read(`
    SELECT ${column('service')} AS service, ${d.sum(billed)} AS t_gpu, ${d.sum('l.direct_picos')} AS t_direct, ${d.sum('l.shared_picos')} AS t_shared
    FROM ${from} GROUP BY 1`);

  const lines = new Map<
    string,
    { -readonly [Key in keyof ServiceReconciliation]: ServiceReconciliation[Key] }
  >();
  const lineOf = (kind: ServiceReconciliation['use'], named: unknown) => {
    const service = kind === 'shared' ? null : String(named) || 'none';
    const key = JSON.stringify([kind, service]);
    const line = lines.get(key) ?? { service, use: kind, billPicos: 0n, ledgerPicos: 0n };
    lines.set(key, line);
    return line;
  };
  for (const row of bills)
    lineOf(row['spent_on'] as ServiceReconciliation['use'], row['service']).billPicos += toBig(row['amount']);
  for (const row of kept)
    for (const kind of ['gpu', 'direct', 'shared'] as const)
      lineOf(kind, row['service']).ledgerPicos += toBig(row[`t_${kind}`]);
  return [...lines]
    .filter(([, { billPicos, ledgerPicos }]) => billPicos !== 0n || ledgerPicos !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, line]) => line);
}

export async function unpriced(engine: SqlEngine, window: TimeWindow): Promise<UnpricedItem[]> {
  const { dialect: d } = engine;
  const { from, column } = rowsIn(d, { window, by: [] });
  const kinds = ['gpu_model', 'provider', 'instance_type', 'lifecycle'];
  const rows = await engine.read(`
    SELECT ${kinds.map((name) => `${column(name)} AS ${name}`).join(', ')}, ${d.sum(GROSS_TICKS)} AS ticks
    FROM ${from}
    WHERE ${column('price_source')} = 'unpriced'
    GROUP BY ${kinds.map(column).join(', ')} ORDER BY ticks DESC, gpu_model`);
  return rows.map((row) => ({
    gpuModel: String(row['gpu_model']),
    provider: String(row['provider']) || null,
    instanceType: String(row['instance_type']) || null,
    lifecycle: String(row['lifecycle']) as UnpricedItem['lifecycle'],
    ticks: toBig(row['ticks']),
  }));
}

/** From the first hour of the ledger to the end of the last: looked up in its first and last day, since the whole is long. */
async function keptHours(engine: SqlEngine): Promise<TimeWindow | null> {
  const [days] = await engine.read(
    'SELECT min(day_ms) AS lo, max(day_ms) AS hi, count(*) AS n FROM ledger_day_owner',
  );
  if (Number(days!['n']) === 0) return null;
  const endOfFirst = Number(days!['lo']) + DAY_MS;
  const [hours] = await engine.read(`
    SELECT min(hour_ms) AS lo, max(hour_ms) AS hi FROM (
      SELECT hour_ms FROM ledger WHERE hour_ms < ${endOfFirst} UNION ALL SELECT hour_ms FROM ledger WHERE hour_ms >= ${Number(days!['hi'])}
    ) AS edges`);
  return { fromMs: Number(hours!['lo']), toMs: Number(hours!['hi']) + HOUR_MS };
}

export async function extent(engine: SqlEngine): Promise<Extent> {
  const one = async (sql: string) => (await engine.read(sql))[0] ?? {};
  const newest = async (table: string, column: string) => {
    const row = await one(`SELECT max(${column}) AS ms, count(*) AS n FROM ${table}`);
    return Number(row['n']) === 0 ? null : toNumber(row['ms']);
  };
  return {
    ledger: await keptHours(engine),
    newest: {
      usageMs: await newest('"usage"', 'at_ms'),
      capacityMs: await newest('capacity', 'coalesce(end_ms, start_ms)'),
      allocationMs: await newest('allocation', 'coalesce(end_ms, start_ms)'),
      chargeMs: await newest('charge', 'end_ms'),
      runMs: await newest('run', 'coalesce(end_ms, start_ms, queued_ms, 0)'),
      trafficMs: await newest('traffic', 'end_ms'),
      requestMs: await newest('request', 'start_ms'),
    },
  };
}

export async function evidence(engine: SqlEngine, deviceId: string, hourMs: EpochMs): Promise<Evidence> {
  const { dialect: d } = engine;
  const device = quote(d, deviceId);
  const toMs = hourMs + HOUR_MS;
  const slots = await engine.read(`
    SELECT greatest(c.start_ms, r.from_ms) AS start_ms, least(coalesce(c.end_ms, ${toMs}), r.to_ms) AS end_ms, p.node AS node, p.gpu_model AS gpu_model, p.gpu_parts AS gpu_parts, p.lifecycle AS lifecycle,
      r.source AS source, r.per_gpu_hour_picos AS picos, r.price_date AS price_date, r.reference AS reference, t.name AS dataset
    FROM capacity AS c JOIN place AS p ON p.place_id = c.place_id JOIN rate AS r ON r.price_key_id = p.price_key_id
    JOIN dataset AS t ON t.dataset_id = c.dataset_id
    WHERE c.device_id = ${device} AND c.start_ms < ${toMs} AND coalesce(c.end_ms, ${toMs}) > ${hourMs} AND r.from_ms < ${toMs} AND r.to_ms > ${hourMs}
      AND greatest(c.start_ms, r.from_ms) < least(coalesce(c.end_ms, ${toMs}), r.to_ms)
    ORDER BY start_ms, r.from_ms, c.start_ms`);
  const allocations = await engine.read(`
    SELECT a.workload_id AS workload_id, coalesce(w.name, a.workload_id) AS workload, a.share_parts AS share_parts,
      a.start_ms AS start_ms, a.end_ms AS end_ms, a.lost_from_ms AS lost_from_ms, t.name AS dataset
    FROM allocation AS a JOIN dataset AS t ON t.dataset_id = a.dataset_id LEFT JOIN workload AS w ON w.workload_id = a.workload_id
    WHERE a.device_id = ${device} AND a.start_ms < ${toMs} AND coalesce(a.end_ms, ${toMs}) > ${hourMs} ORDER BY a.start_ms, a.workload_id`);
  const samples = await engine.read(`
    SELECT u.at_ms AS at_ms, u.interval_ms AS interval_ms, u.busy_ppm AS busy_ppm, u.effective_ppm AS effective_ppm, u.basis AS basis, t.name AS dataset
    FROM "usage" AS u JOIN dataset AS t ON t.dataset_id = u.dataset_id
    WHERE u.device_id = ${device} AND u.at_ms >= ${hourMs - HOUR_MS} AND u.at_ms < ${toMs} ORDER BY u.at_ms`);
  const [rolled] = await engine.read(`SELECT content FROM note WHERE name = '${ROLLED_UNTIL}'`);
  const chargeRows = await engine.read(`
    SELECT c.at_where AS at_where, c.description AS description, c.cost_picos AS picos, t.name AS dataset
    FROM charge AS c JOIN dataset AS t ON t.dataset_id = c.dataset_id
    WHERE c.gpu_device <> '' AND c.start_ms < ${toMs} AND c.end_ms > ${hourMs}
      AND (c.gpu_device = ${device} OR (c.resource_key <> '' AND c.resource_key IN (
        SELECT p.resource_key FROM capacity AS k JOIN place AS p ON p.place_id = k.place_id WHERE k.device_id = ${device})))
    ORDER BY c.start_ms, c.at_where`);
  const rows = await ledger(engine, {
    window: { fromMs: hourMs, toMs },
    by: ['hour', 'device', 'workload', 'team', 'node', 'gpuModel', 'priceSource'],
    filters: [{ dimension: 'device', values: [deviceId] }],
  });
  return {
    slots: slots.map((row) => ({
      startMs: Math.max(Number(row['start_ms']), hourMs),
      endMs: Math.min(Number(row['end_ms']), toMs),
      node: String(row['node']),
      gpuModel: String(row['gpu_model']),
      gpuParts: Number(row['gpu_parts']),
      lifecycle: String(row['lifecycle']) as UnpricedItem['lifecycle'],
      priceSource: String(row['source']) as Evidence['slots'][number]['priceSource'],
      perGpuHourPicos: row['source'] === 'unpriced' ? null : toBig(row['picos']),
      priceDate: String(row['price_date']) || null,
      priceReference: String(row['reference']) || null,
      capacityDataset: String(row['dataset']),
    })),
    allocations: allocations.map((row) => ({
      workloadId: String(row['workload_id']),
      workload: String(row['workload']),
      shareParts: Number(row['share_parts']),
      startMs: Number(row['start_ms']),
      endMs: toNumber(row['end_ms']),
      lostFromMs: toNumber(row['lost_from_ms']),
      dataset: String(row['dataset']),
    })),
    isRolledUp: hourMs < Number(rolled?.['content'] ?? '0') && looksRolledUp(samples, hourMs),
    samples: samples.map((row) => ({
      atMs: Number(row['at_ms']),
      intervalMs: Number(row['interval_ms']),
      busyPpm: toNumber(row['busy_ppm']),
      effectivePpm: toNumber(row['effective_ppm']),
      basis: basisOf(Number(row['basis'])),
      isContradictory: Number(row['basis']) === CONTRADICTORY,
      dataset: String(row['dataset']),
    })),
    charges: chargeRows.map((row) => ({
      where: String(row['at_where']),
      description: String(row['description']) || null,
      costPicos: toBig(row['picos']),
      dataset: String(row['dataset']),
    })),
    rows,
  };
}

/** At most three stretches that fill the hour. */
function looksRolledUp(samples: readonly Row[], hourMs: EpochMs): boolean {
  const inHour = samples.filter((row) => Number(row['at_ms']) >= hourMs);
  return inHour.length <= 3 && inHour.reduce((sum, row) => sum + Number(row['interval_ms']), 0) === HOUR_MS;
}
