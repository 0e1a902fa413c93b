import type { PackingPolicy } from '../../domain/simulation/packing/policies/policies.ts';
import {
  type ReplayOutcome,
  replayPods,
  type TimedPod,
} from '../../domain/simulation/packing/replay-pods.ts';
import { type PackingOutcome, runPacking } from '../../domain/simulation/packing/run-packing.ts';
import type { PackingNode, PackingPod } from '../../domain/simulation/packing/workload.ts';
import { stopIfAborted, TareError } from '../errors.ts';
import type { PackingReplay, PackingSimulation } from '../results/simulations/packing-simulation.ts';
import type { TraceFigures } from '../results/simulations/trace-figures.ts';
import type { Progress } from '../tare.ts';
import { estimateCost, meanOf, roundTo } from './figures.ts';

type Common = Readonly<{
  nodes: readonly PackingNode[];
  policy: PackingPolicy;
  seeds: readonly number[];
  trace: TraceFigures;
}>;

export type PackingRequest = Common & Readonly<{ pods: readonly PackingPod[]; demand: number }>;
export type ReplayRequest = Common &
  Readonly<{
    pods: readonly TimedPod[];
    /** Per GPU-hour, by GPU model. */
    prices: ReadonlyMap<string, string>;
  }>;

const PERCENT_DECIMALS = 4;
const HOUR_DECIMALS = 6;

/** Lets pods arrive until `demand` times the GPUs are asked for, once for each seed. */
export async function simulatePacking(
  request: PackingRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<PackingSimulation> {
  const { nodes, pods, policy, demand, seeds, trace } = request;
  const outcomes = await perSeed(request, `placing pods by ${policy}`, progress, signal, (seed) =>
    runPacking({ nodes, pods, policy, demand, seed }),
  );
  const everFull = outcomes.every(({ allocationAtFullDemand }) => allocationAtFullDemand !== null);
  return {
    policy,
    seeds,
    demand,
    nodes: nodes.length,
    gpus: gpusOf(nodes),
    allocationPercentAtFullDemand: everFull
      ? percent(meanOf(outcomes, (one) => one.allocationAtFullDemand!))
      : null,
    allocationPercent: percent(meanOf(outcomes, (one) => one.allocation)),
    fragmentationPercent: percent(meanOf(outcomes, (one) => one.fragmentation)),
    perSeed: outcomes.map(packingFigures),
    trace,
  };
}

/** Lets pods come and go as they did, once for each seed. */
export async function replayPacking(
  request: ReplayRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<PackingReplay> {
  const { nodes, pods, policy, seeds, prices, trace } = request;
  const outcomes = await perSeed(request, `replaying pods by ${policy}`, progress, signal, (seed) =>
    replayPods({ nodes, pods, policy, seed }),
  );
  const figures = outcomes.map((outcome) => replayFigures(outcome, prices));
  const mean = (of: (one: (typeof figures)[number]) => number) => roundTo(meanOf(figures, of), HOUR_DECIMALS);
  return {
    policy,
    seeds,
    nodes: nodes.length,
    gpus: gpusOf(nodes),
    placed: mean((one) => one.placed),
    turnedAway: mean((one) => one.turnedAway),
    peakNodes: mean((one) => one.peakNodes),
    peakNodeGpus: mean((one) => one.peakNodeGpus),
    peakPodGpus: mean((one) => one.peakPodGpus),
    nodeGpuHours: mean((one) => one.nodeGpuHours),
    podGpuHours: mean((one) => one.podGpuHours),
    estimatedCost: meanCost(outcomes, prices),
    perSeed: figures,
    trace,
  };
}

async function perSeed<T>(
  { nodes, seeds }: Common,
  task: string,
  progress: Progress,
  signal: AbortSignal,
  run: (seed: number) => T,
): Promise<readonly T[]> {
  if (gpusOf(nodes) === 0)
    throw new TareError('rowsRejected', 'the machines have no GPU', 'check the column gpus of the nodes');
  const outcomes: T[] = [];
  for (const [done, seed] of seeds.entries()) {
    progress({ task: `${task}, seed ${seed}`, done, total: seeds.length, unit: 'chunks' });
    // A turn of the event loop, so that Ctrl-C and the progress line are seen between two runs.
    await new Promise((resolve) => setImmediate(resolve));
    stopIfAborted(signal, `${done} of ${seeds.length} seeds were done`);
    outcomes.push(run(seed));
  }
  return outcomes;
}

function packingFigures(outcome: PackingOutcome): PackingSimulation['perSeed'][number] {
  const { seed, arrived, placed, allocationAtFullDemand, allocation, fragmentation } = outcome;
  return {
    seed,
    arrived,
    placed,
    allocationPercentAtFullDemand: allocationAtFullDemand === null ? null : percent(allocationAtFullDemand),
    allocationPercent: percent(allocation),
    fragmentationPercent: percent(fragmentation),
  };
}

function replayFigures(
  outcome: ReplayOutcome,
  prices: ReadonlyMap<string, string>,
): PackingReplay['perSeed'][number] {
  return {
    seed: outcome.seed,
    placed: outcome.placed,
    turnedAway: outcome.turnedAway,
    peakNodes: outcome.peakNodes,
    peakNodeGpus: outcome.peakNodeGpus,
    peakPodGpus: outcome.peakPodGpus,
    nodeGpuHours: roundTo(outcome.nodeGpuHours, HOUR_DECIMALS),
    podGpuHours: roundTo(outcome.podGpuHours, HOUR_DECIMALS),
    estimatedCost: meanCost([outcome], prices),
  };
}

/** Models are added up in hours × price, and rounded once. `null` when one of them has no price: unknown is not zero. */
function meanCost(outcomes: readonly ReplayOutcome[], prices: ReadonlyMap<string, string>): string | null {
  const models = [...new Set(outcomes.flatMap((outcome) => [...outcome.nodeGpuHoursByModel.keys()]))];
  let dollars = 0;
  for (const model of models) {
    const price = model === null ? undefined : prices.get(model);
    if (price === undefined) return null;
    dollars += meanOf(outcomes, (outcome) => outcome.nodeGpuHoursByModel.get(model) ?? 0) * Number(price);
  }
  return models.length === 0 ? null : estimateCost(dollars, '1');
}

function gpusOf(nodes: readonly PackingNode[]): number {
  return nodes.reduce((sum, { gpus }) => sum + gpus, 0);
}

function percent(fraction: number): number {
  return roundTo(100 * fraction, PERCENT_DECIMALS);
}
