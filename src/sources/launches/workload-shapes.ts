import type { WorkloadKind } from '../../domain/facts/facts.ts';
import type { Copies } from '../../domain/governance/launch.ts';
import { argoGroups } from './argo-shape.ts';
import type { PodGroup } from './pod-group.ts';
import type { Tree } from './tree.ts';

/** Where the pods of a kind of object are described, and how many there will be. */
export type Shape = Readonly<{
  kind: WorkloadKind;
  isContinuous: boolean;
  copies: Copies;
  copiesLine: number | null;
  groups: readonly PodGroup[];
  /** Time limit of the whole. */
  deadline: Tree | null;
  idleLimit: Readonly<{ hours: number; line: number }> | null;
  /** Served model, where the object names it outside of containers. */
  model: Readonly<{ name: string; line: number }> | null;
  /** Why nobody can tell how much it starts; counts where it asks for GPUs. */
  unclear?: Readonly<{ message: string; line: number }> | null;
}>;

export type ReadShape = (object: Tree) => Shape;

const ONE: Copies = { stated: 1, min: 1, max: 1, isAutoscaled: false };

/** How each kind of object that starts pods is read. */
export const SHAPES: Readonly<Record<string, ReadShape>> = {
  Pod: (object) => run('batch', [group('', object.at('spec'), object.at('metadata'))]),
  Job: (object) => jobShape('training', object.at('spec')),
  CronJob: (object) => jobShape('batch', object.at('spec', 'jobTemplate', 'spec')),
  Deployment: (object) => served(object, object.at('spec', 'replicas')),
  ReplicaSet: (object) => served(object, object.at('spec', 'replicas')),
  StatefulSet: (object) => served(object, object.at('spec', 'replicas')),
  DaemonSet: (object) => ({ ...served(object, object.at('spec', 'replicas')), kind: 'system' }),
  Notebook: (object) => ({ ...served(object, object.at('spec', 'replicas')), kind: 'notebook' }),
  JobSet: (object) => {
    const groups = object
      .at('spec', 'replicatedJobs')
      .items()
      .map((job) => {
        const copies = job.at('replicas').count() ?? 1;
        const spec = job.at('template', 'spec');
        return template(
          job.at('name').text() ?? '',
          spec.at('template'),
          copies * parallelism(spec),
          job.at('replicas'),
        );
      });
    return {
      ...run('training', groups),
      deadline: object.at('spec', 'replicatedJobs', 0, 'template', 'spec', 'activeDeadlineSeconds'),
    };
  },
  PyTorchJob: (object) => kubeflow(object, 'pytorchReplicaSpecs'),
  TFJob: (object) => kubeflow(object, 'tfReplicaSpecs'),
  MPIJob: (object) => kubeflow(object, 'mpiReplicaSpecs'),
  XGBoostJob: (object) => kubeflow(object, 'xgbReplicaSpecs'),
  PaddleJob: (object) => kubeflow(object, 'paddleReplicaSpecs'),
  JAXJob: (object) => kubeflow(object, 'jaxReplicaSpecs'),
  TrainJob: (object) => {
    const trainer = object.at('spec', 'trainer');
    const pod = object.at('spec', 'podTemplateOverrides', 0, 'spec');
    return run('training', [
      { ...group('', pod, null, trainer.at('numNodes')), resources: trainer.at('resourcesPerNode') },
    ]);
  },
  LeaderWorkerSet: (object) => {
    const spec = object.at('spec', 'leaderWorkerTemplate');
    const size = spec.at('size').count() ?? 1;
    const worker = spec.at('workerTemplate');
    const leader = spec.at('leaderTemplate');
    const groups = leader.isThere
      ? [template('leader', leader, 1, null), template('worker', worker, size - 1, spec.at('size'))]
      : [template('', worker, size, spec.at('size'))];
    return { ...served(object, object.at('spec', 'replicas')), groups };
  },
  RayCluster: (object) => rayShape(object.at('spec'), 'batch', true),
  RayJob: (object) => ({
    ...rayShape(object.at('spec', 'rayClusterSpec'), 'training', false),
    deadline: object.at('spec', 'activeDeadlineSeconds'),
  }),
  RayService: (object) => rayShape(object.at('spec', 'rayClusterConfig'), 'inference', true),
  Workflow: (object) => workflow(object.at('spec')),
  CronWorkflow: (object) => workflow(object.at('spec', 'workflowSpec')),
  WorkflowTemplate: (object) => workflow(object.at('spec')),
  ClusterWorkflowTemplate: (object) => workflow(object.at('spec')),
  InferenceService: (object) => kserve(object.at('spec', 'predictor')),
};

/** Of `serving.knative.dev`; the core `Service` starts no pods. */
export function knativeShape(object: Tree): Shape {
  const annotations = object.at('spec', 'template', 'metadata', 'annotations');
  const least = annotations.at('autoscaling.knative.dev/min-scale');
  const most = annotations.at('autoscaling.knative.dev/max-scale');
  const min = least.count() ?? 0;
  return {
    ...served(object, least),
    // Without a limit Knative goes as far as the cluster does; what is stated at least is all that is known.
    copies: { stated: Math.max(1, min), min, max: Math.max(most.count() ?? 0, min, 1), isAutoscaled: true },
  };
}

