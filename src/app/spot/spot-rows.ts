import { groupBy } from '../../domain/collections/group-by.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import type { AttemptRecord } from '../../domain/levers/attempt-record.ts';
import { grossPicos, type HolderHour } from '../../domain/levers/holder-hour.ts';
import type { Alone } from '../../domain/levers/plan.ts';
import { hoursOnSpot, lengthsOfRuns, type SpotPool } from '../../domain/levers/weigh-spot.ts';
import type { Picos } from '../../domain/money/picos.ts';
import { type EpochMs, HOUR_MS } from '../../domain/time/window.ts';
import type { SpotGrain, SpotVerdict } from '../results/spot.ts';

/** A pool with what its lever would save alone, and under which name plans have it. */
export type JudgedPool = Readonly<{ pool: SpotPool; id: string | null; alone: Alone }>;

/** Hours of one run or workload that were judged alike. */
export type SpotPiece = Readonly<{
  indexes: readonly number[];
  verdict: SpotVerdict;
  judged: JudgedPool | null;
  runId: string | null;
  attempts: readonly AttemptRecord[];
}>;

/** Every hour that somebody held, in the piece that it belongs to. */
export function spotPieces(
  hours: readonly HolderHour[],
  attempts: readonly AttemptRecord[],
  pools: readonly JudgedPool[],
  by: SpotGrain,
): SpotPiece[] {
  const verdicts = verdictsOf(pools);
  const byWorkload = groupBy(attempts, ({ workloadId }) => workloadId);
  const held = [...hours.keys()].filter((index) => {
    const { workloadId, kind } = hours[index]!;
    return workloadId !== '' && kind !== 'system';
  });
  const placed = held.map((index) => {
    const hour = hours[index]!;
    const judgement = verdicts.get(index) ?? { verdict: verdictOutside(hour), judged: null };
    const runId = by === 'run' ? runOf(byWorkload.get(hour.workloadId) ?? [], hour.hourMs) : null;
    return { index, ...judgement, runId };
  });
  const pieces = groupBy(placed, ({ index, verdict, judged, runId }) => {
    const { workload, team, pool, gpuModel } = hours[index]!;
    return JSON.stringify([runId, workload, team, pool, gpuModel, verdict, judged?.id ?? null]);
  });
  return [...pieces.values()].map((members) => {
    const { verdict, judged, runId } = members[0]!;
    const indexes = members.map(({ index }) => index);
    const ids = new Set(indexes.map((index) => hours[index]!.workloadId));
    return { indexes, verdict, judged, runId, attempts: attemptsOf(ids, byWorkload, runId) };
  });
}

type Judgement = Readonly<{ verdict: SpotVerdict; judged: JudgedPool | null }>;

function verdictsOf(pools: readonly JudgedPool[]): Map<number, Judgement> {
  const verdicts = new Map<number, Judgement>();
  for (const judged of pools) {
    const { kept, unsaved, late, price } = judged.pool;
    const saves = judged.alone.saved > 0n;
    const verdict = price === null ? 'no-price' : saves ? 'could' : 'not-cheaper';
    for (const index of kept) verdicts.set(index, { verdict, judged });
    for (const index of unsaved) verdicts.set(index, { verdict: 'no-checkpoint', judged });
    for (const index of late) verdicts.set(index, { verdict: 'deadline', judged });
  }
  return verdicts;
}

function verdictOutside({ kind, lifecycle }: HolderHour): SpotVerdict {
  if (kind === 'inference') return 'serving';
  if (kind === 'notebook') return 'interactive';
  return lifecycle === 'spot' ? 'on-spot' : 'paid-anyway';
}

/** The run that went on in the hour. */
function runOf(attempts: readonly AttemptRecord[], hourMs: EpochMs): string | null {
  const own = attempts.find(
    ({ startMs, endMs }) => startMs < hourMs + HOUR_MS && (endMs === null || endMs > hourMs),
  );
  return own?.runId ?? null;
}

