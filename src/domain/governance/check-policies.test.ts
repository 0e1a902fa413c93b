import { describe, expect, it, test } from 'vitest';
import { judged, launch, service } from '../../../test/support/launches.ts';
import { PICOS_PER_UNIT } from '../money/picos.ts';
import { checkPolicies } from './check-policies.ts';
import { parseExpression } from './expression/parse-expression.ts';
import type { JudgedLaunch } from './judged-launch.ts';
import { EXPRESSION_NAMES, type Policy, type PolicyRule } from './policy.ts';

function policy(rule: PolicyRule, given: Partial<Policy> = {}): Policy {
  return {
    name: rule.rule,
    scope: { owner: {}, kinds: [] },
    rule,
    severity: 'error',
    message: null,
    fix: null,
    ...given,
  };
}

const found = (rule: PolicyRule, one: JudgedLaunch) =>
  checkPolicies([policy(rule)], [one]).violations.map(({ message, line }) => `${line}: ${message}`);

const allowedGpu: PolicyRule = { rule: 'allowed-gpu', models: ['L4', 'A100'] };
const lifecycle = (...lifecycles: ('spot' | 'on_demand' | 'owned')[]): PolicyRule => ({
  rule: 'allowed-lifecycle',
  lifecycles,
});
const region: PolicyRule = { rule: 'allowed-region', regions: ['eu-*', 'us-east-1'] };
const size = (billions: number) => ({ billions, bytesPerParameter: 2, from: 'm' });
const oversized: PolicyRule = { rule: 'oversized-gpu', headroom: 0.3 };
const money = (amount: bigint) => amount * PICOS_PER_UNIT;
const cost: PolicyRule = {
  rule: 'max-cost',
  perRun: money(100n),
  perHour: money(40n),
  perMonth: money(6_000n),
};

