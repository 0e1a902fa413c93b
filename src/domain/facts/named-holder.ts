import { jobWorkloadId, podWorkloadId, slurmWorkloadId } from '../fleet/workload-ids.ts';

export type HolderNaming = Readonly<{
  /**
   * Set where Slurm's accounting brings the devices of jobs: the cluster of jobs that do not name theirs. `null` where telemetry
   * does, which knows a job by its number alone.
   */
  slurmCluster: string | null;
}>;

const WORKLOAD = ['tare_workload_id', 'tare_workload'];
const JOB = ['slurm_job_id', 'slurm_jobid'];
const ARRAY = ['slurm_array_job_id'];
const TASK = ['slurm_array_task_id'];
const CLUSTER = ['slurm_cluster_name', 'slurm_cluster'];
const RESTARTS = ['slurm_restart_count'];
const POD = ['pod_name', 'k8s_pod_name', 'kubernetes_pod_name'];
const NAMESPACE = [
  'pod_namespace',
  'k8s_namespace_name',
  'kubernetes_namespace',
  'kubernetes_namespace_name',
  'namespace',
];

/**
 * The workload on whose devices a run says that it runs, in whatever it carries: tags, parameters, configuration. `tare.workload_id`
 * names it outright; otherwise a Slurm job (`SLURM_JOB_ID`) or a pod (`POD_NAME`, `POD_NAMESPACE`) as their environment has it, in any
 * case and with any separator. `null` when it names none.
 */
export function findNamedHolder(
  carried: Iterable<readonly [name: string, value: string]>,
  { slurmCluster }: HolderNaming,
): string | null {
  const values = new Map<string, string>();
  for (const [name, value] of carried) {
    if (value.trim() !== '') values.set(normal(name), value.trim());
  }
  const find = (names: readonly string[]) => names.map((name) => values.get(name)).find(Boolean) ?? null;

  const workload = find(WORKLOAD);
  if (workload !== null) return workload;
  const job = find(JOB);
  if (job !== null) {
    if (slurmCluster === null) return jobWorkloadId(job);
    const restarts = Number(find(RESTARTS) ?? 0);
    const [array, task] = [find(ARRAY), find(TASK)];
    // Accounting knows a task by its array, telemetry by the number of its own.
    const accounted = array === null || task === null ? job : `${array}_${task}`;
    const attempt = Number.isInteger(restarts) ? restarts + 1 : 1;
    return slurmWorkloadId(find(CLUSTER) ?? slurmCluster, accounted, attempt);
  }
  const pod = find(POD);
  return pod === null ? null : podWorkloadId(find(NAMESPACE), pod);
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
