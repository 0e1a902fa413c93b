import type { CapacityFact } from '../../domain/facts/facts.ts';
import { resourceKey } from '../../domain/fleet/resource-key.ts';
import type { TimeWindow } from '../../domain/time/window.ts';
import type { GpuSpec, HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';
import { describedIn, type KubeNode } from './kube-state.ts';
import { type NodeLabels, readNodeLabels } from './node-labels.ts';
import { pickLabel } from './series.ts';

/** What is known about a node besides its devices. */
export type NodeFacts = Readonly<{
  labels: NodeLabels;
  shape: InstanceShape | undefined;
  capacity: Pick<
    CapacityFact,
    'lifecycle' | 'provider' | 'region' | 'instanceType' | 'pool' | 'resourceKey' | 'attributes'
  >;
}>;

export type NodeDefaults = Readonly<{ catalog: HardwareCatalog; provider: string | null }>;

/** Describes a node in one of its lives; everything is unknown for a node that kube-state-metrics does not list. */
export function nodeFacts(
  node: KubeNode | undefined,
  life: TimeWindow,
  { catalog, provider }: NodeDefaults,
): NodeFacts {
  const labels = readNodeLabels(describedIn(node?.labels ?? [], life));
  const providerId = pickLabel(describedIn(node?.infos ?? [], life), 'provider_id');
  const shape = labels.instanceType === null ? undefined : catalog.instance(labels.instanceType);
  const isOwned = (node?.infos.length ?? 0) > 0 && providerId === null && labels.instanceType === null;
  return {
    labels,
    shape,
    capacity: {
      // A node of a cluster without a cloud has neither a provider id nor an instance type.
      lifecycle: labels.lifecycle ?? (isOwned ? 'owned' : 'on_demand'),
      provider: provider ?? shape?.provider ?? providerOf(providerId),
      region: labels.region,
      instanceType: labels.instanceType,
      pool: labels.pool,
      resourceKey: providerId === null ? null : resourceKey(providerId),
      attributes: labels.attributes,
    },
  };
}

/** The catalogue's name for the GPU, from whatever names it first; as reported where the catalogue knows none of the names. */
export function gpuModelOf(
  reported: string | null,
  { labels, shape }: NodeFacts,
  catalog: HardwareCatalog,
): string {
  const product = labels.gpuProduct?.replace(/-SHARED$|-MIG-.*$/g, '') ?? null;
  const names = [reported, product, shape?.gpuModel ?? null].filter((name) => name !== null);
  for (const name of names) {
    const known = catalog.gpuModel(name);
    if (known !== undefined) return known;
  }
  return names[0] ?? 'unknown';
}

/** How many GPUs the machine holds; `null` where MIG makes the resource count slices and nothing else says. */
export function physicalGpus(node: KubeNode, { labels, shape }: NodeFacts): number | null {
  const resources = [...node.resources];
  const isSliced = resources.some(([name]) => name.includes('_mig_')) || labels.gpuProduct?.includes('-MIG-');
  const listed = resources
    .filter(([name]) => !name.includes('_mig_'))
    .reduce((sum, [, count]) => sum + count, 0);
  const rented = Math.ceil(shape?.gpuCount ?? 0);
  // An unhealthy GPU leaves the node's capacity and stays on the bill.
  const count = Math.max(rented, isSliced ? 0 : Math.ceil(listed / labels.replicas));
  return count > 0 ? count : null;
}

export function memoryMibOf(gpu: GpuSpec | undefined, { labels }: NodeFacts): number | null {
  return gpu ? gpu.memoryGib * 1024 : labels.gpuMemoryMib;
}

const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'AWS',
  gce: 'Google Cloud',
  azure: 'Azure',
  oci: 'Oracle Cloud',
  digitalocean: 'DigitalOcean',
  ibm: 'IBM Cloud',
};

function providerOf(providerId: string | null): string | null {
  const scheme = /^([a-z0-9]+):\/\//.exec(providerId ?? '')?.[1];
  return PROVIDERS[scheme ?? ''] ?? null;
}
