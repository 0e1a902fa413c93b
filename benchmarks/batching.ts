/**
 * How many requests a second go through the queue model, and how far its mean wait is from the exact one; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/batching.ts [requests]
 */
import { TAKE_ALL } from '../src/domain/simulation/batching/batching-rules.ts';
import { solveBulkService } from '../src/domain/simulation/batching/bulk-service-queue.ts';
import { simulateContinuousBatching } from '../src/domain/simulation/batching/continuous-batching.ts';
import { poissonArrivals } from '../src/domain/simulation/batching/poisson-arrivals.ts';
import { simulateBatches } from '../src/domain/simulation/batching/simulate-batches.ts';
import { least, type Measured, measured } from './measure.ts';

const requests = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 3;
/** ResNet-50 in mixed precision on a V100 (Inoue 2021). */
const V100 = { perRequestMs: 0.1438, fixedMs: 1.8874 };
const triton = { ...TAKE_ALL, maxBatch: 64, preferredBatches: [16, 32], maxQueueDelayMs: 2, instances: 2 };

console.log(`${requests} requests; least of ${ROUNDS} rounds, percentiles included`);
console.log('                                     requests/s    mean wait     exact');
for (const load of [0.1, 0.3, 0.5, 0.7, 0.9]) {
  const perMs = load / V100.perRequestMs;
  const arrivals = poissonArrivals(requests, perMs, 42);
  let meanWaitMs = 0;
  const fastest = await best(() => {
    meanWaitMs = simulateBatches(arrivals, V100, TAKE_ALL).meanWaitMs;
  });
  const exact = solveBulkService(V100, perMs)!.meanWaitMs;
  print(`all who wait, load ${load}`, fastest, `${meanWaitMs.toFixed(3)} ms      ${exact.toFixed(3)} ms`);
}
const arrivals = poissonArrivals(requests, 5, 42);
print(
  'preferred sizes, delay, 2 instances',
  await best(() => void simulateBatches(arrivals, V100, triton)),
  '',
);

const tokens = {
  arrivalsMs: poissonArrivals(requests, 0.02, 42),
  promptTokens: new Float64Array(requests).fill(500),
  outputTokens: new Float64Array(requests).fill(100),
};
const step = { fixedMs: 7, perSequenceMs: 0.03, perPromptTokenMs: 0.02 };
print(
  'continuous, 100 tokens each',
  await best(() => void simulateContinuousBatching(tokens, step, 256)),
  '',
);

async function best(run: () => void): Promise<Measured> {
  const rounds: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measured(async () => run()));
  return least(rounds);
}

function print(name: string, { wallMs }: Measured, more: string): void {
  const perSecond = Math.round((requests / wallMs) * 1000).toLocaleString('en-US');
  console.log(`${name.padEnd(36)} ${perSecond.padStart(10)}    ${more}`.trimEnd());
}
