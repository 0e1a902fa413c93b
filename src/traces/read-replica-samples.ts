import type { ReplicaSamples } from '../domain/simulation/scale-to-zero/keep-alive-frontier.ts';
import { type RecordCells, type RecordSettings, type Records, readRecords } from './read-records.ts';
import { SAMPLE_COLUMNS } from './trace-columns.ts';

const MEASURES = SAMPLE_COLUMNS.map(({ name }) => name).slice(3);

export type SampledReplicas = Readonly<{
  samples: ReplicaSamples;
  /** Said by the file, or the commonest distance between samples of a replica; `null` when no replica has two. */
  intervalSeconds: number | null;
  /** Samples that repeat the replica and time of another one: one moment, busy if any of them says so. */
  repeated: number;
  /** Samples without a measure: unknown, left out. */
  unknown: number;
}>;

type Sample = Readonly<{ replica: string; seconds: number; busy: number | null; interval: number | null }>;

export async function readReplicaSamples(
  path: string,
  settings: RecordSettings,
): Promise<Omit<Records<Sample>, 'records'> & SampledReplicas> {
  const { records, ...counts } = await readRecords(path, SAMPLE_COLUMNS, settings, readSample);
  const known = records.filter(({ busy }) => busy !== null);
  const sorted = known.toSorted((a, b) => compare(a.replica, b.replica) || a.seconds - b.seconds);
  const moments = mergeMoments(sorted);
  const names = new Map<string, number>();
  for (const { replica } of moments) if (!names.has(replica)) names.set(replica, names.size);
  return {
    ...counts,
    samples: {
      replicaOf: Int32Array.from(moments, ({ replica }) => names.get(replica)!),
      atSeconds: Float64Array.from(moments, ({ seconds }) => seconds),
      isBusy: Uint8Array.from(moments, ({ busy }) => (busy! > 0 ? 1 : 0)),
    },
    intervalSeconds: commonest(statedIntervals(moments)) ?? commonest(steps(moments)),
    repeated: sorted.length - moments.length,
    unknown: records.length - known.length,
  };
}

/** SM or engine activity beat the utilisation counter where a file has several, as in the ledger. */
function readSample(cells: RecordCells): Sample {
  const replica = cells.requiredText('device');
  if (/^(null|none|nan|-)$/i.test(replica))
    cells.fail('device', 'missing-device', `the device is \`${replica}\`; leave the row out or fill it in`);
  if (!MEASURES.some((name) => cells.has(name)))
    cells.fail(
      'gpuUtil',
      'missing-value',
      `no column says whether it worked; map one of ${MEASURES.join(', ')}`,
    );
  const busy = share(cells, 'engineActive') ?? share(cells, 'gpuUtil') ?? share(cells, 'smActive');
  const interval = cells.amount('intervalSeconds');
  if (interval === 0) cells.fail('intervalSeconds', 'out-of-range', 'the interval is zero');
  return { replica, seconds: cells.requiredSeconds('time'), busy, interval };
}

/** Exporters overshoot by a rounding. */
const ROUNDING = 0.001;

function share(cells: RecordCells, name: string): number | null {
  const fraction = bounded(cells, name, 1);
  return fraction ?? bounded(cells, `${name}Percent`, 100);
}

function bounded(cells: RecordCells, name: string, most: number): number | null {
  const value = cells.amount(name);
  if (value !== null && value > most * (1 + ROUNDING))
    cells.fail(
      name,
      'out-of-range',
      `${value} is above ${most}; percentages go into a column named …Percent`,
    );
  return value;
}

function mergeMoments(sorted: readonly Sample[]): Sample[] {
  const moments: Sample[] = [];
  for (const sample of sorted) {
    const last = moments.at(-1);
    if (last && last.replica === sample.replica && last.seconds === sample.seconds)
      moments[moments.length - 1] = { ...last, busy: Math.max(last.busy!, sample.busy!) };
    else moments.push(sample);
  }
  return moments;
}

function statedIntervals(moments: readonly Sample[]): number[] {
  return moments.flatMap(({ interval }) => (interval === null ? [] : [interval]));
}

function steps(moments: readonly Sample[]): number[] {
  return moments.flatMap(({ replica, seconds }, index) => {
    const before = moments[index - 1];
    return before?.replica === replica ? [seconds - before.seconds] : [];
  });
}

function commonest(values: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return first?.[0] ?? null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
