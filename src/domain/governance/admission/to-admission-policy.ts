import type { OwnerRules } from '../../ownership/owner.ts';
import type { Policy, Severity } from '../policy.ts';
import { celList } from './cel.ts';
import { celOfRule } from './cel-of-rule.ts';
import { objectVariables, ownerLookups, ownerVariable } from './object-variables.ts';

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
    const rule = celOfRule(policy.rule, owners);
    const scope = celOfScope(policy, owners);
    if ('why' in rule) leftOut.push({ policy: policy.name, why: rule.why });
    else if ('why' in scope) leftOut.push({ policy: policy.name, why: scope.why });
    else
      validations[policy.severity].push({
        expression: [
          ...NOT_JUDGED,
          ...(rule.usesPlacement ? ['variables.hasAffinity'] : []),
          ...scope.conditions,
          rule.expression,
        ]
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
        variables: objectVariables(owners).map(([variable, expression]) => ({ name: variable, expression })),
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

/**
 * No GPU; a pod whose controller was judged with it; a slice, whose part of a GPU takes a catalogue to know. Conditions of the match would be evaluated before there
 * are variables.
 */
const NOT_JUDGED = ['variables.gpus == 0', 'variables.isJudgedElsewhere', 'variables.hasSlices'];

/** Conditions under which a policy is not about an object. */
function celOfScope({ scope }: Policy, owners: OwnerRules): { conditions: string[] } | { why: string } {
  const conditions: string[] = [];
  for (const [dimension, values] of Object.entries(scope.owner)) {
    if (ownerLookups(owners, dimension).length === 0)
      return { why: `the ${dimension} of an object is neither in a label nor its namespace` };
    conditions.push(`!(variables.${ownerVariable(dimension)} in ${celList(values)})`);
  }
  if (scope.kinds.length > 0) conditions.push(`!(variables.kind in ${celList(scope.kinds)})`);
  return { conditions };
}
