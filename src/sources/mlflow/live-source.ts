import type { FactBatch, Lifecycle, UsageFact } from '../../domain/facts/facts.ts';
import {
  DAY_MS,
  floorToHour,
  formatInstant,
  HOUR_MS,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, LiveSource, ReadSummary } from '../../ports/source.ts';
import { checkpointTimes } from './checkpoint-times.ts';
import { findHolder } from './find-holder.ts';
import { gpusOf, usageOf } from './gpu-samples.ts';
import { HistoryCache } from './history-cache.ts';
import { createMlflowClient, type MlflowClient } from './mlflow-client.ts';
import type { MlflowExperiment, MlflowRun } from './parse-run.ts';
import { probeMlflow } from './probe.ts';
import { asCheckpoints, asRunFact, type MachineSettings, ownDevices } from './run-facts.ts';
import { runTimes } from './run-times.ts';

export type MlflowSourceOptions = Readonly<{
  name: string;
  url: string;
  catalog: HardwareCatalog;
  clock: Clock;
  bearerToken?: string;
  /** For basic authorization; a user and password in the url do the same. */
  username?: string;
  password?: string;
  headers?: Readonly<Record<string, string>>;
  /** Names of experiments, `*` for any part of one; all of them when absent. */
  experiments?: readonly string[];
  /** See `HolderNaming`. */
  slurmCluster?: string;
  /** Metrics that a run logs when it saves its work. */
  checkpointMetrics?: readonly string[];
  /** How long after its last metric a run that is said to run is taken to have ended then. */
  silentAfterMs?: number;
  /** Of the machines that only the runs' own GPU metrics tell of. */
  gpuModel?: string;
  lifecycle?: Lifecycle;
  provider?: string;
  region?: string;
  instanceType?: string;
  /** Runs, and values of a metric, asked for at once. */
  pageSize?: number;
  pointsPerPage?: number;
  /** Pause before a failed request is repeated for the first time; 500 by default. */
  firstPauseMs?: number;
}>;

export const DEFAULT_CHECKPOINT_METRICS = ['checkpoint', 'checkpoint_step'] as const;
const DEFAULT_SILENT_MS = DAY_MS / 4;
const DEFAULT_PAGE_SIZE = 1_000;
const DEFAULT_POINTS_PER_PAGE = 25_000;
const DEFAULT_PAUSE_MS = 500;
const EXPERIMENTS_PER_SEARCH = 100;
/** The clock that made the window and the one that is asked again are read a moment apart. */
const CLOCK_SLACK_MS = MINUTE_MS;

/**
 * Collects runs from an MLflow tracking server.
 *
 * A run changes until it ends, so it belongs to the chunk of the UTC hour in which it ended (`2026-10-14T09`); those that have not
 * ended belong to the chunk `open`, which a window that reaches up to now contains, and move to their hour when they do. Each run is in
 * one chunk, with all of its facts. Throws `OutsideFailure` when the server cannot be reached, refuses, or answers something else.
 */
export function createMlflowSource(options: MlflowSourceOptions): LiveSource {
  const client = createMlflowClient({
    url: options.url,
    bearerToken: options.bearerToken ?? null,
    user:
      options.username === undefined ? null : { name: options.username, password: options.password ?? '' },
    headers: options.headers ?? {},
    pageSize: options.pageSize ?? DEFAULT_PAGE_SIZE,
    pointsPerPage: options.pointsPerPage ?? DEFAULT_POINTS_PER_PAGE,
    firstPauseMs: options.firstPauseMs ?? DEFAULT_PAUSE_MS,
  });
  const reader = new RunReader(client, options);
  return {
    kind: 'mlflow',
    name: options.name,
    chunks: (window) => chunksOf(window, options.clock.nowMs()),
    read(window, signal): FactReading {
      const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
      return { batches: reader.read(window, summary, signal), summary };
    },
    probe: (signal) => probeMlflow(client, reader, signal),
  };
}

/**
 * Hours start with their hour even where the window does not, since a chunk replaces what was there before, and there is one more
 * before them, since ends are told late. The open runs come first: one that has ended leaves them before its hour brings it, for a fact
 * that two datasets bring alike stays with the first.
 */
function chunksOf(window: TimeWindow, nowMs: number): { name: string; window: TimeWindow }[] {
  const firstMs = floorToHour(window.fromMs) - HOUR_MS;
  const chunks: { name: string; window: TimeWindow }[] = [];
  // An empty window, for what ended in none.
  if (window.toMs >= nowMs - CLOCK_SLACK_MS) {
    chunks.push({ name: 'open', window: { fromMs: firstMs, toMs: firstMs } });
  }
  for (let fromMs = firstMs; fromMs < Math.min(window.toMs, nowMs); fromMs += HOUR_MS) {
    const toMs = Math.min(fromMs + HOUR_MS, nowMs);
    chunks.push({ name: formatInstant(fromMs).slice(0, 13), window: { fromMs, toMs } });
  }
  return chunks;
}

const OPEN_STATUSES = ['RUNNING', 'SCHEDULED'];

class RunReader {
  readonly #client: MlflowClient;
  readonly #options: MlflowSourceOptions;
  readonly #histories: HistoryCache;
  readonly #machine: MachineSettings;
  #experiments: Readonly<{ readMs: number; found: ReadonlyMap<string, MlflowExperiment> }> | null = null;

