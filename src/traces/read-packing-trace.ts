import type { TimedPod } from '../domain/simulation/packing/replay-pods.ts';
import { type PackingNode, WHOLE_GPU_MILLI } from '../domain/simulation/packing/workload.ts';
import { type RecordCells, type RecordSettings, type Records, readRecords } from './read-records.ts';
import { NODE_COLUMNS, POD_COLUMNS } from './trace-columns.ts';

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
