import type { WorkloadKind } from '../../domain/facts/facts.ts';
import { type Labels, labelAttributes, statedFacts } from '../../domain/governance/label-facts.ts';
import type { Launch, LaunchPart } from '../../domain/governance/launch.ts';
import { modelSize } from '../../domain/governance/model-size.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { gpuResource } from './gpu-resources.ts';
import { gpusOf, hoursOf, type PodFacts, readPod } from './pod.ts';
import type { PodGroup } from './pod-group.ts';
import { type Autoscaler, readAutoscaler } from './read-autoscaler.ts';
import type { Tree } from './tree.ts';
import { knativeShape, SHAPES, type Shape } from './workload-shapes.ts';

/** What one object of a manifest is to us. */
export type KubernetesObject =
  | Readonly<{ kind: 'launch'; launch: Launch }>
  | Readonly<{ kind: 'autoscaler'; autoscaler: Autoscaler }>
  /** Starts nothing, or nothing with a GPU. */
  | Readonly<{ kind: 'nothing' }>
  | Readonly<{ kind: 'unreadable'; line: number; message: string }>;

export function isKubernetes(object: Tree): boolean {
  return object.at('apiVersion').text() !== null && object.at('kind').text() !== null;
}

/** Reads one object; the items of a `List` one by one. */
export function readKubernetes(
  object: Tree,
  file: string,
  catalog: HardwareCatalog,
): readonly KubernetesObject[] {
  // The kind of an item may be left to its list.
  const kind = object.at('kind').text() ?? '';
  if (kind === 'List' || (kind.endsWith('List') && Array.isArray(object.at('items').value)))
    return object
      .at('items')
      .items()
      .flatMap((item) => readKubernetes(item, file, catalog));
  const autoscaler = readAutoscaler(object);
  if (autoscaler !== null) return [{ kind: 'autoscaler', autoscaler }];
  const shape = shapeOf(object, kind);
  if (shape === null) return [withoutShape(object, kind)];
  if (shape.unclear && findGpu(object, MOST_DEPTH) !== null)
    return [unreadable(shape.unclear.line, `${nameOf(object)} asks for GPUs, and ${shape.unclear.message}`)];
  return [readShape(object, kind, shape, file, catalog)];
}

function shapeOf(object: Tree, kind: string): Shape | null {
  if (kind === 'Service' && object.at('apiVersion').text()?.startsWith('serving.knative.dev/'))
    return knativeShape(object);
  return Object.hasOwn(SHAPES, kind) ? SHAPES[kind]!(object) : null;
}

function withoutShape(object: Tree, kind: string): KubernetesObject {
  const line = findGpu(object, MOST_DEPTH);
  if (line === null) return { kind: 'nothing' };
  const message = `${kind} asks for GPUs, and how many of it are started is not known; known kinds: ${Object.keys(SHAPES).join(', ')}`;
  return { kind: 'unreadable', line, message };
}

const MOST_DEPTH = 24;
/** Quotas and the like name GPUs and start nothing. */
const NO_STARTERS =
  /^(ResourceQuota|LimitRange|Node|ClusterQueue|LocalQueue|ResourceFlavor|Cohort|NodePool|PriorityClass|ServingRuntime|ClusterServingRuntime|(Cluster)?TrainingRuntime|ConfigMap)$/;

