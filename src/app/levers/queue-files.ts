import type { Change } from '../../domain/levers/proposal.ts';
import type { ChangeFile } from '../results/levers.ts';
import { type ChangeContext, dnsName, fileName } from './change-names.ts';

type ShareQuota = Extract<Change, { kind: 'share-quota' }>;

const COHORT = 'gpus';
const GPU = 'nvidia.com/gpu';
const KUEUE = 'kueue.x-k8s.io/v1beta1';

/** Queues of one cohort borrow what the others leave, and take back what is theirs; Run:ai's queues go over their quota. */
export function shareQuota({ pool, queues }: ShareQuota, context: ChangeContext): ChangeFile[] {
  const named = queues.map(({ queue, nominalGpus }) => {
    const [scheduler, ...rest] = queue.split(':');
    return { scheduler, name: dnsName(rest.join(':')), nominalGpus };
  });
  const ofKueue = named.filter(({ scheduler }) => scheduler === 'kueue');
  const ofRunai = named.filter(({ scheduler }) => scheduler === 'runai');
  const file = (name: string, what: string) => `${fileName({ ...context, target: name })}.${what}.yaml`;
  return [
    ...(ofKueue.length > 0 ? [{ file: file(pool, 'resourceflavor'), ...resourceFlavor(pool) }] : []),
    ...ofKueue.flatMap((queue) => [
      { file: file(queue.name, 'clusterqueue'), ...clusterQueue(queue.name, queue.nominalGpus, pool) },
      { file: file(queue.name, 'localqueue'), ...localQueue(queue.name) },
    ]),
    ...ofRunai.map((queue) => ({
      file: file(queue.name, 'queue'),
      ...runaiQueue(queue.name, queue.nominalGpus),
    })),
  ];
}

type Described = Omit<ChangeFile, 'file'>;

function resourceFlavor(pool: string): Described {
  return {
    comment: `For Kueue: what its quotas are of. The label is Karpenter's; take the one that your nodes of ${pool} carry.`,
    document: {
      apiVersion: KUEUE,
      kind: 'ResourceFlavor',
      metadata: { name: dnsName(pool) },
      spec: { nodeLabels: { 'karpenter.sh/nodepool': pool } },
    },
  };
}

function clusterQueue(name: string, nominalGpus: number, pool: string): Described {
  return {
    comment:
      'For Kueue: the quota as it is, in one cohort with the others. Keep the resources besides GPUs and the preemption that yours has.',
    document: {
      apiVersion: KUEUE,
      kind: 'ClusterQueue',
      metadata: { name },
      spec: {
        cohort: COHORT,
        namespaceSelector: {},
        queueingStrategy: 'BestEffortFIFO',
        preemption: { reclaimWithinCohort: 'Any', withinClusterQueue: 'LowerPriority' },
        resourceGroups: [
          {
            coveredResources: [GPU],
            flavors: [{ name: dnsName(pool), resources: [{ name: GPU, nominalQuota: nominalGpus }] }],
          },
        ],
      },
    },
  };
}

function localQueue(name: string): Described {
  return {
    comment: `For Kueue: where a namespace submits to. Set kueue.x-k8s.io/queue-name: ${name} on its jobs; its namespace is taken to be called like the queue.`,
    document: {
      apiVersion: KUEUE,
      kind: 'LocalQueue',
      metadata: { name, namespace: name },
      spec: { clusterQueue: name },
    },
  };
}

function runaiQueue(name: string, nominalGpus: number): Described {
  return {
    comment:
      "For Run:ai's scheduler (KAI): the quota as it is, and a share of what others leave. In Run:ai itself: over-quota priority of the project.",
    document: {
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name },
      spec: { resources: { gpu: { quota: nominalGpus, limit: -1, overQuotaWeight: 1 } } },
    },
  };
}
