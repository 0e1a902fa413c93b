import {
  type Attributes,
  WORKLOAD_KINDS,
  type WorkloadFact,
  type WorkloadKind,
} from '../../domain/facts/facts.ts';
import { ownText } from '../../domain/text/own-text.ts';
import type { RowReader } from '../../files/row-reader.ts';

/** Our owner columns → the attribute that owner rules look up. */
const OWNER_ATTRIBUTES = {
  team: 'label:team',
  model: 'label:model',
  environment: 'label:environment',
  namespace: 'namespace',
} as const;

export const WORKLOAD_COLUMNS = [
  {
    name: 'kind',
    isRequired: false,
    meaning: `what the workload is: ${WORKLOAD_KINDS.join(', ')}; batch when blank`,
  },
  { name: 'name', isRequired: false, meaning: 'name of the workload to show; its id when blank' },
  { name: 'team', isRequired: false, meaning: 'owner, kept as label:team' },
  { name: 'model', isRequired: false, meaning: 'model that is trained or served, kept as label:model' },
  { name: 'environment', isRequired: false, meaning: 'owner, kept as label:environment' },
  { name: 'namespace', isRequired: false, meaning: 'Kubernetes namespace or the like' },
] as const;

const DEFAULT_KIND: WorkloadKind = 'batch';

export type WorkloadRow = Readonly<{
  workloadId: string;
  kind: WorkloadKind | null;
  name: string | null;
  attributes: Attributes;
}>;

export function readWorkload(reader: RowReader, workloadId: string): WorkloadRow {
  return {
    workloadId,
    kind: reader.oneOf('kind', WORKLOAD_KINDS),
    name: reader.text('name'),
    attributes: reader.attributes(OWNER_ATTRIBUTES, 'label'),
  };
}

type Collected = { kind: WorkloadKind | null; name: string | null; attributes: Record<string, string> };

/**
 * One fact per workload from many rows, whatever their order: what one row leaves blank another may say; where two rows disagree,
 * the alphabetically first value stays and the disagreement is counted.
 */
export class WorkloadCollector {
  disagreements = 0;
  readonly #workloads = new Map<string, Collected>();

  add(row: WorkloadRow): void {
    const known = this.#workloads.get(row.workloadId);
    if (!known) {
      this.#workloads.set(ownText(row.workloadId), {
        kind: row.kind,
        name: row.name === null ? null : ownText(row.name),
        attributes: ownAttributes(row.attributes),
      });
      return;
    }
    known.kind = this.#agree(known.kind, row.kind);
    known.name = this.#agree(known.name, row.name);
    for (const name in row.attributes) {
      known.attributes[name] = this.#agree(known.attributes[name] ?? null, row.attributes[name]!)!;
    }
  }

  facts(): WorkloadFact[] {
    return [...this.#workloads].map(([workloadId, { kind, name, attributes }]) => ({
      workloadId,
      kind: kind ?? DEFAULT_KIND,
      name: name ?? workloadId,
      attributes,
    }));
  }

  #agree<T extends string>(known: T | null, said: T | null): T | null {
    if (said === null || said === known) return known;
    if (known === null) return said;
    this.disagreements += 1;
    return said < known ? said : known;
  }
}

function ownAttributes(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, ownText(value)]));
}
