import { type Labels, pickLabel } from '../series.ts';

/** What a gauge says of a queue. Run:ai says of each workload what it asked for and what it got. */
export type QueueRole = 'pending' | 'pendingGpus' | 'reserved' | 'used' | 'nominal' | 'asked' | 'given';

export type QueueMetric = Readonly<{
  name: string;
  scheduler: 'kueue' | 'runai';
  role: QueueRole;
  /** The label with the queue's name. */
  queue: readonly string[];
  /** Only series of a resource that is a GPU count. */
  isByResource: boolean;
}>;

const KUEUE = { scheduler: 'kueue', queue: ['cluster_queue'] } as const;
const RUNAI = { scheduler: 'runai', isByResource: false } as const;

/**
 * Kueue v0.19; quotas only with `metrics.enableClusterQueueResources`. Run:ai names its projects in metrics of workloads and, as its open
 * scheduler does, queues in those of its queue controller.
 */
export const QUEUE_METRICS: readonly QueueMetric[] = [
  { ...KUEUE, name: 'kueue_pending_workloads', role: 'pending', isByResource: false },
  { ...KUEUE, name: 'kueue_cluster_queue_resource_pending', role: 'pendingGpus', isByResource: true },
  { ...KUEUE, name: 'kueue_cluster_queue_resource_reservation', role: 'reserved', isByResource: true },
  { ...KUEUE, name: 'kueue_cluster_queue_resource_usage', role: 'used', isByResource: true },
  { ...KUEUE, name: 'kueue_cluster_queue_nominal_quota', role: 'nominal', isByResource: true },
  { ...RUNAI, name: 'runai_allocated_gpu_count_per_project', role: 'used', queue: ['project'] },
  { ...RUNAI, name: 'runai_requested_gpus_per_workload', role: 'asked', queue: ['project'] },
  { ...RUNAI, name: 'runai_allocated_gpu_count_per_workload', role: 'given', queue: ['project'] },
  ...['runai_queue', 'kai_queue', 'queue'].flatMap((prefix): QueueMetric[] => [
    {
      ...RUNAI,
      name: `${prefix}_deserved_gpus`,
      role: 'nominal',
      queue: ['queue_display_name', 'queue_name'],
    },
    { ...RUNAI, name: `${prefix}_allocated_gpus`, role: 'used', queue: ['queue_display_name', 'queue_name'] },
  ]),
];

/** For the question which of them there are. */
export const QUEUE_METRIC_PATTERN = QUEUE_METRICS.map(({ name }) => name).join('|');

/** As Kubernetes spells resources: `nvidia.com/gpu`, `nvidia.com/mig-1g.10gb`. A slice counts as one GPU, as its quota does. */
const GPU_RESOURCE =
  /^(nvidia\.com\/(gpu|gpu\.shared|mig-.+)|amd\.com\/gpu|gpu\.intel\.com\/(i915|xe)|habana\.ai\/gaudi)$/;

export function queueMetric(name: string): QueueMetric | undefined {
  return QUEUE_METRICS.find((metric) => metric.name === name);
}

/** `kueue:ranking`; `null` for what is not of a queue, or not of GPUs. */
export function queueOf({ scheduler, queue, isByResource }: QueueMetric, labels: Labels): string | null {
  if (isByResource && !GPU_RESOURCE.test(labels['resource'] ?? '')) return null;
  const name = pickLabel(labels, ...queue);
  return name === null ? null : `${scheduler}:${name}`;
}
