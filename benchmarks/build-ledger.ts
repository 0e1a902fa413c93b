/**
 * How long it takes to build the ledger of 1,000 GPUs × 30 days × 1-minute samples (43.2 million rows), beside the aggregate that one
 * would write by hand over the same table, and how long one more hour takes. Prints ratios; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/build-ledger.ts [gpus] [days] [memory_limit]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AllocationFact, CapacityFact } from '../src/domain/facts/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../src/domain/units/gpu-time.ts';
import { openDuckDbEngine } from '../src/stores/duckdb/duckdb-engine.ts';
import { migrate } from '../src/stores/sql/migrations.ts';
import { openSqlStore } from '../src/stores/sql/sql-store.ts';
import { once, settle } from '../test/support/weigh-in-store.ts';

const gpus = Number(process.argv[2] ?? 1000);
const days = Number(process.argv[3] ?? 30);
const memoryLimit = process.argv[4] ?? '4GB';
const start = Date.UTC(2026, 9, 1);
const end = start + days * DAY_MS;
/** How many days are built at once; what `tare` does. */
const CHUNK_DAYS = Number(process.argv[5] ?? 7);
const path = join(tmpdir(), `tare-benchmark-${process.pid}.duckdb`);

const engine = await openDuckDbEngine(`duckdb:${path}?memory_limit=${memoryLimit}&threads=2`);
await migrate(engine, () => '');
const store = await openSqlStore(engine);

await store.importDataset(
  { name: 'benchmark:fleet', kind: 'benchmark', importedAtMs: 0 },
  once({ capacity: capacity(), workloads: [], allocations: allocations() }),
);
await settle(
  store,
  new Map([
    [
      'H100-SXM5-80GB',
      [
        {
          fromMs: 0,
          toMs: null,
          perGpuHourPicos: 3_460_000_000_000n,
          source: 'contract',
          priceDate: '2026-10-01',
          reference: 'benchmark',
        },
      ],
    ],
  ]),
  {},
);
await generateSamples();

// What an engineer would write to get busy, idle and effective time by device and hour from these samples.
const BY_HAND = `
  SELECT device_id, at_ms // ${HOUR_MS} AS hour, count(*) AS samples, sum(1000000 - busy_ppm) AS idle, sum(busy_ppm - effective_ppm) AS underused,
    sum(effective_ppm) AS productive, avg(memory_used_mib) AS memory
  FROM "usage" GROUP BY ALL`;
const byHand: number[] = [];
for (let round = 0; round < 3; round++) byHand.push(await timed(() => engine.scratch('by_hand', BY_HAND)));

await engine.run('DELETE FROM stale WHERE 1 = 1');
const steps = new Map<string, number>();
traceSteps();
const month = await timed(async () => {
  for (let day = 0; day < days; day += CHUNK_DAYS) {
    await store.buildHours(
      { fromMs: start + day * DAY_MS, toMs: start + Math.min(day + CHUNK_DAYS, days) * DAY_MS },
      end,
    );
  }
});
const hours: number[] = [];
for (let back = 1; back <= 5; back++)
  hours.push(
    await timed(() =>
      store.buildHours({ fromMs: end - back * HOUR_MS, toMs: end - (back - 1) * HOUR_MS }, end),
    ),
  );
if (process.env['TARE_BENCHMARK_STEPS'])
  for (const [name, ms] of [...steps].sort((a, b) => b[1] - a[1]))
    console.log(`  ${name.padEnd(20)} ${ms.toFixed(0)} ms`);
const [count] = await engine.rows('SELECT count(*) AS n FROM ledger');
const [size] = await engine.rows('SELECT count(*) AS n FROM "usage"');

