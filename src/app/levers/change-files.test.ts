import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Change } from '../../domain/levers/proposal.ts';
import { renderChange } from '../../reports/change-text.ts';
import type { LeverRow } from '../results/levers.ts';
import { changeFiles } from './change-files.ts';

/** The parts of each system's own schema that a change uses: names, types and bounds as its reference documents them. */
const dnsName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const metadata = z.strictObject({
  name: dnsName,
  namespace: dnsName.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  // keda.sh/docs: ScaledObject spec and the prometheus trigger.
  'keda.yaml': z.strictObject({
    apiVersion: z.literal('keda.sh/v1alpha1'),
    kind: z.literal('ScaledObject'),
    metadata,
    spec: z.strictObject({
      scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name: dnsName }),
      minReplicaCount: z.literal(0),
      maxReplicaCount: z.int().min(1),
      cooldownPeriod: z.int().min(0),
      triggers: z
        .array(
          z.strictObject({
            type: z.literal('prometheus'),
            metadata: z.strictObject({
              serverAddress: z.url(),
              query: z.string().min(1),
              threshold: z.string().regex(/^\d+(\.\d+)?$/),
              activationThreshold: z.string().regex(/^\d+(\.\d+)?$/),
            }),
          }),
        )
        .min(1),
    }),
  }),
  // kserve.github.io: InferenceService v1beta1; Knative's annotation takes a Go duration.
  'kserve.yaml': z.strictObject({
    apiVersion: z.literal('serving.kserve.io/v1beta1'),
    kind: z.literal('InferenceService'),
    metadata: metadata.extend({
      annotations: z.strictObject({
        'autoscaling.knative.dev/scale-to-zero-pod-retention-period': z.string().regex(/^\d+s$/),
      }),
    }),
    spec: z.strictObject({
      predictor: z.strictObject({ minReplicas: z.literal(0), maxReplicas: z.int().min(1) }),
    }),
  }),
  // NVIDIA/mig-parted: the v1 configuration.
  'mig-parted.yaml': z.strictObject({
    version: z.literal('v1'),
    'mig-configs': z.record(
      z.string(),
      z
        .array(
          z.strictObject({
            devices: z.union([z.literal('all'), z.array(z.int().min(0)).min(1)]),
            'mig-enabled': z.boolean(),
            'mig-devices': z.record(z.string().regex(/^\dg\.\d+gb$/), z.int().min(1)),
          }),
        )
        .min(1),
    ),
  }),
  // NVIDIA/k8s-device-plugin: the v1 configuration, sharing.timeSlicing.
  'time-slicing.yaml': z.strictObject({
    version: z.literal('v1'),
    sharing: z.strictObject({
      timeSlicing: z.strictObject({
        renameByDefault: z.boolean(),
        failRequestsGreaterThanOne: z.boolean(),
        resources: z
          .array(z.strictObject({ name: z.literal('nvidia.com/gpu'), replicas: z.int().min(2) }))
          .min(1),
      }),
    }),
  }),
  // kubeflow/notebook-controller: what culling is configured by, all of it texts.
  'culling.yaml': z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('ConfigMap'),
    metadata,
    data: z.strictObject({
      ENABLE_CULLING: z.literal('true'),
      CULL_IDLE_TIME: z.string().regex(/^[1-9]\d*$/),
      IDLENESS_CHECK_PERIOD: z.string().regex(/^[1-9]\d*$/),
    }),
  }),
  'suspend.yaml': z.union([
    z.strictObject({
      apiVersion: z.literal('kubeflow.org/v1'),
      kind: z.literal('Notebook'),
      metadata: metadata.extend({
        annotations: z.strictObject({ 'kubeflow-resource-stopped': z.string().min(1) }),
      }),
    }),
    z.strictObject({
      apiVersion: z.literal('batch/v1'),
      kind: z.literal('Job'),
      metadata,
      spec: z.strictObject({ suspend: z.literal(true) }),
    }),
  ]),
  // karpenter.sh: NodePool v1, disruption.
  'karpenter.yaml': z.strictObject({
    apiVersion: z.literal('karpenter.sh/v1'),
    kind: z.literal('NodePool'),
    metadata,
    spec: z.strictObject({
      disruption: z.strictObject({
        consolidationPolicy: z.literal('WhenEmpty'),
        consolidateAfter: z.string().regex(/^\d+h$/),
      }),
    }),
  }),
  // kubernetes.io: kube-scheduler configuration v1, NodeResourcesFitArgs.
  'kube-scheduler.yaml': z.strictObject({
    apiVersion: z.literal('kubescheduler.config.k8s.io/v1'),
    kind: z.literal('KubeSchedulerConfiguration'),
    profiles: z
      .array(
        z.strictObject({
          schedulerName: dnsName,
          plugins: z.strictObject({
            score: z.strictObject({
              enabled: z.array(z.strictObject({ name: z.string(), weight: z.int().min(1) })),
              disabled: z.array(z.strictObject({ name: z.string() })),
            }),
          }),
          pluginConfig: z.array(
            z.strictObject({
              name: z.literal('NodeResourcesFit'),
              args: z.strictObject({
                scoringStrategy: z.strictObject({
                  type: z.enum(['MostAllocated', 'LeastAllocated', 'RequestedToCapacityRatio']),
                  resources: z
                    .array(z.strictObject({ name: z.string(), weight: z.int().min(1).max(100) }))
                    .min(1),
                }),
              }),
            }),
          ),
        }),
      )
      .min(1),
  }),
  // NVIDIA/KAI-Scheduler: SchedulingShard v1.
  'kai-scheduler.yaml': z.strictObject({
    apiVersion: z.literal('kai.scheduler/v1'),
    kind: z.literal('SchedulingShard'),
    metadata,
    spec: z.strictObject({
      partitionLabelValue: z.string(),
      placementStrategy: z.strictObject({
        gpu: z.enum(['binpack', 'spread']),
        cpu: z.enum(['binpack', 'spread']),
      }),
    }),
  }),
  // volcano.sh: the scheduler's configuration, itself YAML, with the arguments of the binpack plugin.
  'volcano.yaml': z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('ConfigMap'),
    metadata,
    data: z.strictObject({
      'volcano-scheduler.conf': z
        .string()
        .transform((text) => parse(text) as unknown)
        .pipe(
          z.strictObject({
            actions: z.string().regex(/^\w+(, \w+)*$/),
            tiers: z.array(
              z.strictObject({
                plugins: z.array(
                  z.strictObject({
                    name: z.string(),
                    arguments: z.record(z.string(), z.union([z.string(), z.int().min(0)])).optional(),
                  }),
                ),
              }),
            ),
          }),
        ),
    }),
  }),
  // vllm: `vllm serve --config`, whose keys are the flags.
  'vllm.yaml': z.strictObject({
    'max-num-seqs': z.int().min(1),
    'enable-chunked-prefill': z.boolean(),
  }),
  'replicas.yaml': z.strictObject({
    apiVersion: z.literal('apps/v1'),
    kind: z.literal('Deployment'),
    metadata,
    spec: z.strictObject({ replicas: z.int().min(1) }),
  }),
  // kueue.sigs.k8s.io: ResourceFlavor, ClusterQueue and LocalQueue v1beta1.
  'resourceflavor.yaml': z.strictObject({
    apiVersion: z.literal('kueue.x-k8s.io/v1beta1'),
    kind: z.literal('ResourceFlavor'),
    metadata,
    spec: z.strictObject({ nodeLabels: z.record(z.string(), z.string()) }),
  }),
  'clusterqueue.yaml': z.strictObject({
    apiVersion: z.literal('kueue.x-k8s.io/v1beta1'),
    kind: z.literal('ClusterQueue'),
    metadata,
    spec: z.strictObject({
      cohort: dnsName,
      namespaceSelector: z.strictObject({}),
      queueingStrategy: z.enum(['StrictFIFO', 'BestEffortFIFO']),
      preemption: z.strictObject({
        reclaimWithinCohort: z.enum(['Never', 'LowerPriority', 'Any']),
        withinClusterQueue: z.enum(['Never', 'LowerPriority', 'LowerOrNewerEqualPriority']),
      }),
      resourceGroups: z
        .array(
          z.strictObject({
            coveredResources: z.array(z.string()).min(1),
            flavors: z
              .array(
                z.strictObject({
                  name: dnsName,
                  resources: z.array(
                    z.strictObject({ name: z.string(), nominalQuota: z.union([z.string(), z.int().min(0)]) }),
                  ),
                }),
              )
              .min(1),
          }),
        )
        .min(1),
    }),
  }),
  'localqueue.yaml': z.strictObject({
    apiVersion: z.literal('kueue.x-k8s.io/v1beta1'),
    kind: z.literal('LocalQueue'),
    metadata,
    spec: z.strictObject({ clusterQueue: dnsName }),
  }),
  // NVIDIA/KAI-Scheduler: Queue v2.
  'queue.yaml': z.strictObject({
    apiVersion: z.literal('scheduling.run.ai/v2'),
    kind: z.literal('Queue'),
    metadata,
    spec: z.strictObject({
      resources: z.strictObject({
        gpu: z.strictObject({
          quota: z.number().min(-1),
          limit: z.number().min(-1),
          overQuotaWeight: z.number().min(0),
        }),
      }),
    }),
  }),
};

