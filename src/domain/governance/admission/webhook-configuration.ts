/** Where the API server finds the webhook. */
export type WebhookAddress =
  | Readonly<{ kind: 'service'; namespace: string; name: string; port: number }>
  | Readonly<{ kind: 'url'; url: string }>;

export type WebhookOptions = Readonly<{
  address: WebhookAddress;
  /** PEM of the authority that signed the certificate; `null`: one that the API server trusts anyway. */
  authority: string | null;
  /** Refuses what cannot be asked about, instead of letting it through. */
  isFailClosed: boolean;
  timeoutSeconds: number;
}>;

/** Seconds until the API server goes on without an answer. */
export const WEBHOOK_TIMEOUT_SECONDS = 2;
export const ADMISSION_PATH = '/admit';

/** What starts pods, by API group: a kind that `tare check` reads, and how the API calls many of it. */
export const JUDGED_KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': { Pod: 'pods' },
  apps: {
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
    DaemonSet: 'daemonsets',
  },
  batch: { Job: 'jobs', CronJob: 'cronjobs' },
  'jobset.x-k8s.io': { JobSet: 'jobsets' },
  'leaderworkerset.x-k8s.io': { LeaderWorkerSet: 'leaderworkersets' },
  'kubeflow.org': {
    PyTorchJob: 'pytorchjobs',
    TFJob: 'tfjobs',
    MPIJob: 'mpijobs',
    XGBoostJob: 'xgboostjobs',
    PaddleJob: 'paddlejobs',
    JAXJob: 'jaxjobs',
    Notebook: 'notebooks',
  },
  'trainer.kubeflow.org': { TrainJob: 'trainjobs' },
  'serving.kserve.io': { InferenceService: 'inferenceservices' },
  'serving.knative.dev': { Service: 'services' },
  'ray.io': { RayJob: 'rayjobs', RayCluster: 'rayclusters', RayService: 'rayservices' },
  'argoproj.io': { Workflow: 'workflows', CronWorkflow: 'cronworkflows' },
};

/** What can be made larger by its subresource `scale` alone, as `kubectl scale` and autoscalers do. */
export const SCALED_RESOURCES: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  statefulsets: 'StatefulSet',
};

const OWN_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];

/**
 * The ValidatingWebhookConfiguration that makes an API server ask. It lets through what cannot be asked about unless told otherwise; the namespaces of the
 * cluster itself, and that of the webhook, are never asked about, so that the cluster and the webhook can always start.
 */
export function webhookConfiguration(options: WebhookOptions): Readonly<Record<string, unknown>> {
  const { address, authority, isFailClosed, timeoutSeconds } = options;
  const own = address.kind === 'service' ? [...OWN_NAMESPACES, address.namespace] : OWN_NAMESPACES;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'tare-admission', labels: { 'app.kubernetes.io/managed-by': 'tare' } },
    webhooks: [
      {
        name: 'launches.tare.dev',
        clientConfig: {
          ...clientOf(address),
          ...(authority !== null && { caBundle: toBase64(authority) }),
        },
        rules: [
          ...Object.entries(JUDGED_KINDS).map(([group, kinds]) => ({
            apiGroups: [group],
            apiVersions: ['*'],
            // A pod cannot be made larger once it is there.
            operations: group === '' ? ['CREATE'] : ['CREATE', 'UPDATE'],
            resources: Object.values(kinds),
            scope: 'Namespaced',
          })),
          {
            apiGroups: ['apps'],
            apiVersions: ['*'],
            operations: ['UPDATE'],
            resources: Object.keys(SCALED_RESOURCES).map((resource) => `${resource}/scale`),
            scope: 'Namespaced',
          },
        ],
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: own }],
        },
        matchConditions: [{ name: 'asks-for-a-gpu', expression: ASKS_FOR_A_GPU }],
        matchPolicy: 'Equivalent',
        failurePolicy: isFailClosed ? 'Fail' : 'Ignore',
        sideEffects: 'None',
        timeoutSeconds,
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

/** Most pods have no GPU, and are not worth a question. Whatever else starts pods is looked at by the webhook. */
const ASKS_FOR_A_GPU =
  "request.kind.kind != 'Pod' || [object.spec.containers, has(object.spec.initContainers) ? object.spec.initContainers : []].exists(l, l.exists(c, has(c.resources) && has(c.resources.limits) && c.resources.limits.exists(r, r.matches('^(nvidia[.]com|amd[.]com|gpu[.]intel[.]com|intel[.]com)/'))))";

function clientOf(address: WebhookAddress) {
  if (address.kind === 'url') return { url: address.url };
  const { namespace, name, port } = address;
  return { service: { namespace, name, port, path: ADMISSION_PATH } };
}

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes));
}
