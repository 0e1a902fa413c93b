import { quantileOf } from './quantile.ts';

/**
 * How long one step of a language model takes when sequences join and leave between steps: a fixed part (weights are read), a part
 * for each running sequence, and one for each prompt token that is taken in.
 */
export type StepTime = Readonly<{ fixedMs: number; perSequenceMs: number; perPromptTokenMs: number }>;

/** Requests column by column; arrivals ascend. */
export type TokenRequests = Readonly<{
  arrivalsMs: Float64Array;
  promptTokens: Float64Array;
  outputTokens: Float64Array;
}>;

export type ContinuousFigures = Readonly<{
  requests: number;
  outputTokens: number;
  /** From arrival to the last token. */
  meanWaitMs: number;
  p95Ms: number;
  p99Ms: number;
  /** From arrival to the first token. */
  timeToFirstTokenMs: Readonly<{ p50: number; p95: number; p99: number }>;
  /** From the first token to the last, by token; of requests with at least two. */
  timePerOutputTokenMs: Readonly<{ p50: number; p95: number; p99: number }>;
  /** Running sequences, mean over steps. */
  meanBatch: number;
  steps: number;
  throughputPerSecond: number;
  outputTokensPerSecond: number;
  busyFraction: number;
  busyMs: number;
  spanMs: number;
}>;

/**
 * Continuous batching: at each step boundary waiting requests join in order while there are slots; the step in which a request joins
 * takes in its whole prompt and yields its first token; each later step yields one more; a finished sequence frees its slot.
 *
 * Steps between two changes of the batch are all alike and are taken together, so that a long answer costs no more than a short one.
 */
export function simulateContinuousBatching(
  { arrivalsMs, promptTokens, outputTokens }: TokenRequests,
  time: StepTime,
  maxSequences: number,
): ContinuousFigures {
  const total = arrivalsMs.length;
  const doneMs = new Float64Array(total);
  const firstMs = new Float64Array(total);
  const running = new Int32Array(Math.min(maxSequences, Math.max(1, total)));
  const leftTokens = new Float64Array(total);
  let count = 0;
  let head = 0;
  let nowMs = 0;
  let busyMs = 0;
  let steps = 0;
  let sequenceSteps = 0;

  while (head < total || count > 0) {
    if (count === 0) nowMs = Math.max(nowMs, arrivalsMs[head]!);
    let joinedTokens = 0;
    const joinedFrom = count;
    while (head < total && count < running.length && arrivalsMs[head]! <= nowMs) {
      running[count++] = head;
      joinedTokens += promptTokens[head]!;
      leftTokens[head] = Math.max(1, outputTokens[head]!);
      head += 1;
    }
    const stepMs = time.fixedMs + time.perSequenceMs * count;
    const firstStepMs = stepMs + time.perPromptTokenMs * joinedTokens;
    const repeats = joinedFrom < count ? 1 : alikeSteps(count);
    const takesMs = joinedFrom < count ? firstStepMs : repeats * stepMs;
    nowMs += takesMs;
    busyMs += takesMs;
    steps += repeats;
    sequenceSteps += repeats * count;
    for (let slot = joinedFrom; slot < count; slot++) firstMs[running[slot]!] = nowMs;
    leave(repeats);
  }
  return summarise();

  /** As many steps as pass before a sequence ends, or a waiting request could join. */
  function alikeSteps(sequences: number): number {
    let fewest = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < sequences; slot++) fewest = Math.min(fewest, leftTokens[running[slot]!]!);
    if (head >= total || sequences === running.length) return fewest;
    const stepMs = time.fixedMs + time.perSequenceMs * sequences;
    const untilArrival = Math.ceil((arrivalsMs[head]! - nowMs) / stepMs);
    return Math.max(1, Math.min(fewest, untilArrival));
  }

  function leave(tokens: number): void {
    let kept = 0;
    for (let slot = 0; slot < count; slot++) {
      const request = running[slot]!;
      leftTokens[request]! -= tokens;
      if (leftTokens[request]! > 0) running[kept++] = request;
      else doneMs[request] = nowMs;
    }
    count = kept;
  }

  function summarise(): ContinuousFigures {
    const waits = doneMs.map((done, request) => done - arrivalsMs[request]!);
    const firsts = firstMs.map((first, request) => first - arrivalsMs[request]!);
    const perToken = Float64Array.from(
      [...outputTokens.keys()].filter((request) => outputTokens[request]! >= 2),
      (request) => (doneMs[request]! - firstMs[request]!) / (outputTokens[request]! - 1),
    );
    const meanWaitMs = total === 0 ? 0 : waits.reduce((sum, wait) => sum + wait, 0) / total;
    const tokens = outputTokens.reduce((sum, count) => sum + Math.max(1, count), 0);
    const spanMs = nowMs - (arrivalsMs[0] ?? 0);
    const sorted = waits.sort();
    return {
      requests: total,
      outputTokens: tokens,
      meanWaitMs,
      p95Ms: quantileOf(sorted, 0.95) ?? 0,
      p99Ms: quantileOf(sorted, 0.99) ?? 0,
      timeToFirstTokenMs: percentiles(firsts),
      timePerOutputTokenMs: percentiles(perToken),
      meanBatch: steps === 0 ? 0 : sequenceSteps / steps,
      steps,
      throughputPerSecond: spanMs > 0 ? (total / spanMs) * 1000 : 0,
      outputTokensPerSecond: spanMs > 0 ? (tokens / spanMs) * 1000 : 0,
      busyFraction: spanMs > 0 ? busyMs / spanMs : 0,
      busyMs,
      spanMs,
    };
  }
}

function percentiles(values: Float64Array): Readonly<{ p50: number; p95: number; p99: number }> {
  const sorted = values.sort();
  return {
    p50: quantileOf(sorted, 0.5) ?? 0,
    p95: quantileOf(sorted, 0.95) ?? 0,
    p99: quantileOf(sorted, 0.99) ?? 0,
  };
}
