import type { UsageFact } from '../../domain/facts/facts.ts';
import { readActivity } from '../../domain/facts/read-activity.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time/window.ts';
import { surveySamples } from '../../domain/usage/survey-samples.ts';
import type { MetricPoint, MlflowRun } from './parse-run.ts';

/** `system/gpu_0_utilization_percentage`, and `system/NODE/gpu_0_…` where several machines log to one run. */
const GPU_KEY =
  /^system\/(?:(?<node>.+)\/)?gpu_(?<index>\d+)_(?<quantity>utilization_percentage|memory_usage_megabytes|power_usage_watts)$/;
/** MLflow counts megabytes of a million bytes. */
const MEGABYTES_PER_MIB = (1024 * 1024) / 1e6;
/** What MLflow samples every ten seconds unless told otherwise; for a device with a single sample. */
const ASSUMED_INTERVAL_MS = 10 * SECOND_MS;

export type GpuDevice = Readonly<{
  deviceId: string;
  /** As the run names its machine; `null` where it runs on one. */
  node: string | null;
  /** Quantity → the metric's key. */
  keys: Readonly<Record<string, string>>;
}>;

/** The GPUs that a run logged system metrics of, in the order of their names. */
export function gpusOf(run: MlflowRun): GpuDevice[] {
  const devices = new Map<string, { node: string | null; keys: Record<string, string> }>();
  for (const { key } of run.metrics) {
    const { node = null, index, quantity } = GPU_KEY.exec(key)?.groups ?? {};
    if (index === undefined || quantity === undefined) continue;
    const name = [node?.replaceAll('/', ':'), `gpu${index}`].filter(Boolean).join(':');
    const deviceId = `mlflow:${run.runId}:${name}`;
    const known = devices.get(deviceId) ?? { node, keys: {} };
    known.keys[quantity] = key;
    devices.set(deviceId, known);
  }
  return [...devices]
    .map(([deviceId, device]) => ({ deviceId, ...device }))
    .sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
}

/** Samples of one GPU: what was logged at the same moment belongs together. MLflow knows utilisation of the driver's kind alone. */
export async function usageOf(
  { deviceId, keys }: GpuDevice,
  history: (key: string) => Promise<readonly MetricPoint[]>,
): Promise<UsageFact[]> {
  const read = async (quantity: string) => {
    const key = keys[quantity];
    return new Map(key === undefined ? [] : (await history(key)).map(({ atMs, value }) => [atMs, value]));
  };
  const [utilisation, memory, power] = await Promise.all([
    read('utilization_percentage'),
    read('memory_usage_megabytes'),
    read('power_usage_watts'),
  ]);
  const times = [...new Set([...utilisation.keys(), ...memory.keys(), ...power.keys()])].sort(
    (a, b) => a - b,
  );
  const intervalMs = await usualInterval(times);
  return times.map((atMs) => {
    const percent = utilisation.get(atMs);
    const megabytes = memory.get(atMs);
    const memoryUsedMib = megabytes === undefined ? null : Math.round(megabytes / MEGABYTES_PER_MIB);
    const gpuUtil = percent === undefined ? null : percent / 100;
    const unknown = { smActive: null, engineActive: null, processes: null };
    return {
      deviceId,
      atMs,
      intervalMs,
      activity: readActivity({ ...unknown, gpuUtil, memoryUsedMib }),
      memoryUsedMib,
      powerWatts: power.get(atMs) ?? null,
    };
  });
}

async function usualInterval(times: readonly EpochMs[]): Promise<number> {
  async function* samples() {
    for (const atMs of times) yield { deviceId: '', atMs };
  }
  return (await surveySamples(samples)).intervalMs ?? ASSUMED_INTERVAL_MS;
}
