import { estimateToCents, type Picos, picosToNumber } from '../../domain/money/picos.ts';
import {
  cheapestJobCost,
  costOfJob,
  type JobCost,
  type SizedJob,
  type Throughputs,
} from '../../domain/simulation/rightsize/job-costs.ts';
import { estimateSpeed } from '../../domain/simulation/rightsize/roofline.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { TareError } from '../errors.ts';
import type { RightsizeSimulation } from '../results/simulations/rightsize-simulation.ts';

export type RightsizeRequest = Readonly<{
  jobs: readonly SizedJob[];
  throughputs: Throughputs;
  /** The kind that all jobs run on now; one of those with a price. */
  current: string;
  /** Price of a GPU-hour, by kind as the throughputs name it. */
  prices: ReadonlyMap<string, Picos>;
  /** A kind that makes a job take longer is not picked. */
  maxHours: number | null;
  /** Where a speed was never measured, take the lower end of what data sheets say. `null`: such jobs are skipped. */
  estimates: HardwareCatalog | null;
}>;

/** The cheapest kind of GPU for each job, from measured speeds. */
export function simulateRightsize(request: RightsizeRequest): RightsizeSimulation {
  const { jobs, current, prices, maxHours } = request;
  if (!prices.has(current))
    throw new TareError(
      'usage',
      `--current ${current} has no price; priced are ${[...prices.keys()].join(', ')}`,
      `add ${current}=… to --prices`,
    );
  const kinds = [...prices.keys()];
  const totals = new Map(kinds.map((kind) => [kind, { picks: 0, cost: 0 }]));
  const skipped: { job: string; reason: string }[] = [];
  const sums = {
    jobs: 0,
    currentCost: 0,
    bestCost: 0,
    currentGpuHours: 0,
    bestGpuHours: 0,
    estimated: 0,
    late: 0,
  };

  for (const job of jobs) {
    const costs = kinds.map((kind) => costOn(kind, job, request));
    const refused = costs.filter((cost) => typeof cost === 'string');
    if (refused.length > 0) {
      skipped.push({ job: job.name, reason: refused.join('; ') });
      continue;
    }
    take(costs as readonly JobCost[]);
  }
  return {
    jobs: sums.jobs,
    skipped,
    current,
    currentCost: estimateToCents(sums.currentCost),
    bestCost: estimateToCents(sums.bestCost),
    savingPercent: sums.currentCost === 0 ? null : 100 * (1 - sums.bestCost / sums.currentCost),
    picks: Object.fromEntries(kinds.map((kind) => [kind, totals.get(kind)!.picks])),
    currentGpuHours: sums.currentGpuHours,
    bestGpuHours: sums.bestGpuHours,
    allOn: Object.fromEntries(kinds.map((kind) => [kind, estimateToCents(totals.get(kind)!.cost)])),
    estimatedPicks: sums.estimated,
    late: sums.late,
  };

  function take(costs: readonly JobCost[]): void {
    const now = costs.find(({ gpuKind }) => gpuKind === current)!;
    const inTime = cheapestJobCost(costs, maxHours);
    const best = inTime ?? now;
    sums.jobs += 1;
    sums.currentCost += now.cost;
    sums.bestCost += best.cost;
    sums.currentGpuHours += now.gpuHours;
    sums.bestGpuHours += best.gpuHours;
    sums.estimated += best.isEstimated ? 1 : 0;
    sums.late += inTime === undefined ? 1 : 0;
    totals.get(best.gpuKind)!.picks += 1;
    for (const { gpuKind, cost } of costs) totals.get(gpuKind)!.cost += cost;
  }
}

/** The cost of a job on a kind, or why there is none. */
function costOn(kind: string, job: SizedJob, request: RightsizeRequest): JobCost | string {
  const { throughputs, prices, estimates, current } = request;
  const price = picosToNumber(prices.get(kind)!);
  const measured = throughputs(kind, job.jobType, job.gpus);
  if (measured !== undefined && measured > 0) return costOfJob(job, kind, measured, price, false);
  const what = `${job.jobType} on ${job.gpus} ${kind}`;
  if (measured !== undefined) return `${what}: the throughput is 0, it does not run there`;
  const estimated = estimates === null ? null : estimateFrom(current, kind, job, throughputs, estimates);
  return estimated === null
    ? `${what}: no throughput is known`
    : costOfJob(job, kind, estimated, price, true);
}

function estimateFrom(
  current: string,
  kind: string,
  job: SizedJob,
  throughputs: Throughputs,
  catalog: HardwareCatalog,
): number | null {
  const measured = throughputs(current, job.jobType, job.gpus);
  const [from, to] = [current, kind].map((name) => catalog.gpu(catalog.gpuModel(name) ?? name));
  return measured && from && to ? measured * estimateSpeed(from, to).low : null;
}
