import { ceilToHour, type EpochMs, type TimeWindow } from '../../domain/time/window.ts';

/** As much time before: a month that is not over is compared with as much time as has passed of it, not with a whole month. */
export function windowBefore({ fromMs, toMs }: TimeWindow, nowMs: EpochMs): TimeWindow {
  const end = fromMs < nowMs ? Math.min(toMs, ceilToHour(nowMs)) : toMs;
  return { fromMs: fromMs - (end - fromMs), toMs: fromMs };
}

/** Whether the ledger knows all of an earlier window, so that a difference to it means something. */
export function reachesBack(ledger: TimeWindow | null, before: TimeWindow): boolean {
  return ledger !== null && ledger.fromMs <= before.fromMs;
}
