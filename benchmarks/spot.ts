/**
 * How Tare's spot policy does in zones of public records, beside Uniform Progress and the optimum in hindsight: mean cost over
 * seeded random starts, and the share of the gap between the two that it closes.
 *
 *   npx tsx benchmarks/spot.ts FOLDER [starts] [change-over hours]      FOLDER is searched for records, *.json
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { simulateSpot } from '../src/app/simulate/simulate-spot.ts';
import { parsePicos } from '../src/domain/money/picos.ts';
import { randomStream } from '../src/traces/random-stream.ts';
import { readSpotTraces } from '../src/traces/read-spot-traces.ts';

const folder = process.argv[2] ?? '../shared/data/spot-traces';
const starts = Number(process.argv[3] ?? 200);
const changeoverMs = Math.round(Number(process.argv[4] ?? 0.1) * 3_600_000);
const HOUR_MS = 3_600_000;
const job = { workMs: 48 * HOUR_MS, deadlineMs: 52 * HOUR_MS, changeoverMs };

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .toSorted();
console.log(
  'record | spot there % | uniform-progress | tare | without history | optimal | closed % | without history % | misses',
);
for (const file of files) {
  const known = await play(file, true);
  const unknown = await play(file, false);
  const costOf = (policy: string) => known.compared.find((figures) => figures.policy === policy)!.meanCost;
  const cells = [
    file.replace('.json', ''),
    known.availabilityPercent.toFixed(1),
    ...[costOf('uniform-progress'), known.meanCost, unknown.meanCost, costOf('optimal')].map(cents),
    known.gapClosedPercent?.toFixed(1) ?? '–',
    unknown.gapClosedPercent?.toFixed(1) ?? '–',
    [...known.compared, unknown].reduce((sum, { deadlineMisses }) => sum + deadlineMisses, 0),
  ];
  console.log(cells.join(' | '));
}

async function play(file: string, showsHistory: boolean) {
  const { traces } = await readSpotTraces(join(folder, file), {
    gapSeconds: null,
    tickSeconds: 180,
    instances: /(\d+)-node/.exec(file)?.[1] === undefined ? 1 : Number(/(\d+)-node/.exec(file)![1]),
    isInverted: false,
    deadlineMs: job.deadlineMs,
    starts,
    chance: randomStream(42),
    showsHistory,
    signal: new AbortController().signal,
  });
  return simulateSpot({
    traces,
    job,
    onDemandPerHour: parsePicos('3.06')!.picos,
    spotPerHour: parsePicos('0.9731')!.picos,
    policy: 'tare',
    checkpointMs: null,
    counting: 'whole-ticks',
    comparesAll: true,
  });
}

function cents(cost: string): string {
  return Number(cost).toFixed(2);
}
