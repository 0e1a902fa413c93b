import { basename } from 'node:path';
import { type EpochMs, parseInstant } from '../../domain/time/window.ts';
import { readText } from '../../files/read-text.ts';
import { UnreadableFileError } from '../../files/unreadable-file-error.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { gpuMetric, NVIDIA_SMI_INFO } from './gpu-metrics.ts';
import { gridHours, type RawSeries, sortSamples } from './grid-series.ts';
import { interpretSeries } from './interpret-series.ts';
import { isKubeMetric } from './kube-state.ts';
import { parseExpositionLine } from './parse-exposition.ts';
import { queueFacts } from './queues/queue-facts.ts';
import { queueMetric } from './queues/queue-metrics.ts';
import { addInterpretation, addTraffic, addWarning, newSummary } from './read-summary.ts';
import { labelKey } from './series.ts';
import { servingHours, tellsGrowth } from './serving/serving-in-file.ts';
import { servingMetric } from './serving/serving-metrics.ts';
import { trafficFacts } from './serving/traffic-facts.ts';

const SETTINGS = ['time', 'interval', 'node', 'provider'] as const;
const DEFAULT_INTERVAL_SECONDS = 60;

/**
 * Reads what an exporter prints at `/metrics`, and files with timestamps such as `promtool tsdb create-blocks-from openmetrics` takes.
 *
 * Holds the series of GPUs, model servers and kube-state-metrics of one file in memory: the format puts the whole history of one metric before the next.
 */
export function createPrometheusTextSource({ catalog }: { catalog: HardwareCatalog }): FileSource {
  return {
    kind: 'prometheus-text',
    summary:
      'metrics of GPU exporters, model servers and kube-state-metrics as text (Prometheus 0.0.4 or OpenMetrics)',
    columns: [
      {
        name: 'time',
        isRequired: false,
        meaning: 'instant of samples without a timestamp: --set time=2026-10-14T09:00:00Z',
      },
      {
        name: 'interval',
        isRequired: false,
        meaning: `seconds that a sample stands for, ${DEFAULT_INTERVAL_SECONDS} by default; divides an hour`,
      },
      { name: 'node', isRequired: false, meaning: 'name of the node that all GPUs of the file are on' },
      { name: 'provider', isRequired: false, meaning: 'who rents out the nodes, where no label says' },
    ],
    read(path, options): FactReading {
      const summary = newSummary();
      return { batches: readFile(path, options, catalog, summary), summary };
    },
  };
}

async function* readFile(
  path: string,
  options: FileReadOptions,
  catalog: HardwareCatalog,
  summary: ReadSummary,
) {
  const settings = readSettings(path, options);
  const raw = await readSeries(path, options, settings.atMs, summary);
  if (raw.length === 0) {
    addWarning(summary, {
      code: 'no-known-series',
      message:
        'no series of a GPU exporter, a model server or kube-state-metrics: DCGM_FI_…, gpu_gfx_activity, nvidia_smi_…, vllm:… or kube_… was expected',
      count: 1,
    });
  }
  sortSamples(raw);
  const serving = raw.filter(({ name }) => servingMetric(name) !== undefined);
  const queued = raw.filter(({ name }) => queueMetric(name) !== undefined);
  const others = raw.filter(
    ({ name }) => servingMetric(name) === undefined && queueMetric(name) === undefined,
  );
  for (const hour of gridHours(others, settings.intervalMs)) {
    options.signal.throwIfAborted();
    const interpretation = interpretSeries(hour, {
      catalog,
      provider: settings.provider,
      node: settings.node,
      fallbackNode: basename(path).replace(/\.[^.]*$/, ''),
    });
    addInterpretation(summary, interpretation);
    yield interpretation.batch;
  }
  yield* readServing(serving, others, settings.intervalMs, summary);
  for (const { window, series } of gridHours(queued, settings.intervalMs)) {
    const queues = queueFacts(series, window, settings.intervalMs);
    if (queues.length > 0) yield { queues };
  }
}

