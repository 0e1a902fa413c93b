import type { AllocationFact, CapacityFact } from '../src/domain/facts/facts.ts';
import { DAY_MS, MINUTE_MS } from '../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../src/domain/units/gpu-time.ts';
import type { Store } from '../src/ports/store.ts';
import { openDuckDbEngine } from '../src/stores/duckdb/duckdb-engine.ts';
import { GRID_BASES } from '../src/stores/sql/cells.ts';
import type { SqlEngine } from '../src/stores/sql/engine.ts';
import { migrate } from '../src/stores/sql/migrations.ts';
import { openSqlStore } from '../src/stores/sql/sql-store.ts';
import { once, settle } from '../test/support/weigh-in-store.ts';

export type MinuteFleet = Readonly<{ gpus: number; days: number; start: number; memoryLimit: string }>;

/** An embedded store with a fleet that is sampled every minute, priced and owned, with no hour built yet. */
export async function openMinuteFleet(
  path: string,
  fleet: MinuteFleet,
): Promise<Readonly<{ engine: SqlEngine; store: Store }>> {
  const engine = await openDuckDbEngine(`duckdb:${path}?memory_limit=${fleet.memoryLimit}&threads=2`);
  await migrate(engine, () => '');
  const store = await openSqlStore(engine);
  await store.importDataset(
    { name: 'benchmark:fleet', kind: 'benchmark', importedAtMs: 0 },
    once({ capacity: capacity(fleet), workloads: [], allocations: allocations(fleet) }),
  );
  const price = {
    fromMs: 0,
    toMs: null,
    perGpuHourPicos: 3_460_000_000_000n,
    source: 'contract',
    priceDate: '2026-10-01',
    reference: 'benchmark',
  } as const;
  await settle(store, new Map([['H100-SXM5-80GB', [price]]]), {});
  await generateSamples(engine, fleet);
  await store.writeNote('longest-interval', String(MINUTE_MS));
  await engine.run('DELETE FROM stale WHERE 1 = 1');
  return { engine, store };
}

function capacity({ gpus, days, start }: MinuteFleet): CapacityFact[] {
  const end = start + days * DAY_MS;
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
function allocations({ gpus, days, start }: MinuteFleet): AllocationFact[] {
  const end = start + days * DAY_MS;
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

/** A day after the other, as samples arrive. */
async function generateSamples(engine: SqlEngine, { gpus, days, start }: MinuteFleet): Promise<void> {
  const minutes = DAY_MS / MINUTE_MS;
  for (let day = 0; day < days; day++) {
    await engine.run(`
      INSERT INTO "usage"
      SELECT 1, 'GPU-' || lpad(format('{:x}', g), 8, '0') || '-5a1e-4b1f-9c53-0123456789ab', ${start} + m * ${MINUTE_MS}, ${MINUTE_MS},
        CAST(400000 + hash(g * 100003 + m) % 600000 AS INTEGER), CAST(hash(g * 100003 + m) % 400000 AS INTEGER), 1, ${MINUTE_MS * GRID_BASES + 2}, CAST(20000 + g AS INTEGER), 400
      FROM range(${day * minutes}, ${(day + 1) * minutes}) AS minutes(m), range(0, ${gpus}) AS gpus(g)
      -- one exporter in fifty is down for an hour now and then
      WHERE NOT (g % 50 = 7 AND m % 4000 < 60)`);
  }
}
