import type { Lifecycle } from '../../domain/facts/facts.ts';
import { labelAttributes, readHours, statedFacts } from '../../domain/governance/label-facts.ts';
import type { Copies, Launch } from '../../domain/governance/launch.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { UNSTATED } from './launch-defaults.ts';
import type { Manifest } from './manifest.ts';
import { regionOfZone } from './placement.ts';
import { autoscalingGroup } from './terraform-autoscaling.ts';
import { Tree } from './tree.ts';

export type TerraformReading =
  | Readonly<{ kind: 'launches'; launches: readonly Launch[] }>
  | Readonly<{ kind: 'unreadable'; message: string }>;

/** What `terraform show -json PLAN` prints. */
export function isTerraformPlan(value: unknown): boolean {
  const plan = value as Readonly<Record<string, unknown>> | null;
  return (
    typeof plan === 'object' && plan !== null && ('planned_values' in plan || 'resource_changes' in plan)
  );
}

/** Every machine with GPUs that there will be once the plan is carried out. */
export function readTerraform(
  text: string,
  value: unknown,
  file: string,
  catalog: HardwareCatalog,
): TerraformReading {
  const plan = Tree.of({ value, line: () => 1 } satisfies Manifest);
  if (!plan.at('planned_values').isThere)
    return {
      kind: 'unreadable',
      message: 'the plan has no planned_values; write it with terraform show -json PLAN',
    };
  const regions = providerRegions(plan);
  const lines = lineFinder(text);
  const resources = resourcesOf(plan.at('planned_values', 'root_module'), MOST_DEPTH);
  const launches = resources.flatMap((resource) => {
    const type = resource.at('type').text() ?? '';
    const machine =
      type === 'aws_autoscaling_group'
        ? autoscalingGroup(resource, resources, plan)
        : Object.hasOwn(MACHINES, type)
          ? MACHINES[type]!(resource.at('values'))
          : null;
    if (machine === null) return [];
    const gpu = gpusOf(machine, catalog);
    if (gpu === null) return [];
    return [toLaunch(resource, type, machine, gpu, file, lines, regions)];
  });
  return { kind: 'launches', launches };
}

const MOST_DEPTH = 32;

function resourcesOf(module: Tree, depth: number): readonly Tree[] {
  if (depth === 0) return [];
  return [
    ...module
      .at('resources')
      .items()
      .filter((resource) => resource.at('mode').text() !== 'data'),
    ...module
      .at('child_modules')
      .items()
      .flatMap((child) => resourcesOf(child, depth - 1)),
  ];
}

/** A kind of resource that is, or starts, machines. */
type Machine = Readonly<{
  provider: string;
  instanceType: string | null;
  accelerators: readonly Tree[];
  lifecycle: Lifecycle;
  region: string | null;
  copies: Copies;
  tags: Tree;
}>;

const MACHINES: Readonly<Record<string, (values: Tree) => Machine>> = {
  aws_instance: (values) => ({
    ...aws(values),
    instanceType: values.at('instance_type').text(),
    lifecycle:
      values.at('instance_market_options', 0, 'market_type').text() === 'spot' ? 'spot' : 'on_demand',
    copies: copiesOf(1),
  }),
  aws_spot_instance_request: (values) => ({
    ...aws(values),
    instanceType: values.at('instance_type').text(),
    lifecycle: 'spot',
    copies: copiesOf(1),
  }),
  aws_eks_node_group: (values) => ({
    ...aws(values),
    instanceType: values.at('instance_types', 0).text(),
    lifecycle: AWS_CAPACITY.get(values.at('capacity_type').text() ?? '') ?? 'on_demand',
    copies: scaled(
      values.at('scaling_config', 0, 'desired_size'),
      values.at('scaling_config', 0, 'min_size'),
      values.at('scaling_config', 0, 'max_size'),
    ),
  }),
  google_compute_instance: (values) => ({ ...google(values, values), copies: copiesOf(1) }),
  google_container_node_pool: (values) => {
    const bounds = values.at('autoscaling', 0);
    const stated = values.at('node_count').isThere
      ? values.at('node_count')
      : values.at('initial_node_count');
    return {
      ...google(values.at('node_config', 0), values),
      copies: scaled(
        stated,
        bounds.at('min_node_count').isThere ? bounds.at('min_node_count') : bounds.at('total_min_node_count'),
        bounds.at('max_node_count').isThere ? bounds.at('max_node_count') : bounds.at('total_max_node_count'),
      ),
    };
  },
  azurerm_linux_virtual_machine: (values) => ({ ...azure(values, 'size'), copies: copiesOf(1) }),
  azurerm_windows_virtual_machine: (values) => ({ ...azure(values, 'size'), copies: copiesOf(1) }),
  azurerm_virtual_machine: (values) => ({ ...azure(values, 'vm_size'), copies: copiesOf(1) }),
  azurerm_linux_virtual_machine_scale_set: (values) => ({
    ...azure(values, 'sku'),
    copies: copiesOf(values.at('instances').count() ?? 1),
  }),
  azurerm_kubernetes_cluster_node_pool: (values) => azurePool(values),
  azurerm_kubernetes_cluster: (values) => {
    const pool = azurePool(values.at('default_node_pool', 0));
    return { ...pool, region: values.at('location').text(), tags: values.at('tags') };
  },
};

const AWS_CAPACITY: ReadonlyMap<string, Lifecycle> = new Map([
  ['SPOT', 'spot'],
  ['ON_DEMAND', 'on_demand'],
  ['CAPACITY_BLOCK', 'committed'],
]);

