import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkLaunches } from '../../src/app/check/check-launches.ts';
import { composeCheck } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { toAdmissionPolicy } from '../../src/domain/governance/admission/to-admission-policy.ts';
import { parseExpression } from '../../src/domain/governance/expression/parse-expression.ts';
import { EXPRESSION_NAMES, type Policy, type PolicyRule } from '../../src/domain/governance/policy.ts';
import { kubeApiIsMissing, type RunningKubeApi, startKubeApi } from '../support/kube-api.ts';

/** Policies as CEL in a real API server say the same of random objects as the policies themselves. */
const missing = kubeApiIsMissing();
const OBJECTS = Number(process.env['TARE_PROPERTY_RUNS'] ?? 150);
const EXPRESSIONS = 60;

/** An API server cuts what it warns of at 4,096 bytes. */
const BATCH = 24;
const NAME =
  /^Validation failed for ValidatingAdmissionPolicy 'tare-policy-warnings' with binding 'tare-policy-warnings': ([\w-]+): /;

const OWNERS = {
  team: ['label:team', 'annotation:owning-team', 'namespace'],
  model: ['label:app.kubernetes.io/model'],
  environment: ['label:env_name', 'mlflow:experiment'],
  'cost-centre': ['label:cost-centre'],
};

const RULES: readonly PolicyRule[] = [
  { rule: 'max-gpus', perLaunch: 8, perNode: 4 },
  { rule: 'allowed-gpu', models: ['H100', 'L4'] },
  { rule: 'allowed-lifecycle', lifecycles: ['on_demand'] },
  { rule: 'allowed-lifecycle', lifecycles: ['spot', 'owned', 'committed'] },
  { rule: 'allowed-region', regions: ['eu-*', 'us-east-1', '*-west4'] },
  { rule: 'require-spot' },
  { rule: 'forbid-spot' },
  { rule: 'max-hours', hours: 2.5 },
  { rule: 'required-tags', tags: ['team', 'cost-centre'] },
  { rule: 'required-tags', tags: ['Model', 'env_name'] },
];

const scopes = [
  { owner: {}, kinds: [] },
  { owner: { team: ['research', 'search'] }, kinds: [] },
  { owner: {}, kinds: ['training' as const, 'notebook' as const] },
];

function policy(name: string, rule: PolicyRule, scope: Policy['scope'] = scopes[0]!): Policy {
  // A warning tells of every policy; a refusal would name only the first.
  return { name, scope, rule, severity: 'warning', message: 'no', fix: 'yes' };
}

const TEXT_NAMES = [
  'name',
  'namespace',
  'kind',
  'resource',
  'team',
  'model',
  'environment',
  'lifecycle',
  'region',
];
const NUMBER_NAMES = ['gpus', 'minGpus', 'gpusPerNode', 'nodes', 'maxReplicas', 'limitHours'];
const LABELS = ['team', 'Tier', 'cost-centre', 'nowhere', 'env_name', 'app.kubernetes.io/model'];
const WORDS = ['research', 'search', 'training', 'spot', 'gold', 'Job', 'eu', '', 'large-model', 'jupyter'];

/** Texts of expressions whose types fit; some rest on what is unknown. */
const { truth } = fc.letrec<{ text: string; number: string; truth: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...TEXT_NAMES),
    fc.constantFrom(...WORDS).map((word) => `'${word}'`),
    fc.constantFrom(...LABELS).map((name) => `label("${name}")`),
    fc.constantFrom('owner("cost-centre")', 'owner("team")'),
    tie('text').map((text) => `lower(${text})`),
    tie('text').map((text) => `upper(${text})`),
  ),
  number: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...NUMBER_NAMES),
    fc.constantFrom('0', '1', '2.5', '4', '8'),
    tie('text').map((text) => `length(${text})`),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('number'), tie('number'))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    tie('number').map((number) => `-${number}`),
  ),
  truth: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('isSpot', 'true', 'false', 'null'),
    fc.constantFrom(...LABELS).map((name) => `has("${name}")`),
    fc
      .tuple(tie('text'), fc.constantFrom('==', '!=', '<', '>='), tie('text'))
      .map((parts) => parts.join(' ')),
    fc
      .tuple(tie('number'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('number'))
      .map((parts) => parts.join(' ')),
    fc.tuple(tie('text'), fc.constantFrom('== null', '!= null')).map((parts) => parts.join(' ')),
    fc
      .tuple(
        tie('text'),
        fc.constantFrom("in ['research', 'gold', 'spot']", "not in ['training', null]", "in 'large-model'"),
      )
      .map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'), tie('text'))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    fc.tuple(tie('text'), tie('number')).map(([text, number]) => `${text} == ${number}`),
    fc
      .tuple(tie('truth'), fc.constantFrom('and', 'or', '==', '!='), tie('truth'))
      .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
    tie('truth').map((inner) => `not (${inner})`),
  ),
}));

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const labels = fc
  .record(
    {
      team: fc.constantFrom('research', 'search', 'ads'),
      tier: fc.constantFrom('gold', 'silver'),
      'cost-centre': fc.constantFrom('12', 'research'),
      'env-name': fc.constantFrom('dev', 'gold'),
      'app.kubernetes.io/model': fc.constantFrom('large-model', 'small'),
      'tare.dev/kind': fc.constantFrom('training', 'inference', 'notebook', 'nonsense'),
      'tare.dev/lifecycle': fc.constantFrom('spot', 'on-demand', 'owned'),
      'tare.dev/interruptible': fc.constantFrom('true', 'false', 'perhaps'),
      'tare-latency-critical': fc.constantFrom('true', 'No'),
      'notebook-name': fc.constant('x'),
    },
    { requiredKeys: [] },
  )
  .filter((found) => Object.keys(found).length < 5);
