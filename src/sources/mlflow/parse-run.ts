import type { EpochMs } from '../../domain/time/window.ts';

export type MlflowRun = Readonly<{
  runId: string;
  name: string;
  experimentId: string;
  userId: string | null;
  /** `SCHEDULED`, `RUNNING`, `FINISHED`, `FAILED`, `KILLED`. */
  status: string;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  isDeleted: boolean;
  /** The last value of each metric. */
  metrics: readonly MetricPoint[];
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  /** Digests of the data sets that were logged as inputs, sorted. */
  dataDigests: readonly string[];
}>;

export type MetricPoint = Readonly<{ key: string; value: number; atMs: EpochMs }>;

export type MlflowExperiment = Readonly<{
  experimentId: string;
  name: string;
  tags: Readonly<Record<string, string>>;
}>;

type Json = Readonly<Record<string, unknown>>;

/** One run of `runs/search` or `runs/get`; `undefined` for what is no run. Fields that are empty are left out by the server. */
export function parseRun(json: unknown): MlflowRun | undefined {
  const { info, data, inputs } = asObject(json);
  const {
    run_id,
    run_uuid,
    run_name,
    experiment_id,
    user_id,
    status,
    start_time,
    end_time,
    lifecycle_stage,
  } = asObject(info);
  const runId = asText(run_id) ?? asText(run_uuid);
  if (runId === null) return undefined;
  const { metrics, params, tags } = asObject(data);
  const named = keyed(tags);
  return {
    runId,
    name: asText(run_name) ?? named['mlflow.runName'] ?? runId,
    experimentId: asText(experiment_id) ?? '',
    userId: asText(user_id) ?? named['mlflow.user'] ?? null,
    status: asText(status) ?? 'UNKNOWN',
    startMs: asTime(start_time),
    endMs: asTime(end_time),
    isDeleted: lifecycle_stage === 'deleted',
    metrics: asList(metrics).flatMap(parsePoint),
    parameters: keyed(params),
    tags: named,
    dataDigests: digestsOf(inputs),
  };
}

export function parseExperiment(json: unknown): MlflowExperiment[] {
  const { experiment_id, name, tags } = asObject(json);
  const experimentId = asText(experiment_id);
  return experimentId === null
    ? []
    : [{ experimentId, name: asText(name) ?? experimentId, tags: keyed(tags) }];
}

/** A metric may be `"NaN"` or `"Infinity"`, which says nothing that can be compared; it is left out. */
export function parsePoint(json: unknown): MetricPoint[] {
  const { key, value, timestamp } = asObject(json);
  const name = asText(key);
  const atMs = asTime(timestamp);
  const number = Number(value ?? Number.NaN);
  return name === null || atMs === null || !Number.isFinite(number)
    ? []
    : [{ key: name, value: number, atMs }];
}

function digestsOf(inputs: unknown): string[] {
  const datasets = asList(asObject(inputs)['dataset_inputs']).map((input) =>
    asObject(asObject(input)['dataset']),
  );
  return datasets.flatMap(({ digest }) => asText(digest) ?? []).sort();
}

function keyed(list: unknown): Record<string, string> {
  const pairs = asList(list).flatMap((item) => {
    const { key, value } = asObject(item);
    const name = asText(key);
    return name === null ? [] : [[name, String(value ?? '')] as const];
  });
  return Object.fromEntries(pairs);
}

function asObject(json: unknown): Json {
  return typeof json === 'object' && json !== null ? (json as Json) : {};
}

function asList(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

function asText(json: unknown): string | null {
  return typeof json === 'string' && json !== '' ? json : null;
}

/** Milliseconds since 1970; 64-bit integers may come as texts, and 0 is "never". */
function asTime(json: unknown): EpochMs | null {
  const at = Number(json ?? 0);
  return Number.isFinite(at) && at > 0 ? at : null;
}
