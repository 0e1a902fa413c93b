import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { PlanChange } from '../../domain/levers/plan-change.ts';
import { PICOS_PER_UNIT } from '../../domain/money/picos.ts';
import { renderChange } from '../../reports/change-text.ts';
import type { LeverRow } from '../results/levers.ts';
import { planChangeFiles } from './plan-change-files.ts';

const dnsName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  // docs.skypilot.co: the fields of a task, with a managed job's recovery and a mounted bucket.
  'sky.yaml': z.strictObject({
    name: dnsName,
    num_nodes: z.int().min(1),
    resources: z.strictObject({
      accelerators: z.string().regex(/^[A-Za-z0-9-]+:\d+$/),
      use_spot: z.literal(true),
      infra: z
        .string()
        .regex(/^[a-z0-9]+(\/[a-z0-9-]+)*$/)
        .optional(),
      job_recovery: z.strictObject({
        strategy: z.enum(['EAGER_NEXT_REGION', 'FAILOVER']),
        max_restarts_on_errors: z.int().min(0),
      }),
    }),
    envs: z.record(z.string().regex(/^[A-Z_]+$/), z.string()),
    file_mounts: z.record(
      z.string().startsWith('/'),
      z.strictObject({ name: dnsName, mode: z.enum(['MOUNT', 'COPY', 'MOUNT_CACHED']) }),
    ),
    run: z.string().min(1),
  }),
  // docs.aws.amazon.com: CreateAutoScalingGroup with a policy of mixed instances that are chosen by their attributes.
  'autoscaling.yaml': z.strictObject({
    AutoScalingGroupName: z.string().min(1).max(255),
    MinSize: z.int().min(0),
    MaxSize: z.int().min(1),
    DesiredCapacity: z.int().min(0),
    CapacityRebalance: z.boolean(),
    VPCZoneIdentifier: z.string().min(1),
    MixedInstancesPolicy: z.strictObject({
      LaunchTemplate: z.strictObject({
        LaunchTemplateSpecification: z.strictObject({
          LaunchTemplateName: z.string().min(3).max(128),
          Version: z.string().min(1),
        }),
        Overrides: z
          .array(
            z.strictObject({
              InstanceRequirements: z.strictObject({
                VCpuCount: z.strictObject({ Min: z.int().min(0) }),
                MemoryMiB: z.strictObject({ Min: z.int().min(0) }),
                AcceleratorTypes: z.array(z.enum(['gpu', 'fpga', 'inference'])),
                AcceleratorManufacturers: z.array(
                  z.enum(['nvidia', 'amd', 'amazon-web-services', 'xilinx', 'habana']),
                ),
                AcceleratorNames: z.array(
                  z.enum(['a100', 'a10g', 'h100', 'l4', 'l40s', 'm60', 't4', 't4g', 'v100', 'k80']),
                ),
                AcceleratorCount: z.strictObject({ Min: z.int().min(1), Max: z.int().min(1) }),
              }),
            }),
          )
          .min(1),
      }),
      InstancesDistribution: z.strictObject({
        OnDemandBaseCapacity: z.int().min(0),
        OnDemandPercentageAboveBaseCapacity: z.int().min(0).max(100),
        SpotAllocationStrategy: z.enum(['price-capacity-optimized', 'capacity-optimized', 'lowest-price']),
      }),
    }),
  }),
  // karpenter.sh: NodePool v1, on the nodes of AWS.
  'karpenter.yaml': z.strictObject({
    apiVersion: z.literal('karpenter.sh/v1'),
    kind: z.literal('NodePool'),
    metadata: z.strictObject({ name: dnsName }),
    spec: z.strictObject({
      template: z.strictObject({
        spec: z.strictObject({
          nodeClassRef: z.strictObject({
            group: z.literal('karpenter.k8s.aws'),
            kind: z.literal('EC2NodeClass'),
            name: dnsName,
          }),
          requirements: z
            .array(
              z.strictObject({
                key: z.enum(['karpenter.sh/capacity-type', 'karpenter.k8s.aws/instance-gpu-name']),
                operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
                values: z.array(z.string().regex(/^[a-z0-9-]+$/)).min(1),
              }),
            )
            .min(1),
          taints: z.array(
            z.strictObject({
              key: z.string().min(1),
              value: z.string().optional(),
              effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
            }),
          ),
        }),
      }),
      limits: z.record(z.string(), z.string().regex(/^\d+$/)),
      disruption: z.strictObject({
        consolidationPolicy: z.enum(['WhenEmpty', 'WhenEmptyOrUnderutilized']),
        consolidateAfter: z.string().regex(/^(\d+[smh])+$|^Never$/),
      }),
    }),
  }),
};

const SPOT: PlanChange = {
  kind: 'spot-task',
  pool: 'Ranking_Train',
  gpuModel: 'A100-SXM4-80GB',
  gpusPerNode: 8,
  nodes: 2,
  provider: 'Google Cloud',
  checkpointSeconds: 1_170,
};
const CHANGES: readonly (readonly [change: PlanChange, files: readonly string[]])[] = [
  [SPOT, ['spot-ranking-train.sky.yaml']],
  [
    { ...SPOT, provider: 'AWS' },
    [
      'spot-ranking-train.sky.yaml',
      'spot-ranking-train.karpenter.yaml',
      'spot-ranking-train.autoscaling.yaml',
    ],
  ],
  [
    { ...SPOT, provider: null, pool: 'none' },
    ['spot-none.sky.yaml', 'spot-none.karpenter.yaml', 'spot-none.autoscaling.yaml'],
  ],
  [
    { kind: 'other-gpu', workload: 'chat', from: 'H100-SXM5-80GB', to: 'L40S-48GB', provider: 'AWS' },
    ['right-size-chat-l40s-48gb.karpenter.yaml'],
  ],
  [
    {
      kind: 'purchase',
      provider: 'aws',
      gpuModel: 'L4-24GB',
      units: 4,
      term: '1y',
      perGpuHourPicos: PICOS_PER_UNIT,
      onDemandPerGpuHourPicos: 2n * PICOS_PER_UNIT,
    },
    [],
  ],
];

const ROW = {
  action: 'do it',
  risk: 'medium',
  aloneSaving: { low: '1.00', expected: '1204.50', high: '2000.00' },
} as LeverRow;

describe('the change of', () => {
  test.each(CHANGES)('%o is made of documents that their systems take', (change, files) => {
    const made = planChangeFiles(change);
    expect(made.map(({ file }) => file)).toEqual(files);
    for (const one of made) {
      const text = renderChange(ROW, one, 'USD');
      const schema = SCHEMAS[one.file.split('.').slice(1).join('.')]!;
      expect(schema.safeParse(parse(text)).error).toBeUndefined();
      expect(text).toMatch(/^# do it\. Would have saved \$1,204\.50 a month; risk: medium\.\n# /);
    }
  });

  it('spot names the GPU as SkyPilot does, and says how often to keep a checkpoint', () => {
    const [task] = planChangeFiles(SPOT);
    expect(task!.document).toMatchObject({
      num_nodes: 2,
      resources: { accelerators: 'A100-80GB:8', infra: 'gcp', use_spot: true },
      envs: { CHECKPOINT_EVERY_SECONDS: '1170' },
    });
    const [other] = planChangeFiles({ ...SPOT, gpuModel: 'H100-SXM5-80GB' });
    expect(other!.document).toMatchObject({ resources: { accelerators: 'H100:8' } });
  });
});
