import type { UnitDriver } from '../../domain/economics/explain-unit-change.ts';
import { divideHalfEven } from '../../domain/money/divide-half-even.ts';
import { formatPicos, parsePicos } from '../../domain/money/picos.ts';
import type { InferenceFigures, InferenceReport } from '../results/inference.ts';
import type { UnitDriverFigures } from '../results/units.ts';

type Row = InferenceReport['rows'][number];
type Period = Readonly<{ rows: readonly Row[]; total: InferenceFigures }>;

/** What a reader can see of a driver in both periods: of all endpoints together, so it shows the direction and does not prove the amount. */
export function evidenceOf(driver: UnitDriver, before: Period, now: Period): UnitDriverFigures['evidence'] {
  const measure = MEASURES[driver];
  const [earlier, later] = [measure.of(before), measure.of(now)];
  return earlier === null && later === null
    ? null
    : { measure: measure.name, unit: measure.unit, before: earlier, now: later };
}

type Measure = Readonly<{
  name: string;
  unit: NonNullable<UnitDriverFigures['evidence']>['unit'];
  of: (period: Period) => number | string | null;
}>;

const MEASURES: Readonly<Record<UnitDriver, Measure>> = {
  price: { name: 'a GPU-hour', unit: 'money', of: pricePerHour },
  traffic: { name: 'at work', unit: 'fraction', of: ({ total }) => total.utilisation },
  batch: { name: 'batch size', unit: 'number', of: batchOf },
  cache: { name: 'input from the cache', unit: 'fraction', of: ({ total }) => total.cachedFraction },
  length: { name: 'tokens a request', unit: 'number', of: tokensPerRequest },
  mix: { name: 'endpoints and models asked', unit: 'number', of: asked },
};

function pricePerHour({ rows }: Period): string | null {
  const own = rows.filter((row) => row['serving'] !== 'api' && row.allocatedCost !== null);
  const billionths = own.reduce((sum, { gpuHours }) => sum + BigInt(Math.round((gpuHours ?? 0) * 1e9)), 0n);
  const picos = own.reduce((sum, { allocatedCost }) => sum + parsePicos(allocatedCost!)!.picos, 0n);
  return billionths === 0n ? null : formatPicos(divideHalfEven(picos * 1_000_000_000n, billionths));
}

/** Servers that do not say how large a batch is still say how many requests run at once. */
function batchOf({ total: { batchSize, runningRequests } }: Period): number | null {
  return batchSize ?? runningRequests;
}

function tokensPerRequest({ rows }: Period): number | null {
  const timed = rows.filter(({ inputTokens, outputTokens }) => inputTokens !== null || outputTokens !== null);
  const sum = (of: (row: Row) => number) => timed.reduce((total, row) => total + of(row), 0);
  const requests = sum((row) => row.requests);
  return requests === 0
    ? null
    : sum(({ inputTokens, outputTokens }) => (inputTokens ?? 0) + (outputTokens ?? 0)) / requests;
}

function asked({ rows }: Period): number | null {
  return new Set(
    rows.filter(({ requests }) => requests > 0).map((row) => JSON.stringify([row['endpoint'], row['model']])),
  ).size;
}