function* readServing(
  serving: readonly RawSeries[],
  others: readonly RawSeries[],
  stepMs: number,
  summary: ReadSummary,
) {
  if (serving.length === 0) return;
  if (!tellsGrowth(serving)) {
    addWarning(summary, {
      code: 'counters-without-history',
      message:
        'series of model servers with one sample each: what they counted is how much they grow, so a file with their history is needed',
      count: serving.length,
    });
    return;
  }
  for (const { window, pulled } of servingHours(serving, others, stepMs)) {
    const traffic = trafficFacts(pulled, window, stepMs);
    addTraffic(summary, traffic);
    if (traffic.length > 0) yield { traffic };
  }
}

type Settings = Readonly<{
  atMs: EpochMs | null;
  intervalMs: number;
  node: string | null;
  provider: string | null;
}>;

function readSettings(path: string, { set, map, fields }: FileReadOptions): Settings {
  const unknown = Object.keys(set).find((name) => !SETTINGS.some((known) => known === name));
  if (unknown !== undefined)
    throw invalid(path, `--set ${unknown}: this kind knows ${SETTINGS.join(', ')} only`);
  if (Object.keys(map).length > 0 || fields !== null)
    throw invalid(path, '--map and --fields do not apply: the format brings its own names. Leave them out');
  const atMs = set['time'] === undefined ? null : parseInstant(set['time']);
  if (atMs === undefined)
    throw invalid(path, `--set time=${set['time']} is no instant. Write it as 2026-10-14T09:00:00Z`);
  const intervalSeconds = Number(set['interval'] ?? DEFAULT_INTERVAL_SECONDS);
  if (!(Number.isInteger(intervalSeconds) && intervalSeconds >= 1 && 3600 % intervalSeconds === 0))
    throw invalid(
      path,
      `--set interval=${set['interval']}: whole seconds that divide an hour were expected, such as 60`,
    );
  return {
    atMs,
    intervalMs: intervalSeconds * 1000,
    node: set['node'] ?? null,
    provider: set['provider'] ?? null,
  };
}

function invalid(path: string, message: string): UnreadableFileError {
  return new UnreadableFileError('invalid-setting', `${path}: ${message}.`);
}

async function readSeries(
  path: string,
  { nowMs, signal }: FileReadOptions,
  defaultAtMs: EpochMs | null,
  summary: ReadSummary,
): Promise<RawSeries[]> {
  const byLabels = new Map<string, RawSeries>();
  let lineNumber = 0;
  let otherSamples = 0;
  for await (const line of linesOf(readText(path, signal))) {
    lineNumber++;
    const parsed = parseExpositionLine(line);
    if (parsed.kind === 'other') continue;
    summary.rowsRead++;
    const reject = (code: string, message: string) =>
      summary.rejects.push({ where: `${path}:${lineNumber}`, code, message });
    if (parsed.kind === 'malformed') {
      reject(
        'malformed-line',
        `${parsed.message}; a line is name{label="value"} value [timestamp]. Export the file again`,
      );
      continue;
    }
    if (!isKnown(parsed.name)) otherSamples++;
    const atMs = parsed.atMs ?? defaultAtMs;
    if (!isKnown(parsed.name) || !Number.isFinite(parsed.value)) continue;
    if (atMs === null) {
      reject(
        'no-time',
        'the sample has no timestamp; say when it was taken: --set time=2026-10-14T09:00:00Z',
      );
    } else if (atMs > nowMs) {
      reject(
        'in-the-future',
        `the sample is of ${new Date(atMs).toISOString()}, later than now; check the clock`,
      );
    } else addSample(byLabels, parsed, atMs);
  }
  if (otherSamples > 0) summary.totals['otherSamples'] = otherSamples;
  return [...byLabels.values()];
}

function isKnown(name: string): boolean {
  return (
    gpuMetric(name) !== undefined ||
    name === NVIDIA_SMI_INFO ||
    isKubeMetric(name) ||
    servingMetric(name) !== undefined ||
    queueMetric(name) !== undefined
  );
}

function addSample(
  byLabels: Map<string, RawSeries>,
  { name, labels, value }: Pick<RawSeries, 'name' | 'labels'> & { value: number },
  atMs: EpochMs,
): void {
  const key = `${name}${labelKey(labels)}`;
  const series = byLabels.get(key);
  if (series) series.samples.push([atMs, value]);
  else byLabels.set(key, { name, labels, samples: [[atMs, value]] });
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