describe('each rule', () => {
  test.each<[what: string, rule: PolicyRule, launch: JudgedLaunch, objections: readonly string[]]>([
    ['a GPU that is not allowed', allowedGpu, judged(launch()), ['11: H100-SXM5-80GB is not allowed here']],
    ['a GPU that is', allowedGpu, judged(launch({ part: { gpuModels: ['A100-SXM4-40GB'] } })), []],
    [
      'one of several',
      allowedGpu,
      judged(launch({ part: { gpuModels: ['L4-24GB', 'T4-16GB'] } })),
      ['11: T4-16GB is not allowed here'],
    ],
    [
      'no L40S by the name of L4',
      allowedGpu,
      judged(launch({ part: { gpuModels: ['L40S-48GB'] } })),
      ['11: L40S-48GB is not allowed here'],
    ],
    [
      'no GPU named',
      allowedGpu,
      judged(launch({ part: { gpuModels: [] } })),
      ['10: nothing says which GPU it gets, and only L4, A100 are allowed'],
    ],
    [
      'too many',
      { rule: 'max-gpus', perLaunch: 8, perNode: 4 },
      judged(launch({ part: { gpusPerNode: 8, nodes: 2, nodesMax: 2 } })),
      [
        '10: it may hold 16 GPUs, and at most 8 are allowed',
        '10: one node holds 8 GPUs, and at most 4 are allowed',
      ],
    ],
    [
      'too many at the most',
      { rule: 'max-gpus', perLaunch: 8, perNode: null },
      judged(service({ copies: { stated: 1, min: 0, max: 5, isAutoscaled: true } })),
      ['12: it may hold 10 GPUs, and at most 8 are allowed'],
    ],
    [
      'spot where it is not allowed',
      lifecycle('on_demand'),
      judged(launch({ lifecycle: 'spot' })),
      ['13: spot is not allowed here'],
    ],
    ['nothing said is on demand', lifecycle('on_demand'), judged(launch()), []],
    [
      'nothing said is not spot',
      lifecycle('spot', 'owned'),
      judged(launch()),
      ['13: nothing says how it is paid, and only spot, owned is allowed'],
    ],
    [
      'another region',
      region,
      judged(launch({ region: 'ap-south-1' })),
      ['14: region ap-south-1 is not allowed here'],
    ],
    ['a region by a star', region, judged(launch({ region: 'EU-west-1' })), []],
    ['no region', region, judged(launch()), ['14: nothing says in which region it runs']],
    [
      'training on demand',
      { rule: 'require-spot' },
      judged(launch()),
      ['13: interruptible work has to run on spot capacity'],
    ],
    ['training on spot', { rule: 'require-spot' }, judged(launch({ lifecycle: 'spot' })), []],
    ['training on own machines', { rule: 'require-spot' }, judged(launch({ lifecycle: 'owned' })), []],
    [
      'training that cannot be stopped',
      { rule: 'require-spot' },
      judged(launch({ isInterruptible: false })),
      [],
    ],
    ['serving need not be spot', { rule: 'require-spot' }, judged(service()), []],
    [
      'serving on spot',
      { rule: 'forbid-spot' },
      judged(service({ lifecycle: 'spot' })),
      ['13: people wait for its answers, and spot capacity may be taken away at any time'],
    ],
    [
      'serving that nobody waits for',
      { rule: 'forbid-spot' },
      judged(service({ lifecycle: 'spot', isLatencyCritical: false })),
      [],
    ],
    [
      'fixed replicas',
      { rule: 'require-autoscaling' },
      judged(service({ copies: { stated: 3, min: 3, max: 3, isAutoscaled: false } })),
      ['12: it runs 3 replicas whatever the load is'],
    ],
    [
      'scaled replicas',
      { rule: 'require-autoscaling' },
      judged(service({ copies: { stated: 3, min: 1, max: 3, isAutoscaled: true } })),
      [],
    ],
    [
      'never to zero',
      { rule: 'require-scale-to-zero' },
      judged(service()),
      ['12: it keeps 1 or more replicas when nobody asks'],
    ],
    [
      'to zero',
      { rule: 'require-scale-to-zero' },
      judged(service({ copies: { stated: 1, min: 0, max: 3, isAutoscaled: true } })),
      [],
    ],
    [
      'idle for ever',
      { rule: 'max-idle', hours: 0.5 },
      judged(service({ kind: 'notebook' })),
      ['16: it never stops when it is idle, and may idle for at most 30m'],
    ],
    [
      'idle for too long',
      { rule: 'max-idle', hours: 72 },
      judged(service({ idleLimitHours: 100 })),
      ['16: it stops after 100h without work, and may idle for at most 3d'],
    ],
    ['idle for a moment', { rule: 'max-idle', hours: 2 }, judged(service({ idleLimitHours: 2 })), []],
    [
      'no time limit',
      { rule: 'max-hours', hours: 24 },
      judged(launch()),
      ['15: it has no time limit, and may run for at most 24h'],
    ],
    ['a service has none', { rule: 'max-hours', hours: 24 }, judged(service()), []],
    [
      'tags missing',
      { rule: 'required-tags', tags: ['team', 'cost-centre', 'project'] },
      judged(launch({ attributes: { 'label:Project': 'x' } })),
      ['17: labels or tags are missing: team, cost-centre'],
    ],
    [
      'a namespace is no tag',
      { rule: 'required-tags', tags: ['team'] },
      judged(launch(), { owner: { team: 'research' } }),
      ['17: a label or tag is missing: team'],
    ],
    [
      'an account is one',
      { rule: 'required-tags', tags: ['team'] },
      judged(launch(), { owner: { team: 'nlp' } }),
      [],
    ],
    [
      'a small model',
      oversized,
      judged(service({ part: { gpusPerNode: 1 }, modelSize: size(7) })),
      ['11: a model of 7 billion parameters (m) needs about 17.0 GiB per GPU, and H100-SXM5-80GB has 80 GiB'],
    ],
    [
      'a model that needs it',
      oversized,
      judged(service({ part: { gpusPerNode: 1 }, modelSize: size(20) })),
      [],
    ],
    ['a model of unknown size', oversized, judged(service()), []],
    ['a split training', oversized, judged(launch({ modelSize: size(1) })), []],
    [
      'costly runs',
      cost,
      judged(launch(), { hours: 20 }),
      ['10: a run (median of 3 past runs) costs $160.00, and at most $100.00 is allowed'],
    ],
    [
      'costly hours',
      cost,
      judged(launch({ part: { gpusPerNode: 16 } })),
      ['10: an hour costs $64.00, and at most $40.00 is allowed'],
    ],
    [
      'costly months',
      cost,
      judged(service({ copies: { stated: 1, min: 1, max: 2, isAutoscaled: true } })),
      ['10: a month at the most costs $11,680.00, and at most $6,000.00 is allowed'],
    ],
    ['what has no price', cost, judged(launch(), { perGpuHour: null, hours: 20 }), []],
  ])('%s', (_, rule, one, objections) => {
    expect(found(rule, one)).toEqual(objections);
  });
});

