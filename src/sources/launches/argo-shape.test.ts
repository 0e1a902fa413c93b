import { describe, expect, it, test } from 'vitest';
import { stringify } from 'yaml';
import { gpusOf } from '../../domain/governance/launch.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createLaunchReader } from './create-launch-reader.ts';

const reader = createLaunchReader(createHardwareCatalog());
const read = (object: object) => reader.read([{ path: 'flow.yaml', text: stringify(object), isNamed: true }]);

const gpu = (count: number) => ({
  container: { image: 'x', resources: { limits: { 'nvidia.com/gpu': count } } },
});
const flow = (spec: object, kind = 'Workflow') => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind,
  metadata: { generateName: 'train-', labels: { team: 'search' } },
  spec: { entrypoint: 'main', activeDeadlineSeconds: 7_200, ...spec },
});

describe('a workflow of Argo', () => {
  it('has the GPUs of the templates that its entry point calls, as often as it calls them', () => {
    const { launches, unreadable } = read(
      flow({
        nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-L4' },
        templates: [
          {
            name: 'main',
            steps: [
              [{ name: 'prepare', template: 'prepare' }],
              [
                { name: 'train', template: 'train', withItems: ['a', 'b', 'c'] },
                { name: 'more', template: 'twice' },
              ],
            ],
          },
          {
            name: 'twice',
            dag: {
              tasks: [
                { name: 'x', template: 'train' },
                { name: 'y', template: 'train', withSequence: { start: '1', end: '4' } },
              ],
            },
          },
          { name: 'prepare', container: { image: 'x' } },
          { name: 'train', nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }, ...gpu(2) },
          { name: 'unused', ...gpu(8) },
        ],
      }),
    );
    expect(unreadable).toEqual([]);
    expect(launches).toMatchObject([
      {
        resourceKind: 'Workflow',
        kind: 'batch',
        name: 'train',
        limitHours: 2,
        isContinuous: false,
        attributes: { 'label:team': 'search' },
      },
    ]);
    expect(launches[0]!.parts).toMatchObject([
      { name: 'train', gpuModels: ['H100-SXM5-80GB'], gpusPerNode: 2, nodes: 8 },
    ]);
    expect(gpusOf(launches[0]!).high).toBe(16);
  });

  it('holds no more pods at once than it may', () => {
    const templates = [
      { name: 'main', steps: [[{ name: 's', template: 'one', withSequence: { count: '50' } }]] },
      { name: 'one', ...gpu(1) },
    ];
    expect(gpusOf(read(flow({ parallelism: 4, templates })).launches[0]!).high).toBe(4);
  });

  test.each([
    [
      'CronWorkflow',
      (spec: object) => ({ schedule: '0 1 * * *', workflowSpec: { entrypoint: 'main', ...spec } }),
    ],
    ['WorkflowTemplate', (spec: object) => spec],
    ['ClusterWorkflowTemplate', (spec: object) => spec],
  ])('is read in a %s', (kind, wrap) => {
    const script = { name: 'main', script: { ...gpu(1).container, source: 'x' } };
    expect(read(flow(wrap({ templates: [script] }), kind)).launches).toMatchObject([
      { resourceKind: kind, parts: [{ gpusPerNode: 1, nodes: 1 }] },
    ]);
  });

  test.each([
    [
      { withParam: '{{inputs.parameters.shards}}' },
      'how often one is called is known only when the workflow runs',
    ],
    [
      { withSequence: { count: '{{workflow.parameters.n}}' } },
      'how often one is called is known only when the workflow runs',
    ],
    [
      { template: undefined, templateRef: { name: 'other', template: 'x' } },
      's calls a template of another object',
    ],
  ])('is not guessed at: %j', (step, why) => {
    const templates = [
      { name: 'main', steps: [[{ name: 's', template: 'one', ...step }]] },
      { name: 'one', ...gpu(1) },
    ];
    const { launches, unreadable } = read(flow({ templates }));
    expect(launches).toEqual([]);
    expect(unreadable).toMatchObject([
      { code: 'not-understood', message: `train asks for GPUs, and ${why}` },
    ]);
  });

  it('is nothing without a GPU, and ends when its templates call each other', () => {
    const templates = [
      { name: 'main', steps: [[{ name: 's', template: 'main', withSequence: { count: '3' } }]] },
      { name: 'one', container: { image: 'x' } },
    ];
    expect(read(flow({ templates }))).toMatchObject({ launches: [], unreadable: [] });
  });
});
