import type { RunRow } from '../../../src/app/results/runs.ts';
import type { Bucket } from '../buckets/buckets.ts';
import { formatMinute } from '../format/dates.ts';
import { parseDecimal } from '../format/decimal.ts';
import { exactMoney, formatChange, formatMoney, UNKNOWN } from '../format/money.ts';
import { formatCount, hoursText } from '../format/quantity.ts';
import { stateText } from './run-cells.ts';

export type Compared = Readonly<{
  name: string;
  bucket?: Bucket;
  left: string;
  right: string;
  exact?: readonly [string, string];
  /** Right less left, with its sign; empty where nothing can be taken away. */
  difference: string;
  isSame: boolean;
}>;

export type ComparePart = Readonly<{ title: string; rows: readonly Compared[]; note: string | null }>;

/** Two runs side by side: how they went, what they cost by bucket, what they measured, and which parameters set them apart. */
export function compareRuns(left: RunRow, right: RunRow, currency: string): readonly ComparePart[] {
  return [
    { title: 'How it went', rows: courseRows(left, right), note: null },
    { title: 'Cost', rows: costRows(left, right, currency), note: null },
    metricsPart(left, right),
    parametersPart(left, right),
  ].filter(({ rows, note }) => rows.length > 0 || note !== null);
}

function courseRows(left: RunRow, right: RunRow): readonly Compared[] {
  const text = (name: string, pick: (run: RunRow) => string) => words(name, pick(left), pick(right));
  const number = (
    name: string,
    pick: (run: RunRow) => number | null,
    print: (value: number | null) => string,
  ) => numbers(name, pick(left), pick(right), print);
  return [
    text('State', ({ state }) => stateText(state)),
    text('Model', ({ model }) => model),
    text('GPU', ({ gpuModels }) => gpuModels.join(', ') || UNKNOWN),
    text('Started, UTC', ({ startedAt }) => formatMinute(startedAt)),
    number('Attempts', ({ attempts }) => attempts, count),
    number('Waited, h', ({ waitHours }) => waitHours, hoursText),
    number('Took, h', ({ durationHours }) => durationHours, hoursText),
    number('GPU-hours', ({ gpuHours }) => gpuHours, hoursText),
  ];
}

const COSTS = [
  ['productive', 'productiveCost'],
  ['underused', 'underusedCost'],
  ['idle', 'idleCost'],
  ['lost', 'lostCost'],
  ['unobserved', 'unobservedCost'],
  ['direct', 'direct'],
  ['shared', 'shared'],
  ['Cost', 'cost'],
] as const;

function costRows(left: RunRow, right: RunRow, currency: string): readonly Compared[] {
  return COSTS.map(([name, key]) => {
    const [a, b] = [parseDecimal(left[key]), parseDecimal(right[key])];
    const isBucket = name !== 'Cost' && name !== 'direct' && name !== 'shared';
    return {
      name,
      ...(isBucket ? { bucket: name } : {}),
      left: formatMoney(a, currency, 2),
      right: formatMoney(b, currency, 2),
      exact: [exactMoney(a, currency), exactMoney(b, currency)],
      difference: a === null || b === null ? '' : formatChange(b - a, currency, 2),
      isSame: a === b,
    };
  });
}

function metricsPart(left: RunRow, right: RunRow): ComparePart {
  const rows = namesOf(left.metrics, right.metrics).map((name) =>
    numbers(name, left.metrics[name] ?? null, right.metrics[name] ?? null, plainNumber),
  );
  return { title: 'Metrics', rows, note: rows.length === 0 ? 'Neither run has a metric.' : null };
}

/** What is alike is counted, not listed. */
function parametersPart(left: RunRow, right: RunRow): ComparePart {
  const all = namesOf(left.parameters, right.parameters).map((name) =>
    words(name, left.parameters[name] ?? UNKNOWN, right.parameters[name] ?? UNKNOWN),
  );
  const rows = all.filter(({ isSame }) => !isSame);
  const alike = all.length - rows.length;
  return { title: 'Parameters', rows, note: noteOnParameters(all.length, alike) };
}

function noteOnParameters(all: number, alike: number): string | null {
  if (all === 0) return 'Neither run has parameters.';
  if (alike === all) return `All ${all} parameters are the same.`;
  return alike === 0 ? null : `${alike} more ${alike === 1 ? 'is' : 'are'} the same.`;
}

function namesOf(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
}

function words(name: string, left: string, right: string): Compared {
  return { name, left, right, difference: '', isSame: left === right };
}

function numbers(
  name: string,
  left: number | null,
  right: number | null,
  print: (value: number | null) => string,
): Compared {
  return {
    name,
    left: print(left),
    right: print(right),
    difference: left === null || right === null ? '' : signed(right - left, print),
    isSame: left === right,
  };
}

function signed(difference: number, print: (value: number | null) => string): string {
  const text = print(Math.abs(difference));
  return difference === 0 ? `±${text}` : `${difference > 0 ? '+' : '−'}${text}`;
}

function count(value: number | null): string {
  return value === null ? UNKNOWN : formatCount(value);
}

/** Differences of decimals have tails that nobody wrote. */
function plainNumber(value: number | null): string {
  return value === null ? UNKNOWN : String(Number(value.toPrecision(6)));
}
