/**
 * How long the server works on a page over a year of hourly ledger for 1,000 GPUs: the first page of the dashboard, and the queries behind
 * the others one by one. Prints percentiles; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/report-page.ts [gpus] [days] [rounds]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportHealth } from '../src/app/health/report-health.ts';
import { overview } from '../src/app/overview.ts';
import { searchNames } from '../src/app/search-names.ts';
import type { TareSettings } from '../src/app/tare.ts';
import { DAY_MS, HOUR_MS } from '../src/domain/time/window.ts';
import { TICKS_PER_GPU_HOUR } from '../src/domain/units/gpu-time.ts';
import type { LedgerDimension } from '../src/ports/store.ts';
import { openDuckDbEngine } from '../src/stores/duckdb/duckdb-engine.ts';
import { sumLedgerAgain } from '../src/stores/sql/ledger-sums.ts';
import { migrate } from '../src/stores/sql/migrations.ts';
import { columnsOf, type TableName } from '../src/stores/sql/schema.ts';
import { openSqlStore } from '../src/stores/sql/sql-store.ts';

const gpus = Number(process.argv[2] ?? 1000);
const days = Number(process.argv[3] ?? 365);
const rounds = Number(process.argv[4] ?? 100);
const end = Date.UTC(2027, 0, 1);
const start = end - days * DAY_MS;
/** Hours that one job holds a GPU; each is a subject of its own. */
const JOB_HOURS = 16;
const jobs = Math.ceil((days * 24) / JOB_HOURS) + 1;
const path = join(tmpdir(), `tare-report-page-${process.pid}.duckdb`);

const engine = await openDuckDbEngine(`duckdb:${path}?memory_limit=4GB&threads=2`);
await migrate(engine, () => '');
const store = await openSqlStore(engine);
await generateSubjects();
await generateLedger();
await sumLedgerAgain(engine, { fromMs: start, toMs: end }, end);
await engine.run('CHECKPOINT');

const year = { fromMs: start, toMs: end };
const month = { fromMs: end - Math.min(days, 31) * DAY_MS, toMs: end };
const day = { fromMs: end - DAY_MS, toMs: end };
const settings: TareSettings = {
  currency: 'USD',
  shared: 'proportional',
  maxHoldIntervals: 2,
  exchangeRates: {},
  owners: { team: ['label:team'], model: ['label:model'], environment: ['label:env'] },
};
const parts = { store, settings, clock: { nowMs: () => end } };
const by =
  (window: typeof year, ...dimensions: LedgerDimension[]) =>
  () =>
    store.ledger({ window, by: dimensions });

const sizes = await Promise.all(
  (
    [
      'ledger',
      'ledger_day',
      'ledger_day_group',
      'ledger_day_owner',
      'ledger_span_node',
      'subject',
      'subject_group',
    ] as const
  ).map(countOf),
);
console.log(
  `${gpus} GPUs × ${days} days: ${sizes.map(({ table, rows }) => `${rows} rows of ${table}`).join(', ')}; ${rounds} rounds`,
);
console.log('                                         p50       p95');
await report('first page, a month', () => overview(parts, month));
await report('first page, the year', () => overview(parts, year));
await report('ledger by day, the year', by(year, 'day'));
await report('ledger by team, the year', by(year, 'team'));
await report('ledger by team and day, the year', by(year, 'team', 'day'));
await report('ledger by workload, the year', by(year, 'workload'));
await report('ledger by node, the year', by(year, 'node'));
await report('ledger by workload, a month', by(month, 'workload'));
await report('ledger by hour and team, a day', by(day, 'hour', 'team'));
await report('reconciliation, the year', () => store.reconcile(year));
await report('data health, a month', () => reportHealth(parts, month));
await report('data health, the year', () => reportHealth(parts, year));
await report('extent', () => store.extent());
for (const text of ['job-1', 'GPU-0000', 'e'])
  await report(`names with "${text}"`, () => searchNames(store, { text, limit: 30 }));
await store.close();
rmSync(path, { force: true });

async function report(name: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    await work();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  const at = (fraction: number) =>
    `${times[Math.min(times.length - 1, Math.floor(times.length * fraction))]!.toFixed(1).padStart(7)} ms`;
  console.log(`${name.padEnd(36)} ${at(0.5)} ${at(0.95)}`);
}

async function countOf(table: TableName): Promise<{ table: string; rows: number }> {
  const [row] = await engine.rows(`SELECT count(*) AS n FROM ${table}`);
  return { table, rows: Number(row!['n']) };
}

