/** Spellings by bills (FOCUS `ProviderName`), node labels and provider ids; without case, blanks and punctuation. */
const SPELLINGS: Readonly<Record<string, string>> = {
  aws: 'aws',
  amazon: 'aws',
  amazonwebservices: 'aws',
  amazonwebservicesinc: 'aws',
  ec2: 'aws',
  azure: 'azure',
  microsoft: 'azure',
  microsoftazure: 'azure',
  gcp: 'gcp',
  gce: 'gcp',
  google: 'gcp',
  googlecloud: 'gcp',
  googlecloudplatform: 'gcp',
  oci: 'oci',
  oracle: 'oci',
  oraclecloud: 'oci',
  oraclecloudinfrastructure: 'oci',
  lambda: 'lambda',
  lambdalabs: 'lambda',
  lambdacloud: 'lambda',
  coreweave: 'coreweave',
  nebius: 'nebius',
  nebiusai: 'nebius',
  crusoe: 'crusoe',
  crusoecloud: 'crusoe',
  runpod: 'runpod',
  hyperstack: 'hyperstack',
  digitalocean: 'digitalocean',
  scaleway: 'scaleway',
};

/** One name per cloud, however it is spelled: `Amazon Web Services` and `AWS` are `aws`. An unknown one comes back in lower case. */
export function providerName(spelled: string): string {
  const compact = spelled.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SPELLINGS[compact] ?? spelled.trim().toLowerCase();
}

/** `East US` and `eastus` are one region; `us-east-1` stays as it is. */
export function regionName(spelled: string): string {
  return spelled.toLowerCase().replace(/\s+/g, '');
}
