/** A job whose length in steps is known, so that its cost on another kind of GPU is a matter of speed. */
export type SizedJob = Readonly<{
  name: string;
  /** What it runs; with `gpus` the key of its throughput. */
  jobType: string;
  steps: number;
  gpus: number;
}>;

/** Steps per second of a job of a type on so many GPUs of a kind; 0 where it was tried and does not run, `undefined` where unknown. */
export type Throughputs = (gpuKind: string, jobType: string, gpus: number) => number | undefined;

/** Floating point in the currency of the prices: an estimate, rounded where it is printed. */
export type JobCost = Readonly<{
  gpuKind: string;
  gpuHours: number;
  hours: number;
  cost: number;
  isEstimated: boolean;
}>;

/** GPU-hours = steps ÷ throughput × GPUs ÷ 3600. Dividing by a throughput that is no throughput is refused by whoever calls this. */
export function costOfJob(
  job: SizedJob,
  gpuKind: string,
  stepsPerSecond: number,
  perGpuHour: number,
  isEstimated: boolean,
): JobCost {
  const hours = job.steps / stepsPerSecond / 3600;
  return { gpuKind, hours, gpuHours: hours * job.gpus, cost: hours * job.gpus * perGpuHour, isEstimated };
}

/** The cheapest, of those that keep the time if there is one; `undefined` where none does. The first one of equals. */
export function cheapestJobCost(costs: readonly JobCost[], maxHours: number | null): JobCost | undefined {
  const inTime = costs.filter(({ hours }) => maxHours === null || hours <= maxHours);
  return inTime.reduce<JobCost | undefined>(
    (best, one) => (best === undefined || one.cost < best.cost ? one : best),
    undefined,
  );
}
