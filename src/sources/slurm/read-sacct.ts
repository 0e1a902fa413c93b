import type { FactBatch } from '../../domain/facts/facts.ts';
import { losesWork } from '../../domain/facts/run-state.ts';
import { ownText } from '../../domain/text/own-text.ts';
import type { EpochMs, TimeWindow } from '../../domain/time/window.ts';
import type { ColumnLookup } from '../../files/column-lookup.ts';
import type { Table } from '../../files/table.ts';
import type { HardwareCatalog } from '../../ports/hardware-catalog.ts';
import type { ReadSummary } from '../../ports/source.ts';
import { attemptFacts } from './attempt-facts.ts';
import { type Attempt, collectAttempts } from './collect-attempts.ts';
import { type JobRow, jobRowReader } from './read-job-row.ts';
import type { SacctSettings } from './sacct-settings.ts';
import { gpuTotals, type JobSums } from './sacct-totals.ts';

export type JobRows = Readonly<{ rows: readonly JobRow[]; localTimes: number }>;

/**
 * Reads every row of a table; the jobs that attempts are made of come out, the others are only counted.
 * @param sums counts every job; `null` when they are counted already
 */
export async function readJobRows(
  source: Readonly<{ path: string; table: Table; columns: ColumnLookup }>,
  settings: SacctSettings,
  nowMs: EpochMs,
  summary: ReadSummary,
  sums: JobSums | null,
): Promise<JobRows> {
  const read = jobRowReader(source.path, source.columns, settings.zone, nowMs);
  const rows: JobRow[] = [];
  let localTimes = 0;
  for await (const row of source.table.rows) {
    if (sums) summary.rowsRead += 1;
    if (row.kind === 'broken') {
      summary.rejects.push({ where: `${source.path}:${row.line}`, code: 'broken-row', message: row.message });
      continue;
    }
    const found = read(row.line, row.cells);
    if (found.kind === 'reject') summary.rejects.push(found.reject);
    else if (found.kind === 'step') {
      if (sums) sums.steps += 1;
    } else {
      sums?.add(found.job);
      if (found.hasLocalTime) localTimes += 1;
      if (isKept(found.job, settings)) rows.push(owned(found.job));
    }
  }
  return { rows, localTimes };
}

/** Tasks that wait together have no numbers yet; they become jobs when they start. */
function isKept({ id, asksForGpus }: JobRow, { cpuJobs }: SacctSettings): boolean {
  return !id.isTaskRange && (asksForGpus || cpuJobs === 'keep');
}

/** Rows are kept until the file has been read; their texts are views into its chunks. */
function owned(job: JobRow): JobRow {
  const attributes = Object.fromEntries(
    Object.entries(job.attributes).map(([key, text]) => [key, ownText(text)]),
  );
  const texts = { rawId: ownText(job.rawId), name: ownText(job.name), attributes };
  return { ...job, ...texts, id: { ...job.id, base: ownText(job.id.base) } };
}

export type SacctContext = Readonly<{
  settings: SacctSettings;
  catalog: HardwareCatalog;
  window: TimeWindow | null;
  /** The moment that a live source was asked; `null` for a file, which knows nothing after it was written. */
  nowMs: EpochMs | null;
}>;

/** Facts of the rows, and beside them what they add up to and what their owner should know. */
export function* jobFacts(
  { rows, localTimes }: JobRows,
  sums: JobSums,
  summary: ReadSummary,
  { settings, catalog, window, nowMs }: SacctContext,
): Generator<FactBatch> {
  const attempts = collectAttempts(rows);
  warnAbout(attempts, localTimes, summary, settings);
  summary.totals = {
    ...sums.totals(),
    ...gpuTotals(inside(attempts, window), settings, catalog, nowMs),
  };
  yield* attemptFacts(attempts, { settings, catalog, window, isStillSeen: nowMs !== null });
}

/** Attempts that ran before are read for their numbers and count where they ran. */
function inside(attempts: readonly Attempt[], window: TimeWindow | null): readonly Attempt[] {
  if (window === null) return attempts;
  return attempts.flatMap((attempt) => {
    const holds = attempt.holds.flatMap((hold) => {
      const startMs = Math.max(hold.startMs, window.fromMs);
      const knownUntilMs = Math.min(hold.knownUntilMs, window.toMs);
      const isOpen = hold.endMs === null && hold.knownUntilMs < window.toMs;
      const endMs = isOpen ? null : Math.min(hold.endMs ?? window.toMs, window.toMs);
      return startMs >= (endMs ?? window.toMs) ? [] : [{ ...hold, startMs, endMs, knownUntilMs }];
    });
    return holds.length === 0 ? [] : [{ ...attempt, holds }];
  });
}

function warnAbout(
  attempts: readonly Attempt[],
  localTimes: number,
  summary: ReadSummary,
  settings: SacctSettings,
): void {
  const warn = (code: string, message: string, count: number) => {
    if (count > 0) summary.warnings.push({ code, message, count });
  };
  const holding = attempts.filter(({ holds }) => holds.some(({ gpus }) => gpus.length > 0));
  if (!settings.isZoneStated)
    warn(
      'assumed-utc',
      'times name no zone and were read as UTC; sacct prints local time: say which with --set timezone=Europe/Berlin, or export with TZ=UTC',
      localTimes,
    );
  if (settings.devices === 'own')
    warn(
      'unplaced-jobs',
      'jobs whose nodes are not known stand on devices of their own; export NodeList as well',
      holding.filter(({ holds }) => holds.some(({ nodes }) => nodes === null)).length,
    );
  if (settings.checkpointIntervalMs !== null)
    warn(
      'stated-checkpoints',
      'attempts lost only what they did since the last multiple of the stated checkpoint interval; that they saved their work then is stated, not measured',
      holding.filter(({ state }) => losesWork(state)).length,
    );
  const firsts = new Map<string, number>();
  for (const { jobKey, attempt } of attempts)
    firsts.set(jobKey, Math.min(attempt, firsts.get(jobKey) ?? attempt));
  warn(
    'earlier-attempts-missing',
    'requeued jobs whose earlier attempts are not here, and what they lost with them; export with --duplicates (-D)',
    [...firsts.values()].filter((first) => first > 1).length,
  );
}
