/**
 * How long a real Prometheus takes to say by PromQL what devices did hour by hour, beside how long Tare takes to build the ledger from
 * the same samples. Prints ratios; see benchmarks/README.md. Needs Debian's `prometheus`.
 *
 *   npx tsx benchmarks/ask-prometheus.ts [gpus] [days]
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, SECOND_MS } from '../src/domain/time/window.ts';
import { prometheusIsMissing, startPrometheusOn } from '../test/support/start-prometheus.ts';
import { least, type Measured, measured, seconds, timesOf } from './measure.ts';
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
const prometheus = await startPrometheusOn(dailyOpenMetrics());
try {
  await untilIdle();
  const built: Measured[] = [];
  const asked = new Map(Object.keys(QUESTIONS).map((name) => [name, [] as Measured[]]));
  for (let round = 0; round < rounds; round++) {
    built.push(await measured(() => store.buildHours({ fromMs: start, toMs: end }, end)));
    for (const [name, query] of Object.entries(QUESTIONS))
      asked.get(name)?.push(await measuredThere(() => ask(query)));
  }
  const ledger = least(built);
  const questions = [...asked].map(([name, times]) => [name, least(times)] as const);
  const sum = (of: keyof Measured) => questions.reduce((total, [, measure]) => total + measure[of], 0);
  const all = { wallMs: sum('wallMs'), cpuMs: sum('cpuMs') };
  console.log(`${gpus} GPUs × ${days} days, one sample a minute; least of ${rounds} rounds`);
  console.log(`                      wall        cpu`);
  console.log(`ledger            ${seconds(ledger)}`);
  for (const [name, measure] of questions) console.log(`PromQL ${name.padEnd(10)} ${seconds(measure)}`);
  console.log(`PromQL, all four  ${seconds(all)}   ${timesOf(all, ledger)} the ledger`);
} finally {
  await prometheus.stop();
  await store.close();
  for (const suffix of ['.duckdb', '.om']) rmSync(`${path}${suffix}`, { force: true });
}

/** The CPU time of the server that was asked, and not of the one that asks. */
async function measuredThere(work: () => Promise<unknown>): Promise<Measured> {
  const before = serverCpuMs();
  const { wallMs } = await measured(work);
  return { wallMs, cpuMs: serverCpuMs() - before };
}

/** It makes larger blocks of what it finds, which is no part of an answer. */
async function untilIdle(): Promise<void> {
  for (let before = -1; serverCpuMs() - before > 50; ) {
    before = serverCpuMs();
    await sleep(3 * SECOND_MS);
  }
}

/** User and system time, in hundredths of a second (fields 14 and 15 of proc(5)). */
function serverCpuMs(): number {
  const stat = readFileSync(`/proc/${prometheus.pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** A file for each day: Prometheus takes memory for all that it is given at once. */
async function* dailyOpenMetrics(): AsyncIterable<string> {
  for (let day = start; day < end; day += DAY_MS) {
    await writeOpenMetrics(day, day + DAY_MS);
    yield `${path}.om`;
  }
}

/** The samples of the store, as an exporter that knows the pods would have written them. */
async function writeOpenMetrics(fromMs: number, toMs: number): Promise<void> {
  const family = (name: string, column: string, order: number) => `
    SELECT ${order} AS family, '' AS device_id, 0 AS at_ms, '# TYPE ${name} gauge' AS line
    UNION ALL
    SELECT ${order}, u.device_id, u.at_ms, '${name}{UUID="' || u.device_id || '",pod="' || coalesce(a.workload_id, '') || '"} '
      || u.${column} / 1e6 || ' ' || u.at_ms // ${SECOND_MS}
    FROM "usage" AS u LEFT JOIN (
      SELECT device_id, start_ms, end_ms, min(workload_id) AS workload_id FROM allocation GROUP BY ALL
    ) AS a ON a.device_id = u.device_id AND a.start_ms <= u.at_ms AND u.at_ms < a.end_ms
    WHERE u.at_ms >= ${fromMs} AND u.at_ms < ${toMs}`;
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
