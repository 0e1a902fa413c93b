/** What a change is about: the lever's target, and the names that Kubernetes knows it by. */
export type ChangeContext = Readonly<{ lever: string; target: string }>;

/** The start of a file's name. */
export function fileName({ lever, target }: ChangeContext): string {
  return `${lever}-${dnsName(target)}`;
}

/** Workloads of Kubernetes are `namespace/pod`; the target is the name of what controls the pod. */
export function kubernetesName(workloadId: string, target: string): { namespace: string; name: string } {
  const [namespace, ...rest] = workloadId.split('/');
  return {
    namespace: rest.length > 0 ? dnsName(namespace!) : 'default',
    name: dnsName(target),
  };
}

const MAX_NAME = 63;

/** A name as Kubernetes takes it, RFC 1123. */
export function dnsName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_NAME)
    .replace(/-+$/, '');
  return name === '' ? 'unnamed' : name;
}
