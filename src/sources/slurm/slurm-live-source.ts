import type { FactBatch } from '../../domain/facts/facts.ts';
import {
  DAY_MS,
  type EpochMs,
  floorToDay,
  formatDay,
  MINUTE_MS,
  type TimeWindow,
} from '../../domain/time/window.ts';
import { lookUpColumns } from '../../files/column-lookup.ts';
import type { Table, TableRow } from '../../files/table.ts';
import type { Clock } from '../../ports/clock.ts';
import { OutsideFailure } from '../../ports/failures.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { FactReading, LiveSource, ProbeFinding, ReadSummary } from '../../ports/source.ts';
import { readGpuTres } from './read-gpu-tres.ts';
import type { JobRow } from './read-job-row.ts';
import { type JobRows, jobFacts, readJobRows } from './read-sacct.ts';
import { type Sacct, sacctRunner } from './run-sacct.ts';
import { OWN_ORDER, SACCT_FIELDS } from './sacct-fields.ts';
import { readSacctSettings, type SacctSettings } from './sacct-settings.ts';
import { JobSums } from './sacct-totals.ts';
import { readSlurmTime, UTC } from './slurm-time.ts';

export type SlurmSettings = Readonly<{
  name: string;
  /** Path of `sacct`; found on the PATH when absent. */
  binary?: string;
  /** Clusters to ask for, as `--clusters` takes them; the local one when absent. */
  clusters?: readonly string[];
  /** As `--set` of `tare import --kind sacct`: devices, gpuModel, kind, cpuJobs, checkpointInterval, gaps, lifecycle, … */
  set?: Readonly<Record<string, string>>;
  /** Beside the environment of this process: `SLURM_CONF`. */
  env?: Readonly<Record<string, string>>;
}>;

/** Stands in no name of a job. */
const DELIMITER = '\u001f';
/** How far back earlier attempts of a job are looked for. Numbers of jobs begin anew one day, so not for ever. */
const HISTORY_MS = 90 * DAY_MS;
/** What is over may reach the accounting late. */
const LATE_MS = 10 * MINUTE_MS;
const JOBS_AT_ONCE = 500;

/**
 * Runs `sacct` for the jobs of a cluster, UTC day by day. What an attempt held on a day belongs to that day, so each day can be read by itself;
 * when a job of several days failed, `changedSince` goes back to its first one.
 */
export class SlurmLiveSource implements LiveSource {
  readonly kind = 'slurm';
  readonly name: string;
  readonly #sacct: Sacct;
  readonly #clusters: readonly string[];
  readonly #settings: SacctSettings;
  readonly #catalog: HardwareCatalog;
  readonly #clock: Clock;

  constructor(
    settings: SlurmSettings,
    { catalog, clock }: Readonly<{ catalog: HardwareCatalog; clock: Clock }>,
  ) {
    this.name = settings.name;
    this.#sacct = sacctRunner(settings.binary ?? 'sacct', settings.env ?? {});
    this.#clusters = settings.clusters?.length ? [`--clusters=${settings.clusters.join(',')}`] : [];
    this.#settings = readSacctSettings(settings.name, { ...settings.set, timezone: 'UTC' });
    this.#catalog = catalog;
    this.#clock = clock;
  }