function aws(values: Tree) {
  return {
    provider: 'aws',
    accelerators: [],
    region: values.at('region').text() ?? regionOfZone(values.at('availability_zone').text()),
    tags: values.at('tags_all').isThere ? values.at('tags_all') : values.at('tags'),
  };
}

function google(node: Tree, resource: Tree) {
  const scheduling = node.at('scheduling', 0);
  const isSpot =
    node.at('spot').value === true ||
    node.at('preemptible').value === true ||
    scheduling.at('preemptible').value === true ||
    scheduling.at('provisioning_model').text() === 'SPOT';
  const zone = resource.at('zone').text() ?? resource.at('location').text();
  return {
    provider: 'gcp',
    instanceType: node.at('machine_type').text(),
    accelerators: node.at('guest_accelerator').items(),
    lifecycle: (isSpot ? 'spot' : 'on_demand') as Lifecycle,
    region: regionOfZone(zone),
    tags: node.at('labels').isThere ? node.at('labels') : resource.at('labels'),
  };
}

function azure(values: Tree, size: string) {
  return {
    provider: 'azure',
    instanceType: values.at(size).text(),
    accelerators: [],
    lifecycle: (values.at('priority').text() === 'Spot' ? 'spot' : 'on_demand') as Lifecycle,
    region: values.at('location').text(),
    tags: values.at('tags'),
  };
}

function azurePool(pool: Tree): Machine {
  return {
    ...azure(pool, 'vm_size'),
    copies: scaled(pool.at('node_count'), pool.at('min_count'), pool.at('max_count')),
  };
}

function copiesOf(count: number): Copies {
  return { stated: count, min: count, max: count, isAutoscaled: false };
}

function scaled(stated: Tree, least: Tree, most: Tree): Copies {
  const max = most.count();
  const min = least.count();
  const count = stated.count() ?? min ?? 1;
  if (max === null) return copiesOf(count);
  return { stated: count, min: min ?? 0, max: Math.max(max, count), isAutoscaled: (min ?? 0) < max };
}

/** The GPUs that are attached, or those of the machine type; `null` without. */
function gpusOf({ instanceType, accelerators }: Machine, catalog: HardwareCatalog) {
  const attached = accelerators.flatMap((accelerator) => {
    const type = accelerator.at('type').text();
    const count = accelerator.at('count').count() ?? 0;
    return type === null || count === 0 ? [] : [{ type: type.replace(/^.*\//, ''), count }];
  });
  const [first] = attached;
  if (first) return { gpuModels: [catalog.gpuModel(first.type) ?? first.type], gpusPerNode: first.count };
  const shape = instanceType === null ? undefined : catalog.instance(instanceType);
  return shape === undefined ? null : { gpuModels: [shape.gpuModel], gpusPerNode: shape.gpuCount };
}

function toLaunch(
  resource: Tree,
  type: string,
  machine: Machine,
  gpu: Readonly<{ gpuModels: readonly string[]; gpusPerNode: number }>,
  file: string,
  lineOf: (address: string) => number,
  regions: ReadonlyMap<string, string>,
): Launch {
  const address = resource.at('address').text() ?? type;
  const labels = machine.tags.texts();
  const stated = statedFacts(labels);
  const line = lineOf(address);
  return {
    ...UNSTATED,
    file,
    line,
    resourceKind: type,
    kind: stated.kind,
    name: address,
    attributes: { ...labelAttributes(labels, 'label'), ...labelAttributes(labels, 'tag') },
    parts: [{ name: '', ...gpu, instanceType: machine.instanceType, nodes: 1, nodesMin: 1, nodesMax: 1 }],
    isContinuous: true,
    copies: machine.copies,
    lifecycle: stated.lifecycle ?? machine.lifecycle,
    provider: machine.provider,
    region: machine.region ?? regions.get(machine.provider) ?? null,
    idleLimitHours: stated.idleLimitHours ?? readHours(labels['autostop'] ?? null),
    isInterruptible: stated.isInterruptible,
    isLatencyCritical: stated.isLatencyCritical,
    lines: {},
  };
}

const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map([
  ['aws', 'aws'],
  ['google', 'gcp'],
  ['azurerm', 'azure'],
]);

/** The region that a provider is configured with, where it is written as a constant or a variable with a value. */
function providerRegions(plan: Tree): ReadonlyMap<string, string> {
  const regions = new Map<string, string>();
  for (const [, config] of plan.at('configuration', 'provider_config').entries()) {
    const provider = PROVIDER_NAMES.get(config.at('name').text() ?? '');
    const region = config.at('expressions', 'region');
    const variable = /^var\.(\w+)$/.exec(region.at('references', 0).text() ?? '')?.[1];
    const value =
      region.at('constant_value').text() ??
      (variable === undefined ? null : plan.at('variables', variable, 'value').text());
    if (provider !== undefined && value !== null && !regions.has(provider)) regions.set(provider, value);
  }
  return regions;
}

/** Plans are usually one long line; in one that is laid out, the line of the address leads to the resource. */
function lineFinder(text: string): (address: string) => number {
  return (address) => {
    const at = text.indexOf(`"address":`) < 0 ? -1 : text.search(addressPattern(address));
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
}

function addressPattern(address: string): RegExp {
  const escaped = JSON.stringify(address).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`"address":\\s*${escaped}`);
}
