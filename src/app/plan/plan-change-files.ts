import type { PlanChange } from '../../domain/levers/plan-change.ts';
import { providerName } from '../../domain/pricing/provider-name.ts';
import { dnsName } from '../levers/change-names.ts';
import type { ChangeFile } from '../results/levers.ts';
import { azureSpotSet, googleSpotGroup } from './spot-groups.ts';

/** Changes of prices and machines as documents for the systems that make them. A purchase is a line of a list, and no document. */
export function planChangeFiles(change: PlanChange): ChangeFile[] {
  switch (change.kind) {
    case 'spot-task':
      // A task of SkyPilot runs anywhere; a group of machines is written for the cloud that rents them out.
      return [skyPilotTask(change), ...spotMachines(change)];
    case 'other-gpu':
      return isElsewhere(change) ? [] : [otherPool(change)];
    case 'purchase':
      return [];
    default:
      return change satisfies never;
  }
}

/** Where nothing says who rents them out, as for AWS. */
function spotMachines(change: Of<'spot-task'>): ChangeFile[] {
  switch (change.provider === null ? 'aws' : providerName(change.provider)) {
    case 'aws':
      return [spotPool(change), spotGroup(change)];
    case 'gcp':
      return googleSpotGroup(change);
    case 'azure':
      return [azureSpotSet(change)];
    default:
      return [];
  }
}

/** Where it runs is not known to be somewhere else than AWS. */
function isElsewhere({ provider }: Readonly<{ provider: string | null }>): boolean {
  return provider !== null && providerName(provider) !== 'aws';
}

type Of<Kind extends PlanChange['kind']> = Extract<PlanChange, { kind: Kind }>;

/** docs.skypilot.co: a managed job on spot, which is started again elsewhere when it is taken. */
function skyPilotTask({ pool, gpuModel, gpusPerNode, nodes, provider, checkpointSeconds }: Of<'spot-task'>) {
  const name = dnsName(`spot-${pool}`);
  return {
    file: `${name}.sky.yaml`,
    comment: `sky jobs launch ${name}.sky.yaml. Put your own command under run: it has to write to /checkpoints every CHECKPOINT_EVERY_SECONDS, and to go on from the latest one when it starts. Name a bucket of yours.`,
    document: {
      name,
      num_nodes: nodes,
      resources: {
        accelerators: `${skyName(gpuModel)}:${gpusPerNode}`,
        use_spot: true,
        ...(provider === null ? {} : { infra: providerName(provider) }),
        job_recovery: { strategy: 'EAGER_NEXT_REGION', max_restarts_on_errors: 3 },
      },
      envs: { CHECKPOINT_DIR: '/checkpoints', CHECKPOINT_EVERY_SECONDS: String(checkpointSeconds) },
      file_mounts: { '/checkpoints': { name: `${name}-checkpoints`, mode: 'MOUNT' } },
      run: 'python train.py --checkpoint-dir "$CHECKPOINT_DIR" --checkpoint-every "$CHECKPOINT_EVERY_SECONDS" --resume',
    },
  };
}

/** SkyPilot names GPUs without their socket, and memory only where there are several of them. */
function skyName(gpuModel: string): string {
  const [name = gpuModel, ...rest] = gpuModel.split('-');
  const memory = rest.find((part) => /^\d+GB$/.test(part));
  const isOther = (name === 'A100' && memory === '80GB') || (name === 'V100' && memory === '32GB');
  return isOther ? `${name}-${memory}` : name;
}

function spotPool({ pool, gpuModel, gpusPerNode, nodes }: Of<'spot-task'>): ChangeFile {
  const name = dnsName(`spot-${pool}`);
  return {
    file: `${name}.karpenter.yaml`,
    comment: `A pool of spot nodes beside ${pool}: kubectl apply -f ${name}.karpenter.yaml. Jobs tolerate the taint spot=true; the node class is the one called default.`,
    document: nodePool(name, gpuModel, 'spot', gpusPerNode * nodes, [
      { key: 'spot', value: 'true', effect: 'NoSchedule' },
    ]),
  };
}

/** docs.aws.amazon.com/autoscaling: a group of instances on spot, chosen by what they have; as the AWS command line reads it. */
function spotGroup({ pool, gpuModel, gpusPerNode, nodes }: Of<'spot-task'>): ChangeFile {
  const name = dnsName(`spot-${pool}`);
  const devices = { Min: gpusPerNode, Max: gpusPerNode };
  return {
    file: `${name}.autoscaling.yaml`,
    comment: `Where no Karpenter runs: aws autoscaling create-auto-scaling-group --cli-input-yaml file://${name}.autoscaling.yaml. Name your own launch template and subnets.`,
    document: {
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: nodes,
      DesiredCapacity: 0,
      // A machine that will be taken is replaced before it is gone.
      CapacityRebalance: true,
      VPCZoneIdentifier: 'subnet-of-yours',
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'gpu-nodes', Version: '$Default' },
          Overrides: [
            {
              InstanceRequirements: {
                VCpuCount: { Min: 0 },
                MemoryMiB: { Min: 0 },
                AcceleratorTypes: ['gpu'],
                AcceleratorManufacturers: ['nvidia'],
                AcceleratorNames: [gpuModel.split('-')[0]!.toLowerCase()],
                AcceleratorCount: devices,
              },
            },
          ],
        },
        InstancesDistribution: {
          OnDemandBaseCapacity: 0,
          OnDemandPercentageAboveBaseCapacity: 0,
          SpotAllocationStrategy: 'price-capacity-optimized',
        },
      },
    },
  };
}

function otherPool({ workload, to }: Of<'other-gpu'>): ChangeFile {
  const name = dnsName(`${workload}-${to}`);
  return {
    file: `right-size-${name}.karpenter.yaml`,
    comment: `A pool of ${to} for ${workload}: kubectl apply -f right-size-${name}.karpenter.yaml, then select it by the label karpenter.sh/nodepool: ${name}. Raise the limit to what the workload needs.`,
    document: nodePool(name, to, 'on-demand', 8, []),
  };
}

/** karpenter.sh: NodePool v1, on the nodes of AWS. */
function nodePool(
  name: string,
  gpuModel: string,
  capacityType: 'spot' | 'on-demand',
  gpus: number,
  taints: readonly object[],
) {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: [capacityType] },
            {
              key: 'karpenter.k8s.aws/instance-gpu-name',
              operator: 'In',
              values: [gpuModel.split('-')[0]!.toLowerCase()],
            },
          ],
          taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }, ...taints],
        },
      },
      limits: { 'nvidia.com/gpu': String(gpus) },
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '5m' },
    },
  };
}
