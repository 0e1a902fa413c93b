import type { Lifecycle } from '../../domain/facts/facts.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { Tree } from './tree.ts';

/** On which nodes a pod may be put, by its node selector and its required node affinity. */
export type Placement = Readonly<{
  gpuModels: readonly string[];
  instanceType: string | null;
  lifecycle: Lifecycle | null;
  region: string | null;
  provider: string | null;
  pool: string | null;
  lines: Readonly<{ gpuModel?: number; lifecycle?: number; region?: number }>;
}>;

type Demand = Readonly<{ values: readonly string[]; line: number }>;

const MODEL_KEYS = [
  'nvidia.com/gpu.product',
  'amd.com/gpu.product-name',
  'cloud.google.com/gke-accelerator',
  'karpenter.k8s.aws/instance-gpu-name',
  'k8s.amazonaws.com/accelerator',
  'gpu.nvidia.com/model',
  'gpu.nvidia.com/class',
];
const INSTANCE_KEYS = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'];
const REGION_KEYS = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const ZONE_KEYS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const POOL_KEYS = [
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
  'agentpool',
];
const PROVIDERS: readonly (readonly [prefix: string, provider: string])[] = [
  ['karpenter.k8s.aws/', 'aws'],
  ['eks.amazonaws.com/', 'aws'],
  ['k8s.amazonaws.com/', 'aws'],
  ['cloud.google.com/', 'gcp'],
  ['kubernetes.azure.com/', 'azure'],
];

export function readPlacement(pod: Tree, catalog: HardwareCatalog): Placement {
  const demands = demandsOf(pod);
  const pick = (keys: readonly string[]) =>
    keys.map((key) => demands.get(key)).find((found) => found !== undefined);
  const model = pick(MODEL_KEYS);
  const instances = pick(INSTANCE_KEYS);
  const region = pick(REGION_KEYS) ?? pick(ZONE_KEYS);
  const instance = instances === undefined ? undefined : catalog.instance(instances.values[0] ?? '');
  const fromInstances = (instances?.values ?? []).flatMap((name) => catalog.instance(name)?.gpuModel ?? []);
  const paid = lifecycleOf(demands);
  const gpuModels = model?.values.map((name) => catalog.gpuModel(name) ?? name) ?? fromInstances;
  return {
    gpuModels: [...new Set(gpuModels)],
    instanceType: instances?.values[0] ?? null,
    lifecycle: paid?.lifecycle ?? null,
    region: pick(REGION_KEYS)?.values[0] ?? regionOfZone(pick(ZONE_KEYS)?.values[0] ?? null),
    provider:
      instance?.provider ??
      PROVIDERS.find(([prefix]) => [...demands.keys()].some((key) => key.startsWith(prefix)))?.[1] ??
      null,
    pool: pick(POOL_KEYS)?.values[0] ?? null,
    lines: {
      ...((model ?? instances) !== undefined && { gpuModel: (model ?? instances)!.line }),
      ...(paid && { lifecycle: paid.line }),
      ...(region && { region: region.line }),
    },
  };
}

/** `us-east-1a` and `europe-west4-b` without the letter of the zone; Azure's `eastus-1` likewise. */
export function regionOfZone(zone: string | null): string | null {
  if (zone === null) return null;
  return zone.replace(/(?<=\d)[a-z]$|-[a-z]$|(?<=[a-z])-\d$/, '');
}

function demandsOf(pod: Tree): ReadonlyMap<string, Demand> {
  const demands = new Map<string, Demand>();
  const terms = pod
    .at('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
    .items();
  for (const expression of terms.flatMap((term) => term.at('matchExpressions').items())) {
    const key = expression.at('key').text();
    const values = expression
      .at('values')
      .items()
      .flatMap((value) => value.text() ?? []);
    if (key !== null && expression.at('operator').text() === 'In' && values.length > 0)
      demands.set(key, { values, line: expression.line });
  }
  for (const [key, tree] of pod.at('nodeSelector').entries()) {
    const value = tree.text();
    if (value !== null) demands.set(key, { values: [value], line: tree.line });
  }
  return demands;
}

/** Maps and no objects: what manifests say must not reach what objects inherit. */
const CAPACITY_TYPES: ReadonlyMap<string, Lifecycle> = new Map([
  ['ondemand', 'on_demand'],
  ['spot', 'spot'],
  ['reserved', 'committed'],
  ['capacityblock', 'committed'],
  ['owned', 'owned'],
]);

/** The labels that sources read from nodes, asked for instead of found. */
function lifecycleOf(demands: ReadonlyMap<string, Demand>): { lifecycle: Lifecycle; line: number } | null {
  for (const [key, { values, line }] of demands) {
    const value = (values[0] ?? '').toLowerCase();
    if (/^cloud\.google\.com\/gke-(spot|preemptible)$/.test(key))
      return { lifecycle: value === 'true' ? 'spot' : 'on_demand', line };
    if (key === 'kubernetes.azure.com/scalesetpriority')
      return { lifecycle: value === 'spot' ? 'spot' : 'on_demand', line };
    const isCapacityType =
      /^(karpenter\.sh\/capacity-type|eks\.amazonaws\.com\/capacityType|tare\.dev\/lifecycle)$/.test(key);
    const lifecycle = CAPACITY_TYPES.get(value.replace(/[-_]/g, ''));
    // Either kind of capacity will do: nothing is said.
    if (isCapacityType && lifecycle && values.length === 1) return { lifecycle, line };
  }
  return null;
}
