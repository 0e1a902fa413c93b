import type { WantedColumn } from '../files/column-lookup.ts';

/** Columns of traces, apart from their readers: help lists them, and loads no reader for that. */

/** A column, and how well-known traces call it: needs no `--map` there. */
export type TraceColumn = WantedColumn & Readonly<{ aliases?: readonly string[] }>;

/** Columns of the nodes of a cluster; the aliases are those of the openb trace (alibaba/clusterdata, cluster-trace-gpu-v2023). */
export const NODE_COLUMNS: readonly TraceColumn[] = [
  { name: 'name', isRequired: true, meaning: 'name of the machine', aliases: ['sn', 'node'] },
  { name: 'cpuMilli', isRequired: true, meaning: 'CPU, thousandths of a core', aliases: ['cpu_milli'] },
  { name: 'memoryMib', isRequired: true, meaning: 'memory, MiB', aliases: ['memory_mib'] },
  { name: 'gpus', isRequired: true, meaning: 'how many GPUs it has', aliases: ['gpu', 'num_gpu'] },
  { name: 'model', isRequired: false, meaning: 'GPU model', aliases: ['gpu_model'] },
];

/** Columns of pods. Times are seconds on any clock, or ISO 8601; only a replay with departures reads them. */
export const POD_COLUMNS: readonly TraceColumn[] = [
  { name: 'name', isRequired: true, meaning: 'name of the pod', aliases: ['pod'] },
  { name: 'cpuMilli', isRequired: true, meaning: 'CPU, thousandths of a core', aliases: ['cpu_milli'] },
  { name: 'memoryMib', isRequired: true, meaning: 'memory, MiB', aliases: ['memory_mib'] },
  { name: 'gpus', isRequired: true, meaning: 'how many GPUs it wants', aliases: ['num_gpu', 'gpu'] },
  {
    name: 'gpuMilli',
    isRequired: true,
    meaning: 'thousandths of each GPU: 1000 is a whole one',
    aliases: ['gpu_milli'],
  },
  { name: 'models', isRequired: false, meaning: 'allowed GPU models, joined by |', aliases: ['gpu_spec'] },
  { name: 'created', isRequired: false, meaning: 'when it asked for room', aliases: ['creation_time'] },
  { name: 'deleted', isRequired: false, meaning: 'when it left', aliases: ['deletion_time'] },
];

/** Columns of a trace of requests; the aliases are those of the Azure LLM inference trace and of a Stable Diffusion fleet. */
export const REQUEST_COLUMNS: readonly TraceColumn[] = [
  {
    name: 'time',
    isRequired: true,
    meaning: 'when the request came: ISO 8601, or seconds on any clock',
    aliases: ['timestamp', 'gmt_create'],
  },
  {
    name: 'inputTokens',
    isRequired: false,
    meaning: 'tokens of the prompt',
    aliases: ['ContextTokens', 'prompt_tokens'],
  },
  {
    name: 'outputTokens',
    isRequired: false,
    meaning: 'tokens of the answer',
    aliases: ['GeneratedTokens', 'completion_tokens'],
  },
  {
    name: 'serviceSeconds',
    isRequired: false,
    meaning: 'how long a replica worked on it',
    aliases: ['exec_time_seconds'],
  },
];

/** Columns of measured batches. */
export const BATCH_TIME_COLUMNS: readonly TraceColumn[] = [
  { name: 'batch', isRequired: true, meaning: 'items in the batch', aliases: ['batch_size', 'size'] },
  {
    name: 'ms',
    isRequired: true,
    meaning: 'how long it took, milliseconds',
    aliases: ['latency_ms', 'time_ms'],
  },
];

/** Columns of samples of replicas: those of `tare import --kind usage`, so that one mapping serves both. */
export const SAMPLE_COLUMNS: readonly TraceColumn[] = [
  { name: 'time', isRequired: true, meaning: 'when the sample was taken: ISO 8601, or seconds on any clock' },
  { name: 'device', isRequired: true, meaning: 'the replica, container or GPU', aliases: ['replica'] },
  {
    name: 'intervalSeconds',
    isRequired: false,
    meaning: 'what a sample stands for; taken from the file when absent',
  },
  { name: 'smActive', isRequired: false, meaning: 'fraction 0–1' },
  { name: 'smActivePercent', isRequired: false, meaning: 'the same, 0–100' },
  { name: 'engineActive', isRequired: false, meaning: 'fraction 0–1' },
  { name: 'engineActivePercent', isRequired: false, meaning: 'the same, 0–100' },
  { name: 'gpuUtil', isRequired: false, meaning: 'fraction 0–1' },
  { name: 'gpuUtilPercent', isRequired: false, meaning: 'the same, 0–100' },
];

/** Columns of measured starts; one of the two. */
export const START_COLUMNS: readonly TraceColumn[] = [
  { name: 'seconds', isRequired: false, meaning: 'how long one start took, seconds' },
  { name: 'milliseconds', isRequired: false, meaning: 'the same, milliseconds', aliases: ['ms'] },
];
