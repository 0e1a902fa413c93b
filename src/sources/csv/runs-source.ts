import type { CheckpointFact, FactBatch, RunFact, RunState, WorkloadFact } from '../../domain/facts/facts.ts';
import { lostFrom } from '../../domain/facts/lost-work.ts';
import { fingerprintRun } from '../../domain/facts/run-fingerprint.ts';
import { readRunState } from '../../domain/facts/run-state.ts';
import { ownText } from '../../domain/text/own-text.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import { digest } from '../../files/digest.ts';
import { fileSource } from '../../files/file-source.ts';
import { readInstant } from '../../files/read-cell.ts';
import { openRows, readRows, warn } from '../../files/read-rows.ts';
import type { RowReader } from '../../files/row-reader.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FileReadOptions, FileSource, ReadSummary } from '../../ports/source.ts';
import { readWorkload, WORKLOAD_COLUMNS } from './collect-workloads.ts';
import { HOLD_COLUMNS, HoldFacts, type Holding, namesHolds, readHolding } from './read-holds.ts';
import { readInterval } from './read-interval.ts';
import { readMetrics, readParameters } from './read-run-fields.ts';

const BATCH_FACTS = 5_000;

const COLUMNS = [
  {
    name: 'run',
    isRequired: true,
    meaning:
      'id of the run, unique over all sources: put the name of the source in front where ids may repeat',
  },
  {
    name: 'attempt',
    isRequired: false,
    meaning: '1 for the first attempt, one more for each restart; 1 when blank',
  },
  {
    name: 'experiment',
    isRequired: false,
    meaning: 'what runs are compared within: an experiment, a project, a sweep',
  },
  {
    name: 'state',
    isRequired: false,
    meaning:
      'how it stands or ended, in the words of any scheduler; when blank waiting without a start, running without an end, otherwise unknown',
  },
  { name: 'queue', isRequired: false, meaning: 'partition or queue it waited in' },
  { name: 'queued', isRequired: false, meaning: 'when it was asked for' },
  {
    name: 'start',
    isRequired: true,
    meaning:
      'when it started: ISO 8601, or seconds (below 1e11) or milliseconds since 1970; blank when it never did (waiting costs nothing)',
  },
  { name: 'end', isRequired: false, meaning: 'when it ended; blank when it still runs' },
  {
    name: 'workload',
    isRequired: false,
    meaning:
      'id of a workload whose devices another source knows; the row brings no devices of its own then, and what it says about them is left aside',
  },
  ...HOLD_COLUMNS,
  {
    name: 'checkpoint',
    isRequired: false,
    meaning:
      'time of the last checkpoint, or a JSON list of times: a failed, cancelled, preempted or timed-out attempt loses only what it did after it; all of it when blank',
  },
  { name: 'parent', isRequired: false, meaning: 'id of the run that this one is a part of' },
  {
    name: 'codeVersion',
    isRequired: false,
    meaning:
      'commit or image digest; with data and parameters it tells the same work done again from a new one',
  },
  { name: 'data', isRequired: false, meaning: 'digest or version of the data' },
  { name: 'parameters', isRequired: false, meaning: 'parameters as a JSON object' },
  { name: 'param.NAME', isRequired: false, meaning: 'one parameter, in a column of its own' },
  { name: 'metrics', isRequired: false, meaning: 'last value of each metric as a JSON object of numbers' },
  { name: 'metric.NAME', isRequired: false, meaning: 'last value of one metric, in a column of its own' },
  ...WORKLOAD_COLUMNS.map((column) =>
    column.name === 'kind'
      ? { ...column, meaning: column.meaning.replace('batch when blank', 'training when blank') }
      : column,
  ),
] as const;

/** Attempts of runs, in a table: what was trained, how it ended, and on what. */
export function createRunsSource({ catalog }: Readonly<{ catalog: HardwareCatalog }>): FileSource {
  return fileSource(
    {
      kind: 'runs',
      summary: 'runs and their attempts: a table with start, end and state, and what they held',
      columns: COLUMNS,
    },
    (path, options, summary) => readRuns(path, options, summary, catalog),
  );
}