const selector = fc.record(
  {
    'nvidia.com/gpu.product': fc.constantFrom('NVIDIA-H100-80GB-HBM3', 'NVIDIA-L4', 'Tesla-T4'),
    'karpenter.sh/capacity-type': fc.constantFrom('spot', 'on-demand', 'reserved'),
    'topology.kubernetes.io/region': fc.constantFrom('eu-west-1', 'us-east-1', 'us-east-10'),
    'topology.kubernetes.io/zone': fc.constantFrom('us-east-1a', 'europe-west4-b', 'westeurope-2'),
  },
  { requiredKeys: [] },
);
const container = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('nvidia.com/gpu', 'amd.com/gpu'));
const shape = fc.record({
  kind: fc.constantFrom('Pod', 'Job', 'CronJob', 'Deployment', 'StatefulSet'),
  name: fc.constantFrom('train-it', 'my-jupyter-1', 'serve', 'large-model'),
  labels,
  annotations: fc.record(
    {
      'owning-team': fc.constantFrom('search', 'ads'),
      Tier: fc.constantFrom('gold'),
      'tare.dev/kind': fc.constantFrom('batch'),
    },
    { requiredKeys: [] },
  ),
  podLabels: labels,
  selector,
  containers: fc.array(container, { minLength: 1, maxLength: 3 }),
  inits: fc.array(fc.tuple(container, fc.boolean()), { maxLength: 2 }),
  podDeadline: maybe(fc.integer({ min: 1_000, max: 20_000 })),
  jobDeadline: maybe(fc.integer({ min: 1_000, max: 20_000 })),
  parallelism: maybe(fc.integer({ min: 1, max: 4 })),
  completions: maybe(fc.integer({ min: 1, max: 4 })),
  replicas: maybe(fc.integer({ min: 0, max: 4 })),
});
type Shaped = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function toObject(given: Shaped): { object: Record<string, unknown>; path: string } {
  const { kind, name, annotations } = given;
  const isJob = kind === 'Job' || kind === 'CronJob';
  const resources = ([count, resource]: readonly [number, string]) =>
    count === 0 ? {} : { resources: { limits: { [resource]: String(count) } } };
  const spec = {
    containers: given.containers.map((one, index) => ({ name: `c${index}`, image: 'x', ...resources(one) })),
    initContainers: given.inits.map(([one, isSidecar], index) => ({
      name: `i${index}`,
      image: 'x',
      ...resources(one),
      ...(isSidecar && { restartPolicy: 'Always' }),
    })),
    nodeSelector: given.selector,
    ...(isJob && { restartPolicy: 'Never' }),
    ...(given.podDeadline !== undefined &&
      (isJob || kind === 'Pod') && { activeDeadlineSeconds: given.podDeadline }),
  };
  const metadata = { name, labels: given.labels, annotations };
  const template = { metadata: { labels: { ...given.podLabels, app: name } }, spec };
  const jobSpec = {
    template,
    ...(given.jobDeadline !== undefined && { activeDeadlineSeconds: given.jobDeadline }),
    ...(given.parallelism !== undefined && { parallelism: given.parallelism }),
    ...(given.completions !== undefined && { completions: given.completions }),
  };
  switch (kind) {
    case 'Pod':
      return { path: '/api/v1/namespaces/default/pods', object: { apiVersion: 'v1', kind, metadata, spec } };
    case 'Job':
      return {
        path: '/apis/batch/v1/namespaces/default/jobs',
        object: { apiVersion: 'batch/v1', kind, metadata, spec: jobSpec },
      };
    case 'CronJob':
      return {
        path: '/apis/batch/v1/namespaces/default/cronjobs',
        object: {
          apiVersion: 'batch/v1',
          kind,
          metadata,
          spec: { schedule: '0 1 * * *', jobTemplate: { spec: jobSpec } },
        },
      };
    default:
      return {
        path: `/apis/apps/v1/namespaces/default/${kind.toLowerCase()}s`,
        object: {
          apiVersion: 'apps/v1',
          kind,
          metadata,
          spec: {
            selector: { matchLabels: { app: name } },
            template,
            ...(given.replicas !== undefined && { replicas: given.replicas }),
            ...(kind === 'StatefulSet' && { serviceName: name }),
          },
        },
      };
  }
}

