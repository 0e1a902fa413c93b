import type { SizedJob, Throughputs } from '../domain/simulation/rightsize/job-costs.ts';
import type { ServingConfiguration } from '../domain/simulation/rightsize/serving-configurations.ts';
import { asInputFailure } from '../files/as-input-failure.ts';
import { openTable } from '../files/read-table.ts';
import { InputFailure } from '../ports/failures.ts';
import type { Reject } from '../ports/source.ts';
import { readJsonDocument } from './read-json-document.ts';
import { type RecordSettings, type Records, readRecords } from './read-records.ts';

export const JOB_COLUMNS = [
  { name: 'job', isRequired: true, meaning: 'name or number of the job' },
  { name: 'jobType', isRequired: true, meaning: 'what it runs, as the throughputs name it' },
  { name: 'steps', isRequired: true, meaning: 'steps from start to end' },
  { name: 'gpus', isRequired: true, meaning: 'GPUs that it runs on' },
];

/** How Gavel's traces spell our columns; used for a file that has them and not ours. */
const GAVEL_SPELLINGS: Readonly<Record<string, string>> = {
  job: 'job_index',
  jobType: 'job_type',
  steps: 'total_steps',
  gpus: 'scale_factor_gpus',
};

export async function readSizedJobs(path: string, settings: RecordSettings): Promise<Records<SizedJob>> {
  const map = { ...(await spellingsOf(path, settings)), ...settings.map };
  return readRecords(path, JOB_COLUMNS, { ...settings, map }, (cells) => ({
    name: cells.requiredText('job'),
    jobType: cells.requiredText('jobType'),
    steps: cells.requiredAmount('steps'),
    gpus: cells.requiredCount('gpus'),
  }));
}

async function spellingsOf(path: string, settings: RecordSettings): Promise<Record<string, string>> {
  try {
    const { columns } = await openTable(path, settings);
    const has = (name: string) => columns.some((column) => column.toLowerCase() === name.toLowerCase());
    return Object.fromEntries(
      Object.entries(GAVEL_SPELLINGS).filter(([ours, theirs]) => !has(ours) && has(theirs)),
    );
  } catch (thrown) {
    throw asInputFailure(thrown);
  }
}

/**
 * Reads `{kind: {"('job type', gpus)": steps per second}}`; the value may be an object whose `null` is the speed of the job alone,
 * beside speeds when packed with others.
 */
export async function readThroughputs(path: string, signal: AbortSignal): Promise<Throughputs> {
  const document = await readJsonDocument(path, signal);
  const speeds = new Map<string, number>();
  for (const [kind, byJob] of Object.entries(document)) {
    if (typeof byJob !== 'object' || byJob === null) throw unlikeThroughputs(`${path}:${kind}`, byJob);
    for (const [key, value] of Object.entries(byJob)) {
      const where = `${path}:${kind}:${key}`;
      const [, jobType, gpus] = /^\(\s*(?:'|")(.+)(?:'|")\s*,\s*(\d+)\s*\)$/.exec(key) ?? [];
      if (jobType === undefined) throw unlikeThroughputs(where, key);
      const alone: unknown = typeof value === 'object' && value !== null ? value['null'] : value;
      if (alone === undefined || alone === null) continue;
      if (typeof alone !== 'number' || !(alone >= 0)) throw unlikeThroughputs(where, alone);
      speeds.set(keyOf(kind, jobType, Number(gpus)), alone);
    }
  }
  return (kind, jobType, gpus) => speeds.get(keyOf(kind, jobType, gpus));
}

function keyOf(kind: string, jobType: string, gpus: number): string {
  return `${kind}\0${jobType}\0${gpus}`;
}

function unlikeThroughputs(where: string, found: unknown): InputFailure {
  return new InputFailure(
    'format-unknown',
    `${where}: expected {"kind": {"('job type', gpus)": steps per second}}, found ${JSON.stringify(found)?.slice(0, 60)}`,
    'see docs/guides/simulate-rightsize.md for the shape',
  );
}

export type LatencyName = 'median' | 'p90' | 'p95' | 'p99';

/** Reads measured serving configurations: `{configurations: […]}` or an array, in the fields of the ML.ENERGY leaderboard. */
export async function readServingConfigurations(
  path: string,
  latency: LatencyName,
  signal: AbortSignal,
): Promise<Readonly<{ configurations: readonly ServingConfiguration[]; rejects: readonly Reject[] }>> {
  const document = await readJsonDocument(path, signal);
  const list = Array.isArray(document) ? document : document['configurations'];
  if (!Array.isArray(list))
    throw new InputFailure(
      'format-unknown',
      `${path}: no list of configurations`,
      'see docs/guides/simulate-rightsize.md for the shape',
    );
  const configurations: ServingConfiguration[] = [];
  const rejects: Reject[] = [];
  for (const [index, entry] of list.entries()) {
    const read = readConfiguration(entry as Readonly<Record<string, unknown>>, latency);
    if (typeof read === 'string')
      rejects.push({ where: `${path}:configurations[${index}]`, code: 'missing-value', message: read });
    else configurations.push(read);
  }
  return { configurations, rejects };
}

function readConfiguration(
  entry: Readonly<Record<string, unknown>>,
  latency: LatencyName,
): ServingConfiguration | string {
  const model = entry['model_id'];
  const gpu = entry['gpu_model'];
  const amounts = ['num_gpus', 'max_num_seqs', 'output_throughput_tokens_per_sec'].map((name) => entry[name]);
  const [gpus, batch, tokensPerSecond] = amounts.map((value) =>
    typeof value === 'number' ? value : Number.NaN,
  );
  if (typeof model !== 'string' || typeof gpu !== 'string') return 'model_id and gpu_model are needed';
  if (!(gpus! > 0 && batch! > 0)) return 'num_gpus and max_num_seqs have to be numbers above 0';
  if (!(tokensPerSecond! > 0)) return 'output_throughput_tokens_per_sec has to be a number above 0';
  const itl = entry[`${latency}_itl_ms`];
  return {
    model,
    gpu,
    gpus: gpus!,
    batch: batch!,
    tokensPerSecond: tokensPerSecond!,
    interTokenLatencyMs: typeof itl === 'number' ? itl : null,
    precision: typeof entry['weight_precision'] === 'string' ? entry['weight_precision'] : null,
  };
}
