import { type HolderHour, type Series, seenTicks, splitAtGaps } from './holder-hour.ts';

/** Busy for less of an hour than this is a heartbeat, not work. */
export const QUIET_BUSY_PERCENT = 2n;

/** Hours in a row in which a holder kept its devices and ran next to nothing. */
export type QuietRun = Readonly<{
  /** Of the quiet hours, oldest first. Hours that nothing observed are in none, and end none. */
  indexes: Series;
  /** Nothing ran before it in this hold. */
  isFirst: boolean;
  /** It worked again afterwards, in the same hold. */
  comesBack: boolean;
}>;

export type Hold = Readonly<{
  indexes: Series;
  /** False when the hold began before the window did, so that nobody knows how long it had stood still. */
  startsInside: boolean;
  runs: readonly QuietRun[];
}>;

/** The holds of one holder on one node, with their quiet runs. */
export function findHolds(hours: readonly HolderHour[], series: Series, firstHourMs: number): Hold[] {
  return splitAtGaps(hours, series).map((indexes) => ({
    indexes,
    startsInside: hours[indexes[0]!]!.hourMs > firstHourMs,
    runs: quietRunsOf(hours, indexes),
  }));
}

export function isQuiet(hour: HolderHour): boolean {
  const seen = seenTicks(hour);
  return seen > 0n && (seen - hour.ticks.idle) * 100n <= seen * QUIET_BUSY_PERCENT;
}

function quietRunsOf(hours: readonly HolderHour[], indexes: Series): QuietRun[] {
  const runs: QuietRun[] = [];
  let current: number[] = [];
  let hasWorked = false;
  for (const index of indexes) {
    const hour = hours[index]!;
    if (seenTicks(hour) === 0n) continue;
    if (isQuiet(hour)) {
      current.push(index);
      continue;
    }
    if (current.length > 0) runs.push({ indexes: current, isFirst: !hasWorked, comesBack: true });
    current = [];
    hasWorked = true;
  }
  if (current.length > 0) runs.push({ indexes: current, isFirst: !hasWorked, comesBack: false });
  return runs;
}
