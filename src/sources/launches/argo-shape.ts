import type { PodGroup } from './pod-group.ts';
import type { Tree } from './tree.ts';

/** What a workflow of Argo starts: its templates that ask for GPUs, and how often each is called from the entry point. */
export type ArgoGroups = Readonly<{
  groups: readonly PodGroup[];
  /** A template that is called as often as only the run itself will tell. */
  unclear: Readonly<{ message: string; line: number }> | null;
}>;

/**
 * Counts as if everything ran at once, at most as many pods as `parallelism` allows: what depends on what is not followed, so this is the most
 * that it holds. `spec` is that of a Workflow.
 */
export function argoGroups(spec: Tree): ArgoGroups {
  const templates = new Map(
    spec
      .at('templates')
      .items()
      .map((template) => [template.at('name').text() ?? '', template]),
  );
  const walk = new Walk(templates);
  walk.call(spec.at('entrypoint').text() ?? '', 1, MOST_LEVELS);
  if (spec.at('onExit').isThere) walk.call(spec.at('onExit').text() ?? '', 1, MOST_LEVELS);
  const most = spec.at('parallelism').count() ?? Number.POSITIVE_INFINITY;
  const groups = [...walk.calls].flatMap(([name, count]) =>
    containersOf(templates.get(name)!).map((container) =>
      groupOf(name, templates.get(name)!, container, spec, Math.min(count, most)),
    ),
  );
  return { groups, unclear: walk.unclear };
}

const MOST_LEVELS = 24;
/** A template that calls itself never ends; no cluster has this many pods. */
const MOST_CALLS = 100_000;

class Walk {
  readonly calls = new Map<string, number>();
  unclear: ArgoGroups['unclear'] = null;
  #steps = 0;
  readonly #templates: ReadonlyMap<string, Tree>;

  constructor(templates: ReadonlyMap<string, Tree>) {
    this.#templates = templates;
  }

  call(name: string, times: number, levels: number): void {
    const template = this.#templates.get(name);
    this.#steps += 1;
    if (template === undefined || levels === 0 || this.#steps > MOST_CALLS) return;
    if (containersOf(template).length > 0) this.calls.set(name, (this.calls.get(name) ?? 0) + times);
    const steps = template
      .at('steps')
      .items()
      .flatMap((list) => list.items());
    for (const step of [...steps, ...template.at('dag', 'tasks').items()]) this.#step(step, times, levels);
  }

  #step(step: Tree, times: number, levels: number): void {
    const count = timesOf(step);
    const name = step.at('template').text();
    if (name === null && step.at('templateRef').isThere)
      this.#note(step, `${step.at('name').text() ?? 'a step'} calls a template of another object`);
    if (name === null) return;
    if (count === null) this.#note(step, `how often ${name} is called is known only when the workflow runs`);
    else this.call(name, times * count, levels - 1);
  }

  #note(step: Tree, message: string): void {
    this.unclear ??= { message, line: step.line };
  }
}

/** `null`: a parameter decides. */
function timesOf(step: Tree): number | null {
  const items = step.at('withItems');
  if (items.isThere) return Array.isArray(items.value) ? items.value.length : null;
  const sequence = step.at('withSequence');
  if (sequence.isThere) return sequenceLength(sequence);
  return step.at('withParam').isThere ? null : 1;
}

function sequenceLength(sequence: Tree): number | null {
  const count = sequence.at('count').count();
  if (count !== null) return count;
  const [start, end] = [
    sequence.at('start').isThere ? sequence.at('start').count() : 0,
    sequence.at('end').count(),
  ];
  return start === null || end === null ? null : Math.abs(end - start) + 1;
}

function containersOf(template: Tree): readonly Tree[] {
  const set = template.at('containerSet', 'containers').items();
  return [template.at('container'), template.at('script'), ...set].filter((container) => container.isThere);
}

/** Nodes are chosen by the template, or by the workflow where it does not say. */
function groupOf(name: string, template: Tree, container: Tree, spec: Tree, nodes: number): PodGroup {
  const isPlaced = template.at('nodeSelector').isThere || template.at('affinity').isThere;
  return {
    name,
    pod: isPlaced ? template : spec,
    metadata: template.at('metadata'),
    nodes,
    nodesMin: nodes,
    nodesMax: nodes,
    nodesLine: template.line,
    resources: container.at('resources'),
  };
}
