import { describe, expect, it } from 'vitest';
import type { Policy, PolicyRule } from '../policy.ts';
import { toAdmissionPolicy } from './to-admission-policy.ts';

const OWNERS = {
  team: ['label:team', 'namespace'],
  model: ['mlflow:experiment'],
  environment: ['label:env'],
};

function policy(rule: PolicyRule, given: Partial<Policy> = {}): Policy {
  const scope = { owner: {}, kinds: [] };
  return { name: rule.rule, scope, rule, severity: 'error', message: null, fix: null, ...given };
}

function validations(...policies: Policy[]): { expression: string; message: string }[] {
  const { objects } = toAdmissionPolicy(policies, OWNERS);
  return (objects[0] as { spec: { validations: { expression: string; message: string }[] } }).spec
    .validations;
}

describe('a policy as CEL', () => {
  it.each<[PolicyRule, string]>([
    [
      { rule: 'max-gpus', perLaunch: 16, perNode: 8 },
      '(variables.gpus == 0) || (variables.gpus <= 8 && variables.gpus * variables.copies <= 16)',
    ],
    [
      { rule: 'required-tags', tags: ['team', 'it\'s "x"'] },
      '(variables.gpus == 0) || (["team", "it\'s \\"x\\""].all(t, t in variables.labels || t in variables.podLabels || t in variables.annotations))',
    ],
    [
      { rule: 'allowed-lifecycle', lifecycles: ['on_demand'] },
      "(variables.gpus == 0) || (variables.lifecycle.lowerAscii().replace('-', '').replace('_', '') in [\"ondemand\", \"\"])",
    ],
    [
      { rule: 'allowed-region', regions: ['eu-*', 'us-east-1'] },
      "(variables.gpus == 0) || ('topology.kubernetes.io/region' in variables.selector && (variables.selector['topology.kubernetes.io/region'].startsWith(\"eu-\") || variables.selector['topology.kubernetes.io/region'] == \"us-east-1\"))",
    ],
  ])('%j', (rule, expression) => {
    expect(validations(policy(rule))[0]!.expression).toBe(expression);
  });

  it('is about its scope alone', () => {
    const scope = { owner: { team: ['research', 'nlp'] }, kinds: ['training' as const] };
    const [first] = validations(policy({ rule: 'max-gpus', perLaunch: null, perNode: 4 }, { scope }));
    expect(first!.expression).toBe(
      '(variables.gpus == 0) || (!(variables.owner_team in ["research", "nlp"])) || (!(variables.kind in ["training"])) || (variables.gpus <= 4)',
    );
  });

  it('finds owners in the order of the rules', () => {
    const { objects } = toAdmissionPolicy([policy({ rule: 'require-spot' })], OWNERS);
    const { variables } = (objects[0] as { spec: { variables: { name: string; expression: string }[] } })
      .spec;
    expect(variables.find(({ name }) => name === 'owner_team')!.expression).toBe(
      '("team" in variables.labels ? variables.labels["team"] : ("team" in variables.podLabels ? variables.podLabels["team"] : (true ? request.namespace : \'\')))',
    );
  });

  it('is not there when it cannot be said by one object', () => {
    const scope = { owner: { model: ['x'] }, kinds: [] };
    const { objects, leftOut } = toAdmissionPolicy(
      [
        policy({ rule: 'max-cost', perRun: 1n, perHour: null, perMonth: null }),
        policy({ rule: 'require-autoscaling' }),
        policy({ rule: 'require-spot' }, { name: 'by model', scope }),
      ],
      OWNERS,
    );
    expect(objects).toEqual([]);
    expect(leftOut.map(({ policy: name }) => name)).toEqual(['max-cost', 'require-autoscaling', 'by model']);
  });

  it('denies what is an error, warns of the rest, and lets through what it cannot judge', () => {
    const { objects } = toAdmissionPolicy(
      [policy({ rule: 'require-spot' }), policy({ rule: 'forbid-spot' }, { severity: 'warning' })],
      OWNERS,
    );
    expect(objects).toMatchObject([
      { kind: 'ValidatingAdmissionPolicy', spec: { failurePolicy: 'Ignore' } },
      { kind: 'ValidatingAdmissionPolicyBinding', spec: { validationActions: ['Deny'] } },
      { kind: 'ValidatingAdmissionPolicy', metadata: { name: 'tare-policy-warnings' } },
      { kind: 'ValidatingAdmissionPolicyBinding', spec: { validationActions: ['Warn', 'Audit'] } },
    ]);
  });

  it('names only variables that stand before it', () => {
    const rules: PolicyRule[] = [
      { rule: 'allowed-gpu', models: ['L4'] },
      { rule: 'max-gpus', perLaunch: 1, perNode: 1 },
      { rule: 'allowed-lifecycle', lifecycles: ['spot'] },
      { rule: 'allowed-region', regions: ['x'] },
      { rule: 'require-spot' },
      { rule: 'forbid-spot' },
      { rule: 'max-hours', hours: 2 },
      { rule: 'required-tags', tags: ['team'] },
    ];
    const { objects, leftOut } = toAdmissionPolicy(
      rules.map((rule) => policy(rule)),
      OWNERS,
    );
    expect(leftOut).toEqual([]);
    const { variables, validations: judged } = (
      objects[0] as {
        spec: { variables: { name: string; expression: string }[]; validations: { expression: string }[] };
      }
    ).spec;
    const known = new Set<string>();
    for (const { name, expression } of variables) {
      for (const [, used] of expression.matchAll(/variables\.(\w+)/g))
        expect(known, `${name} uses ${used}`).toContain(used);
      known.add(name);
    }
    for (const { expression } of judged) {
      for (const [, used] of expression.matchAll(/variables\.(\w+)/g)) expect(known).toContain(used);
      expect(depthOf(expression)).toBe(0);
    }
  });
});

/** Open brackets less closed ones, outside of texts. */
function depthOf(expression: string): number {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '');
  return [...bare].reduce(
    (depth, one) => depth + ('([{'.includes(one) ? 1 : ')]}'.includes(one) ? -1 : 0),
    0,
  );
}
