import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { BROKEN_YAML, CHART_TEMPLATE } from '../../../test/support/broken-manifests.ts';
import { describeSize, gpusOf, type Launch } from '../../domain/governance/launch.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createLaunchReader } from './create-launch-reader.ts';
import { readTimeLimit } from './read-slurm.ts';

const SAMPLES = join(import.meta.dirname, '../../../test/samples/launches');
const reader = createLaunchReader(createHardwareCatalog());

function read(...paths: string[]) {
  return reader.read(
    paths.map((path) => ({ path, text: readFileSync(join(SAMPLES, path), 'utf8'), isNamed: true })),
  );
}

function readText(text: string, isNamed = true) {
  return reader.read([{ path: 'x.yaml', text, isNamed }]);
}

function only(path: string, name?: string): Launch {
  const { launches, unreadable } = read(path);
  expect(unreadable).toEqual([]);
  const found = name === undefined ? launches : launches.filter((launch) => launch.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('a Deployment', () => {
  it('is read with the line of each field', () => {
    expect(only('k8s/search-llm.yaml')).toEqual({
      file: 'k8s/search-llm.yaml',
      line: 6,
      resourceKind: 'Deployment',
      kind: 'inference',
      name: 'search-llm',
      namespace: 'search',
      queue: null,
      attributes: {
        'label:app': 'search-llm',
        'label:model': 'llama-70b',
        'label:team': 'search',
        'label:env': 'production',
        namespace: 'search',
        controller: 'search-llm',
        controllerKind: 'Deployment',
      },
      parts: [
        {
          name: '',
          gpuModels: ['H100-SXM5-80GB'],
          instanceType: 'p5.48xlarge',
          gpusPerNode: 4,
          nodes: 1,
          nodesMin: 1,
          nodesMax: 1,
        },
      ],
      isContinuous: true,
      copies: { stated: 3, min: 3, max: 3, isAutoscaled: false },
      lifecycle: null,
      provider: 'aws',
      region: 'us-east-1',
      limitHours: null,
      expectedHours: null,
      idleLimitHours: null,
      isInterruptible: null,
      isLatencyCritical: null,
      modelSize: { billions: 70, bytesPerParameter: 0.5, from: 'example/Llama-3-70B-Instruct-AWQ' },
      lines: { gpus: 32, gpuModel: 22, copies: 15, lifecycle: 32, region: 23, labels: 11, model: 29 },
    });
  });

  it('takes its bounds from the autoscaler, also of another file', () => {
    const launch = only('k8s/embedder.yaml');
    expect(launch).toMatchObject({
      lifecycle: 'spot',
      copies: { stated: 2, min: 0, max: 6, isAutoscaled: true },
      idleLimitHours: 0.25,
    });
    expect(gpusOf(launch)).toEqual({ low: 0, stated: 2, high: 6 });
    const [deployment, , scaler] = readFileSync(join(SAMPLES, 'k8s/embedder.yaml'), 'utf8').split(
      /^(---)\n/m,
    );
    const apart = reader.read([
      { path: 'a.yaml', text: deployment!, isNamed: true },
      { path: 'b.yaml', text: scaler!, isNamed: true },
    ]);
    expect(apart.launches[0]!.copies).toEqual(launch.copies);
  });
});

describe('jobs', () => {
  it('count the larger of init containers and containers, and take the limits of time', () => {
    const launch = only('k8s/finetune.yaml');
    expect(launch).toMatchObject({
      name: 'finetune',
      kind: 'training',
      queue: 'research-gpus',
      provider: 'gcp',
      lifecycle: 'spot',
      limitHours: 4,
      isContinuous: false,
      parts: [{ gpusPerNode: 8, nodes: 2, gpuModels: ['A100-SXM4-40GB', 'L4-24GB'] }],
    });
    expect(launch.lines).toMatchObject({ nodes: 11, limit: 12, gpuModel: 21, lifecycle: 24, labels: 6 });
  });

  test.each([
    ['pretrain', 'PyTorchJob', 32, ['master', 'worker']],
    ['allreduce', 'MPIJob', 8, ['worker']],
    ['tune', 'TrainJob', 8, ['']],
    ['sweep', 'JobSet', 6 / 7, ['workers']],
  ])('%s is a %s with %d GPUs', (name, resourceKind, gpus, parts) => {
    const launch = only('k8s/kubeflow.yaml', name);
    expect(launch).toMatchObject({ resourceKind, kind: 'training', isContinuous: false });
    expect(gpusOf(launch).stated).toBeCloseTo(gpus, 12);
    expect(launch.parts.map((part) => part.name)).toEqual(parts);
  });
});

describe('serving, Ray, notebooks and lists', () => {
  test.each([
    ['summarise', 'inference', { low: 0, stated: 1, high: 4 }, { isContinuous: true }],
    ['ray', 'batch', { low: 0, stated: 2, high: 10 }, { idleLimitHours: 1 / 6, isContinuous: true }],
    ['batch-embed', 'training', { low: 3, stated: 3, high: 3 }, { limitHours: 1, isContinuous: false }],
    ['caption', 'inference', { low: 0, stated: 1, high: 3 }, { isContinuous: true }],
    ['ana', 'notebook', { low: 1, stated: 1, high: 1 }, { idleLimitHours: 2 }],
    ['nightly', 'batch', { low: 2, stated: 2, high: 2 }, { isContinuous: false }],
  ])('%s is %s', (name, kind, gpus, more) => {
    const launch = only('k8s/serving.yaml', name);
    expect(launch).toMatchObject({ kind, ...more });
    expect(gpusOf(launch)).toEqual(gpus);
  });

  it('knows the size of a model by its address', () => {
    expect(only('k8s/serving.yaml', 'summarise').modelSize).toMatchObject({
      billions: 3,
      bytesPerParameter: 2,
    });
  });
});

describe('a Slurm script', () => {
  it('is read up to its first command', () => {
    expect(only('slurm/train.sbatch')).toMatchObject({
      line: 2,
      name: 'pretrain-7b',
      kind: 'training',
      queue: 'gpu',
      attributes: { 'slurm:account': 'research', 'slurm:partition': 'gpu', 'label:environment': 'dev' },
      parts: [{ gpuModels: ['A100-SXM4-40GB'], gpusPerNode: 8, nodes: 4 }],
      limitHours: 36,
      isInterruptible: true,
      modelSize: { billions: 7 },
      lines: { gpus: 5, nodes: 4, limit: 6, labels: 3 },
    });
  });

  it('pays for every task of an array', () => {
    const launch = only('slurm/sweep.sh');
    expect(launch).toMatchObject({ limitHours: 1.5, copies: { stated: 16 } });
    expect(gpusOf(launch).stated).toBe(32);
  });

  test.each([
    ['--gres=gpu:4', 4, []],
    ['--gres=gpu', 1, []],
    ['--gres gpu:h100:2,shard:1', 2, ['H100-SXM5-80GB']],
    ['-N 2 --gpus=6', 6, []],
    ['-N2 -G a100:8', 8, ['A100-SXM4-40GB']],
    ['--nodes=2 --gpus-per-node=l4:1', 2, ['L4-24GB']],
    ['--ntasks=8 --gpus-per-task=1 --nodes=2', 8, []],
    ['-N 3 --ntasks-per-node=2 --gpus-per-task=1', 6, []],
    ['--gres=gpu:2 --constraint="a100&ib"', 2, ['A100-SXM4-40GB']],
  ])('%s is %d GPUs', (options, gpus, models) => {
    const { launches } = readText(`#!/bin/sh\n#SBATCH ${options}\n./x\n`);
    expect(gpusOf(launches[0]!).stated).toBe(gpus);
    expect(launches[0]!.parts[0]!.gpuModels).toEqual(models);
  });

  it('has components', () => {
    const { launches } = readText('#SBATCH --gres=gpu:8\n#SBATCH hetjob\n#SBATCH -N 2 --gres=gpu:1\n./x');
    expect(gpusOf(launches[0]!).stated).toBe(10);
  });

  test.each([
    ['90', 1.5],
    ['90:30', 90.5 / 60],
    ['4:00:00', 4],
    ['1-12', 36],
    ['2-00:30', 48.5],
    ['1-12:30:36', 36.51],
    ['UNLIMITED', null],
    ['soon', null],
  ])('--time=%s is %s hours', (text, hours) => {
    if (hours === null) expect(readTimeLimit(text)).toBeNull();
    else expect(readTimeLimit(text)).toBeCloseTo(hours, 9);
  });
});

describe('SkyPilot', () => {
  it('reads a task', () => {
    expect(only('sky/train.yaml')).toMatchObject({
      resourceKind: 'sky',
      kind: 'training',
      name: 'finetune',
      provider: 'aws',
      region: 'us-west-2',
      lifecycle: 'spot',
      idleLimitHours: 1 / 6,
      attributes: { 'label:team': 'research' },
      parts: [{ gpuModels: ['A100-SXM4-40GB'], gpusPerNode: 8, nodes: 2 }],
      lines: { gpus: 6, nodes: 2, lifecycle: 7, region: 5, idle: 8 },
    });
  });

  it('reads a service', () => {
    expect(only('sky/serve.yaml')).toMatchObject({
      kind: 'inference',
      isContinuous: true,
      copies: { stated: 1, min: 1, max: 3, isAutoscaled: true },
      modelSize: { billions: 8, bytesPerParameter: 1 },
    });
  });
});

describe('a Terraform plan', () => {
  const { launches, unreadable } = read('terraform/plan.json');

  it('yields every machine with GPUs', () => {
    expect(unreadable).toEqual([]);
    const rows = launches.map((launch) => [
      launch.name,
      launch.line,
      describeSize(launch),
      launch.lifecycle,
      launch.provider,
      launch.region,
    ]);
    expect(rows).toEqual([
      ['aws_instance.trainer', 9, '8 × A100-SXM4-40GB', 'spot', 'aws', 'eu-west-1'],
      ['google_compute_instance.gpu[0]', 25, '2 × T4-16GB', 'on_demand', 'gcp', 'us-central1'],
      ['module.pools.google_container_node_pool.gpu', 42, '0 to 8 × L4-24GB', 'spot', 'gcp', 'us-central1'],
      [
        'module.pools.azurerm_linux_virtual_machine.gpu',
        53,
        '8 × H100-SXM5-80GB',
        'on_demand',
        'azure',
        'East US',
      ],
      ['module.pools.aws_eks_node_group.gpu', 59, '4 to 20 × A10G-24GB', 'on_demand', 'aws', 'eu-west-1'],
    ]);
  });

  it('has the tags for owner rules', () => {
    expect(launches[0]!.attributes).toMatchObject({ 'tag:team': 'research' });
  });
});

describe('what cannot be read', () => {
  it('says where and why', () => {
    const { unreadable } = reader.read([
      { path: 'k8s/chart.yaml', text: CHART_TEMPLATE, isNamed: true },
      { path: 'k8s/broken.yaml', text: BROKEN_YAML, isNamed: true },
      { path: 'notes.yaml', text: 'title: Nothing to start', isNamed: true },
    ]);
    expect(unreadable.map(({ where, code }) => [where, code])).toEqual([
      ['k8s/chart.yaml:4', 'template'],
      ['k8s/broken.yaml:4:1', 'bad-yaml'],
      ['notes.yaml:1', 'unknown-kind'],
    ]);
  });

  test.each([
    [
      'an unknown kind with GPUs',
      'apiVersion: x/v1\nkind: Farm\nspec:\n  pods:\n    - limits: { nvidia.com/gpu: 1 }',
      'not-understood',
    ],
    [
      'a shared GPU',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ resources: { limits: { nvidia.com/gpu.shared: 1 } } }] }',
      'not-understood',
    ],
    [
      'a bomb of aliases',
      `a: &a [x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}`,
      'bad-yaml',
    ],
    ['nothing', '', 'unknown-kind'],
    ['a time that is none', '#SBATCH --gres=gpu:1 --time=soon', 'not-understood'],
    ['a count that is none', '#SBATCH --gpus=many:few', 'not-understood'],
    ['a plan without values', '{"resource_changes": []}', 'not-understood'],
  ])('%s', (_, text, code) => {
    expect(readText(text).unreadable).toMatchObject([{ code }]);
  });

  it.each([
    ['a quota', 'apiVersion: v1\nkind: ResourceQuota\nspec: { hard: { nvidia.com/gpu: 8 } }'],
    ['a pod without GPUs', 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: a }] }'],
    [
      'an alert with braces',
      'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: { text: "{{ $labels.pod }} is {{ if true }}down{{ end }}" }',
    ],
    ['a script without GPUs', '#SBATCH -N 1\n./x'],
  ])('is not %s', (_, text) => {
    expect(readText(text)).toMatchObject({ launches: [], unreadable: [] });
  });

  it.each([500, 2_000, 20_000])('is nested %d deep without harm', (depth) => {
    const open = '{"apiVersion":"v1","kind":"List","items":[';
    const { launches, unreadable } = readText(open.repeat(depth) + ']}'.repeat(depth));
    expect(launches).toEqual([]);
    expect(unreadable.length).toBeLessThanOrEqual(1);
  });

  it('is left out of folders when it is no manifest', () => {
    expect(readText('title: x', false)).toEqual({ launches: [], unreadable: [], files: 0 });
  });
});

