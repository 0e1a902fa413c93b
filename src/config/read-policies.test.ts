import { describe, expect, it, test } from 'vitest';
import { COMMON_PARAMETERS, RULE_HELP } from '../domain/governance/policy-rules.ts';
import { policy } from './guardrails-yaml.ts';
import { readPolicies } from './read-policies.ts';

const DIMENSIONS = ['team', 'model', 'environment', 'cost-centre'];
const mistakesOf = (text: string) =>
  readPolicies(text, DIMENSIONS).mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('a text of policies', () => {
  test.each<[what: string, text: string, names: readonly string[]]>([
    ['a list', '- { rule: require-spot }\n- { rule: forbid-spot }', ['require-spot', 'forbid-spot']],
    ['what stands under policies', 'currency: EUR\npolicies:\n  - { rule: require-spot }', ['require-spot']],
    ['nothing', '', []],
    ['an empty list', 'policies:\n', []],
    ['a comment', '# later\n', []],
  ])('may be %s', (_, text, names) => {
    const { policies, mistakes } = readPolicies(text, DIMENSIONS);
    expect(mistakes).toEqual([]);
    expect(policies.map((one) => one.policy.name)).toEqual(names);
  });

  test.each<[text: string, mistakes: readonly string[]]>([
    ['policies:\n  - { rule: max-idel, for: 2h }', ['2:13 unknown rule "max-idel"']],
    ['- { rule: max-gpus }', ['1:3 max-gpus says no number']],
    ['- { rule: max-idle, for: soon }', ['1:26 policies.0.for is not what was expected: "soon"']],
    ['- { rule: max-idle }', ['1:3 "for" is missing']],
    ['- { rule: require-spot, tema: a }', ['1:25 unknown key "tema"']],
    ['- { rule: require-spot, tags: { floor: 3rd } }', ['1:40 no owner rule defines "floor"']],
    ['- { rule: max-gpus, gpus: 1', ['1:28 this is not valid YAML']],
    ['policies: 3', ['1:1 there is no list of policies']],
    [
      '- rule: expression\n  deny: "gpus >"\n- { rule: max-gpus }\n- { rule: require-spot }',
      ['2:9 the expression is wrong at character', '3:3 max-gpus says no number'],
    ],
  ])('%j has its mistakes where they stand', (text, mistakes) => {
    const found = mistakesOf(text);
    expect(found).toHaveLength(mistakes.length);
    for (const [index, mistake] of mistakes.entries()) expect(found[index]).toContain(mistake);
  });

  it('what is right is read beside what is wrong', () => {
    const { policies } = readPolicies('- { rule: max-gpus }\n- { rule: require-spot }', DIMENSIONS);
    expect(policies).toMatchObject([{ line: 2, policy: { name: 'require-spot' } }]);
  });

  it('the same policy is the same text, whatever its order and spacing', () => {
    const textOf = (text: string) => readPolicies(text, DIMENSIONS).policies[0]!.text;
    expect(textOf('- { rule: max-cost, perRun: 500.10, team: a }')).toBe(
      textOf('policies:\n  - team: a\n    rule: max-cost # dear\n    perRun: 500.10\n'),
    );
    expect(textOf('- { rule: max-cost, perRun: 500.10 }')).toContain('500.10');
  });
});

describe('the list of rules', () => {
  test.each(Object.entries(RULE_HELP))(
    '%s can be used as its example has it',
    (rule, { example, parameters }) => {
      const { policies, mistakes } = readPolicies(example, DIMENSIONS);
      expect(mistakes).toEqual([]);
      expect(policies.map((one) => one.policy.rule.rule)).toEqual([rule]);
      const option = policy.options.find(({ shape }) => shape.rule.value === rule)!;
      const own = Object.keys(option.shape).filter((name) => name !== 'rule' && !(name in COMMON_PARAMETERS));
      expect(Object.keys(parameters).toSorted()).toEqual(own.toSorted());
    },
  );

  it('has every rule, and what all of them may have', () => {
    expect(Object.keys(RULE_HELP).toSorted()).toEqual(
      policy.options.map(({ shape }) => shape.rule.value).toSorted(),
    );
    const shapes = policy.options.map(({ shape }) => Object.keys(shape));
    for (const name of Object.keys(COMMON_PARAMETERS))
      expect(shapes.every((names) => names.includes(name))).toBe(true);
  });
});
