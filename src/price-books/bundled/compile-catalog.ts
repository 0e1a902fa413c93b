import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CatalogData, CatalogGpu, CatalogInstance, CatalogPrice } from './catalog-data.ts';
import {
  type GpuRow,
  gpuSchema,
  type InstanceRow,
  instanceSchema,
  type PriceRow,
  priceSchema,
} from './catalog-schema.ts';
import { nameKey } from './parse-gpu-name.ts';

export type CatalogFile = Readonly<{ path: string; text: string }>;

export type CompiledCatalog = Readonly<{
  catalog: CatalogData;
  /** `catalog/prices/aws.yml:14:amount: what is wrong, what was expected`. Empty when the catalogue can be used. */
  problems: readonly string[];
}>;

/** Compiles the reviewed files into the one that ships: fills in defaults, checks every row and every reference between rows. */
export function compileCatalog(files: readonly CatalogFile[]): CompiledCatalog {
  const problems: string[] = [];
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const gpus = readRows(sorted, 'gpus', gpuSchema, problems);
  const instances = readRows(sorted, 'instances', instanceSchema, problems);
  const prices = readRows(sorted, 'prices', priceSchema, problems);

  checkGpus(gpus, problems);
  checkInstances(instances, gpus, problems);
  checkPrices(prices, instances, gpus, problems);
  return {
    catalog: {
      gpus: gpus.map(({ row }) => row as CatalogGpu),
      instances: instances.map(({ row }) => row as CatalogInstance),
      prices: endEachPrice(prices.map(({ row }) => row as CatalogPrice)),
    },
    problems,
  };
}

type Section = 'gpus' | 'instances' | 'prices';
type Placed<Row> = Readonly<{ row: Row; at: (field?: string) => string }>;

function readRows<Row>(
  files: readonly CatalogFile[],
  section: Section,
  schema: z.ZodType<Row>,
  problems: string[],
): readonly Placed<Row>[] {
  return files
    .filter(({ path }) => path.includes(`${section}/`))
    .flatMap((file) => readFile(file, section, schema, problems));
}

function readFile<Row>(
  { path, text }: CatalogFile,
  section: Section,
  schema: z.ZodType<Row>,
  problems: string[],
): readonly Placed<Row>[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (const error of document.errors)
    problems.push(`${path}:${error.linePos?.[0].line ?? 1}: ${error.message}`);
  const parsed = document.errors.length === 0 ? document.toJS({ maxAliasCount: -1 }) : {};
  const rows: unknown = parsed?.[section];
  if (!Array.isArray(rows)) {
    problems.push(`${path}:1: expected a list under \`${section}:\``);
    return [];
  }
  return rows.flatMap((row: object, index) => {
    const at = (field?: string) => `${path}:${lineOf(document, lines, [section, index], field)}`;
    const checked = schema.safeParse({ ...parsed.defaults, ...row });
    if (checked.success) return [{ row: checked.data, at }];
    for (const issue of checked.error.issues)
      problems.push(describeIssue(issue, { ...parsed.defaults, ...row }, at));
    return [];
  });
}

/** The line of a field, or of the row where the field is missing or comes from the defaults. */
function lineOf(
  document: Document,
  lines: LineCounter,
  row: readonly (string | number)[],
  field?: string,
): string {
  const node = field === undefined ? undefined : document.getIn([...row, field], true);
  const place = isNode(node) ? node : document.getIn(row, true);
  const offset = isNode(place) ? (place.range?.[0] ?? 0) : 0;
  return field === undefined ? `${lines.linePos(offset).line}` : `${lines.linePos(offset).line}:${field}`;
}

function describeIssue(
  issue: z.core.$ZodIssue,
  row: Readonly<Record<string, unknown>>,
  at: (field?: string) => string,
): string {
  if (issue.code === 'unrecognized_keys') return `${at()}: unknown field ${issue.keys.join(', ')}`;
  const field = String(issue.path[0] ?? '');
  if (!(field in row)) return `${at(field)}: is missing`;
  return `${at(field)}: ${JSON.stringify(row[field])} ${issue.message.startsWith('is ') ? issue.message : `is wrong: ${issue.message}`}`;
}

