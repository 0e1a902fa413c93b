import { expect, test } from 'vitest';
import { providerName, regionName } from './provider-name.ts';

test.each([
  ['AWS', 'aws'],
  ['Amazon Web Services', 'aws'],
  ['Amazon Web Services, Inc.', 'aws'],
  ['Microsoft', 'azure'],
  ['Microsoft Azure', 'azure'],
  ['Google Cloud', 'gcp'],
  ['gce', 'gcp'],
  ['Oracle Cloud Infrastructure', 'oci'],
  ['Lambda Labs', 'lambda'],
  ['CoreWeave', 'coreweave'],
  [' Our Own Cloud ', 'our own cloud'],
])('%s is %s', (spelled, expected) => {
  expect(providerName(spelled)).toBe(expected);
});

test.each([
  ['East US', 'eastus'],
  ['eastus', 'eastus'],
  ['us-east-1', 'us-east-1'],
])('the region %s is %s', (spelled, expected) => {
  expect(regionName(spelled)).toBe(expected);
});
