import type { HourlyDemand } from './best-level.ts';

/** Units that are committed already, and until when they are: the hour from which they are not, `null` when beyond all data. */
export type ExistingCommitment = Readonly<{ units: number; untilHour: number | null }>;

/** Committed units in an hour. */
export function committedAt(existing: readonly ExistingCommitment[], hour: number): number {
  return existing.reduce(
    (sum, { units, untilHour }) => sum + (untilHour === null || hour < untilHour ? units : 0),
    0,
  );
}

/** What existing commitments leave for others, hour by hour from `fromHour` on. They are paid either way, so they are used first. */
export function leftToCommit(
  demand: HourlyDemand,
  existing: readonly ExistingCommitment[],
  fromHour: number,
): HourlyDemand {
  return demand.map((amount, hour) => Math.max(0, amount - committedAt(existing, fromHour + hour)));
}