const CHANGES: readonly (readonly [change: Change, target: string, files: readonly string[]])[] = [
  [
    { kind: 'stop-when-idle', workloadKind: 'notebook', workloadId: 'research/amara-0', graceHours: 2 },
    'amara',
    ['reclaim-amara.culling.yaml', 'reclaim-amara.suspend.yaml'],
  ],
  [
    { kind: 'stop-when-idle', workloadKind: 'batch', workloadId: 'job:4711', graceHours: 2 },
    'job:4711',
    ['reclaim-job-4711.suspend.yaml'],
  ],
  [
    { kind: 'scale-to-zero', workloadId: 'search/staging-7c9', keepAliveSeconds: 600, replicas: 2 },
    'Staging LLM',
    ['reclaim-staging-llm.kserve.yaml', 'reclaim-staging-llm.keda.yaml'],
  ],
  [
    { kind: 'mig', gpuModel: 'H100-SXM5-80GB', gpus: [['3g.40gb', '2g.20gb', '2g.20gb']] },
    'a, b, c',
    ['reclaim-a-b-c.mig-parted.yaml'],
  ],
  [{ kind: 'time-slicing', gpuModel: 'L40S', tenants: 3 }, 'a', ['reclaim-a.time-slicing.yaml']],
  [
    { kind: 'release-empty-nodes', pool: 'Ranking_Train', afterHours: 1 },
    'pool Ranking_Train',
    ['reclaim-pool-ranking-train.karpenter.yaml'],
  ],
  [
    { kind: 'continuous-batching', workloadId: 'search/chat-0', maxSequences: 96, replicas: 3 },
    'chat',
    ['reclaim-chat.vllm.yaml', 'reclaim-chat.replicas.yaml'],
  ],
  [
    {
      kind: 'share-quota',
      pool: 'ranking-train',
      queues: [
        { queue: 'kueue:ranking', nominalGpus: 16 },
        { queue: 'runai:vision', nominalGpus: 8 },
      ],
    },
    'kueue:ranking, runai:vision',
    [
      'reclaim-ranking-train.resourceflavor.yaml',
      'reclaim-ranking.clusterqueue.yaml',
      'reclaim-ranking.localqueue.yaml',
      'reclaim-vision.queue.yaml',
    ],
  ],
  [
    { kind: 'pack-nodes', pool: 'Ranking_Train', gpuModel: 'L40S', afterHours: 1 },
    'pool Ranking_Train',
    ['kube-scheduler', 'kai-scheduler', 'volcano', 'karpenter'].map(
      (what) => `reclaim-pool-ranking-train.${what}.yaml`,
    ),
  ],
];

