import { isModelVariable, modelOfCommand } from '../../domain/governance/model-size.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import { gpuResource, sliceFraction } from './gpu-resources.ts';
import { type Placement, readPlacement } from './placement.ts';
import type { Tree } from './tree.ts';

/** What one pod asks for. */
export type PodFacts = Readonly<{
  /** Below 1 for a slice; 0 without GPUs. */
  gpus: number;
  /** Asks for a GPU that several share, of which the manifest does not tell a part. */
  isShared: boolean;
  /** Line of the first container that asks for GPUs. */
  gpuLine: number | null;
  placement: Placement;
  limitHours: number | null;
  limitLine: number | null;
  model: Readonly<{ name: string; line: number }> | null;
}>;

/** Reads a pod's `spec`. Init containers run before the others, so the larger of the two counts; sidecars among them run beside. */
export function readPod(pod: Tree, catalog: HardwareCatalog): PodFacts {
  const placement = readPlacement(pod, catalog);
  const containers = pod.at('containers').items();
  const inits = pod.at('initContainers').items();
  const sidecars = inits.filter((init) => init.at('restartPolicy').text() === 'Always');
  const ask = (container: Tree) => gpusOf(container.at('resources'), placement, catalog);
  const together = [...containers, ...sidecars].reduce((sum, container) => sum + ask(container).gpus, 0);
  const before = Math.max(0, ...inits.map((init) => ask(init).gpus));
  const asking = [...containers, ...inits].find(
    (container) => ask(container).gpus > 0 || ask(container).isShared,
  );
  const deadline = pod.at('activeDeadlineSeconds');
  return {
    gpus: Math.max(together, before),
    isShared: [...containers, ...inits].some((container) => ask(container).isShared),
    gpuLine: asking === undefined ? null : (ask(asking).line ?? asking.line),
    placement,
    limitHours: hoursOf(deadline),
    limitLine: deadline.isThere ? deadline.line : null,
    model: modelOf(containers),
  };
}

export function hoursOf(seconds: Tree): number | null {
  const count = seconds.count();
  return count === null ? null : count / 3_600;
}

/** Limits, which are also the requests of extended resources; or the resources without either word, as a TrainJob may have them. */
export function gpusOf(
  resources: Tree,
  { gpuModels }: Pick<Placement, 'gpuModels'>,
  catalog: HardwareCatalog,
): { gpus: number; isShared: boolean; line: number | null } {
  for (const section of [resources.at('limits'), resources.at('requests'), resources]) {
    const found = section.entries().flatMap(([name, tree]) => {
      const resource = gpuResource(name);
      const count = tree.count();
      return resource === null || count === null || count === 0 ? [] : [{ resource, count, line: tree.line }];
    });
    if (found.length === 0) continue;
    const gpus = found.reduce(
      (sum, { resource, count }) =>
        sum +
        (resource.isShared ? 0 : count) *
          (resource.slice === null ? 1 : sliceFraction(resource.slice, gpuModels[0], catalog)),
      0,
    );
    return { gpus, isShared: found.some(({ resource }) => resource.isShared), line: found[0]!.line };
  }
  return { gpus: 0, isShared: false, line: null };
}

function modelOf(containers: readonly Tree[]): PodFacts['model'] {
  for (const container of containers) {
    const words = [container.at('command'), container.at('args')].flatMap((list) => list.items());
    const name = modelOfCommand(words.flatMap((word) => word.text()?.split(/\s+/) ?? []));
    if (name !== null) return { name, line: container.at('args').line };
    for (const variable of container.at('env').items()) {
      const value = variable.at('value').text();
      if (value !== null && isModelVariable(variable.at('name').text() ?? ''))
        return { name: value, line: variable.line };
    }
  }
  return null;
}
