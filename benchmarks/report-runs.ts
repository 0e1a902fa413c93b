/**
 * How long the server works on a page of the list of runs, when there are 100,000 of them: listed, filtered, grouped, sorted and paged, and
 * the receipt of one. The runs, what they held and their devices are imported and built as any others; nothing is written into
 * tables by hand. Prints percentiles; see benchmarks/README.md.
 *
 *   npx tsx benchmarks/report-runs.ts [runs] [rounds]
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTare } from '../src/app/create-tare.ts';
import type { RunsRequest } from '../src/app/tare.ts';
import { seededRandom } from '../src/domain/economics/seeded-random.ts';
import { type FactBatch, RUN_STATES, type RunFact } from '../src/domain/facts/facts.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/domain/time/window.ts';
import { PARTS_PER_GPU } from '../src/domain/units/gpu-time.ts';
import { openDuckDbStore } from '../src/stores/duckdb/duckdb-store.ts';

const runs = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 100);
const gpus = 200;
const days = 180;
const end = Date.UTC(2027, 0, 1);
const start = end - days * DAY_MS;
const path = join(tmpdir(), `tare-report-runs-${process.pid}.duckdb`);
const random = seededRandom(42);
const pick = (count: number) => Math.floor(random() * count);

const store = await openDuckDbStore(`duckdb:${path}?memory_limit=4GB&threads=2`);
const tare = createTare({
  store,
  fileSources: [],
  liveSources: [],
  priceBooks: [
    {
      name: 'benchmark',
      rates: () => [
        {
          fromMs: 0,
          toMs: null,
          perGpuHourPicos: 3_410_000_000_000n,
          source: 'price_book',
          priceDate: '2026-10-01',
          reference: 'list',
        },
      ],
    },
  ],
  settings: {
    currency: 'USD',
    shared: 'proportional',
    maxHoldIntervals: 2,
    exchangeRates: {},
    owners: { team: ['label:team'], model: ['label:model'], environment: ['label:env'] },
  },
  clock: { nowMs: () => end },
  listFiles: async () => [],
});

const imported = await timed(() =>
  store.importDataset({ name: 'runs', kind: 'benchmark', importedAtMs: end }, facts()),
);
const built = await timed(() => tare.buildLedger(() => {}, new AbortController().signal));
console.log(
  `${runs} runs on ${gpus} GPUs over ${days} days; imported in ${seconds(imported)}, built in ${seconds(built)}; ${rounds} rounds`,
);
const [one] = await store.runs({ ...plain(), sort: 'cost', isDescending: true, limit: 1, offset: 0 });
const changed = await timed(async () => {
  await store.importDataset({ name: 'late', kind: 'benchmark', importedAtMs: end }, late());
  await store.refreshRuns();
});
console.log(`100 of the runs change: imported and worked out again in ${seconds(changed)}`);

console.log('                                         p50       p95');
await report('first page, largest cost first', () => list({}));
await report('page 500 of the same', () => list({ offset: 50_000 }));
await report('first page of a month', () => list({ window: { fromMs: end - 31 * DAY_MS, toMs: end } }));
await report('latest first', () => list({ sort: 'startedAt' }));
await report('longest wait first', () => list({ sort: 'waitHours' }));
await report('one team, failed', () =>
  list({
    filters: [
      { dimension: 'team', values: ['team-3'] },
      { dimension: 'state', values: ['failed'] },
    ],
  }),
);
await report('by team', () => list({ by: ['team'] }));
await report('by team and state', () => list({ by: ['team', 'state'] }));
await report('by experiment', () => list({ by: ['experiment'] }));
await report('by day', () => list({ by: ['day'] }));
await report('judged by accuracy, best first', () =>
  list({ sort: 'quality', metric: { name: 'accuracy', direction: 'max', baseline: null } }),
);
await report('one model, judged by accuracy', () =>
  list({
    filters: [{ dimension: 'model', values: ['model-7'] }],
    metric: { name: 'accuracy', direction: 'max', baseline: null },
  }),
);
await report('the receipt of one run', () => tare.explainRun(one!.runId));
await tare.close();
rmSync(path, { force: true });

function plain() {
  return { window: { fromMs: start, toMs: end }, filters: [] };
}

function list(given: Partial<RunsRequest>) {
  return tare.reportRuns({
    ...plain(),
    by: [],
    sort: 'cost',
    isDescending: true,
    limit: 100,
    offset: 0,
    metric: null,
    ...given,
  });
}

/** Each device is held by one run after the other; one run in twenty has two attempts, one in three an earlier one that it repeats. */
async function* facts(): AsyncIterable<FactBatch> {
  yield { capacity: Array.from({ length: gpus }, (_, gpu) => capacityOf(gpu)) };
  const free = Array.from({ length: gpus }, () => start);
  const perDevice = (days * DAY_MS * gpus) / runs;
  for (let first = 0; first < runs; first += 5_000) {
    const batch = Array.from({ length: Math.min(5_000, runs - first) }, (_, index) => {
      const number = first + index;
      const gpu = number % gpus;
      const startMs = Math.round(free[gpu]! + random() * 0.1 * perDevice);
      const endMs = Math.round(startMs + (0.2 + 0.7 * random()) * perDevice);
      free[gpu] = endMs;
      return { number, gpu, startMs, endMs };
    });
    yield {
      workloads: batch.map(({ number }) => ({
        workloadId: `job-${number}`,
        kind: 'training' as const,
        name: `job-${number}`,
        attributes: attributesOf(number),
      })),
      allocations: batch.map(({ number, gpu, startMs, endMs }) => ({
        workloadId: `job-${number}`,
        deviceId: `gpu-${gpu}`,
        shareParts: PARTS_PER_GPU,
        startMs,
        endMs,
        lostFromMs: null,
      })),
      runs: batch.flatMap(({ number, startMs, endMs }) => attemptsOf(number, startMs, endMs)),
    };
  }
}

