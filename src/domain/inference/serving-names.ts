/** Programs that people run models with themselves, as telemetry names them in the place of a provider. */
const SERVERS = new Set([
  'vllm',
  'hostedvllm',
  'sglang',
  'tgi',
  'huggingfacetgi',
  'triton',
  'tritoninferenceserver',
  'kserve',
  'knative',
  'rayserve',
  'ollama',
  'ollamachat',
  'llamacpp',
  'llamafile',
  'lmstudio',
  'tensorrtllm',
  'nim',
  'infinity',
  'xinference',
  'localai',
  'lmdeploy',
  'selfhosted',
]);

export function isSelfHostingServer(provider: string): boolean {
  return SERVERS.has(provider.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/**
 * Whether an address is inside one's own network: loopback, private ranges, single names and the names that clusters give. An
 * OpenAI-compatible client that talks to one of those talks to a server of one's own, whatever it calls the provider.
 */
export function isOwnAddress(address: string): boolean {
  const host = hostOf(address);
  if (host === '') return false;
  if (/^(\d+\.){3}\d+$/.test(host)) return isPrivateIp(host);
  if (host === '::1' || /^f[cd][0-9a-f]{2}:/.test(host)) return true;
  return !host.includes('.') || /\.(svc|local|localhost|internal|lan|intra|cluster\.local)$/.test(host);
}

/** The first word of a host is the service in a cluster: `llama.serving.svc` → `llama`. */
export function serviceOfAddress(address: string): string {
  const host = hostOf(address);
  return /^[\d.:]+$/.test(host) ? host : (host.split('.')[0] ?? host);
}

function hostOf(address: string): string {
  const withoutScheme = address
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '');
  const authority = withoutScheme.split('/')[0]!;
  const bracketed = /^\[([^\]]+)\]/.exec(authority)?.[1];
  if (bracketed !== undefined) return bracketed;
  return authority.split(':').length > 2 ? authority : authority.replace(/:\d+$/, '');
}

function isPrivateIp(ip: string): boolean {
  const [a = 0, b = 0] = ip.split('.').map(Number);
  return (
    a === 10 ||
    a === 127 ||
    (a === 192 && b === 168) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}