  constructor(client: MlflowClient, options: MlflowSourceOptions) {
    this.#client = client;
    this.#options = options;
    this.#histories = new HistoryCache(client);
    const { gpuModel, lifecycle, provider, region, instanceType, catalog } = options;
    this.#machine = {
      gpuModel: gpuModel === undefined ? 'unknown' : (catalog.gpuModel(gpuModel) ?? gpuModel),
      lifecycle: lifecycle ?? 'owned',
      provider: provider ?? null,
      region: region ?? null,
      instanceType: instanceType ?? null,
    };
  }

  async *read(window: TimeWindow, summary: ReadSummary, signal: AbortSignal): AsyncGenerator<FactBatch> {
    const experiments = await this.experiments(signal);
    const known = new Map<string, MlflowRun>();
    const lookUp = async (runId: string) => {
      const run = known.get(runId) ?? (await this.#client.run(runId, signal));
      if (run) known.set(runId, run);
      return run;
    };
    const counts: Record<string, number> = {};
    const count = (name: string, by = 1) => {
      if (by > 0) counts[name] = (counts[name] ?? 0) + by;
    };
    for await (const runs of this.#search(window, [...experiments.keys()], signal)) {
      for (const run of runs) {
        summary.rowsRead += 1;
        const batch = await this.#factsOf(run, experiments.get(run.experimentId), lookUp, summary, signal);
        count('runs');
        count(batch.runs[0]!.state);
        count('deleted', run.isDeleted ? 1 : 0);
        count('samples', batch.usage.length);
        yield batch;
      }
    }
    summary.totals = counts;
  }

  /** Those that the configuration wants, by their id; asked for once a minute at most. */
  async experiments(signal: AbortSignal): Promise<ReadonlyMap<string, MlflowExperiment>> {
    const nowMs = this.#options.clock.nowMs();
    if (this.#experiments && nowMs - this.#experiments.readMs < MINUTE_MS) return this.#experiments.found;
    const isWanted = wantedNames(this.#options.experiments);
    const wanted = (await this.#client.experiments(signal)).filter(({ name }) => isWanted(name));
    const found = new Map(wanted.map((experiment) => [experiment.experimentId, experiment]));
    this.#experiments = { readMs: nowMs, found };
    return found;
  }

  async *#search(
    { fromMs, toMs }: TimeWindow,
    experimentIds: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly MlflowRun[]> {
    const isOpen = fromMs === toMs;
    const filters = isOpen
      ? OPEN_STATUSES.map((status) => `attributes.status = '${status}'`)
      : [`attributes.end_time >= ${fromMs} and attributes.end_time < ${toMs}`];
    for (let from = 0; from < experimentIds.length; from += EXPERIMENTS_PER_SEARCH) {
      const ids = experimentIds.slice(from, from + EXPERIMENTS_PER_SEARCH);
      for (const filter of filters) {
        for await (const page of this.#client.searchRuns(ids, filter, signal)) {
          // A run that was taken up again still has the end of its first life.
          yield page.filter(({ status }) => OPEN_STATUSES.includes(status) === isOpen);
        }
      }
    }
  }

  async #factsOf(
    run: MlflowRun,
    experiment: MlflowExperiment | undefined,
    lookUp: (runId: string) => Promise<MlflowRun | undefined>,
    summary: ReadSummary,
    signal: AbortSignal,
  ) {
    const { silentAfterMs = DEFAULT_SILENT_MS, slurmCluster = null, clock } = this.#options;
    const history = (key: string) => this.#histories.read(run, key, signal);
    const times = runTimes(run, silentAfterMs, clock.nowMs());
    const { workloadId, isOwn } = await findHolder(run, { slurmCluster }, lookUp);
    const metrics = this.#options.checkpointMetrics ?? DEFAULT_CHECKPOINT_METRICS;
    const checkpoints = await checkpointTimes(run, metrics, history);
    const fact = asRunFact(run, times, experiment, workloadId);
    const devices = isOwn ? gpusOf(run) : [];
    const own = isOwn ? ownDevices(fact, devices, checkpoints.times, this.#machine) : {};
    const usage: UsageFact[] = [];
    for (const device of devices) usage.push(...(await usageOf(device, history)));
    warnOf(summary, { isEndEstimated: times.isEndEstimated, unreadable: checkpoints.unreadable, isOwn });
    return {
      ...own,
      runs: [fact],
      usage: usage.filter(({ atMs }) => isWithin(atMs, times)),
      checkpoints: asCheckpoints(workloadId, checkpoints.times),
    };
  }
}

/** What was flushed after the end belongs to nobody. */
function isWithin(
  atMs: number,
  { startMs, endMs }: { startMs: number | null; endMs: number | null },
): boolean {
  return startMs !== null && atMs >= startMs && (endMs === null || atMs < endMs);
}

function wantedNames(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (patterns === undefined) return () => true;
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

type Noticed = Readonly<{ isEndEstimated: boolean; unreadable: readonly string[]; isOwn: boolean }>;

function warnOf(summary: ReadSummary, { isEndEstimated, unreadable, isOwn }: Noticed): void {
  if (isEndEstimated)
    warn(
      summary,
      'end-estimated',
      'runs are said to run and fell silent long ago: each is taken to have ended with its last metric, how is unknown. End them in MLflow, or set silentAfter',
    );
  if (unreadable.length > 0)
    warn(
      summary,
      'bad-checkpoint',
      `the tag tare.checkpoint holds \`${unreadable[0]}\`, which is no time; expected ISO 8601, or seconds or milliseconds since 1970, with commas between`,
      unreadable.length,
    );
  if (isOwn)
    warn(
      summary,
      'own-devices',
      'runs name no holder, so the GPUs of their system metrics count as devices of their own, paid for exactly as long as the run lasted. Log the tag tare.workload_id, SLURM_JOB_ID or POD_NAME where another source knows the real devices',
    );
}

function warn(summary: ReadSummary, code: string, message: string, count = 1): void {
  const known = summary.warnings.find((warning) => warning.code === code);
  const others = summary.warnings.filter((warning) => warning.code !== code);
  summary.warnings = [...others, { code, message, count: (known?.count ?? 0) + count }];
}
