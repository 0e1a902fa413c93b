import type { GpuSpec, HardwareCatalog, InstanceShape } from '../../ports/hardware-catalog.ts';
import type { CatalogData, CatalogGpu } from './catalog-data.ts';
import { type GpuName, nameKey, parseGpuName } from './parse-gpu-name.ts';
import { readCatalog } from './read-catalog.ts';

/**
 * The catalogue that ships with Tare. It is indexed when it is first asked, so starting a command does not wait for it.
 *
 * A name that leaves something open means the first model of its family in the catalogue: `A100` is `A100-SXM4-40GB`, `H100` is
 * `H100-SXM5-80GB`, `A100 80GB` is `A100-SXM4-80GB`, `A100-PCIE` is `A100-PCIE-40GB`. A name that contradicts the catalogue
 * (`A100 64GB`) or holds a word nobody knows (`RTX 4090 Laptop`) is unknown.
 */
export function createHardwareCatalog(read: () => CatalogData = readCatalog): HardwareCatalog {
  let indexed: Index | undefined;
  const index = () => {
    indexed ??= buildIndex(read());
    return indexed;
  };

  return {
    gpuModel: (reported) => findModel(reported, index()),
    gpu: (model) => index().specs.get(model),
    instance: (instanceType) => index().instances.get(instanceType.toLowerCase()),
    gpus: () => [...index().specs.values()],
  };
}

type Index = Readonly<{
  specs: ReadonlyMap<string, GpuSpec>;
  aliases: ReadonlyMap<string, string>;
  families: ReadonlyMap<string, readonly Candidate[]>;
  instances: ReadonlyMap<string, InstanceShape>;
  found: Map<string, string | undefined>;
}>;

type Candidate = Readonly<{ model: string; name: GpuName }>;

function buildIndex(data: CatalogData): Index {
  return {
    specs: new Map(data.gpus.map(({ aliases: _, ...spec }) => [spec.model, spec])),
    aliases: new Map(
      data.gpus.flatMap(({ model, aliases }) => aliases.map((alias) => [nameKey(alias), model])),
    ),
    families: groupByFamily(data.gpus),
    instances: new Map(
      data.instances.map((shape) => [shape.instanceType.toLowerCase(), instanceShape(shape)]),
    ),
    found: new Map(),
  };
}

function groupByFamily(gpus: readonly CatalogGpu[]): ReadonlyMap<string, readonly Candidate[]> {
  const families = new Map<string, Candidate[]>();
  for (const { model } of gpus) {
    const name = parseGpuName(model);
    families.set(name.family, [...(families.get(name.family) ?? []), { model, name }]);
  }
  return families;
}

function instanceShape(shape: InstanceShape): InstanceShape {
  const { provider, instanceType, gpuModel, gpuCount, vcpus, memoryGib } = shape;
  return { provider, instanceType, gpuModel, gpuCount, vcpus, memoryGib };
}

/** Sources ask for every sample; the same few spellings come again and again. */
function findModel(reported: string, index: Index): string | undefined {
  if (!index.found.has(reported)) index.found.set(reported, matchModel(reported, index));
  return index.found.get(reported);
}

function matchModel(reported: string, index: Index): string | undefined {
  const alias = index.aliases.get(nameKey(reported));
  if (alias !== undefined) return alias;
  const { family, form, memoryGb } = parseGpuName(reported);
  return index.families
    .get(family)
    ?.find(
      ({ name }) =>
        (form === null || name.form === form || name.form === null) &&
        (memoryGb === null || name.memoryGb === memoryGb),
    )?.model;
}
