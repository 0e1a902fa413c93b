import { expect, test } from 'vitest';
import { resourceKey } from './resource-key.ts';

test.each([
  ['aws:///us-east-1a/i-0AbC', 'arn:aws:ec2:us-east-1:123:instance/i-0abc', 'i-0abc'],
  ['i-0abc', 'aws:///us-east-1a/i-0abc', 'i-0abc'],
  [
    'azure:///subscriptions/S/resourceGroups/RG/providers/Microsoft.Compute/virtualMachineScaleSets/pool/virtualMachines/3',
    '/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachinescalesets/pool/virtualmachines/3',
    '/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachinescalesets/pool/virtualmachines/3',
  ],
  [
    'gce://my-project/us-central1-a/gke-node-1',
    '//compute.googleapis.com/projects/my-project/zones/us-central1-a/instances/gke-node-1',
    'gce/my-project/us-central1-a/gke-node-1',
  ],
  [' Pod-17 ', 'pod-17', 'pod-17'],
])('%s and %s meet', (node, billed, key) => {
  expect([resourceKey(node), resourceKey(billed)]).toEqual([key, key]);
});

test('machines of one name in two scale sets stay apart', () => {
  const machine = (set: string) =>
    `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/${set}/virtualMachines/3`;
  expect(resourceKey(machine('a'))).not.toBe(resourceKey(machine('b')));
});