describe('an expression', () => {
  const deny = (source: string): PolicyRule => {
    const parsed = parseExpression(source, Object.keys(EXPRESSION_NAMES));
    if (parsed.kind === 'mistake') throw new Error(parsed.mistake.message);
    return { rule: 'expression', deny: parsed.expression, source };
  };
  const one = judged(
    launch({
      attributes: { 'label:gang': 'a' },
      part: { gpusPerNode: 8, nodes: 2, nodesMax: 2, nodesMin: 2 },
    }),
    { owner: { team: 'search', 'cost-centre': 'c1' }, hours: 3 },
  );

  test.each([
    ['gpus > 8 and team == "search"', true],
    ['gpusPerNode * nodes == gpus and minGpus == 16', true],
    ['costPerRun > 191.99 and costPerRun < 192.01 and costPerHour == 64', true],
    ['costPerMonth > 0', false],
    ['"H100-SXM5-80GB" in gpuModels', true],
    ['owner("cost-centre") == "c1" and label("gang") == "a"', true],
    ['region in ["eu-west-1"]', false],
    ['environment == null', true],
    ['resource == "Job" and kind == "training" and not isSpot and hours == 3', true],
    ['owner("constructor") == "x" or owner("__proto__") == "x"', false],
  ])('%s objects: %s', (source, objects) => {
    expect(found(deny(source), one)).toEqual(objects ? [`1: not allowed: ${source}`] : []);
  });

  it.each([
    ['gpus > team', 'cannot be judged'],
    ['gpus + 1', 'is neither true nor false'],
  ])('that means nothing is said: %s', (source, message) => {
    expect(found(deny(source), one)).toEqual([expect.stringContaining(message)]);
  });

  it('has a value for every name that it may use', () => {
    for (const name of Object.keys(EXPRESSION_NAMES))
      expect(found(deny(`${name} == 'never'`), one)).toBeDefined();
    const known = judged(
      service({
        lifecycle: 'spot',
        region: 'r',
        provider: 'p',
        limitHours: 1,
        idleLimitHours: 1,
        queue: 'q',
      }),
      {
        owner: { team: 't', model: 'm', environment: 'e' },
      },
    );
    const unknown = Object.keys(EXPRESSION_NAMES).filter(
      (name) => found(deny(`${name} == null`), known).length > 0,
    );
    expect(unknown).toEqual(['hours', 'costPerRun']); // a service has neither
  });
});

describe('the scope of a policy', () => {
  const rule: PolicyRule = { rule: 'max-hours', hours: 1 };
  const about = (scope: Policy['scope']) =>
    checkPolicies([policy(rule, { scope })], [judged(launch(), { owner: { team: 'a' } })]);

  it.each([
    ['everything', { owner: {}, kinds: [] }, 1],
    ['its team', { owner: { team: ['a', 'b'] }, kinds: [] }, 1],
    ['another team', { owner: { team: ['b'] }, kinds: [] }, 0],
    ['an owner that nothing says', { owner: { environment: ['dev'] }, kinds: [] }, 0],
    ['its kind', { owner: {}, kinds: ['training' as const] }, 1],
    ['another kind', { owner: {}, kinds: ['inference' as const] }, 0],
  ])('%s', (_, scope, count) => {
    expect(about(scope).violations).toHaveLength(count);
  });

  it('says which policies passed: those that were about something', () => {
    const policies = [
      policy(rule, { name: 'broken' }),
      policy({ rule: 'forbid-spot' }, { name: 'kept' }),
      policy({ rule: 'forbid-spot' }, { name: 'elsewhere', scope: { owner: { team: ['b'] }, kinds: [] } }),
    ];
    expect(checkPolicies(policies, [judged(launch())]).passed).toEqual(['kept']);
  });

  it('has its own words and weight', () => {
    const given = { name: 'short', severity: 'warning', message: 'too long', fix: 'be quick' } as const;
    expect(checkPolicies([policy(rule, given)], [judged(launch(), { hours: 2 })]).violations).toEqual([
      {
        file: 'job.yaml',
        line: 15,
        launch: 'train',
        rule: 'max-hours',
        policy: 'short',
        severity: 'warning',
        message: 'too long',
        fix: 'be quick',
        estimatedPicos: money(16n),
        estimatedPer: 'run',
      },
    ]);
  });
});