type RunRow = Readonly<{
  run: RunFact;
  /** `null` where the devices are not this row's: another source knows them, or nobody does. */
  own: Readonly<{ workload: WorkloadFact; holding: Holding; lostFromMs: EpochMs | null }> | null;
  checkpoints: readonly EpochMs[];
}>;

async function* readRuns(
  path: string,
  options: FileReadOptions,
  summary: ReadSummary,
  catalog: HardwareCatalog,
): AsyncGenerator<FactBatch> {
  const rows = await openRows(path, COLUMNS, options);
  const known = new Set<string>();
  const collected = new RunCollector(options.nowMs);
  const read = (reader: RowReader) => readRunRow(reader, { catalog, known, summary });
  for await (const row of readRows(rows, summary, read)) {
    known.add(ownText(keyOf(row.run)));
    collected.add(row);
    if (collected.waiting >= BATCH_FACTS) yield collected.take(summary);
  }
  yield collected.take(summary);
  summary.totals = collected.totals();
}

type ReadingState = Readonly<{ catalog: HardwareCatalog; known: ReadonlySet<string>; summary: ReadSummary }>;

function readRunRow(reader: RowReader, { catalog, known, summary }: ReadingState): RunRow {
  const runId = reader.required('run', reader.text('run'), '');
  const attempt = readAttempt(reader, runId, known);
  const { startMs, endMs } = readInterval(reader);
  const stateDetail = reader.text('state');
  const state = stateOf(stateDetail, startMs, endMs, summary);
  const named = reader.text('workload');
  const ownId = attempt === 1 ? runId : `${runId}:${attempt}`;
  const { kind, name, attributes } = readWorkload(reader, ownId);
  const holding = named === null && namesHolds(reader) ? readHolding(reader, ownId, catalog) : null;
  const checkpoints = readCheckpoints(reader);
  const parameters = readParameters(reader);
  if (named !== null && namesHolds(reader)) warnHoldsIgnored(summary);

  const run: RunFact = {
    runId,
    attempt,
    name: name ?? runId,
    experiment: reader.text('experiment'),
    state,
    stateDetail,
    queue: reader.text('queue'),
    queuedMs: readQueued(reader, startMs, summary),
    startMs,
    endMs,
    workloadId: named ?? (holding === null ? null : ownId),
    parentRunId: reader.text('parent'),
    fingerprint: fingerprintRun(
      {
        codeVersion: reader.text('codeVersion'),
        data: reader.text('data'),
        parameters,
      },
      digest,
    ),
    parameters: parameters ?? {},
    metrics: readMetrics(reader),
    attributes,
  };
  if (holding === null) return { run, own: null, checkpoints };
  const lostFromMs = lostFrom({ state, kind, startMs, endMs, checkpoints });
  const workload = { workloadId: ownId, kind: kind ?? 'training', name: run.name, attributes };
  return { run, own: { workload, holding, lostFromMs }, checkpoints };
}

function readAttempt(reader: RowReader, runId: string, known: ReadonlySet<string>): number {
  const attempt = reader.count('attempt') ?? 1;
  if (attempt === 0) reader.fail('attempt', 'out-of-range', '0 is no attempt; the first one is 1');
  if (known.has(keyOf({ runId, attempt })))
    reader.fail(
      'attempt',
      'repeated-run',
      `an earlier row is attempt ${attempt} of \`${runId}\` too; number the attempts of a run: --map attempt=THEIRS`,
    );
  return attempt;
}

function keyOf({ runId, attempt }: Pick<RunFact, 'runId' | 'attempt'>): string {
  return `${attempt} ${runId}`;
}

function stateOf(
  text: string | null,
  startMs: EpochMs | null,
  endMs: EpochMs | null,
  summary: ReadSummary,
): RunState {
  if (text === null) return startMs === null ? 'waiting' : endMs === null ? 'running' : 'unknown';
  const state = readRunState(text);
  if (state === 'unknown' && text.toLowerCase() !== 'unknown')
    warn(
      summary,
      'unknown-state',
      `\`${text}\` is no known state of a run; such runs count as unknown, and nothing of them as lost`,
    );
  return state;
}