function randomPolicies(): Policy[] {
  const texts = fc.sample(truth, { seed: 7, numRuns: EXPRESSIONS });
  return texts.map((source, index) => {
    const parsed = parseExpression(source, Object.keys(EXPRESSION_NAMES));
    if (parsed.kind !== 'expression') throw new Error(`${source}: ${parsed.mistake.message}`);
    return policy(`expression-${index}`, { rule: 'expression', deny: parsed.expression, source });
  });
}

describe.skipIf(missing !== null)(`emitted policies${missing ? ` (${missing})` : ''}`, () => {
  let api: RunningKubeApi;
  let warnings: (object: unknown) => string[];
  const policies = [
    ...RULES.flatMap((rule, index) => scopes.map((scope, at) => policy(`rule-${index}-${at}`, rule, scope))),
    ...randomPolicies(),
  ];
  const { leftOut } = toAdmissionPolicy(policies, OWNERS);

  beforeAll(async () => {
    api = await startKubeApi();
    const folder = mkdtempSync(join(tmpdir(), 'tare-cel-'));
    writeFileSync(join(folder, 'tare.yaml'), 'currency: USD\n');
    const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
    const clock = { nowMs: () => Date.parse('2026-10-14T00:00:00Z') };
    const composed = await composeCheck({ config, directory: folder, clock, readInput: async () => '' });
    rmSync(folder, { recursive: true });
    const parts = { ...composed.parts, owners: OWNERS, policies };
    warnings = (object) => {
      const reading = composed.reader.readObject(object, 'object');
      const question = {
        reading,
        base: null,
        pastRuns: [],
        budgetReport: null,
        warnings: [],
        nowMs: clock.nowMs(),
      };
      return [
        ...new Set(checkLaunches(parts, question).violations.map((violation) => violation.policy)),
      ].toSorted();
    };
  });
  afterAll(() => api?.stop());

  /** Puts some policies in place of those before them, and waits until they count. */
  const apply = async (batch: readonly Policy[], number: number) => {
    const marker = policy(`batch-${number}`, { rule: 'max-gpus', perLaunch: null, perNode: 63 });
    for (const object of toAdmissionPolicy([...batch, marker], OWNERS).objects as readonly {
      kind: string;
      metadata: { name: string };
    }[]) {
      const path = `/apis/admissionregistration.k8s.io/v1/${object.kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings'}`;
      await api.ask('DELETE', `${path}/${object.metadata.name}`);
      const { status, body } = await api.ask('POST', path, object);
      expect(status, body.message).toBe(201);
    }
    const probe = toObject({
      ...fc.sample(shape, { seed: 1, numRuns: 1 })[0]!,
      kind: 'Pod',
      containers: [[64, 'nvidia.com/gpu']],
      inits: [],
    });
    for (let tries = 0; tries < 200; tries++) {
      const { warnings: said } = await api.ask('POST', `${probe.path}?dryRun=All`, probe.object);
      if (said.some((text) => text.includes(marker.name))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the API server never warned');
  };

  it('translate all that one object can tell', () => {
    expect(leftOut).toEqual([]);
  });

  const batches = Array.from({ length: Math.ceil(policies.length / BATCH) }, (_, index) =>
    policies.slice(index * BATCH, (index + 1) * BATCH),
  );
  it.each(batches.map((batch, number) => ({ batch, number })))(
    'say the same of random objects as tare check does: batch $number',
    async ({ batch, number }) => {
      await apply(batch, number);
      const names = new Set(batch.map(({ name }) => name));
      const seen = new Set<string>();
      for (const given of fc.sample(shape, { seed: 11 + number, numRuns: OBJECTS })) {
        const { object, path } = toObject(given);
        const { status, body, warnings: said } = await api.ask('POST', `${path}?dryRun=All`, object);
        expect(status, body.message).toBe(201);
        const ours = said.flatMap((text) => NAME.exec(text)?.[1] ?? []).filter((name) => names.has(name));
        const placed = { ...object, metadata: { ...(object['metadata'] as object), namespace: 'default' } };
        const expected = warnings(placed).filter((name) => names.has(name));
        const differing = [
          ...ours.filter((name) => !expected.includes(name)),
          ...expected.filter((name) => !ours.includes(name)),
        ];
        const sources = differing.map((name) => sourceOf(batch.find((one) => one.name === name)!));
        expect(ours.toSorted(), JSON.stringify({ sources, object })).toEqual(expected);
        for (const name of ours) seen.add(name);
      }
      // Neither side is silent.
      expect(seen.size).toBeGreaterThan(batch.length / 4);
    },
  );
});

function sourceOf({ name, rule }: Policy) {
  return rule.rule === 'expression' ? `${name}: ${rule.source}` : rule;
}
