import { ceilToHour, type EpochMs, type TimeWindow } from '../../domain/time/window.ts';

/** As much time before. A month that is not over is compared with as much time as has passed of it, not with a whole month. */
export function windowBefore({ fromMs, toMs }: TimeWindow, nowMs: EpochMs): TimeWindow {
  const end = fromMs < nowMs ? Math.min(toMs, ceilToHour(nowMs)) : toMs;
  return { fromMs: fromMs - (end - fromMs), toMs: fromMs };
}