const ROW = {
  action: 'stop it',
  risk: 'low',
  aloneSaving: { low: '1.00', expected: '1204.50', high: '2000.00' },
} as LeverRow;

/** Triton's model_config.proto: the fields that are set, by the grammar of the text format. */
const TRITON_CONFIG =
  /^max_batch_size: [1-9]\d*\ndynamic_batching \{\n {2}preferred_batch_size: \[ [1-9]\d*(, [1-9]\d*)* \]\n {2}max_queue_delay_microseconds: \d+\n\}\n$/;

describe('the change of', () => {
  test.each(CHANGES)('%o is a document that its system takes', (change, target, files) => {
    const made = changeFiles(change, { lever: 'reclaim', target });
    expect(made.map(({ file }) => file)).toEqual(files);
    for (const one of made) {
      const text = renderChange(ROW, one, 'USD');
      const schema = SCHEMAS[one.file.split('.').slice(1).join('.')]!;
      expect(schema.safeParse(parse(text)).error).toBeUndefined();
      expect(text).toMatch(/^# stop it\. Would have saved \$1,204\.50 a month; risk: low\.\n# /);
    }
  });

  it('batches is what Triton and vLLM read', () => {
    const [config, replicas] = changeFiles(
      {
        kind: 'dynamic-batching',
        workloadId: 'search/encoder-7c9',
        maxBatch: 16,
        queueDelayMs: 2.5,
        replicas: 2,
      },
      { lever: 'batch', target: 'encoder' },
    );
    expect(config!.file).toBe('batch-encoder.config.pbtxt');
    const text = renderChange(ROW, config!, 'USD');
    expect(text.replaceAll(/^#.*\n/gm, '')).toMatch(TRITON_CONFIG);
    expect(text).toContain('max_queue_delay_microseconds: 2500');
    expect(replicas!.document).toMatchObject({ metadata: { name: 'encoder', namespace: 'search' } });
  });

  it('slices counts each profile', () => {
    const [file] = changeFiles(CHANGES[3]![0], { lever: 'share', target: 'a' });
    expect(JSON.stringify(file!.document)).toContain('{"3g.40gb":1,"2g.20gb":2}');
  });

  it('a name too long for Kubernetes is cut to one that it takes', () => {
    const [file] = changeFiles(CHANGES[2]![0], { lever: 'scale-to-zero', target: `${'x'.repeat(62)}-y` });
    expect(dnsName.safeParse((file!.document as { metadata: { name: string } }).metadata.name).success).toBe(
      true,
    );
  });
});
