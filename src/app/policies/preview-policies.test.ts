import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  allocationFact,
  capacityFact,
  runFact,
  samplesOf,
  workloadFact,
} from '../../../test/support/facts.ts';
import { deployment, job } from '../../../test/support/kube-objects.ts';
import { once } from '../../../test/support/weigh-in-store.ts';
import { composeCheck } from '../../compose.ts';
import { loadConfig } from '../../config/load-config.ts';
import { readPolicies } from '../../config/read-policies.ts';
import type { FactBatch, Lifecycle } from '../../domain/facts/facts.ts';
import { HOUR_MS } from '../../domain/time/window.ts';
import { openDuckDbStore } from '../../stores/duckdb/duckdb-store.ts';
import { checkLaunches } from '../check/check-launches.ts';
import { createTare } from '../create-tare.ts';
import type { PolicyPreviewRow } from '../results/policies.ts';
import type { Tare } from '../tare.ts';

const FROM = Date.UTC(2026, 9, 14);
const UNTIL = FROM + 12 * HOUR_MS;
const WINDOW = { fromMs: FROM, toMs: UNTIL };
const clock = { nowMs: () => UNTIL };
const OWNERS = { team: ['label:team'], model: ['label:model'], environment: ['label:env'] };

let folder: string;
let parts: Awaited<ReturnType<typeof composeCheck>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-preview-'));
  writeFileSync(
    join(folder, 'tare.yaml'),
    `prices: { contracts: [{ gpuModel: H100, price: 2.00, unit: gpu-hour, from: 2020-01-01 }] }
owners: ${JSON.stringify(OWNERS)}\n`,
  );
  const config = loadConfig({ path: undefined, directory: folder, environment: {}, usesSources: false });
  parts = await composeCheck({ config, directory: folder, clock, readInput: async () => '' });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function openWith(batch: FactBatch, text = ''): Promise<Tare> {
  const store = await openDuckDbStore('duckdb::memory:');
  await store.importDataset({ name: 'test', kind: 'test', importedAtMs: 0 }, once(batch));
  const dimensions = Object.keys(OWNERS);
  return createTare({
    store,
    fileSources: [],
    liveSources: [],
    priceBooks: parts.parts.priceBooks,
    settings: {
      currency: 'USD',
      shared: 'proportional',
      maxHoldIntervals: 2,
      exchangeRates: {},
      owners: OWNERS,
    },
    policies: {
      path: null,
      text,
      dimensions,
      read: (given) => readPolicies(given, dimensions),
      gpus: () => parts.parts.gpus,
    },
    clock,
    listFiles: async () => [],
  });
}

const DECIDED = `
- { rule: allowed-gpu, models: [A100, L4] }
- { rule: max-gpus, gpus: 4, perNode: 2 }
- { rule: allowed-lifecycle, lifecycles: [on_demand] }
- { rule: allowed-region, regions: [eu-*] }
- { rule: require-spot }
- { rule: forbid-spot, severity: warning }
- { rule: required-tags, required: [team, cost-centre] }
- { rule: max-gpus, name: of ads, team: ads, kind: [training, inference], gpus: 2 }
- { rule: expression, name: by place, deny: "region == 'us-east-1' and gpus > 2 or label('cost-centre') == 'k1'" }
- { rule: expression, name: by owner, deny: "team == null and isSpot or kind in ['batch', 'notebook']" }
- { rule: expression, name: by model, deny: "not ('T4-16GB' in gpuModels) and gpusPerNode >= 2 and nodes > 1" }
`;

const MODELS = {
  'NVIDIA-H100-80GB-HBM3': 'H100-SXM5-80GB',
  'NVIDIA-A100-SXM4-40GB': 'A100-SXM4-40GB',
  'Tesla-T4': 'T4-16GB',
} as const;

