import type { PlanChange } from '../../domain/levers/plan-change.ts';
import { regionName } from '../../domain/pricing/provider-name.ts';
import { dnsName } from '../levers/change-names.ts';
import type { ChangeFile } from '../results/levers.ts';

/** Groups of machines on spot outside of AWS, for where no SkyPilot runs. Both begin empty: what they grow to is a command of its own. */
type SpotTask = Extract<PlanChange, { kind: 'spot-task' }>;

const GOOGLE_MACHINE = 'machine-type-of-yours';
const AZURE_SIZE = 'Standard_size_of_yours';

/** Machines of the first generation are sold without GPUs, which are added to them; those of later ones are of a kind of machine. */
const ADDED_GPUS: Readonly<Record<string, string>> = {
  P4: 'nvidia-tesla-p4',
  P100: 'nvidia-tesla-p100',
  T4: 'nvidia-tesla-t4',
  V100: 'nvidia-tesla-v100',
};

/**
 * cloud.google.com/sdk/gcloud/reference: an instance template with the spot provisioning model and a managed instance group of it, as files
 * of flags (gcloud topic flags-file). A machine that is taken is deleted, and the group makes another where there is one.
 */
export function googleSpotGroup({
  pool,
  gpuModel,
  gpusPerNode,
  nodes,
  machine,
  region,
}: SpotTask): ChangeFile[] {
  const name = dnsName(`spot-${pool}`);
  const added = ADDED_GPUS[gpuModel.split('-')[0]!];
  const isAdded = machine?.startsWith('n1-') === true && added !== undefined;
  return [
    {
      file: `${name}.instance-template.yaml`,
      comment: `gcloud compute instance-templates create ${name} --flags-file=${name}.instance-template.yaml. Name an image of yours with the driver in it${machine === null ? ', and the machine type: nothing says which one it is' : ''}.`,
      document: {
        '--machine-type': machine ?? GOOGLE_MACHINE,
        ...(isAdded && { '--accelerator': [{ type: added, count: gpusPerNode }] }),
        '--provisioning-model': 'SPOT',
        '--instance-termination-action': 'DELETE',
        // A machine with GPUs cannot be moved while it runs.
        '--maintenance-policy': 'TERMINATE',
        '--image-family': 'image-family-of-yours',
        '--image-project': 'project-of-yours',
      },
    },
    {
      file: `${name}.instance-group.yaml`,
      comment: `After the template: gcloud compute instance-groups managed create ${name} --flags-file=${name}.instance-group.yaml. It begins empty; gcloud compute instance-groups managed resize ${name} --size=${nodes} is as large as the jobs need.`,
      document: {
        '--template': name,
        '--base-instance-name': name,
        '--size': 0,
        ...(region !== null && { '--region': regionName(region) }),
        // Spot is where it is: in any zone, and left where it was found.
        '--target-distribution-shape': 'ANY',
        '--instance-redistribution-type': 'NONE',
      },
    },
  ];
}

/**
 * learn.microsoft.com/azure/templates/microsoft.compute/virtualmachinescalesets: a scale set with priority Spot, as a template of the resource
 * manager. A machine that is evicted is deleted with its disk, and restored for an hour where there is room.
 */
export function azureSpotSet({ pool, nodes, machine, region }: SpotTask): ChangeFile {
  const name = dnsName(`spot-${pool}`);
  const text = (description: string) => ({ type: 'string', metadata: { description } });
  return {
    file: `${name}.vmss.json`,
    comment: `az deployment group create --resource-group NAME --template-file ${name}.vmss.json --parameters subnetId=… sshPublicKey=… imageId=…. It begins empty; az vmss scale --name ${name} --new-capacity ${nodes} is as large as the jobs need.${machine === null ? ' Name the size: nothing says which one it is.' : ''}`,
    document: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      parameters: {
        location: {
          type: 'string',
          defaultValue: region === null ? '[resourceGroup().location]' : regionName(region),
        },
        subnetId: text('Id of the subnet that machines are put into'),
        imageId: text('Id of an image with the driver in it'),
        sshPublicKey: text('Who may log in'),
      },
      resources: [
        {
          type: 'Microsoft.Compute/virtualMachineScaleSets',
          apiVersion: '2024-07-01',
          name,
          location: "[parameters('location')]",
          sku: { name: machine ?? AZURE_SIZE, tier: 'Standard', capacity: 0 },
          properties: {
            orchestrationMode: 'Uniform',
            overprovision: false,
            singlePlacementGroup: false,
            upgradePolicy: { mode: 'Manual' },
            spotRestorePolicy: { enabled: true, restoreTimeout: 'PT1H' },
            virtualMachineProfile: spotProfile(name),
          },
        },
      ],
    },
  };
}

function spotProfile(name: string) {
  return {
    priority: 'Spot',
    evictionPolicy: 'Delete',
    // Up to the price on demand, so that no machine is taken for its price.
    billingProfile: { maxPrice: -1 },
    storageProfile: {
      imageReference: { id: "[parameters('imageId')]" },
      osDisk: { createOption: 'FromImage', managedDisk: { storageAccountType: 'Premium_LRS' } },
    },
    osProfile: {
      // Nine characters are left for it where every machine gets a number.
      computerNamePrefix: name.slice(0, 9),
      adminUsername: 'gpu',
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        ssh: {
          publicKeys: [{ path: '/home/gpu/.ssh/authorized_keys', keyData: "[parameters('sshPublicKey')]" }],
        },
      },
    },
    networkProfile: {
      networkInterfaceConfigurations: [
        {
          name: 'nic',
          properties: {
            primary: true,
            ipConfigurations: [{ name: 'ip', properties: { subnet: { id: "[parameters('subnetId')]" } } }],
          },
        },
      ],
    },
    scheduledEventsProfile: {
      terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' },
    },
  };
}