function checkGpus(gpus: readonly Placed<GpuRow>[], problems: string[]): void {
  refuseDuplicates(gpus, ({ model }) => model.toLowerCase(), 'model', problems);
  const spellings = gpus.flatMap(({ row, at }) =>
    [row.model, ...row.aliases].map((spelled) => ({ row: { spelled, model: row.model }, at })),
  );
  refuseDuplicates(spellings, ({ spelled }) => nameKey(spelled), 'aliases', problems);
  for (const { row, at } of gpus) {
    if ((row.migSlices === null) !== (row.migProfiles.length === 0)) {
      problems.push(`${at('migSlices')}: a GPU has either MIG slices and profiles, or neither`);
    }
    for (const profile of row.migProfiles) {
      if (profile.profile !== `${profile.slices}g.${profile.memoryGib}gb`) {
        problems.push(
          `${at('migProfiles')}: ${profile.profile} does not say ${profile.slices} slices and ${profile.memoryGib} GB`,
        );
      }
    }
  }
}

function checkInstances(
  instances: readonly Placed<InstanceRow>[],
  gpus: readonly Placed<GpuRow>[],
  problems: string[],
): void {
  const models = new Set(gpus.map(({ row }) => row.model));
  refuseDuplicates(instances, ({ instanceType }) => instanceType.toLowerCase(), 'instanceType', problems);
  for (const { row, at } of instances) refuseUnknownModel(row.gpuModel, models, at, problems);
}

function checkPrices(
  prices: readonly Placed<PriceRow>[],
  instances: readonly Placed<InstanceRow>[],
  gpus: readonly Placed<GpuRow>[],
  problems: string[],
): void {
  const models = new Set(gpus.map(({ row }) => row.model));
  const shapes = new Map(instances.map(({ row }) => [row.instanceType, row]));
  refuseDuplicates(prices, (row) => `${priceKey(row)} ${row.from}`, 'from', problems);
  for (const { row, at } of prices) {
    const isByInstance = row.unit === 'instance-hour';
    if (isByInstance !== (row.instanceType !== null) || isByInstance !== (row.gpuModel === null)) {
      problems.push(
        `${at('unit')}: an instance-hour names an instanceType, a gpu-hour a gpuModel, and not the other`,
      );
    }
    if ((row.lifecycle === 'committed') !== (row.term !== null)) {
      problems.push(`${at('term')}: a committed price has a term of 1y or 3y, others have none`);
    }
    if (row.to !== null && row.to <= row.from)
      problems.push(`${at('to')}: ${row.to} is not after ${row.from}`);
    if (row.gpuModel !== null) refuseUnknownModel(row.gpuModel, models, at, problems);
    if (row.instanceType !== null && shapes.get(row.instanceType)?.provider !== row.provider) {
      problems.push(
        `${at('instanceType')}: ${row.provider} has no ${row.instanceType} in catalog/instances; add its shape`,
      );
    }
  }
  refuseOverlaps(prices, problems);
}

function refuseUnknownModel(
  model: string,
  models: ReadonlySet<string>,
  at: (field?: string) => string,
  problems: string[],
): void {
  if (!models.has(model)) problems.push(`${at('gpuModel')}: no GPU in catalog/gpus is called ${model}`);
}

function refuseDuplicates<Row>(
  rows: readonly Placed<Row>[],
  key: (row: Row) => string,
  field: string,
  problems: string[],
): void {
  const first = new Map<string, string>();
  for (const { row, at } of rows) {
    const earlier = first.get(key(row));
    if (earlier !== undefined) problems.push(`${at(field)}: stands already at ${earlier}`);
    else first.set(key(row), at());
  }
}

/** A row that says when it ends must not reach into the next one of its key. */
function refuseOverlaps(prices: readonly Placed<PriceRow>[], problems: string[]): void {
  const rows = prices.map(({ row }) => row);
  for (const { row, at } of prices) {
    const next = nextOf(row, rows);
    if (row.to !== null && next !== undefined && row.to > next.from) {
      problems.push(`${at('to')}: ${row.to} overlaps the price from ${next.from}`);
    }
  }
}

function endEachPrice(prices: readonly CatalogPrice[]): readonly CatalogPrice[] {
  return prices.map((price) => ({ ...price, to: price.to ?? nextOf(price, prices)?.from ?? null }));
}

function nextOf<Row extends PriceRow | CatalogPrice>(price: Row, prices: readonly Row[]): Row | undefined {
  return prices
    .filter((other) => priceKey(other) === priceKey(price) && other.from > price.from)
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))[0];
}

function priceKey(price: PriceRow | CatalogPrice): string {
  const { provider, region, instanceType, gpuModel, lifecycle, term, unit } = price;
  return [provider, region, instanceType, gpuModel, lifecycle, term, unit].join(' ');
}
