import { countOf, countUpTo, type Spans } from './spans.ts';

/** A score has to be at least (or, with `isCeiling`, at most) this: a helpfulness of 0.8, a hallucination rate of 0.1. */
export type QualityBar = Readonly<{ score: string; limit: number; isCeiling: boolean }>;

export type GoodInferences = Readonly<{
  /** Rounded to whole requests. */
  count: number;
  /** Of the requests that succeeded and were timed; `null` when none was, or no limit was asked for. */
  withinSlo: number | null;
  /** Of those that were judged; `null` when none was, or no bar was set. */
  passing: number | null;
}>;

/**
 * Requests that were good: they succeeded, ended within the limit, and passed every bar.
 *
 * Latency and quality are measured on different requests (all of them, and those that were judged), so they are taken as independent, as are several bars:
 * `good = (requests − errors) × share within the limit × share that passes each bar`. `null` when a limit or bar was set that nothing says
 * anything about: unknown is not good.
 */
export function goodInferences(
  { requests, errors }: Readonly<{ requests: number; errors: number }>,
  latencies: Spans,
  limit: number | null,
  judged: readonly Readonly<{ passed: number; scored: number }>[],
): GoodInferences | null {
  const withinSlo = limit === null ? null : shareWithin(latencies, limit);
  if (limit !== null && withinSlo === null) return null;
  if (judged.some(({ scored }) => scored === 0)) return null;
  const passing =
    judged.length === 0 ? null : judged.reduce((share, { passed, scored }) => (share * passed) / scored, 1);
  const succeeded = Math.max(0, requests - errors);
  return { count: Math.round(succeeded * (withinSlo ?? 1) * (passing ?? 1)), withinSlo, passing };
}

/** Share of the timed requests within a limit, spread evenly within the bucket that the limit cuts. */
export function shareWithin(latencies: Spans, limit: number): number | null {
  const count = countOf(latencies);
  return count === 0 ? null : countUpTo(latencies, limit).expected / count;
}
