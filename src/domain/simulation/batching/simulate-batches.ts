import { type BatchTime, batchMs } from './batch-time.ts';
import { type BatchingRules, rulesInRequests } from './batching-rules.ts';
import { type Batch, formBatch, type Waiting } from './next-batch.ts';
import { quantileOf } from './quantile.ts';

export type BatchingFigures = Readonly<{
  requests: number;
  batches: number;
  /** From arrival to answer. */
  meanWaitMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  /** Mean over batches, in requests. */
  meanBatch: number;
  throughputPerSecond: number;
  /** The share of time in which an instance works, as utilisation counters report it. */
  busyFraction: number;
  busyMs: number;
  /** From the first arrival to the last answer. */
  spanMs: number;
}>;

/** Serves requests that come whatever happens (open loop). `arrivalsMs` ascend. */
export function simulateBatches(
  arrivalsMs: Float64Array,
  time: BatchTime,
  rules: BatchingRules,
): BatchingFigures {
  const waiting: Waiting = { arrivalsMs, head: 0, end: arrivalsMs.length };
  const inRequests = rulesInRequests(rules);
  const freeMs = new Float64Array(rules.instances);
  const latencies = new Float64Array(arrivalsMs.length);
  const batch: Batch = { startMs: 0, requests: 0 };
  let batches = 0;
  let busyMs = 0;
  let endMs = 0;
  while (waiting.head < waiting.end) {
    const instance = earliest(freeMs);
    formBatch(inRequests, waiting, freeMs[instance]!, batch);
    const takesMs = batchMs(time, batch.requests * rules.itemsPerRequest);
    const doneMs = batch.startMs + takesMs;
    const next = waiting.head + batch.requests;
    for (let request = waiting.head; request < next; request++)
      latencies[request] = doneMs - arrivalsMs[request]!;
    waiting.head = next;
    freeMs[instance] = doneMs;
    busyMs += takesMs;
    batches += 1;
    if (doneMs > endMs) endMs = doneMs;
  }
  return figuresOf(latencies, { batches, busyMs, spanMs: endMs - (arrivalsMs[0] ?? 0) }, rules.instances);
}

export type ClosedLoop = Readonly<{
  /** Clients that each send one request, wait for the answer, and send the next. */
  clients: number;
  /** From an answer to the client's next request. */
  turnaroundMs: number;
  /** How many requests to serve in all. */
  requests: number;
}>;

/** Serves clients that wait for their answers (closed loop). The first requests come one turnaround after the other. */
export function simulateClients(loop: ClosedLoop, time: BatchTime, rules: BatchingRules): BatchingFigures {
  const pending = Array.from({ length: loop.clients }, (_, client) => client * loop.turnaroundMs);
  const inRequests = rulesInRequests(rules);
  const freeMs = new Float64Array(rules.instances);
  const latencies: number[] = [];
  const batch: Batch = { startMs: 0, requests: 0 };
  let batches = 0;
  let busyMs = 0;
  let endMs = 0;
  while (latencies.length < loop.requests) {
    const instance = earliest(freeMs);
    formBatch(inRequests, { arrivalsMs: pending, head: 0, end: pending.length }, freeMs[instance]!, batch);
    const takesMs = batchMs(time, batch.requests * rules.itemsPerRequest);
    const doneMs = batch.startMs + takesMs;
    const served = pending.splice(0, batch.requests);
    for (const arrivalMs of served) {
      latencies.push(doneMs - arrivalMs);
      insertSorted(pending, doneMs + loop.turnaroundMs);
    }
    freeMs[instance] = doneMs;
    busyMs += takesMs;
    batches += 1;
    endMs = Math.max(endMs, doneMs);
  }
  return figuresOf(Float64Array.from(latencies), { batches, busyMs, spanMs: endMs }, rules.instances);
}

function earliest(freeMs: Float64Array): number {
  let first = 0;
  for (let instance = 1; instance < freeMs.length; instance++)
    if (freeMs[instance]! < freeMs[first]!) first = instance;
  return first;
}

function insertSorted(sorted: number[], value: number): void {
  let index = sorted.length;
  while (index > 0 && sorted[index - 1]! > value) index -= 1;
  sorted.splice(index, 0, value);
}

function figuresOf(
  latencies: Float64Array,
  { batches, busyMs, spanMs }: Readonly<{ batches: number; busyMs: number; spanMs: number }>,
  instances: number,
): BatchingFigures {
  const requests = latencies.length;
  let sum = 0;
  for (let request = 0; request < requests; request++) sum += latencies[request]!;
  const sorted = latencies.sort();
  return {
    requests,
    batches,
    meanWaitMs: requests === 0 ? 0 : sum / requests,
    p50Ms: quantileOf(sorted, 0.5) ?? 0,
    p95Ms: quantileOf(sorted, 0.95) ?? 0,
    p99Ms: quantileOf(sorted, 0.99) ?? 0,
    meanBatch: batches === 0 ? 0 : requests / batches,
    throughputPerSecond: spanMs === 0 ? 0 : (requests / spanMs) * 1000,
    busyFraction: spanMs === 0 ? 0 : busyMs / (spanMs * instances),
    busyMs,
    spanMs,
  };
}