const anyLaunch = fc.record({
  isService: fc.boolean(),
  gpus: fc.integer({ min: 1, max: 4 }),
  pods: fc.integer({ min: 1, max: 3 }),
  product: fc.constantFrom(...(Object.keys(MODELS) as (keyof typeof MODELS)[])),
  lifecycle: fc.constantFrom<Lifecycle[]>('spot', 'on_demand', 'owned', 'committed'),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  labels: fc.record(
    {
      team: fc.constantFrom('ads', 'search'),
      'cost-centre': fc.constantFrom('k1', 'k2'),
      'tare.dev/interruptible': fc.constantFrom('true', 'false'),
      'tare.dev/latency-critical': fc.constantFrom('true', 'false'),
    },
    { requiredKeys: [] },
  ),
  isBatch: fc.boolean(),
});
type AnyLaunch = typeof anyLaunch extends fc.Arbitrary<infer T> ? T : never;

/** As somebody would have launched it. */
function manifestOf(given: AnyLaunch, index: number) {
  const { isService, gpus, pods, product, lifecycle, region, isBatch } = given;
  const kind = isService ? (isBatch ? 'notebook' : 'inference') : isBatch ? 'batch' : 'training';
  const labels = {
    ...given.labels,
    app: `l${index}`,
    'tare.dev/kind': kind,
    'tare.dev/lifecycle': lifecycle.replace('_', '-'),
  };
  const selector = { 'topology.kubernetes.io/region': region };
  const common = { gpus, gpuModel: product, selector, labels };
  return isService
    ? deployment(`l${index}`, { ...common, replicas: pods })
    : job(`l${index}`, { ...common, parallelism: pods });
}

/** As a cluster's exporters would have told of it: pods on devices of nodes, labels in their spelling. */
function factsOf(
  given: AnyLaunch,
  index: number,
): Required<Pick<FactBatch, 'capacity' | 'workloads' | 'allocations'>> {
  const { isService, isBatch, gpus, pods, product, lifecycle, region, labels } = given;
  const kind = isService ? (isBatch ? 'notebook' : 'inference') : isBatch ? 'batch' : 'training';
  const attributes = Object.fromEntries(
    Object.entries({ ...labels, app: `l${index}` }).map(([name, value]) => [
      `label:${name.replace(/[^A-Za-z0-9_]/g, '_')}`,
      value,
    ]),
  );
  const interval = { startMs: FROM + HOUR_MS, endMs: FROM + 4 * HOUR_MS };
  const ids = Array.from({ length: pods }, (_, pod) => `default/l${index}-${pod}`);
  const devices = ids.flatMap((id, pod) =>
    Array.from({ length: gpus }, (_, gpu) => ({
      id,
      node: `node-${index}-${pod}`,
      device: `GPU-${index}-${pod}-${gpu}`,
    })),
  );
  return {
    workloads: ids.map((id) => workloadFact(id, { kind, name: `l${index}`, attributes })),
    capacity: devices.map(({ node, device }) =>
      capacityFact(device, {
        ...{ startMs: FROM, endMs: UNTIL, node, gpuModel: MODELS[product], lifecycle, region },
      }),
    ),
    allocations: devices.map(({ id, device }) => allocationFact(id, device, interval)),
  };
}

describe('a preview', () => {
  it('says of every launch what a check of its manifest says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLaunch, { minLength: 1, maxLength: 30, size: 'max' }),
        async (launches) => {
          const policies = readPolicies(DECIDED, Object.keys(OWNERS)).policies.map(({ policy }) => policy);
          const reading = parts.reader.read(
            launches.map((given, index) => ({
              path: `l${index}`,
              text: JSON.stringify(manifestOf(given, index)),
              isNamed: true,
            })),
          );
          expect(reading.launches).toHaveLength(launches.length);
          const said = checkLaunches(
            { ...parts.parts, policies },
            { reading, base: null, pastRuns: [], budgetReport: null, warnings: [], nowMs: UNTIL },
          );
          const facts = launches.map(factsOf);
          const tare = await openWith({
            capacity: facts.flatMap(({ capacity }) => capacity),
            workloads: facts.flatMap(({ workloads }) => workloads),
            allocations: facts.flatMap(({ allocations }) => allocations),
          });
          const preview = await tare.previewPolicies({ text: DECIDED, window: WINDOW, top: 1_000 });
          await tare.close();
          expect(preview.launches).toBe(launches.length);
          for (const [index, row] of preview.rows.entries()) {
            const { name } = policies[index]!;
            const violators = said.violations
              .filter(({ policy }) => policy === name)
              .map(({ launch }) => launch);
            expect([name, row.notJudged]).toEqual([name, 0]);
            expect([name, row.rows.map((one) => one.name).toSorted()]).toEqual([
              name,
              [...new Set(violators)].toSorted(),
            ]);
          }
        },
      ),
      { numRuns: Number(process.env['TARE_PROPERTY_RUNS'] ?? 8) },
    );
  }, 120_000);
});