const hand = Math.min(...byHand);
const hour = Math.min(...hours);
console.log(
  `${size!['n']} samples → ${count!['n']} ledger rows, ${gpus} GPUs × ${days} days, memory limit ${memoryLimit}`,
);
console.log(`by hand           ${seconds(hand)}   (rounds ${byHand.map(seconds).join(', ')})`);
console.log(`ledger, month     ${seconds(month)}   ${(month / hand).toFixed(2)} × by hand`);
console.log(
  `ledger, one hour  ${seconds(hour)}   1/${Math.round(month / hour)} of the month (rounds ${hours.map(seconds).join(', ')})`,
);
console.log(`resident memory   ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most`);
await store.close();
rmSync(path, { force: true });

function capacity(): CapacityFact[] {
  return Array.from({ length: gpus }, (_, gpu) => ({
    deviceId: deviceId(gpu),
    gpuParts: PARTS_PER_GPU,
    node: `node-${Math.floor(gpu / 8)}`,
    nodeLife: null,
    gpuModel: 'H100-SXM5-80GB',
    memoryMib: 81_559,
    lifecycle: 'on_demand' as const,
    provider: 'aws',
    region: 'us-east-1',
    instanceType: 'p5.48xlarge',
    pool: 'train',
    resourceKey: `i-${Math.floor(gpu / 8)}`,
    attributes: { 'node:pool': 'train' },
    startMs: start,
    endMs: end,
  }));
}

/** Jobs of 2 to 30 hours one after the other, at odd minutes, with pauses; some are shared by two tenants. */
function allocations(): AllocationFact[] {
  const facts: AllocationFact[] = [];
  for (let gpu = 0; gpu < gpus; gpu++) {
    let at = start + ((gpu * 37) % 600) * MINUTE_MS;
    for (let job = 0; at < end; job++) {
      const length = (120 + ((gpu * 131 + job * 977) % 1680)) * MINUTE_MS;
      const tenants = (gpu + job) % 11 === 0 ? 2 : 1;
      for (let tenant = 0; tenant < tenants; tenant++) {
        facts.push({
          workloadId: `team-${gpu % 9}/job-${job % 40}-${tenant}`,
          deviceId: deviceId(gpu),
          shareParts: PARTS_PER_GPU,
          startMs: at,
          endMs: Math.min(at + length, end),
          lostFromMs: job % 13 === 0 ? at + length / 2 : null,
        });
      }
      at += length + ((gpu + job) % 4) * 25 * MINUTE_MS;
    }
  }
  return facts;
}

function deviceId(gpu: number): string {
  return `GPU-${gpu.toString(16).padStart(8, '0')}-5a1e-4b1f-9c53-0123456789ab`;
}

async function generateSamples(): Promise<void> {
  await engine.run(`
    INSERT INTO "usage"
    SELECT 1, 'GPU-' || lpad(format('{:x}', g), 8, '0') || '-5a1e-4b1f-9c53-0123456789ab', ${start} + m * ${MINUTE_MS}, ${MINUTE_MS},
      CAST(400000 + hash(g * 100003 + m) % 600000 AS INTEGER), CAST(hash(g * 100003 + m) % 400000 AS INTEGER), 1, CAST(20000 + g AS INTEGER), 400
    FROM range(0, ${(days * DAY_MS) / MINUTE_MS}) AS minutes(m), range(0, ${gpus}) AS gpus(g)
    -- one exporter in fifty is down for an hour now and then
    WHERE NOT (g % 50 = 7 AND m % 4000 < 60)`);
}

/** Adds up the time of each step of the build, printed with TARE_BENCHMARK_STEPS=1. */
function traceSteps(): void {
  const { scratch, run, rows } = engine;
  const add = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = performance.now();
    const result = await work();
    steps.set(name, (steps.get(name) ?? 0) + performance.now() - before);
    return result;
  };
  engine.scratch = (name, select) => add(name, () => scratch.call(engine, name, select));
  engine.run = (sql) => add(sql.trim().slice(0, 40), () => run.call(engine, sql));
  engine.rows = (sql) => add(sql.trim().slice(0, 40), () => rows.call(engine, sql));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