  /** Whole UTC days, also where the window begins or ends inside one; none that lies in the future. */
  chunks(window: TimeWindow): readonly Readonly<{ name: string; window: TimeWindow }>[] {
    const untilMs = Math.min(window.toMs, this.#clock.nowMs());
    const days: { name: string; window: TimeWindow }[] = [];
    for (let fromMs = floorToDay(window.fromMs); fromMs < untilMs; fromMs += DAY_MS)
      days.push({ name: formatDay(fromMs), window: { fromMs, toMs: fromMs + DAY_MS } });
    return days;
  }

  read(window: TimeWindow, signal: AbortSignal): FactReading {
    const summary: ReadSummary = { rowsRead: 0, rejects: [], warnings: [], totals: {} };
    return { batches: this.#readDays(window, summary, signal), summary };
  }

  /** The start of what ended since then: its days were read while it still ran, when nobody knew that its work would be lost. */
  async changedSince(sinceMs: EpochMs, signal: AbortSignal): Promise<EpochMs> {
    const ended = await this.#ask(
      { fromMs: sinceMs - LATE_MS, toMs: this.#clock.nowMs() },
      ['Start', 'End', 'AllocTRES'],
      signal,
    );
    return linesOf(ended).reduce((earliest, cells) => {
      const [start = '', end = '', tres = ''] = cells;
      const [startMs] = readSlurmTime(start, UTC) ?? [];
      const [endMs] = readSlurmTime(end, UTC) ?? [];
      if (startMs === undefined || endMs === undefined || readGpuTres(tres).length === 0) return earliest;
      return Math.min(earliest, startMs);
    }, sinceMs);
  }

  async probe(signal: AbortSignal): Promise<readonly ProbeFinding[]> {
    const nowMs = this.#clock.nowMs();
    try {
      const week = { fromMs: nowMs - 7 * DAY_MS, toMs: nowMs };
      const jobs = linesOf(await this.#ask(week, ['JobID', 'AllocTRES'], signal));
      return [describe(jobs.length, jobs.filter(([, tres = '']) => readGpuTres(tres).length > 0).length)];
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      return [{ status: 'failing', message: error.message, remedy: error.remedy }];
    }
  }

  async *#readDays(window: TimeWindow, summary: ReadSummary, signal: AbortSignal): AsyncGenerator<FactBatch> {
    const nowMs = this.#clock.nowMs();
    const asked = { fromMs: window.fromMs, toMs: Math.min(window.toMs, nowMs) };
    const sums = new JobSums(window);
    const active = await this.#readRows(await this.#ask(asked, OWN_ORDER, signal), nowMs, summary, sums);
    const before = await this.#readHistory(active.rows, window, nowMs, signal);
    const rows = { rows: [...active.rows, ...before], localTimes: 0 };
    yield* jobFacts(rows, sums, summary, { settings: this.#settings, catalog: this.#catalog, window, nowMs });
  }

  /** Earlier attempts of requeued jobs, which may have ended before the window: they give the numbers of those inside. */
  async #readHistory(
    rows: readonly JobRow[],
    window: TimeWindow,
    nowMs: EpochMs,
    signal: AbortSignal,
  ): Promise<readonly JobRow[]> {
    const jobs = [...new Set(rows.map(({ rawId }) => rawId))];
    const history: JobRow[] = [];
    for (let start = 0; start < jobs.length; start += JOBS_AT_ONCE) {
      const some = jobs.slice(start, start + JOBS_AT_ONCE).join(',');
      const past = { fromMs: window.fromMs - HISTORY_MS, toMs: nowMs };
      const printed = await this.#ask(past, OWN_ORDER, signal, [`--jobs=${some}`]);
      history.push(...(await this.#readRows(printed, nowMs, emptySummary(), null)).rows);
    }
    return history;
  }

  #readRows(printed: string, nowMs: EpochMs, summary: ReadSummary, sums: JobSums | null): Promise<JobRows> {
    const columns = lookUpColumns(this.name, OWN_ORDER, SACCT_FIELDS, { map: {}, set: {} });
    const source = { path: this.name, table: tableOf(printed), columns };
    return readJobRows(source, this.#settings, nowMs, summary, sums);
  }

  #ask(
    { fromMs, toMs }: TimeWindow,
    fields: readonly string[],
    signal: AbortSignal,
    more: readonly string[] = [],
  ): Promise<string> {
    const words = [
      ...['--allusers', '--duplicates', '--allocations', '--parsable2', '--noheader', '--noconvert'],
      `--delimiter=${DELIMITER}`,
      `--starttime=${sacctTime(fromMs)}`,
      `--endtime=${sacctTime(toMs)}`,
      `--format=${fields.join(',')}`,
    ];
    return this.#sacct([...words, ...this.#clusters, ...more], signal);
  }
}

/** In UTC, as `TZ` says. */
function sacctTime(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 19);
}

function linesOf(printed: string): readonly (readonly string[])[] {
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(DELIMITER));
}

function tableOf(printed: string): Table {
  const rows = linesOf(printed).map((cells, index): TableRow => {
    const line = index + 1;
    if (cells.length === OWN_ORDER.length) return { kind: 'row', line, cells };
    const message = `sacct printed ${cells.length} fields where ${OWN_ORDER.length} were asked for; a name may hold a line break`;
    return { kind: 'broken', line, message };
  });
  return {
    columns: OWN_ORDER,
    rows: {
      async *[Symbol.asyncIterator]() {
        yield* rows;
      },
    },
  };
}

function emptySummary(): ReadSummary {
  return { rowsRead: 0, rejects: [], warnings: [], totals: {} };
}

function describe(jobs: number, withGpus: number): ProbeFinding {
  if (withGpus > 0)
    return {
      status: 'fine',
      message: `${jobs} jobs in the last 7 days, ${withGpus} with GPUs`,
      remedy: null,
    };
  return {
    status: 'look',
    message:
      jobs === 0
        ? 'sacct answers and shows no job of the last 7 days'
        : `${jobs} jobs in the last 7 days, none with a GPU`,
    remedy:
      'set AccountingStorageTRES=gres/gpu in slurm.conf: GPUs are accounted only from then on; with PrivateData=jobs, collect as an operator',
  };
}
