import type { Lifecycle } from '../../domain/facts/facts.ts';
import type { Copies } from '../../domain/governance/launch.ts';
import { regionOfZone } from './placement.ts';
import { Tree } from './tree.ts';

/** What an Auto Scaling group of AWS starts: machines of its launch template or launch configuration, as many as it says. */
export type ScaledMachine = Readonly<{
  provider: 'aws';
  instanceType: string | null;
  accelerators: readonly Tree[];
  lifecycle: Lifecycle;
  region: string | null;
  copies: Copies;
  tags: Tree;
}>;

export function autoscalingGroup(group: Tree, resources: readonly Tree[], plan: Tree): ScaledMachine {
  const values = group.at('values');
  const mixed = values.at('mixed_instances_policy', 0);
  const template = templateOf(group, resources, plan);
  const override = mixed.at('launch_template', 0, 'override', 0, 'instance_type').text();
  const isSpot =
    template?.at('instance_market_options', 0, 'market_type').text() === 'spot' ||
    template?.at('spot_price').text() != null ||
    isOnSpot(mixed.at('instances_distribution', 0));
  return {
    provider: 'aws',
    instanceType: override ?? template?.at('instance_type').text() ?? null,
    accelerators: [],
    lifecycle: isSpot ? 'spot' : 'on_demand',
    region: values.at('region').text() ?? regionOfZone(values.at('availability_zones', 0).text()),
    copies: copiesOf(values),
    tags: tagsOf(values),
  };
}

/** A group that keeps some machines on demand is priced as if it kept them all: that is the most that it costs. */
function isOnSpot(distribution: Tree): boolean {
  const above = distribution.at('on_demand_percentage_above_base_capacity').count();
  return above === 0 && (distribution.at('on_demand_base_capacity').count() ?? 0) === 0;
}

function copiesOf(values: Tree): Copies {
  const min = values.at('min_size').count() ?? 0;
  const max = Math.max(min, values.at('max_size').count() ?? min);
  const stated = Math.min(max, Math.max(min, values.at('desired_capacity').count() ?? min));
  return { stated, min, max, isAutoscaled: min < max };
}

/** `tag` blocks have their name and value in fields. */
function tagsOf(values: Tree): Tree {
  const pairs = values
    .at('tag')
    .items()
    .map((tag) => [tag.at('key').text() ?? '', tag.at('value').text() ?? '']);
  return Tree.of({ value: Object.fromEntries(pairs), line: () => 1 });
}

const TEMPLATES = ['aws_launch_template', 'aws_launch_configuration'];

/** By its name or id where the plan knows them; where it will be made with the group, by what the configuration refers to. */
function templateOf(group: Tree, resources: readonly Tree[], plan: Tree): Tree | undefined {
  const templates = resources.filter((one) => TEMPLATES.includes(one.at('type').text() ?? ''));
  const values = group.at('values');
  const mixed = values.at(
    'mixed_instances_policy',
    0,
    'launch_template',
    0,
    'launch_template_specification',
    0,
  );
  const known = [
    values.at('launch_template', 0, 'id'),
    values.at('launch_template', 0, 'name'),
    values.at('launch_configuration'),
    mixed.at('launch_template_id'),
    mixed.at('launch_template_name'),
  ].flatMap((tree) => tree.text() ?? []);
  const isKnown = (template: Tree) =>
    ['id', 'name'].some((field) => known.includes(template.at('values', field).text() ?? '\u0000'));
  const references = new Set(referencesOf(group, plan));
  const found =
    templates.find(isKnown) ??
    templates.find((one) => references.has(withoutIndexes(one.at('address').text() ?? '')));
  return found?.at('values');
}

/** Addresses that the group's configuration names, with the module that they are in; those of one module are looked up in it. */
function referencesOf(group: Tree, plan: Tree): string[] {
  const address = withoutIndexes(group.at('address').text() ?? '');
  const [, prefix = '', own = ''] = /^((?:module\.[^.]+\.)*)(.+)$/.exec(address) ?? [];
  const modules = [...prefix.matchAll(/module\.([^.]+)\./g)].map(([, name]) => name!);
  let module = plan.at('configuration', 'root_module');
  for (const name of modules) module = module.at('module_calls', name, 'module');
  const configured = module
    .at('resources')
    .items()
    .find((one) => one.at('address').text() === own);
  return configured === undefined
    ? []
    : referencesIn(configured.at('expressions'), MOST_DEPTH).map(
        (reference) => `${prefix}${reference.split('.').slice(0, 2).join('.')}`,
      );
}

const MOST_DEPTH = 12;

function referencesIn(tree: Tree, depth: number): string[] {
  if (depth === 0) return [];
  const own = tree
    .at('references')
    .items()
    .flatMap((reference) => reference.text() ?? []);
  const below = [...tree.entries().map(([, child]) => child), ...tree.items()];
  return [...own, ...below.flatMap((child) => referencesIn(child, depth - 1))];
}

/** `aws_launch_template.gpu[0]` and `["a"]`: one resource of the configuration. */
function withoutIndexes(address: string): string {
  return address.replace(/\[(?:\d+|"[^"]*")\]/g, '');
}
