import { divideHalfEven } from '../money/divide-half-even.ts';
import { PICOS_PER_UNIT, type Picos } from '../money/picos.ts';

/** A fleet as someone would describe it in a sentence. Decimals are exact: hours and utilization in units of 10⁻¹², like money. */
export type FleetSize = Readonly<{
  gpus: number;
  perGpuHour: Picos;
  hoursPerMonth: Picos;
  /** Share of the time paid for in which the GPUs work, 0–1. */
  utilization: Picos;
}>;

export type FleetCost = Readonly<{
  hourly: Picos;
  monthly: Picos;
  /** monthly × utilization, rounded half to even. */
  monthlyUseful: Picos;
  /** The rest, by subtraction, so that the two add up. */
  monthlyIdle: Picos;
  /** Price of a GPU-hour that works; `null` when none does. */
  perUsefulGpuHour: Picos | null;
}>;

/** `hourly = price × GPUs`, `monthly = hourly × hours`, `idle = monthly − monthly × utilization`. */
export function costOfFleet({ gpus, perGpuHour, hoursPerMonth, utilization }: FleetSize): FleetCost {
  const hourly = perGpuHour * BigInt(gpus);
  const monthly = times(hourly, hoursPerMonth);
  const monthlyUseful = times(monthly, utilization);
  return {
    hourly,
    monthly,
    monthlyUseful,
    monthlyIdle: monthly - monthlyUseful,
    perUsefulGpuHour: utilization === 0n ? null : divideHalfEven(perGpuHour * PICOS_PER_UNIT, utilization),
  };
}

/** The fewest GPUs that do the same work when they work `targetUtilization` of the time; never more than there are, and one at least. */
export function gpusForSameWork({ gpus, utilization }: FleetSize, targetUtilization: Picos): number {
  const needed = (BigInt(gpus) * utilization + targetUtilization - 1n) / targetUtilization;
  return Math.min(gpus, Math.max(1, Number(needed)));
}

function times(amount: Picos, factor: Picos): Picos {
  return divideHalfEven(amount * factor, PICOS_PER_UNIT);
}
