import { describe, expect, it } from 'vitest';
import { gpusOf } from '../../domain/governance/launch.ts';
import { createHardwareCatalog } from '../../price-books/bundled/create-hardware-catalog.ts';
import { createLaunchReader } from './create-launch-reader.ts';

const reader = createLaunchReader(createHardwareCatalog());

function launchesOf(plan: object) {
  const { launches, unreadable } = reader.read([
    { path: 'plan.json', text: JSON.stringify(plan), isNamed: true },
  ]);
  expect(unreadable).toEqual([]);
  return launches;
}

const template = (values: object, address = 'aws_launch_template.gpu') => ({
  address,
  mode: 'managed',
  type: 'aws_launch_template',
  values: { name: 'gpu-workers', ...values },
});
const group = (values: object, address = 'aws_autoscaling_group.workers') => ({
  address,
  mode: 'managed',
  type: 'aws_autoscaling_group',
  values,
});
const root = (...resources: object[]) => ({ planned_values: { root_module: { resources } } });
const SIZES = { min_size: 1, max_size: 6, desired_capacity: 2, availability_zones: ['us-east-1b'] };

describe('an Auto Scaling group', () => {
  it('starts machines of the template that it names', () => {
    const [launch] = launchesOf(
      root(
        template({ instance_type: 'g5.12xlarge' }),
        group({
          ...SIZES,
          launch_template: [{ name: 'gpu-workers', version: '$Latest' }],
          tag: [{ key: 'team', value: 'search', propagate_at_launch: true }],
        }),
      ),
    );
    expect(launch).toMatchObject({
      resourceKind: 'aws_autoscaling_group',
      name: 'aws_autoscaling_group.workers',
      provider: 'aws',
      region: 'us-east-1',
      lifecycle: 'on_demand',
      isContinuous: true,
      copies: { stated: 2, min: 1, max: 6, isAutoscaled: true },
      attributes: { 'tag:team': 'search' },
    });
    expect(launch!.parts).toMatchObject([{ gpuModels: ['A10G-24GB'], gpusPerNode: 4 }]);
    expect(gpusOf(launch!)).toEqual({ low: 4, stated: 8, high: 24 });
  });

  it('finds a template that will be made with it, in its module, by the configuration', () => {
    const expressions = {
      launch_template: [{ id: { references: ['aws_launch_template.gpu.id', 'aws_launch_template.gpu'] } }],
    };
    const [launch, ...others] = launchesOf({
      planned_values: {
        root_module: {
          resources: [template({ instance_type: 'p5.48xlarge', name: 'another' })],
          child_modules: [
            {
              resources: [
                template(
                  {
                    instance_type: 'g6.xlarge',
                    name: null,
                    instance_market_options: [{ market_type: 'spot' }],
                  },
                  'module.farm["a"].aws_launch_template.gpu[0]',
                ),
                group(
                  { ...SIZES, launch_template: [{ version: '1' }] },
                  'module.farm["a"].aws_autoscaling_group.workers[0]',
                ),
              ],
            },
          ],
        },
      },
      configuration: {
        root_module: {
          module_calls: {
            farm: { module: { resources: [{ address: 'aws_autoscaling_group.workers', expressions }] } },
          },
        },
      },
    });
    expect(others).toEqual([]);
    expect(launch).toMatchObject({ lifecycle: 'spot', parts: [{ gpuModels: ['L4-24GB'], gpusPerNode: 1 }] });
  });

  it('takes the first type of a mixed group, on spot only where none is kept on demand', () => {
    const mixed = (distribution: object) => ({
      ...SIZES,
      mixed_instances_policy: [
        {
          instances_distribution: [distribution],
          launch_template: [
            {
              launch_template_specification: [{ launch_template_name: 'gpu-workers' }],
              override: [{ instance_type: 'g5.xlarge' }, { instance_type: 'g6.xlarge' }],
            },
          ],
        },
      ],
    });
    const of = (distribution: object) =>
      launchesOf(root(template({ instance_type: 'm5.large' }), group(mixed(distribution))))[0];
    expect(of({ on_demand_base_capacity: 0, on_demand_percentage_above_base_capacity: 0 })).toMatchObject({
      lifecycle: 'spot',
      parts: [{ gpuModels: ['A10G-24GB'] }],
    });
    expect(of({ on_demand_base_capacity: 1, on_demand_percentage_above_base_capacity: 0 })?.lifecycle).toBe(
      'on_demand',
    );
    expect(of({})?.lifecycle).toBe('on_demand');
  });

  it('is nothing without a GPU, and a template alone starts nothing', () => {
    expect(launchesOf(root(template({ instance_type: 'p5.48xlarge' })))).toEqual([]);
    expect(
      launchesOf(
        root(
          template({ instance_type: 'm5.large' }),
          group({ ...SIZES, launch_template: [{ name: 'gpu-workers' }] }),
        ),
      ),
    ).toEqual([]);
  });
});
