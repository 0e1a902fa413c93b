/** Units in use in each hour, on average over that hour. */
export type HourlyDemand = Float64Array;

/**
 * The commitment that would have cost least: buy unit after unit while its use is above the price that is paid for it.
 *
 * With an on-demand price of 1 and `rate` for a committed unit-hour, used or not, `cost(C) = Σ (rate·C + max(0, demand − C))` is
 * convex in C, so that the first unit whose mean use is not above `rate` ends the search. That is the (1 − rate) quantile of
 * demand, the critical fractile of the newsvendor: a price of 0.4 commits to the 60th percentile, not to the 40th. A unit that
 * just breaks even is not bought.
 */
export function bestLevel(demand: HourlyDemand, rate: number): number {
  const used = useByUnit(demand);
  const level = used.findIndex((hours) => hours <= rate * demand.length);
  return level < 0 ? used.length : level;
}

/** Hours that each unit is in use, the first one first; never rising. */
export function useByUnit(demand: HourlyDemand): Float64Array {
  const units = Math.ceil(demand.reduce((most, amount) => Math.max(most, amount), 0));
  /** Hours with a demand that fills the unit, counted where they end, and the parts of units that are used in part. */
  const ending = new Float64Array(units + 1);
  const parts = new Float64Array(units);
  for (const amount of demand) {
    const whole = Math.floor(amount);
    ending[whole]! += 1;
    if (amount > whole) parts[whole]! += amount - whole;
  }
  const used = new Float64Array(units);
  let filling = 0;
  for (let unit = units - 1; unit >= 0; unit--) {
    filling += ending[unit + 1]!;
    used[unit] = filling + parts[unit]!;
  }
  return used;
}

/** Unit-hours at the on-demand price that a commitment costs together with what it leaves on demand. */
export function costAtLevel(demand: HourlyDemand, rate: number, level: number): number {
  return rate * level * demand.length + demand.reduce((sum, amount) => sum + Math.max(0, amount - level), 0);
}

/** 1 − cost ÷ cost without a commitment; negative when it loses, `null` where there is no demand to save on. */
export function savedFraction(demand: HourlyDemand, rate: number, level: number): number | null {
  const onDemand = sumOf(demand);
  return onDemand === 0 ? null : 1 - costAtLevel(demand, rate, level) / onDemand;
}

/** Used ÷ committed; `null` without a commitment. */
export function useOfLevel(demand: HourlyDemand, level: number): number | null {
  if (level === 0 || demand.length === 0) return null;
  return demand.reduce((sum, amount) => sum + Math.min(amount, level), 0) / (level * demand.length);
}

/** Committed and used ÷ all demand; `null` without demand. */
export function coverageOfLevel(demand: HourlyDemand, level: number): number | null {
  const all = sumOf(demand);
  return all === 0 ? null : demand.reduce((sum, amount) => sum + Math.min(amount, level), 0) / all;
}

function sumOf(demand: HourlyDemand): number {
  return demand.reduce((sum, amount) => sum + amount, 0);
}