function run(kind: WorkloadKind, groups: readonly PodGroup[]): Shape {
  return {
    kind,
    isContinuous: false,
    copies: ONE,
    copiesLine: null,
    groups,
    deadline: null,
    idleLimit: null,
    model: null,
  };
}

function jobShape(kind: WorkloadKind, spec: Tree): Shape {
  return {
    ...run(kind, [template('', spec.at('template'), parallelism(spec), spec.at('parallelism'))]),
    deadline: spec.at('activeDeadlineSeconds'),
  };
}

/** Fewer completions than parallel pods are never started. */
function parallelism(spec: Tree): number {
  const parallel = spec.at('parallelism').count() ?? 1;
  return Math.min(parallel, spec.at('completions').count() ?? parallel);
}

function kubeflow(object: Tree, specs: string): Shape {
  const groups = object
    .at('spec', specs)
    .entries()
    .map(([role, spec]) =>
      template(
        role.toLowerCase(),
        spec.at('template'),
        spec.at('replicas').count() ?? 1,
        spec.at('replicas'),
      ),
    );
  const policy = object.at('spec', 'runPolicy', 'activeDeadlineSeconds');
  return { ...run('training', groups), deadline: policy };
}

function served(object: Tree, replicas: Tree): Shape {
  const stated = replicas.count() ?? 1;
  return {
    ...run('inference', [template('', object.at('spec', 'template'), 1, null)]),
    isContinuous: true,
    copies: { stated, min: stated, max: stated, isAutoscaled: false },
    copiesLine: replicas.isThere ? replicas.line : null,
  };
}

function rayShape(cluster: Tree, kind: WorkloadKind, isContinuous: boolean): Shape {
  const isAutoscaled = cluster.at('enableInTreeAutoscaling').value === true;
  const head = template('head', cluster.at('headGroupSpec', 'template'), 1, null);
  const workers = cluster
    .at('workerGroupSpecs')
    .items()
    .map((spec): PodGroup => {
      const hosts = spec.at('numOfHosts').count() ?? 1;
      const stated = spec.at('replicas').count() ?? spec.at('minReplicas').count() ?? 1;
      const group = template(
        spec.at('groupName').text() ?? 'worker',
        spec.at('template'),
        stated * hosts,
        spec.at('replicas'),
      );
      if (!isAutoscaled) return group;
      return {
        ...group,
        nodesMin: (spec.at('minReplicas').count() ?? 0) * hosts,
        nodesMax: Math.max(stated, spec.at('maxReplicas').count() ?? stated) * hosts,
      };
    });
  const idle = cluster.at('autoscalerOptions', 'idleTimeoutSeconds');
  return {
    ...run(kind, [head, ...workers]),
    isContinuous,
    copies: { ...ONE, isAutoscaled },
    idleLimit: idle.count() === null ? null : { hours: idle.count()! / 3_600, line: idle.line },
  };
}

function workflow(spec: Tree): Shape {
  const { groups, unclear } = argoGroups(spec);
  return { ...run('batch', groups), unclear, deadline: spec.at('activeDeadlineSeconds') };
}

/** KServe keeps one replica where nothing is said, and scales by itself unless both bounds are the same. */
function kserve(predictor: Tree): Shape {
  const least = predictor.at('minReplicas');
  const most = predictor.at('maxReplicas');
  const min = least.count() ?? 1;
  const max = Math.max(min, most.count() ?? min);
  const framework = predictor
    .entries()
    .find(([, tree]) => tree.at('resources').isThere && !Array.isArray(tree.value));
  const size = predictor.at('workerSpec', 'pipelineParallelSize');
  const uri = (framework?.[1] ?? predictor.at('model')).at('storageUri');
  return {
    ...run('inference', [
      {
        ...group('', predictor, null, size.isThere ? size : null),
        resources: framework === undefined ? null : framework[1].at('resources'),
      },
    ]),
    isContinuous: true,
    copies: { stated: Math.max(1, min), min, max: Math.max(1, max), isAutoscaled: min !== max },
    copiesLine: least.isThere ? least.line : most.isThere ? most.line : null,
    model: uri.text() === null ? null : { name: uri.text()!, line: uri.line },
  };
}

function template(name: string, template: Tree, nodes: number, counted: Tree | null): PodGroup {
  return {
    ...group(name, template.at('spec'), template.at('metadata')),
    ...fixed(nodes),
    nodesLine: lineOf(counted),
  };
}

function group(name: string, pod: Tree, metadata: Tree | null, counted: Tree | null = null): PodGroup {
  return {
    name,
    pod,
    metadata,
    ...fixed(counted?.count() ?? 1),
    nodesLine: lineOf(counted),
    resources: null,
  };
}

function fixed(nodes: number) {
  return { nodes, nodesMin: nodes, nodesMax: nodes };
}

function lineOf(tree: Tree | null): number | null {
  return tree?.isThere ? tree.line : null;
}