describe('any file', () => {
  /** Names that readers look for, in places where they do not belong, and names that objects inherit. */
  const key = fc.constantFrom(
    ...['spec', 'template', 'metadata', 'containers', 'resources', 'limits', 'nvidia.com/gpu', 'replicas'],
    ...['labels', 'nodeSelector', 'pytorchReplicaSpecs', 'predictor', 'workerGroupSpecs', 'accelerators'],
    ...[
      'planned_values',
      'root_module',
      'child_modules',
      'values',
      'type',
      'constructor',
      '__proto__',
      'toString',
    ],
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(null, true, 0, -1, 1e300, 'constructor', '__proto__', '8', 'H100:8', ''),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const kind = fc.constantFrom(
    'Pod',
    'Deployment',
    'JobSet',
    'PyTorchJob',
    'RayCluster',
    'InferenceService',
    'List',
    'ScaledObject',
    'Service',
    'constructor',
  );

  const isSane = ({ launches }: ReturnType<typeof readText>) => {
    for (const launch of launches) {
      for (const gpus of Object.values(gpusOf(launch))) expect(gpus).toBeGreaterThanOrEqual(0);
      expect([null, 'on_demand', 'spot', 'committed', 'owned']).toContain(launch.lifecycle);
      expect(typeof launch.name).toBe('string');
    }
  };

  it('is read or refused, and never more', () => {
    fc.assert(
      fc.property(kind, tree, (name, spec) => {
        isSane(
          readText(JSON.stringify({ apiVersion: 'v1', kind: name, metadata: spec, spec, items: [spec] })),
        );
        isSane(readText(JSON.stringify({ resources: spec, run: 'x', num_nodes: spec, service: spec })));
        isSane(
          readText(
            JSON.stringify({ planned_values: { root_module: { resources: [spec], child_modules: [spec] } } }),
          ),
        );
      }),
    );
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => isSane(readText(text))));
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '--gres',
            '=',
            'gpu',
            ':',
            '8',
            '-N',
            '-t',
            '1-2',
            ' ',
            ',',
            'a100',
            '--array',
            '%',
            '(',
            '\n#SBATCH ',
          ),
        ),
        (words) => isSane(readText(`#SBATCH ${words.join('')}`)),
      ),
    );
  });
});
