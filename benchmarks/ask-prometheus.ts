/**
 * How long a real Prometheus takes to say by PromQL what devices did hour by hour, beside how long Tare takes to build the ledger from
 * the same samples. Prints ratios; see benchmarks/README.md. Needs Debian's `prometheus`.
 *
 *   npx tsx benchmarks/ask-prometheus.ts [gpus] [days]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, SECOND_MS } from '../src/domain/time/window.ts';
import { prometheusIsMissing, startPrometheusOn } from '../test/support/start-prometheus.ts';
import { least, type Measured, measured } from './measure.ts';
import { openMinuteFleet } from './minute-fleet.ts';

const gpus = Number(process.argv[2] ?? 1000);
const days = Number(process.argv[3] ?? 3);
const rounds = 3;
const start = Date.UTC(2026, 9, 1);
const end = start + days * DAY_MS;
const path = join(tmpdir(), `tare-ask-prometheus-${process.pid}`);

/** By device and hour, what the six buckets need of the samples; Prometheus would still know no price, no owner and no bill. */
const QUESTIONS = {
  observed: 'count_over_time(gr_engine_active[1h])',
  busy: 'avg_over_time(gr_engine_active[1h])',
  effective: 'avg_over_time(sm_active[1h])',
  held: 'sum by (UUID, pod) (count_over_time(gr_engine_active[1h]))',
} as const;

const missing = prometheusIsMissing();
if (missing) throw new Error(missing);
const { engine, store } = await openMinuteFleet(`${path}.duckdb`, { gpus, days, start, memoryLimit: '10GB' });
await writeOpenMetrics();
const prometheus = await startPrometheusOn(`${path}.om`);
try {
  const built: Measured[] = [];
  const asked = new Map(Object.keys(QUESTIONS).map((name) => [name, [] as Measured[]]));
  for (let round = 0; round < rounds; round++) {
    built.push(await measured(() => store.buildHours({ fromMs: start, toMs: end }, end)));
    for (const [name, query] of Object.entries(QUESTIONS))
      asked.get(name)?.push(await measured(() => ask(query)));
  }
  const ledgerMs = least(built).wallMs;
  console.log(`${gpus} GPUs × ${days} days, one sample a minute; least of ${rounds} rounds, wall time`);
  console.log(`ledger            ${(ledgerMs / 1000).toFixed(2).padStart(8)} s`);
  let total = 0;
  for (const [name, times] of asked) {
    const { wallMs } = least(times);
    total += wallMs;
    console.log(`PromQL ${name.padEnd(10)} ${(wallMs / 1000).toFixed(2).padStart(8)} s`);
  }
  console.log(
    `PromQL, all four  ${(total / 1000).toFixed(2).padStart(8)} s   ${(total / ledgerMs).toFixed(1)} × the ledger`,
  );
} finally {
  await prometheus.stop();
  await store.close();
  for (const suffix of ['.duckdb', '.om']) rmSync(`${path}${suffix}`, { force: true });
}

/** The samples of the store, as an exporter that knows the pods would have written them. */
async function writeOpenMetrics(): Promise<void> {
  const family = (name: string, column: string, order: number) => `
    SELECT ${order} AS family, '' AS device_id, 0 AS at_ms, '# TYPE ${name} gauge' AS line
    UNION ALL
    SELECT ${order}, u.device_id, u.at_ms, '${name}{UUID="' || u.device_id || '",pod="' || coalesce(a.workload_id, '') || '"} '
      || u.${column} / 1e6 || ' ' || u.at_ms // ${SECOND_MS}
    FROM "usage" AS u LEFT JOIN (
      SELECT device_id, start_ms, end_ms, min(workload_id) AS workload_id FROM allocation GROUP BY ALL
    ) AS a ON a.device_id = u.device_id AND a.start_ms <= u.at_ms AND u.at_ms < a.end_ms`;
  await engine.run(`
    COPY (
      SELECT line FROM (
        ${family('gr_engine_active', 'busy_ppm', 1)} UNION ALL ${family('sm_active', 'effective_ppm', 2)}
        UNION ALL SELECT 3, '', 0, '# EOF'
      ) ORDER BY family, device_id, at_ms
    ) TO '${path}.om' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`);
}

async function ask(query: string): Promise<void> {
  const parameters = new URLSearchParams({
    query,
    start: String(start / SECOND_MS + 3600),
    end: String(end / SECOND_MS),
    step: '3600',
  });
  const response = await fetch(`${prometheus.url}/api/v1/query_range`, { method: 'POST', body: parameters });
  const text = await response.text();
  if (!response.ok) throw new Error(`Prometheus answered ${response.status}: ${text.slice(0, 300)}`);
}
