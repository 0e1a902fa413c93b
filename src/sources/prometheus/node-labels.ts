import type { Attributes, Lifecycle } from '../../domain/facts/facts.ts';
import { LIFECYCLES } from '../../domain/facts/facts.ts';
import { type Labels, pickLabel } from './series.ts';

/** What the labels of a Kubernetes node say, as kube-state-metrics spells them (`label_` and underscores). */
export type NodeLabels = Readonly<{
  instanceType: string | null;
  region: string | null;
  pool: string | null;
  /** `null` when no label names the way of paying. */
  lifecycle: Lifecycle | null;
  gpuProduct: string | null;
  gpuMemoryMib: number | null;
  /** How many pods share one device by time slicing or MPS; 1 without sharing. */
  replicas: number;
  attributes: Attributes;
}>;

export function readNodeLabels(labels: Labels): NodeLabels {
  const pick = (...names: readonly string[]) => pickLabel(labels, ...names.map((name) => `label_${name}`));
  return {
    instanceType: pick('node_kubernetes_io_instance_type', 'beta_kubernetes_io_instance_type'),
    region: pick('topology_kubernetes_io_region', 'failure_domain_beta_kubernetes_io_region'),
    pool: pick(
      'karpenter_sh_nodepool',
      'eks_amazonaws_com_nodegroup',
      'alpha_eksctl_io_nodegroup_name',
      'cloud_google_com_gke_nodepool',
      'kubernetes_azure_com_agentpool',
      'agentpool',
    ),
    lifecycle: lifecycleOf(pick),
    gpuProduct: pick(
      'nvidia_com_gpu_product',
      'amd_com_gpu_product_name',
      'cloud_google_com_gke_accelerator',
      'karpenter_k8s_aws_instance_gpu_name',
    ),
    gpuMemoryMib: positive(pick('nvidia_com_gpu_memory')),
    replicas: replicasOf(pick),
    attributes: attributesOf(labels),
  };
}

type Pick = (...names: readonly string[]) => string | null;

/** `tare.dev/lifecycle` first: the owner knows best. Newer kube-state-metrics write `capacityType` in snake case. */
function lifecycleOf(pick: Pick): Lifecycle | null {
  const stated = pick('tare_dev_lifecycle')?.replace('-', '_');
  const known = LIFECYCLES.find((lifecycle) => lifecycle === stated);
  if (known) return known;
  if (pick('cloud_google_com_gke_spot', 'cloud_google_com_gke_preemptible') === 'true') return 'spot';
  if (pick('kubernetes_azure_com_scalesetpriority')?.toLowerCase() === 'spot') return 'spot';
  const type = pick(
    'karpenter_sh_capacity_type',
    'eks_amazonaws_com_capacity_type',
    'eks_amazonaws_com_capacityType',
  );
  return CAPACITY_TYPES[type?.toLowerCase().replace(/[-_]/g, '') ?? ''] ?? null;
}

const CAPACITY_TYPES: Readonly<Record<string, Lifecycle>> = {
  ondemand: 'on_demand',
  spot: 'spot',
  reserved: 'committed',
  capacityblock: 'committed',
};

function replicasOf(pick: Pick): number {
  const strategy = pick('nvidia_com_gpu_sharing_strategy');
  const isShared = strategy !== null && strategy !== 'none';
  return isShared ? (positive(pick('nvidia_com_gpu_replicas')) ?? 1) : 1;
}

/** Feature discovery writes dozens of labels per node that no owner rule names, among them a timestamp. */
const NOT_FOR_OWNERS = /^(feature_node_kubernetes_io_|nvidia_com_)/;

function attributesOf(labels: Labels): Attributes {
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(labels)) {
    const name = key.startsWith('label_') ? key.slice('label_'.length) : null;
    if (name !== null && value !== '' && !NOT_FOR_OWNERS.test(name)) attributes[`node:${name}`] = value;
  }
  return attributes;
}

function positive(text: string | null): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? value : null;
}
