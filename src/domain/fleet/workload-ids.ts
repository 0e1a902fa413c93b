/** Ids of workloads that several sources know: the same holder has the same id in each of them. */

/** A pod; its namespace is missing only where nobody tells. */
export function podWorkloadId(namespace: string | null, pod: string): string {
  return namespace === null ? pod : `${namespace}/${pod}`;
}

/** An attempt of a job as Slurm's accounting knows it: `slurm:CLUSTER:ID`, later attempts `slurm:CLUSTER:ID:2`. */
export function slurmWorkloadId(cluster: string, jobId: string, attempt = 1): string {
  return `slurm:${cluster}:${jobId}${attempt > 1 ? `:${attempt}` : ''}`;
}

/** A job as telemetry knows it, which tells neither cluster nor attempt. */
export function jobWorkloadId(jobId: string): string {
  return `job:${jobId}`;
}
