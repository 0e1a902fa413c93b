import { TareError } from '../../../app/errors.ts';
import { traceFigures } from '../../../app/simulate/figures.ts';
import {
  type BatchingRequest,
  simulateBatching,
  simulateContinuous,
  type Traffic,
} from '../../../app/simulate/simulate-batching.ts';
import { type BatchTime, fitBatchTime } from '../../../domain/simulation/batching/batch-time.ts';
import type { Reject } from '../../../ports/source.ts';
import { batchingTables, continuousTable } from '../../../reports/simulations/batching-tables.ts';
import { readBatchTimes } from '../../../traces/read-batch-times.ts';
import type { RecordSettings } from '../../../traces/read-records.ts';
import { readRequests } from '../../../traces/read-requests.ts';
import type { CommandContext } from '../../command-context.ts';
import type { GlobalFlags } from '../../flags.ts';
import { formatOf, printData } from '../../print.ts';
import { exitCodeAfter, refuseEmpty } from './finish.ts';
import { type TraceFlags, traceSettings } from './trace-flags.ts';

export type BatchingFlags = GlobalFlags &
  TraceFlags &
  Readonly<{
    alphaMs?: number;
    tauMs?: number;
    fit?: string;
    load?: number;
    perSecond?: number;
    trace?: string;
    clients?: number;
    turnaroundMs: number;
    requests: number;
    seed: number;
    maxBatch?: number;
    preferredBatch?: readonly number[];
    maxQueueDelayMs: readonly number[];
    instances: number;
    itemsPerRequest: number;
    sloMs?: number;
    sloPercentile: '95' | '99';
    mostReplicas: number;
    gpuHourPrice?: string;
    stepMs?: number;
    sequenceMs?: number;
    promptTokenMs?: number;
    maxSequences: number;
  }>;

export async function runBatchingCommand(context: CommandContext, flags: BatchingFlags): Promise<number> {
  const settings = traceSettings(context, flags);
  if (flags.stepMs !== undefined) return runContinuous(context, flags, settings);
  const rejects: Reject[] = [];
  const time = await batchTimeOf(flags, settings, rejects);
  const traffic = await trafficOf(flags, settings, rejects);
  const request: BatchingRequest = {
    time,
    rules: {
      maxBatch: flags.maxBatch ?? null,
      preferredBatches: flags.preferredBatch ?? [],
      maxQueueDelayMs: flags.maxQueueDelayMs[0]!,
      instances: flags.instances,
      itemsPerRequest: flags.itemsPerRequest,
    },
    traffic,
    search: searchOf(flags),
    perGpuHour: flags.gpuHourPrice ?? null,
  };
  const result = simulateBatching(request, context.progressLine.progress);
  context.progressLine.end();
  const tables = batchingTables(result);
  await printData(context, formatOf(flags), { name: 'simulation', result, tables });
  return exitCodeAfter(context, rejects, flags.maxRejects);
}

async function runContinuous(
  context: CommandContext,
  flags: BatchingFlags,
  settings: RecordSettings,
): Promise<number> {
  if (flags.trace === undefined)
    throw new TareError('usage', '--step-ms needs a trace', 'give --trace FILE with times and tokens');
  const read = await readRequests(flags.trace, settings, 'tokens');
  refuseEmpty(flags.trace, read);
  const result = simulateContinuous({
    requests: {
      arrivalsMs: arrivalsMs(read.records),
      promptTokens: Float64Array.from(read.records, ({ inputTokens }) => inputTokens!),
      outputTokens: Float64Array.from(read.records, ({ outputTokens }) => outputTokens!),
    },
    time: {
      fixedMs: flags.stepMs!,
      perSequenceMs: flags.sequenceMs ?? 0,
      perPromptTokenMs: flags.promptTokenMs ?? 0,
    },
    maxSequences: flags.maxSequences,
    perGpuHour: flags.gpuHourPrice ?? null,
    trace: traceFigures(read),
  });
  const tables = [continuousTable(result)] as const;
  await printData(context, formatOf(flags), { name: 'simulation', result, tables });
  return exitCodeAfter(context, read.rejects, flags.maxRejects);
}

async function batchTimeOf(
  flags: BatchingFlags,
  settings: RecordSettings,
  rejects: Reject[],
): Promise<BatchTime> {
  const { alphaMs, tauMs, fit } = flags;
  if (fit === undefined) {
    if (alphaMs !== undefined && tauMs !== undefined) return { perRequestMs: alphaMs, fixedMs: tauMs };
    throw new TareError(
      'usage',
      'nothing says how long a batch takes',
      'give --alpha-ms and --tau-ms, or --fit FILE with measured batches',
    );
  }
  const read = await readBatchTimes(fit, { ...settings, map: {}, set: {} });
  refuseEmpty(fit, read);
  rejects.push(...read.rejects);
  const fitted = fitBatchTime(read.records);
  if (fitted) return fitted;
  throw new TareError(
    'rowsRejected',
    `${fit} has no line through it: batches of two sizes or more are needed, larger ones taking longer`,
    'check the columns batch and ms',
  );
}

const WAYS = ['load', 'perSecond', 'trace', 'clients'] as const;

async function trafficOf(
  flags: BatchingFlags,
  settings: RecordSettings,
  rejects: Reject[],
): Promise<Traffic> {
  const given = WAYS.filter((way) => flags[way] !== undefined);
  if (given.length !== 1)
    throw new TareError(
      'usage',
      given.length === 0 ? 'nothing says how requests come' : 'requests come in one way only',
      'give one of --load, --per-second, --trace and --clients',
    );
  const { requests, seed, turnaroundMs } = flags;
  if (flags.load !== undefined) return { kind: 'load', load: flags.load, requests, seed };
  if (flags.perSecond !== undefined) return { kind: 'rate', perSecond: flags.perSecond, requests, seed };
  if (flags.clients !== undefined) return { kind: 'clients', clients: flags.clients, turnaroundMs, requests };
  const read = await readRequests(flags.trace!, settings, 'times');
  refuseEmpty(flags.trace!, read);
  rejects.push(...read.rejects);
  return { kind: 'trace', arrivalsMs: arrivalsMs(read.records), trace: traceFigures(read) };
}

/** Milliseconds since the first: seconds since 1970 have too few digits left for fractions of a millisecond. */
function arrivalsMs(requests: readonly Readonly<{ seconds: number }>[]): Float64Array {
  const first = requests[0]!.seconds;
  return Float64Array.from(requests, ({ seconds }) => (seconds - first) * 1000);
}

function searchOf({
  maxQueueDelayMs,
  sloMs,
  sloPercentile,
  mostReplicas,
}: BatchingFlags): BatchingRequest['search'] {
  if (sloMs === undefined) {
    if (maxQueueDelayMs.length === 1) return null;
    throw new TareError(
      'usage',
      'several delays need a target to choose by',
      'give --slo-ms, and --slo-percentile 95 or 99',
    );
  }
  const percentile = sloPercentile === '95' ? 95 : 99;
  return { delaysMs: maxQueueDelayMs, target: { percentile, ms: sloMs }, mostReplicas };
}
