import type { OwnerRules } from '../../ownership/owner.ts';
import type { Policy, Severity } from '../policy.ts';
import { celEntry, celFirst, celList, celMapOrEmpty } from './cel.ts';
import { celOfRule } from './cel-of-rule.ts';

/** Objects of `admissionregistration.k8s.io/v1`, as plain values. */
export type AdmissionObjects = Readonly<{
  objects: readonly Readonly<Record<string, unknown>>[];
  /** Policies that a cluster cannot judge by one object alone. */
  leftOut: readonly Readonly<{ policy: string; why: string }>[];
}>;

/**
 * The policies that need neither prices, nor a catalogue, nor other objects, as a ValidatingAdmissionPolicy and its binding: one pair that
 * denies, one that warns. They fail open: an API server that cannot judge lets through.
 */
export function toAdmissionPolicy(policies: readonly Policy[], owners: OwnerRules): AdmissionObjects {
  const leftOut: { policy: string; why: string }[] = [];
  const validations: Record<Severity, object[]> = { error: [], warning: [] };
  for (const policy of policies) {
    const rule = celOfRule(policy.rule);
    const scope = celOfScope(policy, owners);
    if ('why' in rule) leftOut.push({ policy: policy.name, why: rule.why });
    else if ('why' in scope) leftOut.push({ policy: policy.name, why: scope.why });
    else
      validations[policy.severity].push({
        expression: ['variables.gpus == 0', ...scope.conditions, rule.expression]
          .map((part) => `(${part})`)
          .join(' || '),
        message: `${policy.name}: ${policy.message ?? rule.message}; ${policy.fix ?? rule.fix}`,
        reason: 'Forbidden',
      });
  }
  return {
    objects: [
      ...pair('tare-policies', ['Deny'], validations.error, owners),
      ...pair('tare-policy-warnings', ['Warn', 'Audit'], validations.warning, owners),
    ],
    leftOut,
  };
}

function pair(name: string, actions: readonly string[], validations: readonly object[], owners: OwnerRules) {
  if (validations.length === 0) return [];
  const metadata = { name, labels: { 'app.kubernetes.io/managed-by': 'tare' } };
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Ignore',
        matchConstraints: { resourceRules: RESOURCES },
        variables: [...VARIABLES, ...ownerVariables(owners)].map(([variable, expression]) => ({
          name: variable,
          expression,
        })),
        validations,
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: name,
        validationActions: actions,
        matchResources: {
          namespaceSelector: {
            matchExpressions: [
              {
                key: 'kubernetes.io/metadata.name',
                operator: 'NotIn',
                values: ['kube-system', 'kube-public', 'kube-node-lease'],
              },
            ],
          },
        },
      },
    },
  ];
}

/** What has a pod, or a template of one, at a place that is known. Objects of operators are judged by the pods that they start. */
const RESOURCES = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
  {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['deployments', 'statefulsets'],
  },
  {
    apiGroups: ['batch'],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['jobs', 'cronjobs'],
  },
];

const LIMITS = 'has(c.resources) && has(c.resources.limits)';
const COUNT = `['nvidia.com/gpu', 'amd.com/gpu'].map(r, r in c.resources.limits ? int(string(c.resources.limits[r])) : 0).sum()`;

/** Each may use the ones before it. */
const VARIABLES: readonly (readonly [name: string, expression: string])[] = [
  ['job', "object.kind == 'CronJob' ? object.spec.jobTemplate.spec : object.spec"],
  ['pod', "object.kind == 'Pod' ? object.spec : variables.job.template.spec"],
  [
    'podMetadata',
    "object.kind == 'Pod' ? object.metadata : (has(variables.job.template.metadata) ? variables.job.template.metadata : object.metadata)",
  ],
  ['labels', celMapOrEmpty('object.metadata.labels')],
  ['podLabels', celMapOrEmpty('variables.podMetadata.labels')],
  ['annotations', celMapOrEmpty('object.metadata.annotations')],
  ['selector', celMapOrEmpty('variables.pod.nodeSelector')],
  ['gpus', `variables.pod.containers.map(c, ${LIMITS} ? ${COUNT} : 0).sum()`],
  [
    'copies',
    "object.kind in ['Deployment', 'StatefulSet'] ? (has(object.spec.replicas) ? int(object.spec.replicas) : 1) : (object.kind in ['Job', 'CronJob'] && has(variables.job.parallelism) ? int(variables.job.parallelism) : 1)",
  ],
  [
    'kind',
    celFirst(
      [
        celEntry('variables.labels', 'tare.dev/kind'),
        celEntry('variables.podLabels', 'tare.dev/kind'),
        ["object.kind == 'Job'", "'training'"],
        ["object.kind in ['Deployment', 'StatefulSet']", "'inference'"],
        ["object.kind == 'CronJob'", "'batch'"],
        [
          "has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind == 'Job')",
          "'training'",
        ],
        [
          "has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, o.kind in ['ReplicaSet', 'StatefulSet'])",
          "'inference'",
        ],
      ],
      "'batch'",
    ),
  ],
  [
    'gpuModel',
    celFirst(
      [
        'nvidia.com/gpu.product',
        'amd.com/gpu.product-name',
        'cloud.google.com/gke-accelerator',
        'karpenter.k8s.aws/instance-gpu-name',
      ].map((key) => celEntry('variables.selector', key)),
      "''",
    ),
  ],
  [
    'lifecycle',
    celFirst(
      [
        [
          "'cloud.google.com/gke-spot' in variables.selector",
          "variables.selector['cloud.google.com/gke-spot'] == 'true' ? 'spot' : 'on_demand'",
        ],
        celEntry('variables.selector', 'karpenter.sh/capacity-type'),
        celEntry('variables.selector', 'eks.amazonaws.com/capacityType'),
        celEntry('variables.selector', 'kubernetes.azure.com/scalesetpriority'),
      ],
      "''",
    ),
  ],
  ['isSpot', "variables.lifecycle.lowerAscii() == 'spot'"],
];

/** `team` and the like from labels and the namespace; what other sources say is not to be seen in an object. */
function ownerVariables(owners: OwnerRules): (readonly [string, string])[] {
  return Object.entries(owners).map(([dimension, sources]) => [
    ownerVariable(dimension),
    celFirst(sources.flatMap(lookUp), "''"),
  ]);
}

function ownerVariable(dimension: string): string {
  return `owner_${dimension.replace(/[^A-Za-z0-9_]/g, '_')}`;
}

function lookUp(source: string): readonly (readonly [string, string])[] {
  if (source === 'namespace') return [['true', 'request.namespace']];
  const label = /^label:(.+)$/.exec(source)?.[1];
  if (label === undefined) return [];
  return [celEntry('variables.labels', label), celEntry('variables.podLabels', label)];
}

/** Conditions under which a policy is not about an object. */
function celOfScope({ scope }: Policy, owners: OwnerRules): { conditions: string[] } | { why: string } {
  const conditions: string[] = [];
  for (const [dimension, values] of Object.entries(scope.owner)) {
    if (!(owners[dimension] ?? []).some((source) => lookUp(source).length > 0))
      return { why: `the ${dimension} of an object is neither in a label nor its namespace` };
    conditions.push(`!(variables.${ownerVariable(dimension)} in ${celList(values)})`);
  }
  if (scope.kinds.length > 0) conditions.push(`!(variables.kind in ${celList(scope.kinds)})`);
  return { conditions };
}