async function* late(): AsyncIterable<FactBatch> {
  yield {
    runs: Array.from({ length: 100 }, (_, index) => ({
      ...attemptsOf(index * 20 + 1, start + index * HOUR_MS, start + (index + 5) * HOUR_MS)[0]!,
      name: 'renamed',
    })),
  };
}

function attemptsOf(number: number, startMs: number, endMs: number): RunFact[] {
  const middleMs = Math.round((startMs + endMs) / 2);
  const whole: RunFact = {
    runId: `slurm:prod:${number}`,
    attempt: 1,
    name: `train-${number % 977}`,
    experiment: `experiment-${number % 400}`,
    state: RUN_STATES[2 + pick(5)]!,
    stateDetail: null,
    queue: `queue-${number % 6}`,
    queuedMs: startMs - pick(240) * MINUTE_MS,
    startMs,
    endMs,
    workloadId: `job-${number}`,
    parentRunId: null,
    fingerprint: `digest-${number % 3 === 0 ? number % 9_999 : number + 10_000}`,
    parameters: { learning_rate: String(random()), batch: '256' },
    metrics: { accuracy: random(), loss: 3 * random() },
    attributes: attributesOf(number),
  };
  if (number % 20 !== 0) return [whole];
  return [
    { ...whole, state: 'preempted', endMs: middleMs },
    { ...whole, attempt: 2, queuedMs: middleMs, startMs: middleMs },
  ];
}

function attributesOf(number: number) {
  return {
    'label:team': `team-${number % 9}`,
    'label:model': `model-${number % 60}`,
    'label:env': number % 4 === 0 ? 'production' : 'research',
    'label:user': `user-${number % 300}`,
  };
}

function capacityOf(gpu: number) {
  return {
    deviceId: `gpu-${gpu}`,
    gpuParts: PARTS_PER_GPU,
    node: `node-${Math.floor(gpu / 8)}`,
    nodeLife: null,
    gpuModel: gpu % 3 === 0 ? 'A100-SXM4-80GB' : 'H100-SXM5-80GB',
    memoryMib: 81_559,
    lifecycle: 'on_demand' as const,
    provider: 'aws',
    region: 'us-east-1',
    instanceType: 'p5.48xlarge',
    pool: 'train',
    resourceKey: null,
    attributes: {},
    startMs: start,
    endMs: end,
  };
}

async function report(name: string, work: () => Promise<unknown>): Promise<void> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(work));
  times.sort((a, b) => a - b);
  const at = (fraction: number) =>
    `${times[Math.min(times.length - 1, Math.floor(times.length * fraction))]!.toFixed(1).padStart(7)} ms`;
  console.log(`${name.padEnd(36)} ${at(0.5)} ${at(0.95)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