/** One subject for each job on each GPU, and for each GPU one that nobody holds. Subject `gpu × jobs + job`; 40 workloads of each of 9 teams. */
async function generateSubjects(): Promise<void> {
  const isNobody = 'j = 0';
  const place = '(j + g // 9) % 40';
  const workload = `'team-' || g % 9 || '/job-' || ${place}`;
  const values: Readonly<Record<string, string>> = {
    subject_id: `CAST(g * ${jobs} + j AS INTEGER)`,
    group_id: `CASE WHEN ${isNobody} THEN 1000000 ELSE (g % 9) * 40 + ${place} END`,
    identity: 'md5(g::VARCHAR || j::VARCHAR)',
    device_id: `'GPU-' || lpad(format('{:x}', g), 8, '0') || '-5a1e-4b1f-9c53-0123456789ab'`,
    workload_id: `CASE WHEN ${isNobody} THEN '' ELSE ${workload} END`,
    workload_name: `CASE WHEN ${isNobody} THEN '' ELSE ${workload} END`,
    kind: `CASE WHEN ${isNobody} THEN 'none' WHEN ${place} % 3 = 0 THEN 'inference' ELSE 'training' END`,
    team: `CASE WHEN ${isNobody} THEN 'nobody' ELSE 'team-' || g % 9 END`,
    model: `CASE WHEN ${isNobody} THEN 'nobody' ELSE 'model-' || ${place} % 25 END`,
    environment: `CASE WHEN ${isNobody} THEN 'nobody' ELSE 'production' END`,
    node: `'node-' || g // 8`,
    pool: `'train'`,
    gpu_model: `'H100-SXM5-80GB'`,
    lifecycle: `'on_demand'`,
    provider: `'aws'`,
    region: `'us-east-1'`,
    instance_type: `'p5.48xlarge'`,
    account: `''`,
    service: `''`,
    price_source: `'contract'`,
  };
  const insert = (table: 'subject' | 'subject_group', of: string) =>
    engine.run(
      `INSERT INTO ${table} SELECT ${columnsOf(table)
        .map((column) => values[column] ?? '0')
        .join(', ')} FROM ${of}`,
    );
  await insert('subject', `range(0, ${gpus}) AS gpus(g), range(0, ${jobs}) AS jobs(j)`);
  await insert(
    'subject_group',
    `range(0, 9) AS gpus(g), range(0, 41) AS jobs(j) WHERE j BETWEEN 1 AND 40 OR (j = 0 AND g = 0)`,
  );
}

/** One row for each GPU and hour, at hours of change one more that nobody holds. Activities and prices are pseudo-random. */
async function generateLedger(): Promise<void> {
  const columns: Readonly<Record<string, string>> = {
    hour_ms: `${start} + h * ${HOUR_MS}`,
    subject_id: `CAST(CASE WHEN held THEN g * ${jobs} + 1 + h // ${JOB_HOURS} ELSE g * ${jobs} END AS INTEGER)`,
    unallocated_ticks: 'CASE WHEN held THEN 0 ELSE ticks END',
    idle_ticks: 'CASE WHEN held THEN idle ELSE 0 END',
    underused_ticks: 'CASE WHEN held THEN underused ELSE 0 END',
    productive_ticks: 'CASE WHEN held THEN ticks - idle - underused ELSE 0 END',
    unallocated_picos: 'CASE WHEN held THEN 0 ELSE ticks END',
    idle_picos: 'CASE WHEN held THEN idle + 7 ELSE 0 END',
    underused_picos: 'CASE WHEN held THEN underused + 7 ELSE 0 END',
    productive_picos: 'CASE WHEN held THEN ticks - idle - underused - 14 ELSE 0 END',
    sm_active_ticks: 'CASE WHEN held THEN ticks ELSE 0 END',
  };
  await engine.run(`
    INSERT INTO ledger SELECT ${columnsOf('ledger')
      .map((column) => columns[column] ?? '0')
      .join(', ')}
    FROM (
      SELECT h, g, held, ${TICKS_PER_GPU_HOUR} // parts AS ticks,
        CAST(hash(h * 1000 + g) % 1000000000000 AS BIGINT) AS idle, CAST(hash(h * 1001 + g) % 400000000000 AS BIGINT) AS underused
      FROM (
        SELECT h, g, CASE WHEN h % ${JOB_HOURS} = 0 THEN 2 ELSE 1 END AS parts, unnest([true, false]) AS held
        FROM range(0, ${days * 24}) AS hours(h), range(0, ${gpus}) AS gpus(g)
      ) AS halves
      WHERE held OR parts = 2
    ) AS measured`);
}
