import { podWorkloadId } from '../../domain/fleet/workload-ids.ts';
import type { KubePod } from './kube-state.ts';
import { type Labels, pickLabel } from './series.ts';

/** What several pods are one run of. */
export type PodRun = Readonly<{
  /** `k8s:NAMESPACE/KIND/NAME`, with the start of its uid where labels tell it, since a name is used again. */
  runId: string;
  name: string;
  /** A CronJob, whose Jobs are compared with each other. */
  experiment: string | null;
  queue: string | null;
  /** Pods with the same index take each other's place; `null` where pods have none. */
  slot: string | null;
  /** How often the whole set was started before, where its controller counts. */
  restartAttempt: number | null;
}>;

type Identity = Readonly<{ kind: string; name: string; uid: string | null }>;

const UID_CHARS = 8;
/** A CronJob appends the minute it was due at, counted from 1970. */
const CRON_JOB = /^(.+)-\d{8,10}$/;

/**
 * The run that a pod belongs to: by its own label `tare.dev/run`; by the outermost controller that trains (TrainJob, JobSet, the jobs of
 * Kubeflow's training operator, RayJob, LeaderWorkerSet); by the job that Kueue admitted; by its Job. `null`: the pod is no part of a run.
 */
export function runOfPod(pod: KubePod): PodRun | null {
  const { labels } = pod;
  const identity = identityOf(pod);
  if (identity === null) return null;
  const { kind, name, uid } = identity;
  const cron = kind === 'Job' ? CRON_JOB.exec(name)?.[1] : undefined;
  const place = (what: string) => `k8s:${podWorkloadId(pod.namespace, what)}`;
  const restarts = pickLabel(labels, 'label_jobset_sigs_k8s_io_restart_attempt');
  return {
    runId: `${place(`${kind}/${name}`)}${uid === null ? '' : `@${uid.slice(0, UID_CHARS)}`}`,
    name,
    experiment: cron === undefined ? null : place(`CronJob/${cron}`),
    queue: pickLabel(
      labels,
      'label_kueue_x_k8s_io_queue_name',
      'label_kueue_x_k8s_io_cluster_queue_name',
      'label_volcano_sh_queue_name',
    ),
    slot: slotOf(labels),
    restartAttempt: restarts !== null && /^\d+$/.test(restarts) ? Number(restarts) : null,
  };
}

function identityOf({ labels, owner }: KubePod): Identity | null {
  const label = (...names: readonly string[]) => pickLabel(labels, ...names.map((name) => `label_${name}`));
  const stated = label('tare_dev_run', 'finops_run_id');
  if (stated !== null) return { kind: 'run', name: stated, uid: null };
  const jobSet = label('jobset_sigs_k8s_io_jobset_name');
  if (jobSet !== null) {
    const isTrainJob = label('trainer_kubeflow_org_trainjob_ancestor_step') !== null;
    return {
      kind: isTrainJob ? 'TrainJob' : 'JobSet',
      name: jobSet,
      uid: label('jobset_sigs_k8s_io_jobset_uid'),
    };
  }
  const training = label('training_kubeflow_org_job_name');
  if (training !== null)
    return { kind: operatorKind(label('training_kubeflow_org_operator_name')), name: training, uid: null };
  const ray = label('ray_io_originated_from_cr_name');
  if (ray !== null && label('ray_io_originated_from_crd') === 'RayJob')
    return { kind: 'RayJob', name: ray, uid: null };
  const leaderWorkerSet = label('leaderworkerset_sigs_k8s_io_name');
  if (leaderWorkerSet !== null) return { kind: 'LeaderWorkerSet', name: leaderWorkerSet, uid: null };
  const job =
    label('batch_kubernetes_io_job_name', 'job_name') ?? (owner?.kind === 'Job' ? owner.name : null);
  const admitted = label('kueue_x_k8s_io_job_uid');
  if (admitted !== null) return { kind: 'Workload', name: job ?? owner?.name ?? admitted, uid: admitted };
  if (job !== null)
    return { kind: 'Job', name: job, uid: label('batch_kubernetes_io_controller_uid', 'controller_uid') };
  return null;
}

/** `pytorchjob-controller` → PyTorchJob. */
const OPERATORS: Readonly<Record<string, string>> = {
  pytorchjob: 'PyTorchJob',
  tfjob: 'TFJob',
  mpijob: 'MPIJob',
  'mpi-operator': 'MPIJob',
  xgboostjob: 'XGBoostJob',
  paddlejob: 'PaddleJob',
  jaxjob: 'JAXJob',
};

function operatorKind(operator: string | null): string {
  return OPERATORS[operator?.replace(/-controller$/, '').toLowerCase() ?? ''] ?? 'TrainingJob';
}

function slotOf(labels: Labels): string | null {
  const parts = [
    pickLabel(labels, 'label_jobset_sigs_k8s_io_job_global_index', 'label_jobset_sigs_k8s_io_job_index'),
    pickLabel(labels, 'label_training_kubeflow_org_replica_type'),
    pickLabel(labels, 'label_training_kubeflow_org_replica_index'),
    pickLabel(labels, 'label_batch_kubernetes_io_job_completion_index'),
  ];
  return parts.every((part) => part === null) ? null : parts.map((part) => part ?? '').join('/');
}
