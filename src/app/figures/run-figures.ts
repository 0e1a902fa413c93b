import { costPerPoint } from '../../domain/economics/cost-per-point.ts';
import { grossOf } from '../../domain/ledger/buckets.ts';
import { formatPicos, type Picos } from '../../domain/money/picos.ts';
import { type EpochMs, formatInstant, HOUR_MS } from '../../domain/time/window.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { RunGroup, RunMeasures, RunRecord } from '../../ports/run-queries.ts';
import type { RunMoney, RunRow, RunSums } from '../results/runs.ts';
import { ledgerFigures } from './ledger-figures.ts';

export type RunMetric = Readonly<{ name: string; direction: 'max' | 'min'; baseline: number | null }>;

export type RunContext = Readonly<{
  nowMs: EpochMs;
  metric: RunMetric | null;
  frontier: ReadonlySet<string>;
}>;

export function totalOfRun({ cost, directPicos, sharedPicos }: RunMeasures): Picos {
  return grossOf(cost) + directPicos + sharedPicos;
}

/** Never started costs nothing. Started, and the ledger knows nothing of it or no price for it: unknown, not zero. */
export function isCostUnknown(run: RunRecord): boolean {
  return isTimeUnknown(run) || hasNoPrice(run);
}

function isTimeUnknown({ knownAttempts, startedAttempts }: RunRecord): boolean {
  return knownAttempts === 0 && startedAttempts > 0;
}

export function hasNoPrice({ ticks, unpricedTicks }: RunMeasures): boolean {
  return unpricedTicks > 0n && unpricedTicks === grossOf(ticks);
}

export function runRow(run: RunRecord, context: RunContext): RunRow {
  const figures = ledgerFigures({ ...run, key: {} });
  const isUnknown = isTimeUnknown(run);
  const { metric } = context;
  const quality = metric ? (run.metrics[metric.name] ?? null) : null;
  return {
    runId: run.runId,
    name: run.name,
    team: run.team,
    model: run.model,
    environment: run.environment,
    experiment: run.experiment,
    state: run.state,
    stateDetail: run.stateDetail,
    parentRunId: run.parentRunId,
    attempts: run.attempts,
    lostAttempts: run.lostAttempts,
    checkpoints: run.checkpoints,
    queue: run.queue,
    queuedAt: instantOf(run.queuedMs),
    startedAt: instantOf(run.startMs),
    endedAt: instantOf(run.endMs),
    waitHours: waitHours(run, context.nowMs),
    durationHours: durationHours(run, context.nowMs),
    gpuModels: run.gpuModels,
    gpuHours: isUnknown ? null : figures.gpuHours.gross,
    gpuHoursByBucket: isUnknown ? null : figures.gpuHours,
    unpricedGpuHours: figures.unpricedGpuHours,
    priceSource: run.priceSources.length === 0 ? null : run.priceSources.join('+'),
    ...runMoney(run, isCostUnknown(run)),
    parameters: run.parameters,
    metrics: run.metrics,
    duplicateOf: run.duplicateOf,
    quality,
    costPerPoint: metric && quality !== null ? pointCost(run, quality, metric) : null,
    isOnFrontier: quality === null ? null : context.frontier.has(run.runId),
    notes: notesOf(run),
  };
}

export function runMoney(measures: RunMeasures, isUnknown: boolean): RunMoney {
  const money = (picos: Picos) => (isUnknown ? null : formatPicos(picos));
  const { cost } = measures;
  return {
    cost: money(totalOfRun(measures)),
    gpuCost: money(grossOf(cost)),
    productiveCost: money(cost.productive),
    underusedCost: money(cost.underused),
    idleCost: money(cost.idle),
    lostCost: money(cost.lost),
    unobservedCost: money(cost.unobserved),
    direct: formatPicos(measures.directPicos),
    shared: formatPicos(measures.sharedPicos),
    estimatedCost: formatPicos(measures.estimatedPicos),
    trueUp: formatPicos(measures.trueUpPicos),
    isEstimated: measures.estimatedPicos !== 0n,
  };
}

export function runSums(group: RunGroup): RunSums {
  const figures = ledgerFigures({ ...group });
  return {
    runs: group.runs,
    attempts: group.attempts,
    lostAttempts: group.lostAttempts,
    gpuHours: figures.gpuHours.gross,
    gpuHoursByBucket: figures.gpuHours,
    unpricedGpuHours: figures.unpricedGpuHours,
    waitHours: hoursOf(group.waitMs),
    unknownRuns: group.unknownRuns,
    ...runMoney(group, isSumUnknown(group.unknownRuns, totalOfRun(group))),
    failed: {
      runs: group.failed.runs,
      gpuHours: ticksToHours(group.failed.ticks),
      cost: knownSum(group.failed),
    },
    duplicates: { runs: group.duplicates.runs, cost: knownSum(group.duplicates) },
  };
}

function knownSum({ unknownRuns, picos }: Readonly<{ unknownRuns: number; picos: Picos }>): string | null {
  return isSumUnknown(unknownRuns, picos) ? null : formatPicos(picos);
}

/** Runs that only waited cost nothing; beside them a sum of nothing but unknown costs is not zero. */
export function isSumUnknown(unknownRuns: number, sum: Picos): boolean {
  return unknownRuns > 0 && sum === 0n;
}

function pointCost(run: RunRecord, quality: number, metric: RunMetric): string | null {
  if (isCostUnknown(run)) return null;
  const picos = costPerPoint(totalOfRun(run), quality, metric);
  return picos === null ? null : formatPicos(picos);
}

/** What a run that has not started yet has waited so far counts, too. */
function waitHours({ waitMs, state, queuedMs, startMs }: RunRecord, nowMs: EpochMs): number | null {
  if (waitMs !== null) return hoursOf(waitMs);
  const isWaiting = state === 'waiting' && startMs === null && queuedMs !== null;
  return isWaiting ? hoursOf(Math.max(0, nowMs - queuedMs)) : null;
}

function durationHours({ startMs, endMs, state }: RunRecord, nowMs: EpochMs): number | null {
  if (startMs === null) return null;
  const lastMs = endMs ?? (state === 'running' ? nowMs : null);
  return lastMs === null ? null : hoursOf(Math.max(0, lastMs - startMs));
}

export function hoursOf(ms: number): number {
  return Number((ms / HOUR_MS).toFixed(9));
}

export function instantOf(ms: EpochMs | null): string | null {
  return ms === null ? null : formatInstant(ms);
}

function notesOf(run: RunRecord): string[] {
  const notes: string[] = [];
  const hasLoss = run.lostAttempts > 0 && !isTimeUnknown(run);
  if (hasLoss && run.checkpoints === 0) notes.push('lost whole: no checkpoint known');
  if (hasLoss && run.ticks.unobserved > 0n)
    notes.push('lost without a measure: nothing says what the devices did in the unobserved time');
  if (isTimeUnknown(run)) notes.push('no device is known: the cost is unknown, not zero');
  const unknown = run.startedAttempts - run.knownAttempts;
  if (unknown > 0 && run.knownAttempts > 0)
    notes.push(`${unknown} of ${run.startedAttempts} attempts are not in the ledger: their cost is missing`);
  if (hasNoPrice(run)) notes.push('no price is known for its GPU time');
  else if (run.unpricedTicks > 0n)
    notes.push('a part of its GPU time has no price, and is missing in the cost');
  return notes;
}
