/** Objects of Kubernetes as an API server takes them; tests name what matters. */

export type PodGiven = Readonly<{
  gpus?: number;
  gpuModel?: string;
  selector?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
  deadlineSeconds?: number;
  image?: string;
}>;

export function podSpec({
  gpus = 0,
  gpuModel,
  selector = {},
  deadlineSeconds,
  image = 'example/image',
}: PodGiven) {
  return {
    containers: [
      { name: 'main', image, ...(gpus > 0 && { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }) },
    ],
    nodeSelector: { ...selector, ...(gpuModel !== undefined && { 'nvidia.com/gpu.product': gpuModel }) },
    ...(deadlineSeconds !== undefined && { activeDeadlineSeconds: deadlineSeconds }),
  };
}

export function deployment(
  name: string,
  { replicas = 1, labels = {}, ...pod }: PodGiven & { replicas?: number } = {},
) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name, ...labels } }, spec: podSpec(pod) },
    },
  };
}

export function job(name: string, { labels = {}, ...pod }: PodGiven & { parallelism?: number } = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      ...(pod.parallelism !== undefined && { parallelism: pod.parallelism }),
      template: { metadata: { labels }, spec: { ...podSpec(pod), restartPolicy: 'Never' } },
    },
  };
}

export function pod(name: string, { labels = {}, ...given }: PodGiven = {}) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: podSpec(given) };
}
