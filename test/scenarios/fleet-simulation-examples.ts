import { TAKE_ALL } from '../../src/domain/simulation/batching/batching-rules.ts';
import { solveBulkService } from '../../src/domain/simulation/batching/bulk-service-queue.ts';
import { simulateBatches, simulateClients } from '../../src/domain/simulation/batching/simulate-batches.ts';
import { createCluster } from '../../src/domain/simulation/packing/cluster.ts';
import { createFragmentation } from '../../src/domain/simulation/packing/fragmentation.ts';
import { modelPressure } from '../../src/domain/simulation/packing/model-pressure.ts';
import type { TypicalPod } from '../../src/domain/simulation/packing/typical-pods.ts';
import { keepAliveFrontier } from '../../src/domain/simulation/scale-to-zero/keep-alive-frontier.ts';

/** The worked examples of the simulators of the fleet in docs/methodology.md. */
export const FLEET_SIMULATION_EXAMPLES: Readonly<Record<string, () => string[][]>> = {
  fragmentation: () => [
    ['500 of a GPU, 1 core', ...wastedFor(1_000, 500)],
    ['a whole GPU, 1 core', ...wastedFor(1_000, 1_000)],
    ['a whole GPU, 4 cores', ...wastedFor(4_000, 1_000)],
    ['a whole GPU, 8 cores', ...wastedFor(8_000, 1_000)],
  ],

  'model-pressure': () => {
    const nodes = [
      { name: 'a', cpuMilli: 1, memoryMib: 1, gpus: 2, model: 'T4' },
      { name: 'b', cpuMilli: 1, memoryMib: 1, gpus: 8, model: 'G2' },
    ];
    const cluster = createCluster(nodes, [0, 1]);
    const pressure = modelPressure(cluster, [typical(1_000, 1_000, 0.7), typical(1_000, 1_000, 0.3, ['T4'])]);
    return cluster.models.map((model, index) => [
      model!,
      String(nodes[index]!.gpus),
      pressure[index]!.toFixed(2),
    ]);
  },

  'bulk-service': () =>
    [0.1, 0.2, 0.3, 0.5, 0.7, 0.9].map((load) => {
      const figures = solveBulkService(V100, load / V100.perRequestMs)!;
      return [
        String(load),
        figures.meanWaitMs.toFixed(3),
        figures.meanBatch.toFixed(2),
        figures.busyFraction.toFixed(3),
      ];
    }),

  'batch-delay': () => [
    ['0', ...waitsWith(0, [])],
    ['5', ...waitsWith(5, [])],
    ['5, preferred 2', ...waitsWith(5, [2])],
  ],

  'closed-loop': () =>
    MEASURED.map(([clients, measured]) => {
      const loop = { clients, turnaroundMs: 0.05, requests: 20_000 };
      const time = { perRequestMs: 0.0764, fixedMs: 1.8985 };
      const figures = simulateClients(loop, time, { ...TAKE_ALL, maxBatch: 8, itemsPerRequest: 2 });
      const simulated = 2 * figures.throughputPerSecond;
      const error = (100 * (simulated / measured - 1)).toFixed(2);
      return [String(clients), measured.toFixed(1), simulated.toFixed(0), `${error} %`.replace('-', '−')];
    }),

  'keep-alive': () =>
    [1, 2, 3].map((minutes) => {
      const signs = [...'..#...#.#....'];
      const samples = {
        replicaOf: new Int32Array(signs.length),
        atSeconds: Float64Array.from(signs, (_, index) => index * 60),
        isBusy: Uint8Array.from(signs, (sign) => Number(sign === '#')),
      };
      const [point] = keepAliveFrontier(samples, 60, [minutes * 60], null).frontier;
      const saved = Math.round(point!.gpuHoursSavedFraction * signs.length);
      return [`${minutes} min`, `${saved} of ${signs.length}`, String(point!.coldStarts)];
    }),
};

const V100 = { perRequestMs: 0.1438, fixedMs: 1.8874 };

/** Clients, and inferences a second, as the load test was published. */
const MEASURED = [
  [2, 998.1],
  [4, 1765.7],
  [6, 2518.5],
  [8, 3095.9],
  [10, 3182.8],
  [12, 3181.3],
  [14, 3184.5],
  [16, 3187.8],
] as const;

function typical(
  cpuMilli: number,
  gpuMilli: number,
  weight: number,
  models: readonly string[] = [],
): TypicalPod {
  return { cpuMilli, gpus: 1, gpuMilli, models, weight };
}

/** Of a node with 6 cores and GPUs of which 1000, 1000 and 300 thousandths are free. */
function wastedFor(cpuMilli: number, gpuMilli: number): string[] {
  const node = { name: 'n', cpuMilli: 6_000, memoryMib: 1, gpus: 3, model: 'T4' };
  const cluster = createCluster([node], [0]);
  cluster.freeGpuMilli.set([1_000, 1_000, 300]);
  const pods = [typical(cpuMilli, gpuMilli, 1)];
  return [0, 0.2].map((stranded) => String(Math.round(createFragmentation(cluster, pods, stranded).of(0))));
}

function waitsWith(maxQueueDelayMs: number, preferredBatches: readonly number[]): string[] {
  const rules = { ...TAKE_ALL, maxBatch: 4, maxQueueDelayMs, preferredBatches };
  const figures = simulateBatches(Float64Array.from([0, 1, 7]), { perRequestMs: 1, fixedMs: 10 }, rules);
  return [String(figures.batches), figures.meanWaitMs.toFixed(1)];
}
