import type { Change } from '../../domain/levers/proposal.ts';
import type { ChangeFile } from '../results/levers.ts';
import { type ChangeContext, dnsName, fileName } from './change-names.ts';

type PackNodes = Extract<Change, { kind: 'pack-nodes' }>;

/** GPUs decide; CPU only between equals. */
const GPU_WEIGHT = 10;
const PROFILE = 'gpu-packing';

/** The scheduler that fills nodes, as its three common kinds are told to; and the autoscaler that gives empty ones back. */
export function packNodes({ pool, gpuModel, afterHours }: PackNodes, context: ChangeContext): ChangeFile[] {
  const file = (what: string) => `${fileName(context)}.${what}.yaml`;
  return [
    {
      file: file('kube-scheduler'),
      comment: `For kube-scheduler: --config with this profile, and schedulerName: ${PROFILE} on pods that ask for ${gpuModel}. On a managed control plane run it as a second scheduler.`,
      document: kubeScheduler(),
    },
    {
      file: file('kai-scheduler'),
      comment: `For Run:ai's scheduler (KAI): the shard whose nodes carry kai.scheduler/node-pool=${dnsName(pool)}. Run:ai itself: binpack as the placement strategy of the node pool.`,
      document: kaiShard(pool),
    },
    {
      file: file('volcano'),
      comment:
        'For Volcano: its default configuration with binpack by GPUs. Keep what you have changed of it yourself.',
      document: volcano(),
    },
    {
      file: file('karpenter'),
      comment: `For Karpenter, a patch: kubectl patch nodepool ${dnsName(pool)} --type merge --patch-file ${file('karpenter')}. Without it packed nodes stay, empty and paid for.`,
      document: {
        apiVersion: 'karpenter.sh/v1',
        kind: 'NodePool',
        metadata: { name: dnsName(pool) },
        spec: { disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: `${afterHours}h` } },
      },
    },
  ];
}

function kubeScheduler() {
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [
      {
        schedulerName: PROFILE,
        plugins: {
          score: {
            disabled: [{ name: 'NodeResourcesBalancedAllocation' }],
            enabled: [{ name: 'NodeResourcesFit', weight: GPU_WEIGHT }],
          },
        },
        pluginConfig: [
          {
            name: 'NodeResourcesFit',
            args: {
              scoringStrategy: {
                type: 'MostAllocated',
                resources: [
                  { name: 'nvidia.com/gpu', weight: GPU_WEIGHT },
                  { name: 'cpu', weight: 1 },
                ],
              },
            },
          },
        ],
      },
    ],
  };
}

function kaiShard(pool: string) {
  return {
    apiVersion: 'kai.scheduler/v1',
    kind: 'SchedulingShard',
    metadata: { name: dnsName(pool) },
    spec: { partitionLabelValue: dnsName(pool), placementStrategy: { gpu: 'binpack', cpu: 'binpack' } },
  };
}

function volcano() {
  const configuration = [
    'actions: "enqueue, allocate, backfill"',
    'tiers:',
    '- plugins:',
    '  - name: priority',
    '  - name: gang',
    '- plugins:',
    '  - name: drf',
    '  - name: predicates',
    '  - name: proportion',
    '  - name: binpack',
    '    arguments:',
    `      binpack.weight: ${GPU_WEIGHT}`,
    '      binpack.cpu: 1',
    '      binpack.memory: 1',
    '      binpack.resources: nvidia.com/gpu',
    `      binpack.resources.nvidia.com/gpu: ${GPU_WEIGHT}`,
    '',
  ];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'volcano-scheduler-configmap', namespace: 'volcano-system' },
    data: { 'volcano-scheduler.conf': configuration.join('\n') },
  };
}
