import { quantileOf } from '../batching/quantile.ts';
import type { Autoscaler, Observation } from './autoscaler.ts';

/** Requests column by column; arrivals ascend. */
export type ServedRequests = Readonly<{
  arrivalSeconds: Float64Array;
  /** How long a replica works on each. */
  serviceSeconds: Float64Array;
}>;

export type ReplicaSettings = Readonly<{
  /** Requests that a replica works on at once, each as fast as one alone. */
  concurrencyPerReplica: number;
  /** From the decision to the first request served: machine, image, model. */
  startSeconds: number;
  /** Replicas at the beginning. */
  initialReplicas: number;
}>;

export type AutoscalingFigures = Readonly<{
  requests: number;
  /** Paid: starting and serving. */
  replicaHours: number;
  /** Paid while starting, a part of the above. */
  startingHours: number;
  peakReplicas: number;
  /** As many as the peak, all the time. */
  alwaysOnHours: number;
  starts: number;
  /** Started when there was no replica at all: somebody waited for the whole start. */
  coldStarts: number;
  /** From arrival to the beginning of service. */
  meanQueueSeconds: number;
  p95QueueSeconds: number;
  p99QueueSeconds: number;
  meanReplicas: number;
  spanSeconds: number;
}>;

/**
 * Replays requests against an autoscaler, tick by tick. Between ticks requests start in order as slots come free; a replica that is
 * told to go finishes what it has. Time without replicas, requests or wishes is skipped.
 */
export function replayAutoscaling(
  { arrivalSeconds, serviceSeconds }: ServedRequests,
  autoscaler: Autoscaler,
  { concurrencyPerReplica, startSeconds, initialReplicas }: ReplicaSettings,
): AutoscalingFigures {
  const total = arrivalSeconds.length;
  const finishing = new EarliestFirst();
  const queueSeconds = new Float64Array(total);
  const load = new LoadHistory(autoscaler.longestWindowSeconds);
  const begin = total === 0 ? 0 : arrivalSeconds[0]!;
  let starting: number[] = [];
  let ready = initialReplicas;
  let [arrived, started, now, paidUntil] = [0, 0, begin, begin];
  let [paidSeconds, startingSeconds, starts, coldStarts, peak] = [0, 0, 0, 0, initialReplicas];

  while (arrived < total || started < total || finishing.size > 0) {
    if (isQuiet() && arrived < total && arrivalSeconds[arrived]! > now) skipTo(arrivalSeconds[arrived]!);
    const tickEnd = now + autoscaler.tickSeconds;
    serveUntil(tickEnd);
    now = tickEnd;
    scale(autoscaler.decide(observe()));
  }
  return summarise();

  function isQuiet(): boolean {
    return ready === 0 && starting.length === 0 && arrived === started && finishing.size === 0;
  }

  /** To the tick before `seconds`, so that ticks stay on their grid. */
  function skipTo(seconds: number): void {
    const ticks = Math.floor((seconds - now) / autoscaler.tickSeconds);
    now += ticks * autoscaler.tickSeconds;
    paidUntil = now;
  }

  function serveUntil(end: number): void {
    for (;;) {
      const next = Math.min(
        arrived < total ? arrivalSeconds[arrived]! : Number.POSITIVE_INFINITY,
        finishing.size > 0 ? finishing.first : Number.POSITIVE_INFINITY,
        starting.length > 0 ? starting[0]! : Number.POSITIVE_INFINITY,
      );
      if (next > end) break;
      pay(next);
      while (starting.length > 0 && starting[0]! <= next) {
        starting.shift();
        ready += 1;
      }
      while (finishing.size > 0 && finishing.first <= next) finishing.take();
      while (arrived < total && arrivalSeconds[arrived]! <= next) arrived += 1;
      while (started < arrived && finishing.size < ready * concurrencyPerReplica) {
        queueSeconds[started] = next - arrivalSeconds[started]!;
        finishing.add(next + serviceSeconds[started]!);
        started += 1;
      }
      load.change(next, finishing.size + arrived - started);
    }
    pay(end);
  }

  function pay(until: number): void {
    const seconds = until - paidUntil;
    const leaving = Math.ceil(finishing.size / concurrencyPerReplica);
    paidSeconds += seconds * (Math.max(ready, leaving) + starting.length);
    startingSeconds += seconds * starting.length;
    paidUntil = until;
  }

  function observe(): Observation {
    return {
      nowSeconds: now,
      concurrencyOver: (seconds) => load.mean(now, seconds),
      concurrency: finishing.size + arrived - started,
      ready,
      wanted: ready + starting.length,
    };
  }

  function scale(wanted: number): void {
    const missing = wanted - ready - starting.length;
    if (missing > 0) {
      if (ready + starting.length === 0) coldStarts += 1;
      starts += missing;
      for (let replica = 0; replica < missing; replica++) starting.push(now + startSeconds);
    } else {
      const cancelled = Math.min(starting.length, -missing);
      starting = starting.slice(0, starting.length - cancelled);
      ready += missing + cancelled;
    }
    peak = Math.max(peak, ready + starting.length);
  }

  function summarise(): AutoscalingFigures {
    const spanSeconds = now - begin;
    const mean = total === 0 ? 0 : queueSeconds.reduce((sum, seconds) => sum + seconds, 0) / total;
    const sorted = queueSeconds.sort();
    return {
      requests: total,
      replicaHours: paidSeconds / 3600,
      startingHours: startingSeconds / 3600,
      peakReplicas: peak,
      alwaysOnHours: (peak * spanSeconds) / 3600,
      starts,
      coldStarts,
      meanQueueSeconds: mean,
      p95QueueSeconds: quantileOf(sorted, 0.95) ?? 0,
      p99QueueSeconds: quantileOf(sorted, 0.99) ?? 0,
      meanReplicas: spanSeconds === 0 ? 0 : paidSeconds / spanSeconds,
      spanSeconds,
    };
  }
}

/** How many requests were in the system, and its mean over the last while. */
class LoadHistory {
  readonly #keepSeconds: number;
  #changes: { at: number; load: number }[] = [];

  constructor(keepSeconds: number) {
    this.#keepSeconds = keepSeconds;
  }

  change(at: number, load: number): void {
    this.#changes.push({ at, load });
  }

  mean(now: number, seconds: number): number {
    const from = now - seconds;
    let area = 0;
    let until = now;
    for (let index = this.#changes.length - 1; index >= 0 && until > from; index--) {
      const { at, load } = this.#changes[index]!;
      const since = Math.max(from, Math.min(at, until));
      area += load * (until - since);
      until = since;
    }
    this.#forget(now - this.#keepSeconds);
    return area / seconds;
  }

  /** All but the last change before `oldest`, which is the load at that time. */
  #forget(oldest: number): void {
    let keepFrom = 0;
    while (keepFrom + 1 < this.#changes.length && this.#changes[keepFrom + 1]!.at <= oldest) keepFrom += 1;
    if (keepFrom > 0) this.#changes = this.#changes.slice(keepFrom);
  }
}

/** A binary heap of times. */
class EarliestFirst {
  readonly #times: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  get first(): number {
    return this.#times[0]!;
  }

  add(time: number): void {
    const times = this.#times;
    let index = times.push(time) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (times[parent]! <= time) break;
      times[index] = times[parent]!;
      index = parent;
    }
    times[index] = time;
  }

  take(): void {
    const times = this.#times;
    const last = times.pop()!;
    if (times.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= last) break;
      times[index] = times[child]!;
      index = child;
    }
    times[index] = last;
  }
}
