import type { TimedPod } from '../domain/simulation/packing/replay-pods.ts';
import { type PackingNode, WHOLE_GPU_MILLI } from '../domain/simulation/packing/workload.ts';
import {
  type RecordCells,
  type RecordSettings,
  type Records,
  readRecords,
  type TraceColumn,
} from './read-records.ts';

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

export function readNodes(path: string, settings: RecordSettings): Promise<Records<PackingNode>> {
  return readRecords(path, NODE_COLUMNS, settings, readNode);
}

/** @param hasTimes whether every pod has to say when it came */
export function readPods(
  path: string,
  settings: RecordSettings,
  hasTimes: boolean,
): Promise<Records<TimedPod>> {
  return readRecords(path, POD_COLUMNS, settings, (cells) => readPod(cells, hasTimes));
}

const MOST_GPUS = 1_024;

function readNode(cells: RecordCells): PackingNode {
  const gpus = cells.requiredCount('gpus');
  if (gpus > MOST_GPUS) cells.fail('gpus', 'out-of-range', `${gpus} GPUs in one machine; expected a few`);
  return {
    name: cells.requiredText('name'),
    cpuMilli: cells.requiredAmount('cpuMilli'),
    memoryMib: cells.requiredAmount('memoryMib'),
    gpus,
    model: cells.text('model'),
  };
}

function readPod(cells: RecordCells, hasTimes: boolean): TimedPod {
  const gpus = cells.requiredCount('gpus');
  const gpuMilli = gpus === 0 ? 0 : cells.requiredAmount('gpuMilli');
  checkShare(cells, gpus, gpuMilli);
  const createdSeconds = hasTimes ? cells.requiredSeconds('created') : 0;
  const deletedSeconds = hasTimes && cells.text('deleted') !== null ? cells.requiredSeconds('deleted') : null;
  if (deletedSeconds !== null && deletedSeconds < createdSeconds)
    cells.fail('deleted', 'ends-before-start', 'the pod left before it came; check the two columns');
  return {
    name: cells.requiredText('name'),
    cpuMilli: cells.requiredAmount('cpuMilli'),
    memoryMib: cells.requiredAmount('memoryMib'),
    gpus,
    gpuMilli,
    models: (cells.text('models') ?? '').split('|').filter((model) => model !== ''),
    createdSeconds,
    deletedSeconds,
  };
}

function checkShare(cells: RecordCells, gpus: number, gpuMilli: number): void {
  if (gpus === 0) return;
  const isShare = Number.isInteger(gpuMilli) && gpuMilli > 0 && gpuMilli <= WHOLE_GPU_MILLI;
  if (!isShare)
    cells.fail('gpuMilli', 'out-of-range', `${gpuMilli} is not thousandths of a GPU; expected 1 to 1000`);
  else if (gpus > 1 && gpuMilli < WHOLE_GPU_MILLI)
    cells.fail('gpuMilli', 'out-of-range', `${gpus} GPUs are wanted whole; expected 1000`);
}
