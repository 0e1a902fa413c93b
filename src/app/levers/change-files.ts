import type { Change } from '../../domain/levers/proposal.ts';
import type { ChangeFile } from '../results/levers.ts';
import { continuousBatching, dynamicBatching } from './batching-files.ts';
import { type ChangeContext, dnsName, fileName, kubernetesName } from './change-names.ts';
import { shareQuota } from './queue-files.ts';
import { packNodes } from './scheduler-files.ts';

/**
 * The change as documents for the systems that make it. Each is complete and valid as it stands; its comment says which names were
 * taken for granted.
 */
export function changeFiles(change: Change, context: ChangeContext): ChangeFile[] {
  switch (change.kind) {
    case 'stop-when-idle':
      return stopWhenIdle(change, context);
    case 'scale-to-zero':
      return scaleToZero(change, context);
    case 'dynamic-batching':
      return dynamicBatching(change, context);
    case 'continuous-batching':
      return continuousBatching(change, context);
    case 'mig':
      return [migParted(change, context)];
    case 'time-slicing':
      return [timeSlicing(change, context)];
    case 'share-quota':
      return shareQuota(change, context);
    case 'pack-nodes':
      return packNodes(change, context);
    case 'release-empty-nodes':
      return [releaseEmptyNodes(change, context)];
    default:
      return change satisfies never;
  }
}

type Of<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

/** Kubeflow's notebook controller stops idle notebooks by itself; anything else is suspended by hand. */
function stopWhenIdle(
  { workloadKind, workloadId, graceHours }: Of<'stop-when-idle'>,
  context: ChangeContext,
) {
  const { namespace, name } = kubernetesName(workloadId, context.target);
  const file = (what: string) => `${fileName(context)}.${what}.yaml`;
  if (workloadKind !== 'notebook') {
    return [
      {
        file: file('suspend'),
        comment: `A patch: kubectl -n ${namespace} patch job ${name} --patch-file ${file('suspend')}. A Deployment or StatefulSet is scaled to 0 instead.`,
        document: {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name, namespace },
          spec: { suspend: true },
        },
      },
    ];
  }
  return [
    {
      file: file('culling'),
      comment:
        'Settings of the Kubeflow notebook controller: it stops every notebook that is idle for so many minutes. Restart the controller afterwards.',
      document: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'notebook-controller-config', namespace: 'kubeflow' },
        data: {
          ENABLE_CULLING: 'true',
          CULL_IDLE_TIME: String(graceHours * 60),
          IDLENESS_CHECK_PERIOD: '5',
        },
      },
    },
    {
      file: file('suspend'),
      comment: `Stops this one now: kubectl -n ${namespace} patch notebook ${name} --type merge --patch-file ${file('suspend')}. Its volume is kept.`,
      document: {
        apiVersion: 'kubeflow.org/v1',
        kind: 'Notebook',
        metadata: {
          name,
          namespace,
          annotations: { 'kubeflow-resource-stopped': 'stopped-when-idle' },
        },
      },
    },
  ];
}

/** KServe has the request wait at its activator; KEDA needs to be told where requests are counted. */
function scaleToZero(
  { workloadId, keepAliveSeconds, replicas }: Of<'scale-to-zero'>,
  context: ChangeContext,
) {
  const { namespace, name } = kubernetesName(workloadId, context.target);
  const requests = `sum(rate(nginx_ingress_controller_requests{exported_namespace="${namespace}",exported_service="${name}"}[2m])) or vector(0)`;
  return [
    {
      file: `${fileName(context)}.kserve.yaml`,
      comment: `For KServe in serverless mode, a patch: kubectl -n ${namespace} patch inferenceservice ${name} --type merge --patch-file ${fileName(context)}.kserve.yaml`,
      document: {
        apiVersion: 'serving.kserve.io/v1beta1',
        kind: 'InferenceService',
        metadata: {
          name,
          namespace,
          annotations: {
            'autoscaling.knative.dev/scale-to-zero-pod-retention-period': `${keepAliveSeconds}s`,
          },
        },
        spec: { predictor: { minReplicas: 0, maxReplicas: replicas } },
      },
    },
    {
      file: `${fileName(context)}.keda.yaml`,
      comment:
        'For KEDA. Check the address of Prometheus, and that the query counts the requests of this endpoint in front of it: while it is at zero it counts none itself.',
      document: {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name, namespace },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
          minReplicaCount: 0,
          maxReplicaCount: replicas,
          cooldownPeriod: keepAliveSeconds,
          triggers: [
            {
              type: 'prometheus',
              metadata: {
                serverAddress: 'http://prometheus-operated.monitoring.svc:9090',
                query: requests,
                threshold: '1',
                activationThreshold: '0',
              },
            },
          ],
        },
      },
    },
  ];
}

/** Configuration of NVIDIA's mig-parted, which the GPU operator's MIG manager reads. */
function migParted({ gpuModel, gpus }: Of<'mig'>, context: ChangeContext): ChangeFile {
  return {
    file: `${fileName(context)}.mig-parted.yaml`,
    comment: `For one node with ${gpuModel}: the numbers of devices are the first ones; take those that are free. nvidia-mig-parted apply -f this file -c tare-shared`,
    document: {
      version: 'v1',
      'mig-configs': {
        'tare-shared': gpus.map((slices, index) => ({
          devices: [index],
          'mig-enabled': true,
          'mig-devices': countNames(slices),
        })),
      },
    },
  };
}

/** Configuration of NVIDIA's device plugin for Kubernetes. */
function timeSlicing({ gpuModel, tenants }: Of<'time-slicing'>, context: ChangeContext): ChangeFile {
  return {
    file: `${fileName(context)}.time-slicing.yaml`,
    comment: `For the device plugin on nodes with ${gpuModel} that are set aside for sharing. Tenants see the whole memory: give each its own limit.`,
    document: {
      version: 'v1',
      sharing: {
        timeSlicing: {
          renameByDefault: false,
          failRequestsGreaterThanOne: true,
          resources: [{ name: 'nvidia.com/gpu', replicas: tenants }],
        },
      },
    },
  };
}

function releaseEmptyNodes(
  { pool, afterHours }: Of<'release-empty-nodes'>,
  context: ChangeContext,
): ChangeFile {
  const name = dnsName(pool);
  return {
    file: `${fileName(context)}.karpenter.yaml`,
    comment: `For Karpenter, a patch: kubectl patch nodepool ${name} --type merge --patch-file ${fileName(context)}.karpenter.yaml. Elsewhere: a node group that may shrink to zero.`,
    document: {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name },
      spec: { disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: `${afterHours}h` } },
    },
  };
}

function countNames(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
