import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { TareError } from '../app/errors.ts';
import { loadConfig } from './load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'tare-guardrails-'));
afterAll(() => rmSync(directory, { recursive: true }));

function load(text: string) {
  writeFileSync(join(directory, 'tare.yaml'), text);
  return loadConfig({ path: undefined, directory, environment: {}, usesSources: false });
}

describe('budgets and policies in tare.yaml', () => {
  it('are read, amounts to the last digit', () => {
    const { budgets, policies, check } = load(`
owners: { cost-centre: [label:cost-centre] }
budgets:
  - { name: gpu, tags: { cost-centre: a1 }, quarterly: 0.100000000001, of: tare, soft: true }
policies:
  - { rule: max-cost, perRun: 12.50, severity: warning, team: [a, b] }
  - { rule: expression, name: no big dev, deny: "gpus > 8 and environment == 'dev'", message: too big, fix: make it smaller }
  - { rule: max-gpus, gpus: 16, perNode: 8, kind: [training, batch] }
check: { assume: { provider: aws, region: us-east-1 } }
`);
    expect(budgets).toEqual([
      {
        name: 'gpu',
        scope: { 'cost-centre': 'a1' },
        period: 'quarterly',
        limitPicos: 100_000_000_001n,
        warn: 0.8,
        of: 'tare',
        isSoft: true,
      },
    ]);
    expect(policies[0]).toMatchObject({
      severity: 'warning',
      scope: { owner: { team: ['a', 'b'] } },
      rule: { perRun: 12_500_000_000_000n, perHour: null },
    });
    expect(policies[1]).toMatchObject({ name: 'no big dev', message: 'too big', fix: 'make it smaller' });
    expect(policies[2]!.scope.kinds).toEqual(['training', 'batch']);
    expect(check.assume).toEqual({ provider: 'aws', region: 'us-east-1' });
  });

  test.each([
    [
      'budgets:\n  - { name: a, team: x }',
      '2:5',
      'the budget "a" says no amount',
      'give one of daily, weekly',
    ],
    [
      'budgets:\n  - { name: a, daily: 1, monthly: 2 }',
      '2:5',
      'has several amounts: daily, monthly',
      'second budget',
    ],
    [
      'budgets:\n  - { name: a, daily: 1 }\n  - { name: a, daily: 2 }',
      '3:5',
      'two budgets are named "a"',
      'its own',
    ],
    [
      'budgets:\n  - { name: a, daily: 1, tags: { centre: x } }',
      '2:42',
      'no owner rule defines "centre"',
      'under owners:',
    ],
    [
      'budgets:\n  - { name: a, monthly: 2, of: unit-cost }',
      '2:5',
      'is of unit-cost and names no endpoint',
      'endpoint: NAME',
    ],
    [
      'budgets:\n  - { name: a, monthly: 2, endpoint: chat }',
      '2:5',
      'has an endpoint and is not of unit-cost',
      'of: unit-cost',
    ],
    [
      'budgets:\n  - { name: a, monthly: 2, of: unit-cost, endpoint: chat, team: x }',
      '2:5',
      'is of an endpoint, and of team',
      'take team out',
    ],
    [
      'budgets:\n  - { name: a, daily: -1 }',
      '2:23',
      'budgets.0.daily is not what was expected',
      'expected a decimal',
    ],
    ['policies:\n  - { rule: max-gpus }', '2:5', 'max-gpus says no number', 'gpus: 8'],
    ['policies:\n  - { rule: max-cost }', '2:5', 'max-cost says no amount', 'add perRun'],
    [
      'policies:\n  - { rule: expression, deny: "gpsu > 8" }',
      '2:31',
      'wrong at character 1: unknown name "gpsu"',
      'policies.md',
    ],
    [
      'policies:\n  - { rule: require-spot, tags: { x: y } }',
      '2:38',
      'no owner rule defines "x"',
      'under owners:',
    ],
    [
      'policies:\n  - { rule: require-spot, for: 2h }',
      '2:27',
      'unknown key "for"',
      'keys here: rule, name, team',
    ],
  ])('%s', (text, position, message, remedy) => {
    let thrown: unknown;
    try {
      load(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TareError);
    const error = thrown as TareError;
    expect([error.code, error.message.split('  ')[0]]).toEqual(['TARE-2030', `tare.yaml:${position}`]);
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(remedy);
  });
});
