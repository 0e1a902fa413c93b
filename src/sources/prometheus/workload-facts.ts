import {
  type Attributes,
  WORKLOAD_KINDS,
  type WorkloadFact,
  type WorkloadKind,
} from '../../domain/facts/facts.ts';
import type { Holder } from './holder.ts';
import type { KubePod, KubeState } from './kube-state.ts';
import { type Labels, pickLabel } from './series.ts';

type Controller = Readonly<{ kind: string; name: string }>;

/**
 * One workload for each pod (`namespace/pod`), named for what controls it so that reports can put its pods together, and for each
 * scheduler's job (`job:ID`).
 */
export function workloadFact(holder: Holder, kube: KubeState): WorkloadFact {
  if (holder.kind === 'job') {
    const { workloadId, job, attributes } = holder;
    return { workloadId, kind: 'batch', name: job, attributes };
  }
  const pod = kube.pods.get(holder.workloadId);
  const labels = pod?.labels ?? {};
  const controller = controllerOf(holder.pod, pod);
  return {
    workloadId: holder.workloadId,
    kind: kindOf(holder.pod, labels, controller),
    name: controller?.name ?? holder.pod,
    attributes: attributesOf(holder, labels, controller),
  };
}

/** Labels by which training operators and serving frameworks mark their pods, outermost controller first. */
const CONTROLLER_LABELS: readonly (readonly [label: string, kind: string])[] = [
  ['training_kubeflow_org_job_name', 'TrainingJob'],
  ['jobset_sigs_k8s_io_jobset_name', 'JobSet'],
  ['ray_io_cluster', 'RayCluster'],
  ['leaderworkerset_sigs_k8s_io_name', 'LeaderWorkerSet'],
  ['serving_kserve_io_inferenceservice', 'InferenceService'],
  ['serving_knative_dev_service', 'KnativeService'],
  ['notebook_name', 'Notebook'],
];

function controllerOf(podName: string, pod: KubePod | undefined): Controller | null {
  for (const [label, kind] of CONTROLLER_LABELS) {
    const name = pickLabel(pod?.labels ?? {}, `label_${label}`);
    if (name !== null) return { kind, name };
  }
  if (pod?.owner) return unwrap(pod.owner);
  return pod ? null : guessFromName(podName);
}

/** Kubernetes draws the random parts of names from letters that spell nothing. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';
const REPLICA_SET = new RegExp(`^(.+)-${RANDOM}{6,10}$`);
const DEPLOYMENT_POD = new RegExp(`^(.+)-${RANDOM}{6,10}-${RANDOM}{5}$`);
/** A CronJob appends the minute it was due at, counted from 1970. */
const CRON_JOB = /^(.+)-\d{8,10}$/;

function unwrap({ kind, name }: Controller): Controller {
  if (kind === 'ReplicaSet') return { kind: 'Deployment', name: REPLICA_SET.exec(name)?.[1] ?? name };
  const cron = kind === 'Job' ? CRON_JOB.exec(name)?.[1] : undefined;
  return cron === undefined ? { kind, name } : { kind: 'CronJob', name: cron };
}

/** Without kube-state-metrics, the name of a Deployment's pod still shows what it is. */
function guessFromName(podName: string): Controller | null {
  const name = DEPLOYMENT_POD.exec(podName)?.[1];
  return name === undefined ? null : { kind: 'Deployment', name };
}

const KIND_OF_CONTROLLER: Readonly<Record<string, WorkloadKind>> = {
  TrainingJob: 'training',
  Job: 'training',
  JobSet: 'training',
  TrainJob: 'training',
  PyTorchJob: 'training',
  TFJob: 'training',
  MPIJob: 'training',
  XGBoostJob: 'training',
  PaddleJob: 'training',
  JAXJob: 'training',
  RayJob: 'training',
  CronJob: 'batch',
  Workflow: 'batch',
  Deployment: 'inference',
  StatefulSet: 'inference',
  InferenceService: 'inference',
  KnativeService: 'inference',
  LeaderWorkerSet: 'inference',
  RayService: 'inference',
  Notebook: 'notebook',
  DaemonSet: 'system',
  Node: 'system',
};

const NOTEBOOK_NAME = /(^|[-_.])(jupyter|jupyterhub|notebook)([-_.]|$)/i;

/** `tare.dev/kind` first, then what looks like a notebook (they come as StatefulSets), then the controller; otherwise batch. */
function kindOf(podName: string, labels: Labels, controller: Controller | null): WorkloadKind {
  const stated = pickLabel(labels, 'label_tare_dev_kind');
  const known = WORKLOAD_KINDS.find((kind) => kind === stated);
  if (known) return known;
  if (isNotebook(podName, labels, controller)) return 'notebook';
  return KIND_OF_CONTROLLER[controller?.kind ?? ''] ?? 'batch';
}

function isNotebook(podName: string, labels: Labels, controller: Controller | null): boolean {
  if (pickLabel(labels, 'label_notebook_name', 'label_hub_jupyter_org_username') !== null) return true;
  if (pickLabel(labels, 'label_component') === 'singleuser-server') return true;
  return NOTEBOOK_NAME.test(podName) || NOTEBOOK_NAME.test(controller?.name ?? '');
}

function attributesOf(
  holder: Holder & { kind: 'pod' },
  labels: Labels,
  controller: Controller | null,
): Attributes {
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith('label_') && value !== '') attributes[`label:${key.slice('label_'.length)}`] = value;
  }
  if (holder.namespace !== null) attributes['namespace'] = holder.namespace;
  attributes['pod'] = holder.pod;
  if (controller) {
    attributes['controller'] = controller.name;
    attributes['controllerKind'] = controller.kind;
  }
  return attributes;
}
