import type { UnitPart } from '../../domain/economics/explain-unit-change.ts';
import { computedInputTokens, DEFAULT_TOKEN_WEIGHT } from '../../domain/economics/serving-work.ts';
import { parsePicos } from '../../domain/money/picos.ts';
import type { CallDimension } from '../../ports/serving.ts';
import type { InferenceFigures, InferenceReport } from '../results/inference.ts';

/** What has to be told apart so that prices, batches and lengths are not taken for a mix of endpoints. */
export const PART_DIMENSIONS = ['endpoint', 'model', 'serving'] as const satisfies readonly CallDimension[];

type Row = InferenceReport['rows'][number];

/** Rows by endpoint and model, over one period. Rows without a known cost are left out, as they are of unit costs. */
export function unitParts(rows: readonly Row[], basis: 'allocated' | 'used'): UnitPart[] {
  const parts = new Map<string, UnitPart>();
  for (const row of rows) {
    if (row.cost === null) continue;
    const part = unitPart(row, basis);
    const known = parts.get(part.name);
    parts.set(part.name, known ? added(known, part) : part);
  }
  return [...parts.values()];
}

function unitPart(row: Row, basis: 'allocated' | 'used'): UnitPart {
  const isOwn = row['serving'] !== 'api';
  const workingHours = isOwn ? hoursAtWork(row) : null;
  return {
    endpoint: String(row['endpoint']),
    name: JSON.stringify(PART_DIMENSIONS.map((dimension) => row[dimension])),
    costPicos: parsePicos(row.cost!)!.picos,
    requests: row.requests - row.unpricedRequests,
    paidHours: !isOwn ? null : basis === 'used' ? workingHours : row.gpuHours,
    workingHours,
    ...workOf(row),
  };
}

/** Of the GPU-hours, the part that the used cost is of the allocated one. */
function hoursAtWork({ gpuHours, usedCost, allocatedCost }: InferenceFigures): number | null {
  const [used, allocated] = [Number(usedCost), Number(allocatedCost)];
  return gpuHours === null || allocated === 0 ? null : (gpuHours * used) / allocated;
}

/** Tokens by the declared weight: the measured one may itself change from one period to the next. Of the requests with a known cost. */
function workOf(row: InferenceFigures): Pick<UnitPart, 'computedWork' | 'askedWork'> {
  const { requests, unpricedRequests, inputTokens, cachedInputTokens, outputTokens } = row;
  if ((inputTokens ?? 0) + (outputTokens ?? 0) === 0) return { computedWork: null, askedWork: null };
  const priced = requests === 0 ? 0 : (requests - unpricedRequests) / requests;
  const weigh = (input: number) =>
    priced *
    (input * Number(DEFAULT_TOKEN_WEIGHT.input) + (outputTokens ?? 0) * Number(DEFAULT_TOKEN_WEIGHT.output));
  const computed = Number(
    computedInputTokens({
      requests,
      inputTokens,
      cachedInputTokens,
      outputTokens,
      prefillMicros: null,
      decodeMicros: null,
    }),
  );
  return { computedWork: weigh(computed), askedWork: weigh(inputTokens ?? 0) };
}

function added(a: UnitPart, b: UnitPart): UnitPart {
  const sum = (x: number | null, y: number | null) => (x === null && y === null ? null : (x ?? 0) + (y ?? 0));
  return {
    endpoint: a.endpoint,
    name: a.name,
    costPicos: a.costPicos + b.costPicos,
    requests: a.requests + b.requests,
    paidHours: sum(a.paidHours, b.paidHours),
    workingHours: sum(a.workingHours, b.workingHours),
    computedWork: sum(a.computedWork, b.computedWork),
    askedWork: sum(a.askedWork, b.askedWork),
  };
}
