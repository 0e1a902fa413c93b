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
  // cloud.google.com/sdk/gcloud/reference/compute/instance-templates/create, as a file of flags.
  'instance-template.yaml': z.strictObject({
    '--machine-type': z.string().regex(/^[a-z0-9-]+$/),
    '--accelerator': z
      .array(z.strictObject({ type: z.string().startsWith('nvidia-'), count: z.int().min(1) }))
      .optional(),
    '--provisioning-model': z.enum(['SPOT', 'STANDARD', 'FLEX_START', 'RESERVATION_BOUND']),
    '--instance-termination-action': z.enum(['STOP', 'DELETE']),
    '--maintenance-policy': z.literal('TERMINATE'),
    '--image-family': z.string().min(1),
    '--image-project': z.string().min(1),
  }),
  // cloud.google.com/sdk/gcloud/reference/compute/instance-groups/managed/create, as a file of flags.
  'instance-group.yaml': z.strictObject({
    '--template': dnsName,
    '--base-instance-name': z.string().regex(/^[a-z]([a-z0-9-]{0,56}[a-z0-9])?$/),
    '--size': z.int().min(0),
    '--region': z
      .string()
      .regex(/^[a-z]+-[a-z]+\d+$/)
      .optional(),
    '--target-distribution-shape': z.enum(['EVEN', 'BALANCED', 'ANY', 'ANY_SINGLE_ZONE']),
    '--instance-redistribution-type': z.enum(['NONE', 'PROACTIVE']),
  }),
  // learn.microsoft.com/azure/templates: a deployment template with a scale set.
  'vmss.json': z.strictObject({
    $schema: z.url(),
    contentVersion: z.string().regex(/^\d+\.\d+\.\d+\.\d+$/),
    metadata: z.strictObject({ description: z.string() }),
    parameters: z.record(
      z.string(),
      z.strictObject({
        type: z.enum(['string', 'securestring', 'int', 'bool', 'object', 'array']),
        defaultValue: z.string().optional(),
        metadata: z.strictObject({ description: z.string() }).optional(),
      }),
    ),
    resources: z.array(
      z.strictObject({
        type: z.literal('Microsoft.Compute/virtualMachineScaleSets'),
        apiVersion: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
        name: z.string().max(64),
        location: z.string(),
        sku: z.strictObject({
          name: z.string().regex(/^Standard_\w+$/),
          tier: z.literal('Standard'),
          capacity: z.int().min(0),
        }),
        properties: z.strictObject({
          orchestrationMode: z.enum(['Uniform', 'Flexible']),
          overprovision: z.boolean(),
          singlePlacementGroup: z.boolean(),
          upgradePolicy: z.strictObject({ mode: z.enum(['Manual', 'Automatic', 'Rolling']) }),
          spotRestorePolicy: z.strictObject({ enabled: z.boolean(), restoreTimeout: z.iso.duration() }),
          virtualMachineProfile: z.strictObject({
            priority: z.enum(['Spot', 'Regular', 'Low']),
            evictionPolicy: z.enum(['Deallocate', 'Delete']),
            billingProfile: z.strictObject({ maxPrice: z.union([z.literal(-1), z.number().positive()]) }),
            storageProfile: z.strictObject({
              imageReference: z.strictObject({ id: z.string() }),
              osDisk: z.strictObject({
                createOption: z.enum(['FromImage', 'Attach', 'Empty']),
                managedDisk: z.strictObject({
                  storageAccountType: z.enum(['Standard_LRS', 'StandardSSD_LRS', 'Premium_LRS']),
                }),
              }),
            }),
            osProfile: z.strictObject({
              computerNamePrefix: z.string().min(1).max(15),
              adminUsername: z.string().min(1).max(64),
              linuxConfiguration: z.strictObject({
                disablePasswordAuthentication: z.boolean(),
                ssh: z.strictObject({
                  publicKeys: z.array(
                    z.strictObject({ path: z.string().startsWith('/home/'), keyData: z.string() }),
                  ),
                }),
              }),
            }),
            networkProfile: z.strictObject({
              networkInterfaceConfigurations: z.array(
                z.strictObject({
                  name: z.string(),
                  properties: z.strictObject({
                    primary: z.boolean(),
                    ipConfigurations: z.array(
                      z.strictObject({
                        name: z.string(),
                        properties: z.strictObject({ subnet: z.strictObject({ id: z.string() }) }),
                      }),
                    ),
                  }),
                }),
              ),
            }),
            scheduledEventsProfile: z.strictObject({
              terminateNotificationProfile: z.strictObject({
                enable: z.boolean(),
                notBeforeTimeout: z.iso.duration(),
              }),
            }),
          }),
        }),
      }),
    ),
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
  region: 'us-central1',
  machine: 'a2-ultragpu-8g',
  checkpointSeconds: 1_170,
};
const CHANGES: readonly (readonly [change: PlanChange, files: readonly string[]])[] = [
  [
    SPOT,
    [
      'spot-ranking-train.sky.yaml',
      'spot-ranking-train.instance-template.yaml',
      'spot-ranking-train.instance-group.yaml',
    ],
  ],
  [
    { ...SPOT, gpuModel: 'T4', machine: 'n1-standard-32', region: null },
    [
      'spot-ranking-train.sky.yaml',
      'spot-ranking-train.instance-template.yaml',
      'spot-ranking-train.instance-group.yaml',
    ],
  ],
  [
    { ...SPOT, provider: 'Microsoft Azure', region: 'East US', machine: 'Standard_ND96asr_v4' },
    ['spot-ranking-train.sky.yaml', 'spot-ranking-train.vmss.json'],
  ],
  [
    { ...SPOT, provider: 'azure', region: null, machine: null },
    ['spot-ranking-train.sky.yaml', 'spot-ranking-train.vmss.json'],
  ],
  [{ ...SPOT, provider: 'CoreWeave' }, ['spot-ranking-train.sky.yaml']],
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
      const isJson = one.file.endsWith('.json');
      expect(schema.safeParse(isJson ? JSON.parse(text) : parse(text)).error).toBeUndefined();
      expect(text).toMatch(
        isJson
          ? /"description": "do it\. Would have saved \$1,204\.50 a month; risk: medium\. /
          : /^# do it\. Would have saved \$1,204\.50 a month; risk: medium\.\n# /,
      );
    }
  });

  it('spot says what happens to a machine that is taken', () => {
    const [, template, group] = planChangeFiles(SPOT);
    expect(template!.document).toMatchObject({
      '--machine-type': 'a2-ultragpu-8g',
      '--provisioning-model': 'SPOT',
      '--instance-termination-action': 'DELETE',
    });
    expect(template!.document).not.toHaveProperty('--accelerator');
    expect(group!.document).toMatchObject({ '--template': 'spot-ranking-train', '--region': 'us-central1' });
    const added = planChangeFiles({ ...SPOT, gpuModel: 'T4', machine: 'n1-standard-32' });
    expect(added[1]!.document).toMatchObject({ '--accelerator': [{ type: 'nvidia-tesla-t4', count: 8 }] });
    const [, set] = planChangeFiles({ ...SPOT, provider: 'azure', region: 'East US' });
    expect(JSON.stringify(set!.document)).toContain('"priority":"Spot","evictionPolicy":"Delete"');
    expect(set!.document).toMatchObject({ parameters: { location: { defaultValue: 'eastus' } } });
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