function attemptsOf(
  ids: ReadonlySet<string>,
  byWorkload: ReadonlyMap<string, readonly AttemptRecord[]>,
  runId: string | null,
): AttemptRecord[] {
  const all = [...ids].flatMap((id) => byWorkload.get(id) ?? []);
  return runId === null ? all : all.filter((attempt) => attempt.runId === runId);
}

export type PieceCost = Readonly<{ held: Picos; saved: Picos; ticks: bigint; unpriced: bigint }>;

export function pieceCost(
  hours: readonly HolderHour[],
  { indexes }: Pick<SpotPiece, 'indexes'>,
  savedAt: ReadonlyMap<number, Picos>,
): PieceCost {
  let [held, saved, ticks, unpriced] = [0n, 0n, 0n, 0n];
  for (const index of indexes) {
    const hour = hours[index]!;
    held += grossPicos(hour);
    saved += savedAt.get(index) ?? 0n;
    ticks += grossOf(hour.ticks);
    unpriced += hour.unpricedTicks;
  }
  return { held, saved, ticks, unpriced };
}

export type PieceTimes = Readonly<{
  startMs: EpochMs | null;
  endMs: EpochMs | null;
  durationHours: number | null;
  spotHours: number | null;
  deadlineHours: number | null;
  checkpoints: number;
  checkpointSeconds: number | null;
  intervalSeconds: number | null;
  plannedIntervalSeconds: number | null;
  interruptions: number | null;
  lostSecondsNow: number | null;
  lostSecondsPlanned: number | null;
}>;

/** When it ran, when it would have ended, and what each interruption would have cost it in time. */
export function pieceTimes(
  hours: readonly HolderHour[],
  { attempts, indexes, runId, judged }: SpotPiece,
): PieceTimes {
  const terms = judged?.pool.terms ?? null;
  const isRun = runId !== null;
  const length = isRun ? (lengthsOfRuns(attempts).get(runId) ?? null) : null;
  const ends = attempts.map(({ endMs }) => endMs);
  const checkpoints = checkpointsOf(attempts);
  const jobHours = new Set(indexes.map((index) => `${hours[index]!.workloadId} ${hours[index]!.hourMs}`))
    .size;
  const intervalSeconds = checkpoints > 0 ? (jobHours * 3_600) / checkpoints : null;
  const measured = attempts.flatMap(({ checkpointSeconds }) => checkpointSeconds ?? []);
  const lost = (interval: number | null) =>
    terms === null || interval === null ? null : interval / 2 + terms.times.restart;
  return {
    startMs: isRun ? Math.min(...attempts.map(({ startMs }) => startMs)) : null,
    endMs: isRun && ends.every((end) => end !== null) ? Math.max(...(ends as number[])) : null,
    durationHours: length,
    spotHours: length === null || terms === null ? null : hoursOnSpot(length, terms),
    deadlineHours: isRun
      ? (attempts.find(({ deadlineHours }) => deadlineHours !== null)?.deadlineHours ?? null)
      : null,
    checkpoints,
    checkpointSeconds: measured.length === 0 ? null : medianOf(measured),
    intervalSeconds,
    plannedIntervalSeconds: terms?.intervalSeconds ?? null,
    interruptions:
      terms === null ? null : hoursOnSpot(indexes.length, terms) / terms.preemptions.hoursBetween,
    lostSecondsNow: lost(intervalSeconds),
    lostSecondsPlanned: lost(terms?.intervalSeconds ?? null),
  };
}

/** They are counted by workload: attempts that share one say the same. */
function checkpointsOf(attempts: readonly AttemptRecord[]): number {
  const byWorkload = new Map(attempts.map(({ workloadId, checkpoints }) => [workloadId, checkpoints]));
  return [...byWorkload.values()].reduce((sum, count) => sum + count, 0);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
