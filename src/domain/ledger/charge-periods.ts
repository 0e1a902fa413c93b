import type { ChargeFact } from '../facts/facts.ts';
import { ceilToHour, type EpochMs, floorToHour, HOUR_MS } from '../time/window.ts';

export type Period = { fromMs: EpochMs; toMs: EpochMs };

/** The hours of a period, each with its part of any amount, by time; the parts of all hours add up to the amount. */
export function hoursOf({ fromMs, toMs }: Period): { hourMs: EpochMs; spread: (amount: bigint) => bigint }[] {
  const lengthMs = BigInt(toMs - fromMs);
  const upTo = (amount: bigint, at: EpochMs) =>
    (amount * BigInt(Math.min(Math.max(at, fromMs), toMs) - fromMs)) / lengthMs;
  const hours = [];
  for (let hourMs = floorToHour(fromMs); hourMs < ceilToHour(toMs); hourMs += HOUR_MS) {
    hours.push({ hourMs, spread: (amount: bigint) => upTo(amount, hourMs + HOUR_MS) - upTo(amount, hourMs) });
  }
  return hours;
}

/** A one-time line may have an empty charge period; its money belongs to the hour in which it starts. */
export function periodOf(charge: ChargeFact): Period {
  const { chargePeriodStartMs: fromMs, chargePeriodEndMs: toMs } = charge;
  return toMs > fromMs ? { fromMs, toMs } : { fromMs, toMs: floorToHour(fromMs) + HOUR_MS };
}
