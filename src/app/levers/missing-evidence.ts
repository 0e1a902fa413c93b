import { grossOf } from '../../domain/ledger/buckets.ts';
import { batchUnknown } from '../../domain/levers/batch.ts';
import type { HolderHour } from '../../domain/levers/holder-hour.ts';
import type { ServedEndpoint } from '../../domain/levers/served-endpoint.ts';
import { ticksToHours } from '../../domain/units/gpu-time.ts';
import type { MissingEvidence } from '../results/levers.ts';
import type { ExplainedHours } from './read-levers.ts';

const NO_COUNTERS =
  'no batch sizes, queue times or latencies of this endpoint: collect the metrics of its server';
/** A day: less than this unseen or without a price is noise. */
const LEAST_HOURS = 24;

/** What could not be judged, and what is missing for it. */
export function missingEvidence(
  { hours, causes, runs, queues }: ExplainedHours,
  endpoints: readonly ServedEndpoint[],
  isEnoughHistory: boolean,
  periodHours: number,
): MissingEvidence[] {
  const missing: MissingEvidence[] = [];
  const add = (lever: string, target: string | null, reason: string) =>
    missing.push({ lever, target, reason });
  if (!isEnoughHistory) {
    add(
      'all',
      null,
      `${(periodHours / 24).toFixed(1)} days of history; 3 are needed, 14 make the ranges worth something`,
    );
    return missing;
  }
  for (const target of waitingForBatch({ hours, causes })) {
    const endpoint = endpoints.find(({ name }) => name === target);
    const reason = endpoint ? batchUnknown(endpoint) : NO_COUNTERS;
    if (reason !== null) add('batch', target, reason);
  }
  for (const target of unseen(hours)) {
    add('all', target, 'nothing measures what its GPUs do: install an exporter');
  }
  const unpriced = hours.reduce((sum, { unpricedTicks }) => sum + unpricedTicks, 0n);
  if (ticksToHours(unpriced) > 0) {
    add('all', null, `${ticksToHours(unpriced).toFixed(0)} GPU-hours have no price, and save nothing here`);
  }
  const isWaitingKnown =
    runs.some(({ queuedMs }) => queuedMs !== null) || queues.some(({ waitingMs }) => waitingMs !== null);
  if (!isWaitingKnown) {
    add(
      'release',
      null,
      'no source says which runs waited: what did not fit cannot be told from what nobody asked for',
    );
  }
  return missing;
}

/** Endpoints whose GPU waits between requests: those that a larger batch could help. */
function waitingForBatch({ hours, causes }: Pick<ExplainedHours, 'hours' | 'causes'>): string[] {
  const ticks = new Map<string, bigint>();
  for (const [index, { idle }] of causes.entries()) {
    if (idle?.cause !== 'waiting-for-batch') continue;
    const { workload, ticks: of } = hours[index]!;
    ticks.set(workload, (ticks.get(workload) ?? 0n) + of.idle);
  }
  return namesOf(ticks);
}

function unseen(hours: readonly HolderHour[]): string[] {
  const seen = new Map<string, bigint>();
  const all = new Map<string, bigint>();
  for (const { workloadId, workload, ticks } of hours) {
    if (workloadId === '') continue;
    seen.set(workload, (seen.get(workload) ?? 0n) + grossOf(ticks) - ticks.unobserved);
    all.set(workload, (all.get(workload) ?? 0n) + grossOf(ticks));
  }
  return namesOf(new Map([...all].filter(([workload]) => seen.get(workload) === 0n)));
}

function namesOf(ticks: ReadonlyMap<string, bigint>): string[] {
  return [...ticks]
    .filter(([, of]) => ticksToHours(of) >= LEAST_HOURS)
    .map(([name]) => name)
    .sort();
}