const rowOf = async (tare: Tare, text: string): Promise<PolicyPreviewRow> =>
  (await tare.previewPolicies({ text, window: WINDOW, top: null })).rows[0]!;

/** A notebook on one H100 at $2 an hour: at work in the first of eight hours, and still from then on. */
function notebook(): FactBatch {
  const hold = { startMs: FROM, endMs: FROM + 8 * HOUR_MS };
  return {
    capacity: [capacityFact('GPU-n', { startMs: FROM, endMs: UNTIL })],
    workloads: [workloadFact('lab/n', { kind: 'notebook', name: 'n', attributes: { 'label:team': 'ads' } })],
    allocations: [allocationFact('lab/n', 'GPU-n', hold)],
    usage: [
      ...samplesOf('GPU-n', { fromMs: FROM, toMs: FROM + HOUR_MS, engineActive: 1 }),
      ...samplesOf('GPU-n', { fromMs: FROM + HOUR_MS, toMs: FROM + 8 * HOUR_MS, engineActive: 0 }),
    ],
  };
}

describe('what happened', () => {
  it('max-idle stops what stood still for longer, and counts what lies past the limit', async () => {
    const tare = await openWith(notebook());
    expect(await rowOf(tare, '- { rule: max-idle, for: 2h }')).toMatchObject({
      judged: 1,
      stopped: 1,
      gpuHours: 5,
      cost: '10.00',
      idleCost: '10.00',
      byTeam: [{ team: 'ads', cost: '10.00' }],
      rows: [
        {
          name: 'n',
          message: 'it stood still for 7 hours in a row, and may for at most 2 hours',
          receipt: { kind: 'workload', name: 'n' },
        },
      ],
    });
    expect(await rowOf(tare, '- { rule: max-idle, for: 7h }')).toMatchObject({ kept: 1, stopped: 0 });
    await tare.close();
  });

  it('max-hours stops what ran for longer, and what a run cost is held against its ceiling', async () => {
    const { usage: _, ...facts } = notebook();
    const tare = await openWith({
      ...facts,
      workloads: [workloadFact('lab/n', { name: 'n', attributes: { 'label:team': 'ads' } })],
      runs: [
        runFact('test:7', {
          ...{ name: 'train', workloadId: 'lab/n', startMs: FROM, endMs: FROM + 8 * HOUR_MS },
        }),
      ],
    });
    expect(await rowOf(tare, '- { rule: max-hours, for: 6h }')).toMatchObject({
      stopped: 1,
      cost: '4.00',
      idleCost: '0.00',
      rows: [{ receipt: { kind: 'run', name: 'test:7' }, name: 'train' }],
    });
    expect(await rowOf(tare, '- { rule: max-cost, perRun: 15.99 }')).toMatchObject({
      stopped: 1,
      cost: '16.00',
    });
    expect(await rowOf(tare, '- { rule: max-cost, perRun: 16.00 }')).toMatchObject({ stopped: 0, kept: 1 });
    await tare.close();
  });

  it('two policies that stop the same hours count them once, and warnings do not count', async () => {
    const tare = await openWith(notebook());
    const text = `
- { rule: max-idle, for: 2h }
- { rule: max-idle, for: 4h }
- { rule: max-gpus, gpus: 0.5, severity: warning }
`;
    const { stopped, rows } = await tare.previewPolicies({ text, window: WINDOW, top: null });
    expect(stopped).toMatchObject({ launches: 1, cost: '10.00' });
    expect(rows[2]).toMatchObject({ stopped: 0, warned: 1, cost: '16.00' });
    await tare.close();
  });
});