function findGpu(tree: Tree, depth: number): number | null {
  if (NO_STARTERS.test(tree.at('kind').text() ?? '') || depth === 0) return null;
  for (const [name, child] of tree.entries()) {
    if (gpuResource(name) !== null && child.count() !== null) return child.line;
    const found = findGpu(child, depth - 1);
    if (found !== null) return found;
  }
  for (const item of tree.items()) {
    const found = findGpu(item, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

function readShape(
  object: Tree,
  resourceKind: string,
  shape: Shape,
  file: string,
  catalog: HardwareCatalog,
): KubernetesObject {
  const pods = shape.groups.map((group) => ({ group, pod: readGroup(group, catalog) }));
  const name = nameOf(object);
  const shared = pods.find(({ pod }) => pod.isShared && pod.gpus === 0);
  if (shared)
    return unreadable(
      shared.pod.gpuLine ?? object.line,
      `${name} asks for a shared GPU, and the manifest does not say which part of one that is`,
    );
  const withGpus = pods.filter(({ pod }) => pod.gpus > 0);
  const [first] = withGpus;
  if (first === undefined) return { kind: 'nothing' };

  const labels = { ...templateLabels(shape), ...object.at('metadata', 'labels').texts() };
  const annotations = { ...templateAnnotations(shape), ...object.at('metadata', 'annotations').texts() };
  const stated = statedFacts({ ...annotations, ...labels });
  const { placement } = first.pod;
  const kind = stated.kind ?? kindOf(name, labels, shape.kind);
  const model = stated.modelParameters ?? first.pod.model?.name ?? shape.model?.name ?? null;
  const idleLine = object.at('metadata', 'annotations', 'tare.dev/idle-limit');
  const namespace = object.at('metadata', 'namespace').text();
  const pool = placement.pool;
  return {
    kind: 'launch',
    launch: {
      file,
      line: object.line,
      resourceKind,
      kind,
      name,
      namespace,
      queue: labels['kueue.x-k8s.io/queue-name'] ?? labels['volcano.sh/queue-name'] ?? null,
      attributes: {
        ...labelAttributes(annotations, 'annotation'),
        ...labelAttributes(labels, 'label'),
        ...(namespace !== null && { namespace }),
        ...(pool !== null && { pool }),
        controller: name,
        controllerKind: resourceKind,
      },
      parts: withGpus.map(({ group, pod }) => partOf(group, pod)),
      isContinuous: shape.isContinuous,
      copies: shape.copies,
      lifecycle: stated.lifecycle ?? placement.lifecycle,
      provider: placement.provider,
      region: placement.region,
      limitHours: smallest(shape.deadline === null ? null : hoursOf(shape.deadline), first.pod.limitHours),
      expectedHours: stated.expectedHours,
      idleLimitHours: stated.idleLimitHours ?? shape.idleLimit?.hours ?? null,
      isInterruptible: stated.isInterruptible,
      isLatencyCritical: stated.isLatencyCritical,
      modelSize: model === null ? null : modelSize(model),
      lines: definedOnly({
        gpus: first.pod.gpuLine,
        gpuModel: placement.lines.gpuModel ?? first.pod.gpuLine,
        nodes: first.group.nodesLine,
        copies: shape.copiesLine ?? first.group.nodesLine,
        lifecycle: placement.lines.lifecycle ?? first.pod.gpuLine,
        region: placement.lines.region,
        limit: shape.deadline?.isThere ? shape.deadline.line : first.pod.limitLine,
        idle: idleLine.isThere ? idleLine.line : (shape.idleLimit?.line ?? null),
        labels: object.at('metadata', 'labels').isThere
          ? object.at('metadata', 'labels').line
          : object.at('metadata').line,
        model: first.pod.model?.line ?? shape.model?.line,
      }),
    },
  };
}

/** Where a group asks for GPUs beside its containers, as a TrainJob and a KServe model do, that counts. */
function readGroup(group: PodGroup, catalog: HardwareCatalog): PodFacts {
  const pod = readPod(group.pod, catalog);
  if (group.resources === null) return pod;
  const asked = gpusOf(group.resources, pod.placement, catalog);
  return asked.gpus > 0 || asked.isShared
    ? { ...pod, gpus: asked.gpus, isShared: asked.isShared, gpuLine: asked.line }
    : pod;
}

function partOf(group: PodGroup, pod: PodFacts): LaunchPart {
  const { nodes, nodesMin, nodesMax, name } = group;
  return {
    name,
    gpuModels: pod.placement.gpuModels,
    instanceType: pod.placement.instanceType,
    gpusPerNode: pod.gpus,
    nodes,
    nodesMin,
    nodesMax,
  };
}

function templateLabels({ groups }: Shape): Labels {
  return Object.assign({}, ...groups.map(({ metadata }) => metadata?.at('labels').texts() ?? {}));
}

function templateAnnotations({ groups }: Shape): Labels {
  return Object.assign({}, ...groups.map(({ metadata }) => metadata?.at('annotations').texts() ?? {}));
}

function nameOf(object: Tree): string {
  const metadata = object.at('metadata');
  return metadata.at('name').text() ?? metadata.at('generateName').text()?.replace(/-$/, '') ?? 'unnamed';
}

const NOTEBOOK = /(^|[-_.])(jupyter|jupyterhub|notebook)([-_.]|$)/i;

function kindOf(name: string, labels: Labels, usual: WorkloadKind): WorkloadKind {
  if (labels['notebook-name'] !== undefined || NOTEBOOK.test(name)) return 'notebook';
  return usual;
}

function smallest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function unreadable(line: number, message: string): KubernetesObject {
  return { kind: 'unreadable', line, message };
}

function definedOnly<Key extends string>(
  values: Readonly<Record<Key, number | null | undefined>>,
): Partial<Record<Key, number>> {
  const pairs = Object.entries<number | null | undefined>(values);
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && value !== undefined)) as Partial<
    Record<Key, number>
  >;
}
