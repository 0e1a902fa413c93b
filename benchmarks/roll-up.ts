/**
 * What rolling up the samples of a month saves: 1,000 GPUs × 30 days × 1-minute samples. Prints rows, the space in use in the file, and how long
 * the ledger of the month takes to build before and after.
 *
 *   npx tsx benchmarks/roll-up.ts [gpus] [days]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS } from '../src/domain/time/window.ts';
import { least, measured, seconds, timesOf } from './measure.ts';
import { openMinuteFleet } from './minute-fleet.ts';

const gpus = Number(process.argv[2] ?? 1000);
const days = Number(process.argv[3] ?? 30);
const start = Date.UTC(2026, 9, 1);
const end = start + days * DAY_MS;
const path = join(tmpdir(), `tare-benchmark-${process.pid}.duckdb`);
const { engine, store } = await openMinuteFleet(path, { gpus, days, start, memoryLimit: '4GB' });

const before = { build: await builds(), mebibytes: await usedMebibytes(), ledger: await ledgerSums() };
let [hours, samplesBefore, samplesAfter] = [0, 0, 0];
const rolling = await measured(async () => {
  for (;;) {
    const step = await store.rollUpSamples(end);
    if (step === null) return;
    [hours, samplesBefore, samplesAfter] = [
      hours + step.hours,
      samplesBefore + step.samplesBefore,
      samplesAfter + step.samplesAfter,
    ];
  }
});
const [left] = await engine.rows('SELECT count(*) AS n FROM "usage"');
const after = { build: await builds(), mebibytes: await usedMebibytes(), ledger: await ledgerSums() };
console.log(
  `${hours} device-hours rolled up: ${samplesBefore} samples → ${samplesAfter}; ${left!['n']} are left of all`,
);
console.log(`rolling up            ${seconds(rolling)}`);
console.log(`ledger, month before  ${seconds(before.build)}   in use ${before.mebibytes} MiB`);
console.log(
  `ledger, month after   ${seconds(after.build)}   in use ${after.mebibytes} MiB   ${timesOf(after.build, before.build)} of before`,
);
console.log(`ledger the same       ${before.ledger === after.ledger ? 'yes, to the last digit' : 'NO'}`);
await store.close();
rmSync(path, { force: true });

async function builds() {
  const rounds = [];
  for (let round = 0; round < 2; round++) {
    rounds.push(
      await measured(async () => {
        for (let day = 0; day < days; day += 14)
          await store.buildHours(
            { fromMs: start + day * DAY_MS, toMs: Math.min(start + (day + 14) * DAY_MS, end) },
            end,
          );
      }),
    );
  }
  return least(rounds);
}

async function usedMebibytes(): Promise<number> {
  await engine.run('CHECKPOINT');
  const [size] = await engine.rows('SELECT used_blocks * block_size AS bytes FROM pragma_database_size()');
  return Math.round(Number(size!['bytes']) / 2 ** 20);
}

async function ledgerSums(): Promise<string> {
  const [row] = await engine.rows(
    `SELECT count(*) AS n, sum(hash(hour_ms, subject_id, idle_ticks, underused_ticks, productive_ticks, idle_picos, productive_picos)) AS h FROM ledger`,
  );
  return `${row!['n']} ${row!['h']}`;
}
