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

const NOT_JUDGED = '(variables.gpus == 0) || (variables.isJudgedElsewhere) || (variables.hasSlices)';

describe('a policy as CEL', () => {
  it.each<[PolicyRule, string]>([
    [
      { rule: 'max-gpus', perLaunch: 16, perNode: 8 },
      '(double(variables.gpus) <= 8.0 && double(variables.gpus * variables.copies) <= 16.0)',
    ],
    [
      { rule: 'allowed-lifecycle', lifecycles: ['on_demand'] },
      '(variables.hasAffinity) || (variables.lifecycle in ["on_demand", ""])',
    ],
    [
      { rule: 'allowed-region', regions: ['eu-*', 'us.east'] },
      String.raw`(variables.hasAffinity) || (variables.region != '' && (variables.region.lowerAscii().matches("^eu-.*$") || variables.region.lowerAscii().matches("^us\\.east$")))`,
    ],
  ])('%j', (rule, expression) => {
    expect(validations(policy(rule))[0]!.expression).toBe(`${NOT_JUDGED} || ${expression}`);
  });

  it('is about its scope alone', () => {
    const scope = { owner: { team: ['research', 'nlp'] }, kinds: ['training' as const] };
    const [first] = validations(policy({ rule: 'max-gpus', perLaunch: null, perNode: 4 }, { scope }));
    expect(first!.expression).toBe(
      `${NOT_JUDGED} || (!(variables.owner_team in ["research", "nlp"])) || (!(variables.kind in ["training"])) || (double(variables.gpus) <= 4.0)`,
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
