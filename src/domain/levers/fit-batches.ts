import { type BatchTime, fitBatchTime, type MeasuredBatch } from '../simulation/batching/batch-time.ts';
import { type BusyHour, tellingHours } from './served-endpoint.ts';

export type FittedBatches = Readonly<{
  time: BatchTime;
  /** How it was found, as the end of a sentence. */
  basis: string;
  /** Mean batch of an hour: the largest, and the mean over hours. */
  largestBatch: number;
  meanBatch: number;
}>;

/** What cannot be told, and why. */
export type Unfit = Readonly<{ unknown: string }>;

/** Fewer hours than this say nothing about a day. */
export const LEAST_HOURS = 24;
/** What a line goes through has to differ by so much before it means anything. */
export const LEAST_SPREAD = 1.5;
export const LEAST_R_SQUARED = 0.5;
/** A mean latency below this share of the time of a batch: its counters are about something else. */
const CREDIBLE = 0.8;

/**
 * How long a batch of an endpoint takes, by its own counters: the share of time in which its devices were busy is executions × time of
 * one (the utilisation law), so that an hour tells the time of a batch of that hour's size. A line through the hours, where sizes differ;
 * otherwise the part of the chip that worked is taken to grow with the batch, and the rest of the time not.
 */
export function fitBatches(hours: readonly BusyHour[]): FittedBatches | Unfit {
  if (!hours.some(({ batches }) => batches !== null)) {
    return { unknown: 'its server says how many requests there are, and not in how many batches' };
  }
  const told = tellingHours(hours).flatMap((hour) => batchOf(hour) ?? []);
  if (told.length < LEAST_HOURS)
    return { unknown: `${told.length} hours say how long its batches take; 24 are needed` };
  const batchMs = meanOf(told.map(({ ms }) => ms));
  const latencyMs = meanLatency(hours);
  if (latencyMs !== null && latencyMs < batchMs * CREDIBLE) {
    return {
      unknown: `its counters contradict its GPUs: a batch takes ${batchMs.toFixed(1)} ms of their time, and requests were answered in ${latencyMs.toFixed(1)} ms`,
    };
  }
  return (
    byLine(told) ??
    byFill(told, batchMs) ?? {
      unknown: 'its batches are all alike: what larger ones would take is not known',
    }
  );
}

type ToldBatch = MeasuredBatch & Readonly<{ fill: number | null }>;

function batchOf(hour: BusyHour): ToldBatch | null {
  const { batches, batchedRequests, requests, replicaMs, busy, fill, latencyMs, queueMs } = hour;
  if (batches === null || batches <= 0) return null;
  const size = batchedRequests / batches;
  if (busy !== null && busy > 0) return { size, ms: (busy * replicaMs) / batches, fill };
  // What a request spends inside and not waiting is the time of its batch.
  if (latencyMs === null || queueMs === null || latencyMs <= queueMs) return null;
  return { size, ms: (latencyMs - queueMs) / requests, fill };
}

function meanLatency(hours: readonly BusyHour[]): number | null {
  const timed = tellingHours(hours).filter(({ latencyMs }) => latencyMs !== null);
  const requests = timed.reduce((sum, hour) => sum + hour.requests, 0);
  return requests === 0 ? null : timed.reduce((sum, { latencyMs }) => sum + latencyMs!, 0) / requests;
}

function byLine(told: readonly ToldBatch[]): FittedBatches | null {
  const sizes = sizesOf(told);
  if (sizes.largestBatch < LEAST_SPREAD * sizes.smallest) return null;
  const line = fitBatchTime(told);
  if (!line || line.rSquared < LEAST_R_SQUARED) return null;
  const { perRequestMs, fixedMs, rSquared } = line;
  return {
    time: { perRequestMs, fixedMs },
    basis: `a line through ${told.length} hours with batches of ${sizes.smallest.toFixed(1)} to ${sizes.largestBatch.toFixed(1)} (R² ${rSquared.toFixed(2)})`,
    ...sizes,
  };
}

function byFill(told: readonly ToldBatch[], batchMs: number): FittedBatches | null {
  const fills = told.flatMap(({ fill }) => fill ?? []);
  if (fills.length < LEAST_HOURS) return null;
  const fill = meanOf(fills);
  const sizes = sizesOf(told);
  return {
    time: { perRequestMs: (batchMs * fill) / sizes.meanBatch, fixedMs: batchMs * (1 - fill) },
    basis: `batches of ${sizes.meanBatch.toFixed(1)} that took ${batchMs.toFixed(1)} ms with ${Math.round(fill * 100)} % of the chip at work`,
    ...sizes,
  };
}

function sizesOf(told: readonly ToldBatch[]) {
  const sizes = told.map(({ size }) => size);
  return { smallest: Math.min(...sizes), largestBatch: Math.max(...sizes), meanBatch: meanOf(sizes) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