function readQueued(reader: RowReader, startMs: EpochMs | null, summary: ReadSummary): EpochMs | null {
  const queuedMs = reader.instant('queued');
  if (queuedMs === null || startMs === null || queuedMs <= startMs) return queuedMs;
  warn(
    summary,
    'queued-after-start',
    'runs were queued after they started, says the file; when they were queued counts as unknown',
  );
  return null;
}

function warnHoldsIgnored(summary: ReadSummary): void {
  warn(
    summary,
    'holder-named-elsewhere',
    'rows name a workload that another source knows, and devices or GPUs beside it: those were left aside, so that nothing counts twice',
  );
}

function readCheckpoints(reader: RowReader): EpochMs[] {
  const text = reader.text('checkpoint');
  if (text === null || !text.startsWith('[')) {
    const atMs = reader.instant('checkpoint');
    return atMs === null ? [] : [atMs];
  }
  return listOf(text).flatMap((item) => {
    const cell = readInstant(String(item));
    if ('value' in cell) return [cell.value];
    reader.fail('checkpoint', cell.problem.code, cell.problem.message);
    return [];
  });
}

function listOf(text: string): unknown[] {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return [text];
  }
}

type StateSums = { runs: number; ticks: bigint };

class RunCollector {
  readonly #holds: HoldFacts;
  readonly #byState = new Map<RunState, StateSums>();
  #runs: RunFact[] = [];
  #workloads: WorkloadFact[] = [];
  #checkpoints: CheckpointFact[] = [];
  readonly #counts = { withoutGpu: 0, namedHolders: 0, unknownHolders: 0, zeroLength: 0 };

  constructor(nowMs: EpochMs) {
    this.#holds = new HoldFacts(nowMs);
  }

  get waiting(): number {
    return this.#runs.length + this.#holds.waiting;
  }

  add({ run, own, checkpoints }: RunRow): void {
    const sums = this.#byState.get(run.state) ?? { runs: 0, ticks: 0n };
    sums.runs += 1;
    sums.ticks += this.#hold(run, own);
    this.#byState.set(run.state, sums);
    this.#runs.push(run);
    const { workloadId } = run;
    if (workloadId !== null) {
      this.#checkpoints.push(...checkpoints.map((atMs) => ({ workloadId, atMs })));
    }
  }

  take(summary: ReadSummary): FactBatch {
    const batch = {
      ...this.#holds.take(summary),
      runs: this.#runs,
      workloads: this.#workloads,
      checkpoints: this.#checkpoints,
    };
    this.#runs = [];
    this.#workloads = [];
    this.#checkpoints = [];
    return batch;
  }

  /** Runs and GPU-hours held by state, for those that brought their devices. */
  totals(): Record<string, number> {
    const states = [...this.#byState].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      runs: states.reduce((sum, [, { runs }]) => sum + runs, 0),
      ...Object.fromEntries(states.map(([state, { runs }]) => [camelCase(state), runs])),
      ...this.#counts,
      gpuHours: ticksToHours(this.#holds.ticks),
      ...Object.fromEntries(
        states
          .filter(([, { ticks }]) => ticks > 0n)
          .map(([state, { ticks }]) => [`${camelCase(state)}GpuHours`, ticksToHours(ticks)]),
      ),
      lostGpuHours: ticksToHours(this.#holds.lostTicks),
    };
  }

  #hold({ workloadId, startMs, endMs }: RunFact, own: RunRow['own']): bigint {
    if (own === null) {
      if (workloadId === null) this.#counts.unknownHolders += 1;
      else this.#counts.namedHolders += 1;
      return 0n;
    }
    this.#workloads.push(own.workload);
    if (own.holding.holds.length === 0) this.#counts.withoutGpu += 1;
    else if (startMs !== null && startMs === endMs) this.#counts.zeroLength += 1;
    else if (startMs !== null) {
      const { workload, holding, lostFromMs } = own;
      return this.#holds.add({ workloadId: workload.workloadId, startMs, endMs, lostFromMs }, holding);
    }
    return 0n;
  }
}

function camelCase(state: RunState): string {
  return state.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