describe('what is not known', () => {
  /** No samples, no region, no labels, no price; it still runs. */
  const bare: FactBatch = {
    capacity: [
      capacityFact('GPU-b', {
        ...{ startMs: FROM, endMs: null, gpuModel: 'X-1', lifecycle: 'spot', region: null },
      }),
    ],
    workloads: [workloadFact('job:1', { kind: 'batch', name: 'b' })],
    allocations: [allocationFact('job:1', 'GPU-b', { startMs: FROM - HOUR_MS, endMs: null })],
  };
  const service: FactBatch = {
    ...bare,
    workloads: [workloadFact('job:1', { kind: 'inference', name: 'b' })],
  };

  test.each<[policy: string, facts: FactBatch, why: string]>([
    ['{ rule: allowed-region, regions: [eu-*] }', bare, 'no source says in which region its nodes are'],
    ['{ rule: required-tags, required: [team] }', bare, 'no source told any of its labels'],
    ['{ rule: forbid-spot }', service, 'no source told any of its labels'],
    ['{ rule: max-hours, for: 3d }', bare, 'it still runs'],
    [
      '{ rule: max-idle, for: 2h }',
      bare,
      'nothing observed some of the hours in which it may have stood still',
    ],
    ['{ rule: max-cost, perRun: 5 }', bare, 'some of its time has no price'],
    ['{ rule: oversized-gpu }', bare, 'nothing that is known says how large its model is'],
    ['{ rule: require-autoscaling }', service, 'no source says what changes the number of its copies'],
    ['{ rule: require-scale-to-zero }', service, 'it never had an idle hour to go to zero in'],
    [
      '{ rule: expression, deny: "limitHours == null" }',
      bare,
      'limitHours: no source says which time limit it had',
    ],
    ['{ rule: expression, deny: "has(\'team\')" }', bare, 'has: no source told any of its labels'],
    ['{ rule: expression, deny: "gpus > \'a\'" }', bare, '"gpus > \'a\'" cannot be judged: '],
  ])('%s is not judged, and never kept', async (policy, facts, why) => {
    const tare = await openWith(facts);
    const row = await rowOf(tare, `- ${policy}`);
    await tare.close();
    expect(row).toMatchObject({ judged: 0, kept: 0, stopped: 0, notJudged: 1 });
    expect(row.reasons[0]!.why).toContain(why);
  });

  test.each([
    ['{ rule: max-hours, for: 10h }', 'it has run for longer already'],
    ['{ rule: expression, deny: "isSpot or limitHours > 5" }', 'the known side decides'],
    ['{ rule: max-gpus, gpus: 0.5 }', 'it is known what it held'],
  ])('%s stops it, as %s', async (policy) => {
    const tare = await openWith(bare);
    expect(await rowOf(tare, `- ${policy}`)).toMatchObject({ stopped: 1, rows: [{ cost: null, to: null }] });
    await tare.close();
  });

  it('mistakes of the text are answered with their place, and nothing is judged', async () => {
    const tare = await openWith(bare);
    expect(
      await tare.previewPolicies({ text: '- { rule: max-gpus }', window: null, top: null }),
    ).toMatchObject({
      mistakes: [{ line: 1, column: 3, message: 'max-gpus says no number' }],
      rows: [],
    });
    await tare.close();
  });
});

describe('the text', () => {
  it('is compared with what is in force by its meaning', async () => {
    const tare = await openWith(
      {},
      'policies:\n  - { rule: max-gpus, gpus: 8 }\n  - { rule: require-spot }\n',
    );
    const said = await tare.readPolicies(
      '- {gpus: 4, rule: max-gpus} # fewer\n- rule: require-spot\n- { rule: forbid-spot }\n',
    );
    expect(said.changes.map(({ change, name }) => `${change} ${name}`)).toEqual([
      'changed max-gpus',
      'added forbid-spot',
    ]);
    expect((await tare.readPolicies('')).changes.map(({ change }) => change)).toEqual(['removed', 'removed']);
    await tare.close();
  });
});
