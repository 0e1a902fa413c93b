import { MINUTE_MS, SECOND_MS } from '../../domain/time/window.ts';

/** Asking may take at most this part of the time, however slow the driver answers. */
const SHARE_OF_TIME = 1 / 20;
const LONGEST_MS = MINUTE_MS;

const PACE = [
  { untilMs: 10 * SECOND_MS, intervalMs: SECOND_MS },
  { untilMs: MINUTE_MS, intervalMs: 2 * SECOND_MS },
  { untilMs: Number.POSITIVE_INFINITY, intervalMs: 5 * SECOND_MS },
] as const;

/**
 * How long to wait between two samples: as the user says, else a second at first, so that a short run is seen too, and five seconds
 * for one that lasts. Where one answer takes long, twenty times as long as that.
 */
export function samplingInterval(ageMs: number, answeredInMs: number, statedMs: number | null): number {
  const usual = statedMs ?? PACE.find(({ untilMs }) => ageMs < untilMs)!.intervalMs;
  return Math.max(usual, Math.min(LONGEST_MS, Math.ceil(answeredInMs / SHARE_OF_TIME)));
}

/** Who uses the GPUs changes little once a run is under way, and is asked less often then. */
export function holdersInterval(ageMs: number, samplingMs: number): number {
  return ageMs < MINUTE_MS ? 0 : Math.max(samplingMs, 30 * SECOND_MS);
}
