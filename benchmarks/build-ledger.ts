/**
 * How long it takes to build the ledger of 1,000 GPUs × 30 days × 1-minute samples (43.2 million rows), beside the aggregate that one
 * would write by hand over the same table, and how long one more hour takes. Prints ratios; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/build-ledger.ts [gpus] [days] [memory_limit] [days per build]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '../src/domain/time/window.ts';
import type { SqlEngine } from '../src/stores/sql/engine.ts';
import { AGGREGATE_BY_HAND, RULES_BY_HAND } from './by-hand.ts';
import { least, type Measured, measured, seconds, timesOf } from './measure.ts';
import { openMinuteFleet } from './minute-fleet.ts';

const gpus = Number(process.argv[2] ?? 1000);
const days = Number(process.argv[3] ?? 30);
const memoryLimit = process.argv[4] ?? '4GB';
/** How many days are built at once; what `tare` does. */
const chunkDays = Number(process.argv[5] ?? 14);
const rounds = Number(process.env['TARE_BENCHMARK_ROUNDS'] ?? 3);
const showsSteps = process.env['TARE_BENCHMARK_STEPS'] !== undefined;
const start = Date.UTC(2026, 9, 1);
const end = start + days * DAY_MS;
const path = join(tmpdir(), `tare-benchmark-${process.pid}.duckdb`);

const { engine, store } = await openMinuteFleet(path, { gpus, days, start, memoryLimit });

const steps = showsSteps ? traceSteps(engine) : undefined;
const aggregates: Measured[] = [];
const months: Measured[] = [];
// In turn, so that a busy moment of the machine is not all on one side.
for (let round = 0; round < rounds; round++) {
  aggregates.push(await measured(() => engine.scratch('by_hand', AGGREGATE_BY_HAND)));
  await engine.drop(['by_hand']);
  steps?.clear();
  months.push(await measured(buildMonth));
}
steps?.print('month');
steps?.clear();
const hours: Measured[] = [];
for (let back = 1; back <= 10; back++)
  hours.push(
    await measured(() =>
      store.buildHours({ fromMs: end - back * HOUR_MS, toMs: end - (back - 1) * HOUR_MS }, end),
    ),
  );
steps?.print('10 single hours');

const residentMiB = Math.round(process.resourceUsage().maxRSS / 1024);
// Last, and once, because it takes long and needs much memory.
const byRules = [await measured(() => engine.scratch('by_hand', RULES_BY_HAND))];

const [count] = await engine.rows('SELECT count(*) AS n FROM ledger');
const [size] = await engine.rows('SELECT count(*) AS n FROM "usage"');
console.log(
  `${size!['n']} samples → ${count!['n']} ledger rows, ${gpus} GPUs × ${days} days, ${chunkDays} days at once, memory limit ${memoryLimit}; least of ${rounds} rounds`,
);
const [aggregate, rules, month, hour] = [aggregates, byRules, months, hours].map(least) as [
  Measured,
  Measured,
  Measured,
  Measured,
];
console.log(`                          wall        cpu`);
console.log(`aggregate by hand     ${seconds(aggregate)}`);
console.log(`all rules by hand     ${seconds(rules)}   ${timesOf(rules, aggregate)} the aggregate`);
console.log(
  `ledger, month         ${seconds(month)}   ${timesOf(month, aggregate)} the aggregate, ${timesOf(month, rules)} all rules by hand`,
);
console.log(
  `ledger, one hour      ${seconds(hour)}   1/${Math.round(month.wallMs / hour.wallMs)} (cpu 1/${Math.round(month.cpuMs / hour.cpuMs)}) of the month`,
);
console.log(`resident memory       ${residentMiB} MiB at most, before the rules by hand`);
await store.close();
rmSync(path, { force: true });

async function buildMonth(): Promise<void> {
  for (let day = 0; day < days; day += chunkDays) {
    await store.buildHours(
      { fromMs: start + day * DAY_MS, toMs: start + Math.min(day + chunkDays, days) * DAY_MS },
      end,
    );
  }
}

/** Adds up the time of each statement of a build by its first words, printed with TARE_BENCHMARK_STEPS=1. */
function traceSteps(traced: SqlEngine): { clear(): void; print(title: string): void } {
  const spent = new Map<string, Measured & { times: number }>();
  const { scratch, run, rows } = traced;
  const add = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    let result: T | undefined;
    const { wallMs, cpuMs } = await measured(async () => {
      result = await work();
    });
    const before = spent.get(name) ?? { wallMs: 0, cpuMs: 0, times: 0 };
    spent.set(name, { wallMs: before.wallMs + wallMs, cpuMs: before.cpuMs + cpuMs, times: before.times + 1 });
    return result as T;
  };
  const wordsOf = (sql: string) => sql.trim().replace(/\s+/g, ' ').slice(0, 48);
  traced.scratch = (name, select) => add(name, () => scratch.call(traced, name, select));
  traced.run = (sql) => add(wordsOf(sql), () => run.call(traced, sql));
  traced.rows = (sql) => add(wordsOf(sql), () => rows.call(traced, sql));
  return {
    clear: () => spent.clear(),
    print(title) {
      console.log(`${title}:`);
      for (const [name, { wallMs, cpuMs, times }] of [...spent].sort(([, a], [, b]) => b.cpuMs - a.cpuMs))
        console.log(
          `  ${name.padEnd(50)} ${wallMs.toFixed(0).padStart(6)} ms wall ${cpuMs.toFixed(0).padStart(6)} ms cpu  ${times} ×`,
        );
    },
  };
}
