import { labelAttributes, readHours, statedFacts } from '../../domain/governance/label-facts.ts';
import type { Launch } from '../../domain/governance/launch.ts';
import { modelOfCommand, modelSize } from '../../domain/governance/model-size.ts';
import { providerName } from '../../domain/pricing/provider-name.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { UNSTATED } from './launch-defaults.ts';
import { regionOfZone } from './placement.ts';
import type { Tree } from './tree.ts';

/** A task of SkyPilot has none of the words of Kubernetes, and some of its own. */
export function isSkyPilot(task: Tree): boolean {
  if (task.at('apiVersion').isThere || task.at('kind').isThere) return false;
  const has = (name: string) => task.at(name).isThere;
  return (
    has('resources') &&
    ['run', 'setup', 'num_nodes', 'service', 'workdir', 'file_mounts', 'envs', 'name'].some(has)
  );
}

/** `null`: no GPUs. */
export function readSkyPilot(task: Tree, file: string, catalog: HardwareCatalog): Launch | null {
  const resources = chosenResources(task.at('resources'));
  const gpu = acceleratorsOf(resources, catalog);
  if (gpu === null) return null;
  const service = task.at('service');
  const labels = { ...task.at('resources', 'labels').texts(), ...resources.at('labels').texts() };
  const stated = statedFacts(labels);
  const [infraCloud, infraPlace] = infraOf(resources.at('infra').text());
  const cloud = resources.at('cloud').text() ?? infraCloud;
  const place = resources.at('region').text() ?? infraPlace ?? regionOfZone(resources.at('zone').text());
  const spot = resources.at('use_spot');
  const isRecovered = resources.at('job_recovery').isThere || resources.at('spot_recovery').isThere;
  const autostop = autostopOf(resources.at('autostop'));
  const command = task.at('run').text() ?? '';
  const model = stated.modelParameters ?? modelOfCommand(command.split(/\s+/)) ?? null;
  const nodes = task.at('num_nodes').count() ?? 1;
  return {
    ...UNSTATED,
    file,
    line: task.line,
    resourceKind: service.isThere ? 'sky serve' : 'sky',
    kind: stated.kind ?? (service.isThere ? 'inference' : 'training'),
    name: task.at('name').text() ?? file.replace(/^.*\//, '').replace(/\.ya?ml$/, ''),
    attributes: labelAttributes(labels, 'label'),
    parts: [{ name: '', ...gpu, nodes, nodesMin: nodes, nodesMax: nodes }],
    isContinuous: service.isThere,
    copies: service.isThere ? copiesOf(service) : UNSTATED.copies,
    lifecycle:
      stated.lifecycle ??
      (spot.value === true ? 'spot' : spot.value === false || cloud !== null ? 'on_demand' : null),
    provider: cloud === null || /^(kubernetes|k8s|slurm|ssh)$/i.test(cloud) ? null : providerName(cloud),
    region: place,
    expectedHours: stated.expectedHours,
    idleLimitHours: stated.idleLimitHours ?? autostop,
    isInterruptible: stated.isInterruptible ?? (isRecovered ? true : null),
    isLatencyCritical: stated.isLatencyCritical,
    modelSize: model === null ? null : modelSize(model),
    lines: {
      gpus: resources.at('accelerators').line,
      gpuModel: resources.at('accelerators').line,
      nodes: task.at('num_nodes').line,
      copies: service.at('replica_policy').line,
      lifecycle: spot.line,
      region: resources.at('region').line,
      idle: resources.at('autostop').line,
      labels: resources.at('labels').line,
      model: task.at('run').line,
    },
  };
}

/** Of several that may be taken, the first stands for all: it is what is tried first where they are in order. */
function chosenResources(resources: Tree): Tree {
  const [first] = [...resources.at('ordered').items(), ...resources.at('any_of').items()];
  return first ?? resources;
}

/** `H100:8`, `{H100: 8}`, a list of which any will do, or the GPUs of a machine type. */
function acceleratorsOf(resources: Tree, catalog: HardwareCatalog) {
  const tree = resources.at('accelerators');
  const instanceType = resources.at('instance_type').text();
  const written = [
    ...(tree.text() === null ? [] : [tree.text()!]),
    ...tree.items().flatMap((item) => item.text() ?? []),
    ...tree.entries().map(([name, count]) => `${name}:${count.text() ?? 1}`),
  ];
  const read = written.map((text) => {
    const [name = '', count = '1'] = text.split(':');
    return { model: catalog.gpuModel(name) ?? name, count: Number(count) };
  });
  const [first] = read;
  if (first !== undefined && first.count > 0)
    return {
      gpuModels: [...new Set(read.map(({ model }) => model))],
      gpusPerNode: first.count,
      instanceType,
    };
  const shape = instanceType === null ? undefined : catalog.instance(instanceType);
  return shape === undefined
    ? null
    : { gpuModels: [shape.gpuModel], gpusPerNode: shape.gpuCount, instanceType };
}

/** `aws/us-east-1/us-east-1a`. */
function infraOf(text: string | null): readonly [string | null, string | null] {
  const [cloud, region] = text?.split('/') ?? [];
  const isOpen = (part: string | undefined) => part === undefined || part === '*';
  return [isOpen(cloud) ? null : cloud!, isOpen(region) ? null : region!];
}

/** Minutes, `true` (five of them), `10m`, or `{ idle_minutes: 10 }`. */
function autostopOf(tree: Tree): number | null {
  if (tree.value === true) return 5 / 60;
  const minutes = tree.at('idle_minutes').count() ?? tree.count();
  return minutes === null ? readHours(tree.text(), 'minutes') : minutes / 60;
}

function copiesOf(service: Tree): Launch['copies'] {
  const policy = service.at('replica_policy');
  const fixed = service.at('replicas').count() ?? 1;
  const min = policy.at('min_replicas').count() ?? fixed;
  const max = Math.max(min, policy.at('max_replicas').count() ?? min);
  return { stated: Math.max(1, min), min, max: Math.max(1, max), isAutoscaled: max > min };
}
