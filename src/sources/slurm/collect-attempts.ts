import type { Attributes, RunState } from '../../domain/facts/facts.ts';
import type { EpochMs } from '../../domain/time/window.ts';
import type { GpuCount } from './read-gpu-tres.ts';
import type { JobRow } from './read-job-row.ts';

/** One time that a job ran, with all components of a heterogeneous job. */
export type Attempt = Readonly<{
  /** `prod:4711`, `4711` where the cluster is not known. */
  jobKey: string;
  rawId: string;
  attempt: number;
  name: string;
  cluster: string | null;
  array: string | null;
  state: RunState;
  stateDetail: string;
  partition: string | null;
  queuedMs: EpochMs | null;
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  /** Whether an attempt that never started would have held GPUs. */
  asksForGpus: boolean;
  /** What it held: one for each component, and one for each size it was resized to. */
  holds: readonly JobHold[];
  attributes: Attributes;
}>;

export type JobHold = Readonly<{
  startMs: EpochMs;
  endMs: EpochMs | null;
  /** Until when the line knows that it ran, where it has no end yet. */
  knownUntilMs: EpochMs;
  gpus: readonly GpuCount[];
  nodes: readonly string[] | null;
}>;

/** Runs of one job in the order in which they happened, each with its rows. */
type Turn = Readonly<{ attempt: number; rows: readonly JobRow[] }>;

/**
 * Puts rows of accounting together to attempts: rows of one job and component are its attempts, in the order of their submission, for a
 * requeued job is submitted again; components of a heterogeneous job are one attempt; a row that ended by `RESIZING` goes on in the next.
 * Where `Restarts` says that attempts before are missing, the numbers leave room for them. The order of the rows makes no difference.
 */
export function collectAttempts(rows: readonly JobRow[]): readonly Attempt[] {
  const jobs = new Map<string, JobRow[]>();
  for (const row of rows) {
    const key = row.cluster === null ? row.id.base : `${row.cluster}:${row.id.base}`;
    const known = jobs.get(key);
    if (known) known.push(row);
    else jobs.set(key, [row]);
  }
  return [...jobs].flatMap(([jobKey, ofJob]) => attemptsOf(jobKey, ofJob));
}

function attemptsOf(jobKey: string, rows: readonly JobRow[]): Attempt[] {
  const components = new Map<number, JobRow[]>();
  for (const row of rows)
    components.set(row.id.component, [...(components.get(row.id.component) ?? []), row]);
  const byAttempt = new Map<number, JobRow[]>();
  const inOrder = [...components].sort(([a], [b]) => a - b);
  for (const { attempt, rows } of inOrder.flatMap(([, ofComponent]) => turnsOf(ofComponent)))
    byAttempt.set(attempt, [...(byAttempt.get(attempt) ?? []), ...rows]);
  return [...byAttempt]
    .sort(([a], [b]) => a - b)
    .map(([attempt, ofAttempt]) => asAttempt(jobKey, attempt, ofAttempt));
}

function turnsOf(rows: readonly JobRow[]): Turn[] {
  const turns: { attempt: number; rows: JobRow[] }[] = [];
  for (const row of [...rows].sort(byTime)) {
    const turn = turns.at(-1);
    const last = turn?.rows.at(-1);
    if (turn && last && isSameRow(last, row)) turn.rows[turn.rows.length - 1] = row;
    else if (turn && last?.state.word === 'RESIZING' && last.endMs !== null) turn.rows.push(row);
    else turns.push({ attempt: Math.max((turn?.attempt ?? 0) + 1, (row.restarts ?? 0) + 1), rows: [row] });
  }
  return turns;
}

/** What is over sorts behind what still went on when it was printed. */
function byTime(a: JobRow, b: JobRow): number {
  const late = Number.POSITIVE_INFINITY;
  const keys = ({ submitMs, startMs, endMs, elapsedMs }: JobRow) => [
    submitMs ?? startMs ?? late,
    startMs ?? (submitMs === null ? late : -1),
    endMs ?? -1,
    elapsedMs,
  ];
  const [left, right] = [keys(a), keys(b)];
  const index = left.findIndex((value, at) => value !== right[at]);
  if (index >= 0) return left[index]! - right[index]!;
  return a.state.detail < b.state.detail ? -1 : a.state.detail > b.state.detail ? 1 : 0;
}

/** The same line printed twice, in two windows; or while it waited and again when it ran. */
function isSameRow(a: JobRow, b: JobRow): boolean {
  if (a.submitMs !== b.submitMs) return false;
  if (a.submitMs === null) return a.startMs === b.startMs;
  return a.startMs === null || b.startMs === null || a.startMs === b.startMs;
}

/** The state of a whole is that of its worst part. */
const WORST_FIRST: readonly RunState[] = [
  'failed',
  'timed_out',
  'preempted',
  'cancelled',
  'unknown',
  'running',
  'waiting',
  'succeeded',
];

function asAttempt(jobKey: string, attempt: number, rows: readonly JobRow[]): Attempt {
  const [first] = rows as readonly [JobRow, ...JobRow[]];
  const final = rows.filter(({ state }) => state.word !== 'RESIZING');
  const worst = [...(final.length > 0 ? final : rows)].sort(
    (a, b) => WORST_FIRST.indexOf(a.state.run) - WORST_FIRST.indexOf(b.state.run),
  )[0]!;
  const starts = rows.flatMap(({ startMs }) => startMs ?? []);
  const ends = rows.flatMap(({ startMs, endMs }) => (startMs === null ? [] : [endMs]));
  return {
    jobKey,
    rawId: first.rawId,
    attempt,
    name: first.name,
    cluster: first.cluster,
    array: first.id.array,
    state: worst.state.run,
    stateDetail: worst.state.detail,
    partition: first.partition,
    queuedMs: queuedSince(first),
    startMs: starts.length === 0 ? null : Math.min(...starts),
    endMs: ends.length === 0 || ends.includes(null) ? null : Math.max(...(ends as EpochMs[])),
    asksForGpus: rows.some((row) => row.asksForGpus),
    holds: rows.flatMap(asHold),
    attributes: first.attributes,
  };
}

/** Waiting for a dependency or a start time is not waiting in a queue. */
function queuedSince({ submitMs, eligibleMs, startMs }: JobRow): EpochMs | null {
  const since = eligibleMs === null ? submitMs : Math.max(eligibleMs, submitMs ?? eligibleMs);
  return since !== null && startMs !== null ? Math.min(since, startMs) : since;
}

function asHold({ startMs, endMs, elapsedMs, suspendedMs, gpus, nodes }: JobRow): JobHold[] {
  if (startMs === null) return [];
  const knownUntilMs = endMs ?? startMs + elapsedMs + suspendedMs;
  return [{ startMs, endMs, knownUntilMs, gpus, nodes }];
}
